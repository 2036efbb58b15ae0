package score4j.gpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// How a program ended and what it said.
///
/// @param ended whether it ended by itself in the time it had
/// @param exit its exit status if it did; more than 128 is a signal
/// @param said both of its streams
record NativeRun(boolean ended, int exit, String said) {
  /// @param log where the program writes to
  /// @param seconds after which it is ended
  static NativeRun of(Path log, int seconds, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    boolean ended;
    try {
      ended = process.waitFor(seconds, TimeUnit.SECONDS);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    process.waitFor();
    // whatever bytes a broken program prints
    String said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    return new NativeRun(ended, process.exitValue(), said);
  }
}
