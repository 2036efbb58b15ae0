package score4j.examples.command;

/// Ranges of options, checked before anything is read or written.
final class Options {
  // times and coefficients of every step are kept
  private static final long MOST_STEPS = 1_000_000;

  private Options() {}

  /// Steps from noise to data.
  static void steps(long value) {
    atLeast("--steps", value, 1);
    atMost("--steps", value, MOST_STEPS);
  }

  static void atLeast(String option, long value, long least) {
    if (value < least) {
      throw new OptionException(
          "%s must be at least %d but was %d".formatted(option, least, value));
    }
  }

  /// What to throw where numbers went wrong and an option is to blame; nothing was written then.
  static ArithmeticException blamed(String option, ArithmeticException e) {
    ArithmeticException said =
        new ArithmeticException("%s, nothing was written: %s".formatted(option, e.getMessage()));
    said.initCause(e);
    return said;
  }

  static void atMost(String option, long value, long most) {
    if (value > most) {
      throw new OptionException("%s must be at most %d but was %d".formatted(option, most, value));
    }
  }

  static void positive(String option, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new OptionException("%s must be a positive number but was %s".formatted(option, value));
    }
  }
}
