package score4j.examples.command;

import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import score4j.Threads;
import score4j.backend.Backend;

/// Where scores and losses are computed, for every command that computes many.
final class BackendOption {
  private static final Set<String> NAMES = Set.of(Backend.CPU, Backend.GPU, Backend.AUTO);

  @Mixin private ThreadsOption threads = new ThreadsOption();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description =
          "where networks are computed: cpu, gpu, or auto, which takes a card if there is one;"
              + " 'score4j devices' says what there is (default: ${DEFAULT-VALUE})")
  private String name = Backend.CPU;

  BackendOption() {}

  /// What computes the processor's part.
  Threads team() {
    return threads.team();
  }

  /// Opens it.
  ///
  /// @throws OptionException if it cannot be had; says why
  Backend open() {
    String wanted = name.toLowerCase(Locale.ROOT);
    if (!NAMES.contains(wanted)) {
      throw new OptionException("--backend must be cpu, gpu or auto but was %s".formatted(name));
    }
    try {
      return Backend.open(wanted, team());
    } catch (IllegalStateException e) {
      throw new OptionException("%s: use --backend cpu, or auto".formatted(e.getMessage()), e);
    }
  }
}
