package score4j.examples.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// Ranges of options, checked before anything is read or written.
final class Options {
  private Options() {}

  static void atLeast(CommandSpec spec, String option, long value, long least) {
    if (value < least) {
      throw new ParameterException(
          spec.commandLine(), "%s must be at least %d but was %d".formatted(option, least, value));
    }
  }

  static void positive(CommandSpec spec, String option, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new ParameterException(
          spec.commandLine(), "%s must be a positive number but was %s".formatted(option, value));
    }
  }
}
