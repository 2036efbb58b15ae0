package score4j.examples;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line `score4j`.
@Command(name = "score4j", mixinStandardHelpOptions = true, version = "score4j 0.1.0")
public final class Main implements Runnable {
  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  /// Runs a command and exits with its code.
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
