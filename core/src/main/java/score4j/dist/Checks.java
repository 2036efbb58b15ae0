package score4j.dist;

/// What the laws of this package check about their arguments.
final class Checks {
  private Checks() {}

  /// A point or direction has D coordinates.
  static void length(String name, double[] x, int dim) {
    if (x.length != dim) {
      throw new IllegalArgumentException(
          "%s has %d coordinates but the law has %d (D)".formatted(name, x.length, dim));
    }
  }

  /// A scale is positive and finite.
  static double positive(String name, double value) {
    if (!(value > 0) || !Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "%s must be finite and above 0 but was %s".formatted(name, value));
    }
    return value;
  }

  /// All are finite, and there is at least one.
  static void finite(String name, double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException(
          "%s is empty: a law needs at least one coordinate".formatted(name));
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "%s must be finite but number %d is %s".formatted(name, i, values[i]));
      }
    }
  }
}
