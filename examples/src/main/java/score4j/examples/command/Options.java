package score4j.examples.command;

/// Ranges of options, checked before anything is read or written.
final class Options {
  private Options() {}

  static void atLeast(String option, long value, long least) {
    if (value < least) {
      throw new OptionException(
          "%s must be at least %d but was %d".formatted(option, least, value));
    }
  }

  static void positive(String option, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new OptionException("%s must be a positive number but was %s".formatted(option, value));
    }
  }
}
