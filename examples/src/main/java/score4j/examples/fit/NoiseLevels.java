package score4j.examples.fit;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import score4j.nn.Conditioning;
import score4j.objective.DiffusionDenoising;
import score4j.objective.DiffusionImplicit;
import score4j.objective.Objective;
import score4j.objective.TimeLaw;
import score4j.objective.Weighting;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;

/// The noise levels at which a score is learned: all times of a process, or the levels of a ladder
/// alone.
///
/// @param process what the noise is
/// @param ladder the levels; null for all times of the process
public record NoiseLevels(LinearSde process, @Nullable SigmaLadder ladder) {
  // sets the law of the noise levels: median 0.6, in standard deviations of the data
  private static final double MEAN = -1.2 + Math.log(2);
  private static final double STD = 1.2;

  /// How much each level counts, and how often it is drawn.
  public enum Emphasis {
    /// As the error of the network counts, mostly at middling noise; Karras et al. 2022.
    EDM,
    /// With σ², all times alike.
    VARIANCE,
    /// With g², the bound of the likelihood; times are drawn where that loss is large.
    LIKELIHOOD,
    /// With 1, which is nearly the smallest levels alone.
    UNIFORM
  }

  /// Checks that there is a process.
  public NoiseLevels {
    Objects.requireNonNull(process, "process");
  }

  /// All times of a process.
  public static NoiseLevels of(LinearSde process) {
    return new NoiseLevels(process, null);
  }

  /// The levels of a ladder.
  public static NoiseLevels of(SigmaLadder ladder) {
    return new NoiseLevels(ladder.process(), ladder);
  }

  /// How many levels an objective is taken at; 0 for all times of a process, or without one.
  static int count(Objective objective) {
    TimeLaw times =
        switch (objective) {
          case DiffusionDenoising denoising -> denoising.times();
          case DiffusionImplicit implicit -> implicit.times();
          default -> null;
        };
    return times instanceof TimeLaw.Levels levels ? levels.times().size() : 0;
  }

  /// Denoising at all levels, for standardised data.
  public Task denoising(Emphasis emphasis) {
    return task(new DiffusionDenoising(process, times(emphasis), weighting(emphasis), false));
  }

  /// An objective that knows the data alone, at all levels, for standardised data.
  ///
  /// @throws IllegalArgumentException if it is not the exact trace, regularised or sliced
  public Task implicit(Objective inner, Emphasis emphasis) {
    return task(new DiffusionImplicit(inner, process, times(emphasis), weighting(emphasis)));
  }

  private Task task(Objective objective) {
    return new Task(objective, Conditioning.of(process));
  }

  private TimeLaw times(Emphasis emphasis) {
    if (ladder != null) {
      return TimeLaw.levels(ladder);
    }
    return switch (emphasis) {
      case EDM -> new TimeLaw.LogNormal(process, MEAN, STD);
      case LIKELIHOOD ->
          new TimeLaw.Importance(
              process, weighting(emphasis), Math.max(process.earliestTime(), 1e-5));
      case VARIANCE, UNIFORM -> TimeLaw.uniform(process);
    };
  }

  private static Weighting weighting(Emphasis emphasis) {
    return switch (emphasis) {
      case EDM -> new Weighting.Edm(1);
      case VARIANCE -> Weighting.variance();
      case LIKELIHOOD -> Weighting.likelihood();
      case UNIFORM -> Weighting.uniform();
    };
  }
}
