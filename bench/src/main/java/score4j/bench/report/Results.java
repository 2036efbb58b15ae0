package score4j.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// What JMH wrote as JSON, of one or more runs; what is missing is simply not found.
///
/// Beside JMH's own there may be entries of the same form for what is not a JMH benchmark: the
/// noise of gradients, the curve of a warm-up, and the environment.
record Results(List<Result> all) {
  private static final String PREFIX = "score4j.bench.";

  Results {
    all = List.copyOf(all);
  }

  /// Reads files; where two have the same benchmark with the same parameters, the later counts.
  ///
  /// @throws IOException with the name of the file that cannot be read or is not JMH's
  static Results read(List<Path> files) throws IOException {
    Map<String, Result> all = new LinkedHashMap<>();
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw new IOException("there is no file " + file);
      }
      try {
        for (Result result : parse(Files.readString(file))) {
          all.put(result.benchmark() + new TreeMap<>(result.params()), result);
        }
      } catch (JacksonException | ClassCastException | IllegalArgumentException e) {
        throw new IOException("%s is not the JSON of JMH: %s".formatted(file, e.getMessage()), e);
      }
    }
    return new Results(List.copyOf(all.values()));
  }

  /// The results in one text.
  static List<Result> parse(String json) {
    List<Result> results = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
      parser.nextToken();
      for (Object entry : list(value(parser))) {
        results.add(result(map(entry)));
      }
    }
    return results;
  }

  private static Result result(Map<?, ?> entry) {
    String name = String.valueOf(entry.get("benchmark"));
    Map<String, String> params = new LinkedHashMap<>();
    Object given = entry.get("params");
    if (given != null) {
      map(given).forEach((key, value) -> params.put(String.valueOf(key), String.valueOf(value)));
    }
    Object metric = entry.get("primaryMetric");
    if (metric == null) {
      throw new IllegalArgumentException("an entry has no primaryMetric");
    }
    Object histogram = map(metric).get("rawDataHistogram");
    List<Double> values = new ArrayList<>();
    flatten(histogram != null ? histogram : map(metric).get("rawData"), histogram != null, values);
    double unit = unit(String.valueOf(map(metric).get("scoreUnit")));
    return Result.of(
        name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name,
        params,
        values.stream().mapToDouble(v -> v * unit).toArray());
  }

  // times to ns, rates to operations per ns
  private static double unit(String unit) {
    return switch (unit) {
      case "us/op" -> 1e3;
      case "ms/op" -> 1e6;
      case "s/op" -> 1e9;
      case "ops/us" -> 1e-3;
      case "ops/ms" -> 1e-6;
      case "ops/s" -> 1e-9;
      default -> 1;
    };
  }

  // forks of iterations of numbers, or of pairs: a number and how often it was seen
  private static void flatten(@Nullable Object data, boolean pairs, List<Double> values) {
    if (data instanceof Double number) {
      values.add(number);
    } else if (data != null) {
      List<?> list = list(data);
      if (pairs
          && list.size() == 2
          && list.get(0) instanceof Double number
          && list.get(1) instanceof Double count) {
        for (int i = 0; i < count; i++) {
          values.add(number);
        }
      } else {
        list.forEach(part -> flatten(part, pairs, values));
      }
    }
  }

  private static Map<?, ?> map(Object value) {
    return (Map<?, ?>) value;
  }

  private static List<?> list(Object value) {
    return (List<?>) value;
  }

  private static Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case START_OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          map.put(name, value(parser));
        }
        yield map;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case null -> throw new IllegalArgumentException("it ends too early");
      // "NaN", as JMH writes errors that it cannot estimate, stays text
      default -> String.valueOf(parser.getString());
    };
  }

  /// All of a class, or of one of its methods, with these parameters.
  Stream<Result> of(String benchmark, Map<String, String> params) {
    return all.stream()
        .filter(r -> r.benchmark().equals(benchmark) || r.benchmark().startsWith(benchmark + "."))
        .filter(r -> r.has(params));
  }

  /// The first of them.
  Optional<Result> find(String benchmark, Map<String, String> params) {
    return of(benchmark, params).findFirst();
  }

  /// The peak of one thread in GFLOP/s, if it was measured: the best round, because other load can
  /// only lower it, and a floor taken from a low peak would flatter us.
  Optional<Double> peak() {
    return find("roofline.PeakBench", Map.of()).map(Result::max);
  }

  /// What one thread reads in GB/s from a level of the memory, if it was measured.
  ///
  /// @param kilobytes the working set
  Optional<Double> bandwidth(String kilobytes) {
    return find("roofline.BandwidthBench", Map.of("kilobytes", kilobytes)).map(Result::max);
  }

  /// Our time for a workload with vector kernels, in ns.
  Optional<Result> ours(String workload, int threads) {
    Map<String, String> params =
        Map.of("workload", workload, "kernels", "vector", "threads", Integer.toString(threads));
    return Stream.of("train.StepBench", "sample.ScoreBench", "sample.LangevinBench")
        .flatMap(b -> of(b, params))
        .map(Results::wholeChains)
        .findFirst()
        .or(() -> threads == 1 ? fromTrace(workload) : Optional.empty());
  }

  private Optional<Result> fromTrace(String workload) {
    String[] parts = workload.split("-", -1);
    return parts.length < 3
        ? Optional.empty()
        : find(
            "trace.ExactVersusSlicedBench",
            Map.of("dim", parts[1], "objective", parts[2], "kernels", "vector"));
  }

  /// The time of another library on one thread, in ns.
  ///
  /// @param library such as `libtorch-idiom`
  Optional<Result> peer(String library, String workload) {
    Map<String, String> params = Map.of("library", library, "workload", workload);
    return Stream.of("peers.PeerStepBench", "peers.PeerScoreBench", "peers.PeerSampleBench")
        .flatMap(b -> of(b, params))
        .filter(r -> r.param("threads").isEmpty() || r.param("threads").equals("1"))
        .map(Results::wholeChains)
        .findFirst();
  }

  // chains cut short for a quick run count as 1,000 steps
  private static Result wholeChains(Result result) {
    String steps = result.param("steps");
    return steps.isEmpty() ? result : result.times(1000 / Double.parseDouble(steps));
  }
}
