package score4j.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import score4j.nn.Conditioning;
import score4j.nn.TimeFeatures;
import score4j.process.LinearSde;
import score4j.process.SigmaPower;
import score4j.process.SubVariancePreserving;
import score4j.process.VarianceExploding;
import score4j.process.VariancePreserving;

/// A [Conditioning] as JSON.
///
/// ```text
/// {"process":{"kind":"variance-preserving","betaMin":0.1,"betaMax":20.0},
///  "variable":"log_noise","frequencies":[0.125,0.25],"scaling":"edm","dataStd":1.0,"context":0}
/// ```
final class ConditioningSpec {
  private static final Set<String> MEMBERS =
      Set.of("process", "variable", "frequencies", "scaling", "dataStd", "context");
  private static final int MOST_FREQUENCIES = 1024;
  private static final int MOST_CONTEXT = 1 << 20;

  private ConditioningSpec() {}

  static Json write(Conditioning conditioning) {
    Map<String, Json> members = new LinkedHashMap<>();
    members.put("process", process(conditioning.process()));
    members.put("variable", name(conditioning.features().variable()));
    List<Json> frequencies = new ArrayList<>();
    conditioning.features().frequencies().forEach(f -> frequencies.add(new Json.Real(f)));
    members.put("frequencies", new Json.Sequence(frequencies));
    members.put("scaling", name(conditioning.scaling()));
    members.put("dataStd", new Json.Real(conditioning.dataStd()));
    members.put("context", new Json.Whole(conditioning.context()));
    return new Json.Table(members);
  }

  private static Json.Text name(Enum<?> value) {
    return new Json.Text(value.name().toLowerCase(Locale.ROOT));
  }

  private static Json process(@Nullable LinearSde process) {
    return switch (process) {
      case null -> new Json.Nothing();
      case VarianceExploding(double min, double max, boolean smoothed) ->
          kind(
              "variance-exploding",
              "sigmaMin",
              new Json.Real(min),
              "sigmaMax",
              new Json.Real(max),
              "smoothed",
              new Json.Truth(smoothed));
      case VariancePreserving(double min, double max) ->
          kind("variance-preserving", "betaMin", new Json.Real(min), "betaMax", new Json.Real(max));
      case SubVariancePreserving(double min, double max) ->
          kind(
              "sub-variance-preserving",
              "betaMin",
              new Json.Real(min),
              "betaMax",
              new Json.Real(max));
      case SigmaPower(double sigma) -> kind("sigma-power", "sigma", new Json.Real(sigma));
      default ->
          throw new IllegalArgumentException(
              "the network is conditioned on %s, which is code and has no place in a file: use one of the named processes"
                  .formatted(process));
    };
  }

  private static Json kind(String kind, Object... members) {
    Map<String, Json> table = new LinkedHashMap<>();
    table.put("kind", new Json.Text(kind));
    for (int i = 0; i < members.length; i += 2) {
      table.put((String) members[i], (Json) members[i + 1]);
    }
    return new Json.Table(table);
  }

  static Conditioning read(Json json) throws FormatException {
    if (!(json instanceof Json.Table table) || !table.members().keySet().equals(MEMBERS)) {
      throw new FormatException(
          "conditioning must have process, variable, frequencies, scaling, dataStd and context and"
              + " nothing else");
    }
    Map<String, Json> members = table.members();
    try {
      return new Conditioning(
          members.get("process") instanceof Json.Nothing ? null : process(members.get("process")),
          new TimeFeatures(
              value(TimeFeatures.Variable.class, members.get("variable"), "variable"),
              frequencies(members.get("frequencies"))),
          value(Conditioning.Scaling.class, members.get("scaling"), "scaling"),
          number(members.get("dataStd"), "dataStd"),
          context(members.get("context")));
    } catch (IllegalArgumentException e) {
      throw new FormatException(FormatException.cut("no such conditioning: " + e.getMessage()));
    }
  }

  private static LinearSde process(@Nullable Json json) throws FormatException {
    if (json instanceof Json.Table table && table.members().get("kind") instanceof Json.Text kind) {
      Map<String, Json> members = table.members();
      switch (kind.value()) {
        case "variance-exploding" -> {
          if (members.keySet().equals(Set.of("kind", "sigmaMin", "sigmaMax", "smoothed"))
              && members.get("smoothed") instanceof Json.Truth smoothed) {
            return new VarianceExploding(
                number(members.get("sigmaMin"), "sigmaMin"),
                number(members.get("sigmaMax"), "sigmaMax"),
                smoothed.value());
          }
        }
        case "variance-preserving", "sub-variance-preserving" -> {
          if (members.keySet().equals(Set.of("kind", "betaMin", "betaMax"))) {
            double min = number(members.get("betaMin"), "betaMin");
            double max = number(members.get("betaMax"), "betaMax");
            return kind.value().startsWith("sub")
                ? new SubVariancePreserving(min, max)
                : new VariancePreserving(min, max);
          }
        }
        case "sigma-power" -> {
          if (members.keySet().equals(Set.of("kind", "sigma"))) {
            return new SigmaPower(number(members.get("sigma"), "sigma"));
          }
        }
        default -> {}
      }
    }
    throw new FormatException(
        "process must be null or one of variance-exploding, variance-preserving,"
            + " sub-variance-preserving and sigma-power with its numbers");
  }

  private static List<Double> frequencies(@Nullable Json json) throws FormatException {
    if (!(json instanceof Json.Sequence sequence) || sequence.values().size() > MOST_FREQUENCIES) {
      throw new FormatException(
          "frequencies must be an array of at most %d numbers".formatted(MOST_FREQUENCIES));
    }
    List<Double> frequencies = new ArrayList<>();
    for (Json value : sequence.values()) {
      frequencies.add(number(value, "frequencies"));
    }
    return frequencies;
  }

  private static int context(@Nullable Json json) throws FormatException {
    if (!(json instanceof Json.Whole whole) || whole.value() < 0 || whole.value() > MOST_CONTEXT) {
      throw new FormatException(
          "context must be a whole number from 0 to %d".formatted(MOST_CONTEXT));
    }
    return (int) whole.value();
  }

  private static double number(@Nullable Json json, String name) throws FormatException {
    return switch (json) {
      case Json.Real(double value) -> value;
      case Json.Whole(long value) -> value;
      case null, default -> throw new FormatException(name + " must be a number");
    };
  }

  private static <E extends Enum<E>> E value(Class<E> type, @Nullable Json json, String name)
      throws FormatException {
    for (E value : type.getEnumConstants()) {
      if (json instanceof Json.Text text
          && text.value().equals(value.name().toLowerCase(Locale.ROOT))) {
        return value;
      }
    }
    throw new FormatException(
        "%s must be one of %s"
            .formatted(name, List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT)));
  }
}
