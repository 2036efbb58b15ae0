package score4j.examples.command;

import picocli.CommandLine.Option;
import score4j.Threads;

/// How many threads compute.
final class ThreadsOption {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads to use; the result does not depend on it (default: all processors)")
  private int count = Runtime.getRuntime().availableProcessors();

  ThreadsOption() {}

  Threads team() {
    Options.atLeast("--threads", count, 1);
    return Threads.of(count);
  }
}
