package score4j.examples;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Locale;
import score4j.examples.command.Score4j;

/// Starts the command line `score4j`.
public final class Main {
  private Main() {}

  /// Runs a command and exits with its code: 0, or 1 when a number missed its bound or was no
  /// longer finite, or memory or a card failed, or 2 when an option or a file was no good, or 70
  /// when the fault was the program's own.
  public static void main(String[] args) {
    // pictures need no screen, and numbers have a point wherever this runs
    System.setProperty("java.awt.headless", "true");
    Locale.setDefault(Locale.ROOT);
    // what the library logs is one line, and shows as one
    System.setProperty("java.util.logging.SimpleFormatter.format", "score4j: %5$s%n");
    System.exit(Score4j.execute(writer(System.out), writer(System.err), args));
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, stream.charset()), true);
  }
}
