package score4j.metric;

import score4j.array.Batch;

/// What the measures of this package check about their arguments.
final class Checks {
  private Checks() {}

  /// There are enough samples.
  static void rows(String name, Batch x, int least) {
    if (x.rows() == 0) {
      throw new IllegalArgumentException(
          "%s has no row: give at least %s"
              .formatted(name, least == 1 ? "one sample" : least + " samples"));
    }
    if (x.rows() < least) {
      throw new IllegalArgumentException(
          "%s has %d rows but at least %d are needed: give more samples"
              .formatted(name, x.rows(), least));
    }
  }

  /// Two samples of one law's space: as many columns, finite, enough rows.
  static void samples(Batch x, Batch y, int least) {
    y.requireCols("y", x.cols());
    rows("x", x, least);
    rows("y", y, least);
    x.requireFinite("x");
    y.requireFinite("y");
  }

  /// A scale is positive and finite.
  static void positive(String name, double value) {
    if (!(value > 0) || !Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "%s must be finite and above 0 but was %s".formatted(name, value));
    }
  }

  /// A test needs draws: with B of them no p-value is below 1/(B + 1).
  static void draws(String name, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "%s must be at least 1 but was %d: 999 give p-values down to 0.001"
              .formatted(name, count));
    }
  }
}
