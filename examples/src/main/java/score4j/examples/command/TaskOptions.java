package score4j.examples.command;

import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import score4j.array.Batch;
import score4j.examples.fit.NoiseLevels;
import score4j.examples.fit.Task;
import score4j.objective.Denoising;
import score4j.objective.ExactTrace;
import score4j.objective.Objective;
import score4j.objective.Regularized;
import score4j.objective.Sliced;

/// What a network is to learn: the objective, and the noise at whose levels it is taken.
final class TaskOptions {
  enum Loss {
    EXACT,
    SLICED,
    REGULARIZED,
    DENOISING;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--objective",
      paramLabel = "NAME",
      description =
          "exact, sliced, regularized or denoising (default: exact, with --process or --noise"
              + " denoising)")
  private @Nullable Loss loss;

  @Option(
      names = "--probes",
      paramLabel = "M",
      description = "random directions a row, with --objective sliced (default: 1)")
  private @Nullable Integer probes;

  @Option(
      names = "--lambda",
      paramLabel = "LAMBDA",
      description = "weight of the curvature, with --objective regularized (default: 0.1)")
  private @Nullable Double lambda;

  @Option(
      names = "--sigma",
      paramLabel = "SIGMA",
      description =
          "noise in units of a column's standard deviation, with --objective denoising"
              + " (default: 0.1)")
  private @Nullable Double sigma;

  @Option(
      names = "--process",
      paramLabel = "NAME",
      description =
          "learn the score at all times of a process that turns rows into noise, as 'likelihood' and"
              + " 'impute' need: ve, vp, subvp, sigma-power or none (default: none)")
  private ProcessKind process = ProcessKind.NONE;

  @Option(
      names = "--noise",
      paramLabel = "NOISE",
      description =
          "how much noise, on standardised columns. ve: least and largest level, or auto, which is"
              + " 0.01 and the largest distance of two rows (default). vp, subvp: beta at begin and"
              + " end (default: 0.1,20). sigma-power: the base (default: 25). Without a process: one"
              + " level, as --sigma; or several that one network learns together, MIN:MAX:LEVELS as"
              + " 0.05:10:15, or auto, from 0.05 to the largest distance")
  private @Nullable String noise;

  @Option(
      names = "--weighting",
      paramLabel = "NAME",
      description =
          "how much each noise level counts: edm, variance, likelihood or uniform (default: edm for"
              + " denoising with a process, else variance)")
  private NoiseLevels.@Nullable Emphasis weighting;

  TaskOptions() {}

  /// The task, once the standardised rows are known.
  ///
  /// @throws OptionException if options are out of range or exclude each other
  Function<Batch, Task> task() {
    Double level = oneLevel();
    boolean many = process != ProcessKind.NONE || (noise != null && level == null);
    Loss chosen = loss != null ? loss : many || noise != null ? Loss.DENOISING : Loss.EXACT;
    belongs("--probes", probes, chosen, Loss.SLICED);
    belongs("--lambda", lambda, chosen, Loss.REGULARIZED);
    belongs("--sigma", sigma, chosen, Loss.DENOISING);
    if (sigma != null && (many || noise != null)) {
      throw new OptionException(
          "--sigma is one level of noise without a process: leave it out, --noise says all");
    }
    if (!many) {
      if (weighting != null) {
        throw new OptionException(
            "--weighting goes with --process, or with several levels of --noise");
      }
      belongs("--noise " + noise, noise, chosen, Loss.DENOISING);
      Objective objective = ofData(chosen, level == null ? sigma : level);
      return rows -> Task.of(objective);
    }
    Function<Batch, NoiseLevels> levels = levels();
    NoiseLevels.Emphasis emphasis = emphasis(chosen);
    if (chosen == Loss.DENOISING) {
      return rows -> levels.apply(rows).denoising(emphasis);
    }
    Objective inner = ofData(chosen, null);
    return rows -> levels.apply(rows).implicit(inner, emphasis);
  }

  /// The number after `--noise`, where there is no process and no more than a number.
  private @Nullable Double oneLevel() {
    if (noise == null || process != ProcessKind.NONE) {
      return null;
    }
    try {
      return Double.valueOf(noise);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private Function<Batch, NoiseLevels> levels() {
    try {
      return NoiseText.parse(process, Objects.requireNonNullElse(noise, "auto"));
    } catch (IllegalArgumentException e) {
      throw new OptionException(String.valueOf(e.getMessage()));
    }
  }

  private NoiseLevels.Emphasis emphasis(Loss chosen) {
    if (weighting != null) {
      return weighting;
    }
    return chosen == Loss.DENOISING && process != ProcessKind.NONE
        ? NoiseLevels.Emphasis.EDM
        : NoiseLevels.Emphasis.VARIANCE;
  }

  private Objective ofData(Loss chosen, @Nullable Double level) {
    return switch (chosen) {
      case EXACT -> new ExactTrace();
      case SLICED -> {
        int count = Objects.requireNonNullElse(probes, 1);
        Options.atLeast("--probes", count, 1);
        yield Sliced.of(count);
      }
      case REGULARIZED -> {
        double weight = Objects.requireNonNullElse(lambda, 0.1);
        Options.positive("--lambda", weight);
        yield new Regularized(weight);
      }
      case DENOISING -> {
        double std = Objects.requireNonNullElse(level, 0.1);
        Options.positive(noise == null ? "--sigma" : "--noise", std);
        yield new Denoising(std);
      }
    };
  }

  private void belongs(String option, @Nullable Object value, Loss chosen, Loss owner) {
    if (value != null && chosen != owner) {
      throw new OptionException(
          "%s goes with --objective %s, not %s".formatted(option, owner, chosen));
    }
  }
}
