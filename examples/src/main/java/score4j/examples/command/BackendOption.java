package score4j.examples.command;

import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import score4j.Threads;
import score4j.backend.Backend;

/// Where scores and losses are computed, for every command that computes many.
final class BackendOption {
  private static final Set<String> NAMES = Set.of(Backend.CPU, Backend.GPU, Backend.AUTO);

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description =
          "where networks are computed: cpu, gpu, or auto, which takes a card if there is one;"
              + " 'score4j devices' says what there is (default: ${DEFAULT-VALUE})")
  private String name = Backend.CPU;

  BackendOption() {}

  /// Opens it.
  ///
  /// @throws IllegalStateException if it cannot be had; says why
  Backend open(Threads threads) {
    String wanted = name.toLowerCase(Locale.ROOT);
    if (!NAMES.contains(wanted)) {
      throw new ParameterException(
          spec.commandLine(), "--backend must be cpu, gpu or auto but was %s".formatted(name));
    }
    return Backend.open(wanted, threads);
  }
}
