package score4j.examples.command;

import java.util.function.Function;
import score4j.array.Batch;
import score4j.examples.fit.NoiseLevels;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;

/// Reads what a user types for `--noise`, which means another thing with each `--process`.
final class NoiseText {
  // in standard deviations of a column: less than shows
  private static final double LEAST = 0.01;
  // all levels of a ladder are learned alike, and at less than this a network learns some hundreds
  // of rows by heart
  private static final double LEAST_LEVEL = 0.05;

  private NoiseText() {}

  /// What the noise is, once the standardised rows are known.
  ///
  /// @param text after `--noise`, or `auto`
  /// @throws IllegalArgumentException if it says nothing that fits; the message begins with
  ///     `--noise`
  static Function<Batch, NoiseLevels> parse(ProcessKind kind, String text) {
    if (text.equals("auto")) {
      return automatic(kind);
    }
    return switch (kind) {
      case VE -> process(two(kind, text), LinearSde::varianceExploding);
      case VP -> process(two(kind, text), LinearSde::variancePreserving);
      case SUBVP -> process(two(kind, text), LinearSde::subVariancePreserving);
      case SIGMA_POWER -> {
        double[] numbers = numbers(text, ",");
        require(numbers.length == 1, "--process sigma-power takes one number, such as 25", text);
        yield fixed(NoiseLevels.of(checked(() -> LinearSde.sigmaPower(numbers[0]))));
      }
      case NONE -> {
        double[] numbers = numbers(text, ":");
        require(
            numbers.length == 3 && numbers[2] == Math.rint(numbers[2]) && numbers[2] <= 10_000,
            "it is one level, such as 0.1, or MIN:MAX:LEVELS, such as 0.01:10:20, or auto",
            text);
        require(numbers[2] >= 2, "LEVELS must be at least 2", text);
        yield fixed(
            NoiseLevels.of(
                checked(() -> SigmaLadder.geometric(numbers[1], numbers[0], (int) numbers[2]))));
      }
    };
  }

  private static Function<Batch, NoiseLevels> automatic(ProcessKind kind) {
    return switch (kind) {
      case VE ->
          rows ->
              NoiseLevels.of(LinearSde.varianceExploding(LEAST, SigmaLadder.largestDistance(rows)));
      case VP -> fixed(NoiseLevels.of(LinearSde.variancePreserving(0.1, 20)));
      case SUBVP -> fixed(NoiseLevels.of(LinearSde.subVariancePreserving(0.1, 20)));
      case SIGMA_POWER -> fixed(NoiseLevels.of(LinearSde.sigmaPower(25)));
      case NONE -> rows -> NoiseLevels.of(SigmaLadder.fromData(rows, LEAST_LEVEL));
    };
  }

  private static Function<Batch, NoiseLevels> fixed(NoiseLevels levels) {
    return rows -> levels;
  }

  private interface OfTwo {
    LinearSde make(double least, double most);
  }

  private static Function<Batch, NoiseLevels> process(double[] ends, OfTwo kind) {
    return fixed(NoiseLevels.of(checked(() -> kind.make(ends[0], ends[1]))));
  }

  private static double[] two(ProcessKind kind, String text) {
    double[] numbers = numbers(text, ",");
    require(
        numbers.length == 2,
        kind == ProcessKind.VE
            ? "--process ve takes two noise levels, such as 0.01,10, or auto"
            : "--process %s takes two rates, such as 0.1,20".formatted(kind),
        text);
    return numbers;
  }

  private static double[] numbers(String text, String separator) {
    String[] parts = text.split(separator, -1);
    double[] numbers = new double[parts.length];
    for (int i = 0; i < parts.length; i++) {
      try {
        numbers[i] = Double.parseDouble(parts[i].strip());
      } catch (NumberFormatException e) {
        numbers[i] = Double.NaN;
      }
      if (!Double.isFinite(numbers[i])) {
        return new double[0]; // which nothing takes
      }
    }
    return numbers;
  }

  private static void require(boolean holds, String rule, String text) {
    if (!holds) {
      throw new IllegalArgumentException("--noise %s: %s".formatted(text, rule));
    }
  }

  private static <T> T checked(java.util.function.Supplier<T> make) {
    try {
      return make.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--noise: " + e.getMessage(), e);
    }
  }
}
