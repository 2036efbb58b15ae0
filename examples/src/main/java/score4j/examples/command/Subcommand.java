package score4j.examples.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A command of `score4j`, and what all of them share.
@Command(mixinStandardHelpOptions = true, sortOptions = false, version = Score4j.VERSION)
abstract class Subcommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  Subcommand() {}

  /// Where results are printed.
  final PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
