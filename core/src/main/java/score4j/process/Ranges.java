package score4j.process;

/// What processes check about their arguments.
final class Ranges {
  private Ranges() {}

  /// Both are positive and finite, and the second is the greater.
  static void ordered(String lessName, double less, String moreName, double more) {
    if (!(less > 0 && more > less) || Double.isInfinite(more)) {
      throw new IllegalArgumentException(
          "%s must be above 0 and %s finite and above that but they were %s and %s"
              .formatted(lessName, moreName, less, more));
    }
  }

  /// Both are positive and finite, and the second is no less.
  static void rising(String lessName, double less, String moreName, double more) {
    if (!(less > 0 && more >= less) || Double.isInfinite(more)) {
      throw new IllegalArgumentException(
          "%s must be above 0 and %s finite and no less but they were %s and %s"
              .formatted(lessName, moreName, less, more));
    }
  }
}
