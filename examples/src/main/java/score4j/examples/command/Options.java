package score4j.examples.command;

import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import score4j.examples.fit.SavedModel;
import score4j.process.LinearSde;

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

  /// The process that a network knows, which some commands cannot do without.
  static LinearSde process(CommandSpec spec, SavedModel saved, Path file) {
    LinearSde process = saved.process();
    if (process == null) {
      throw new ParameterException(
          spec.commandLine(),
          "--model %s was trained without --process: train it with one, such as --process vp"
              .formatted(file));
    }
    return process;
  }
}
