package score4j.sample;

import java.util.Objects;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Marginal;
import score4j.process.SigmaLadder;
import score4j.rng.Key;

/// Langevin steps at one noise level after another, from the largest to the smallest, so that modes
/// that are far apart are chosen between while noise still joins them.
///
/// ```text
/// for each level σ_i, largest first, `stepsPerLevel` times:     Song & Ermon 2019, algorithm 1
///   x ← x + ε_i·s(x, t_i) + √(2·ε_i)·z,   ε_i = stepSize·σ_i²/σ_L²
/// at the end, if asked for:   x ← x + σ_L²·s(x, t_L)            the posterior mean, Tweedie
/// ```
/// - **Step size**: ε as everywhere in this library. Papers that write x + (α/2)·s + √α·z with α =
///   ε·σ_i²/σ_L² mean a `stepSize` of half their ε. It must stay below 2·σ_L², or chains diverge
///   where the data is a point.
/// - **Times**: the score is asked at the time t_i at which the noise level σ/α of the process is
///   σ_i. Where the process shrinks the data, α < 1, the chain is that of x_t = α·x, which is what
///   the score knows: ε_i is taken times α² and x is rescaled between levels, so the law of x/α is
///   the one of the formula.
/// - **Result**: the data plus noise of the smallest level, or denoised, in the units of the data.
/// - **Start**: normal with the σ of the first level.
/// - **Error**: a level lags behind the one before it by a share of about exp(−stepsPerLevel·
///   stepSize/σ_L²), besides the bias of [Langevin]. With half of σ_L², 300 steps in all bring the
///   weights of two modes of 0.25 and 0.75 from the even start to within 0.02, with a tenth of it
///   to within 0.05.
/// - **Cost** per step and sample: one score and D normals. Allocates nothing on the way.
///
/// @param ladder the levels
/// @param process says which time a level has
/// @param stepsPerLevel how many steps to make at each level
/// @param stepSize ε at the smallest level
/// @param denoise whether to end with the posterior mean; it removes the noise that is left
/// @param threads what computes
public record AnnealedLangevin(
    SigmaLadder ladder,
    LinearSde process,
    int stepsPerLevel,
    double stepSize,
    boolean denoise,
    Threads threads)
    implements DiffusionSampler {
  private static final int MOST = 1 << 24;

  /// Checks the ranges.
  public AnnealedLangevin {
    Objects.requireNonNull(process, "process");
    Objects.requireNonNull(threads, "threads");
    if (stepsPerLevel < 1 || (long) stepsPerLevel * ladder.levels() > MOST) {
      throw new IllegalArgumentException(
          "stepsPerLevel must be at least 1, and no more than 2²⁴ steps in all, but was %d for %d levels"
              .formatted(stepsPerLevel, ladder.levels()));
    }
    if (!((float) stepSize > 0) || stepSize > Float.MAX_VALUE) {
      throw new IllegalArgumentException(
          "stepSize must be a positive number that a float can hold but was %s: half of the square of the smallest sigma is usual"
              .formatted(stepSize));
    }
  }

  /// Half of σ_L² as the step size, the process of the ladder, and denoising at the end.
  ///
  /// @param stepsPerLevel how many steps to make at each level; 5 of hundreds of levels, or 100 of
  ///     ten, are usual
  public static AnnealedLangevin of(SigmaLadder ladder, int stepsPerLevel) {
    return of(ladder, ladder.process(), stepsPerLevel);
  }

  /// The same for a score of another process.
  ///
  /// @throws IllegalArgumentException if the process never has one of the levels
  public static AnnealedLangevin of(SigmaLadder ladder, LinearSde process, int stepsPerLevel) {
    double last = ladder.sigmas().getLast();
    return new AnnealedLangevin(
        ladder, process, stepsPerLevel, 0.5 * last * last, true, Threads.available());
  }

  /// The same sampler with steps of another size.
  public AnnealedLangevin withStepSize(double stepSize) {
    return new AnnealedLangevin(ladder, process, stepsPerLevel, stepSize, denoise, threads);
  }

  /// The same sampler with or without the last denoising.
  public AnnealedLangevin withDenoise(boolean denoise) {
    return new AnnealedLangevin(ladder, process, stepsPerLevel, stepSize, denoise, threads);
  }

  @Override
  public AnnealedLangevin withThreads(Threads threads) {
    return new AnnealedLangevin(ladder, process, stepsPerLevel, stepSize, denoise, threads);
  }

  @Override
  public long steps() {
    return (long) stepsPerLevel * ladder.levels() + (denoise ? 1 : 0);
  }

  @Override
  public double startStd() {
    return process.marginal(time(0)).std();
  }

  @Override
  public void run(
      Score score, Batch x, long firstSample, Key key, long every, ChainListener listener) {
    Chains.run(plan(), threads, score, x, firstSample, NoiseSource.of(key), every, listener);
  }

  private double time(int level) {
    return process.timeOf(ladder.sigma(level));
  }

  Plan plan() {
    double smallest = ladder.sigmas().getLast();
    AffineSteps.Builder steps = AffineSteps.builder();
    double t = time(0);
    Marginal marginal = process.marginal(t);
    for (int level = 0; level < ladder.levels(); level++) {
      double relative = marginal.std() / smallest;
      double epsilon = stepSize * relative * relative;
      double kick = Math.sqrt(2 * epsilon);
      for (int k = 1; k < stepsPerLevel; k++) {
        steps.add(t, 1, epsilon, kick);
      }
      // the last step of a level ends in the units of the next, or of the data
      boolean last = level == ladder.levels() - 1;
      double next = last ? t : time(level + 1);
      Marginal then =
          last ? new Marginal(denoise ? marginal.meanScale() : 1, 0) : process.marginal(next);
      double rescale = then.meanScale() / marginal.meanScale();
      steps.add(t, rescale, rescale * epsilon, rescale * kick);
      t = next;
      marginal = then;
    }
    if (denoise) {
      ReverseSteps.addDenoising(steps, process, t);
    }
    return Plan.of(steps.build(), "use a stepSize smaller than " + stepSize);
  }
}
