package score4j.examples.output;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether somebody watches standard error.
public final class Terminal {
  private Terminal() {}

  /// Whether standard error goes to a terminal and not to a file or a pipe.
  @SuppressWarnings("SystemConsoleNull") // the documentation still allows null
  public static boolean watched() {
    // Linux tells where the descriptor leads; elsewhere the console stands for all three streams
    Path descriptor = Path.of("/proc/self/fd/2");
    try {
      if (Files.exists(descriptor)) {
        Path target = Files.readSymbolicLink(descriptor);
        return target.startsWith("/dev/pts")
            || target.startsWith("/dev/console")
            || target.toString().startsWith("/dev/tty");
      }
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
