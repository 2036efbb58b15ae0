package score4j.sample;

import java.util.Objects;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.TimeGrid;
import score4j.rng.Key;

/// A step of a reverse diffusion, then Langevin steps that correct the law at the new time.
///
/// ```text
/// predictor   from t_i to t_{i+1}: Euler–Maruyama of the reverse SDE, or ancestral
/// corrector   x ← x + ε·s(x, t_{i+1}) + √(2ε)·z,   ε = 2·(snr·σ(t_{i+1}))²,   `corrections` times
/// ```
/// Song et al. 2021, algorithms 1, 4 and 5, which take ε = 2·α·(snr·‖z‖/‖s‖)² with norms averaged
/// over the batch. That makes a particle depend on those beside it, and needs a discrete α that a
/// sub-VP process does not have. Where noise is all there is, ‖z‖ ≈ √D and ‖s‖ ≈ √D/σ, and the
/// formula above is theirs with α ≈ 1. It is the same for every process and every dimension.
///
/// - **Stability**: the law at t is nowhere more peaked than N(·, σ²), so ε < 2·σ² suffices, which
///   is snr < 1.
/// - **Cost**: 1 + `corrections` scores a step of the grid, each with D normals. [#steps] counts
///   them all. Allocates nothing on the way.
///
/// @param process whose noise the score was learned with
/// @param grid falling times
/// @param predictor how to go from a time to the next
/// @param corrections how many Langevin steps to make at each time
/// @param snr the step of the corrector relative to the noise, between 0 and 1; 0.16 is usual
/// @param denoise whether to end with the posterior mean of x₀, one score more
/// @param threads what computes
public record PredictorCorrector(
    LinearSde process,
    TimeGrid grid,
    Predictor predictor,
    int corrections,
    double snr,
    boolean denoise,
    Threads threads)
    implements DiffusionSampler {
  private static final int MOST = 1 << 24;

  /// How to go from a time to the next.
  public enum Predictor {
    /// As [ReverseSde] does.
    EULER_MARUYAMA,
    /// As [Ancestral] does.
    ANCESTRAL
  }

  /// Checks the ranges.
  public PredictorCorrector {
    Objects.requireNonNull(process, "process");
    Objects.requireNonNull(predictor, "predictor");
    Objects.requireNonNull(threads, "threads");
    ReverseSteps.requireFalling(grid);
    if (corrections < 0) {
      throw new IllegalArgumentException(
          "corrections must be at least 0 but was %d".formatted(corrections));
    }
    if (grid.steps() * (1L + corrections) > MOST) {
      throw new IllegalArgumentException(
          "%d steps with %d corrections each are more than 2²⁴ scores: use fewer of either"
              .formatted(grid.steps(), corrections));
    }
    if (!(snr > 0 && snr < 1)) {
      throw new IllegalArgumentException(
          "snr must be above 0 and below 1, or the corrector diverges, but was %s: 0.16 is usual"
              .formatted(snr));
    }
  }

  /// Equal steps of time from noise to the earliest time of the process, ancestral with one
  /// correction of snr 0.16 each, then denoising.
  public static PredictorCorrector of(LinearSde process, int steps) {
    return of(process, TimeGrid.of(process, steps));
  }

  /// The same on another grid.
  public static PredictorCorrector of(LinearSde process, TimeGrid grid) {
    return new PredictorCorrector(
        process, grid, Predictor.ANCESTRAL, 1, 0.16, true, Threads.available());
  }

  /// The same sampler with another predictor.
  public PredictorCorrector withPredictor(Predictor predictor) {
    return new PredictorCorrector(process, grid, predictor, corrections, snr, denoise, threads);
  }

  /// The same sampler with another corrector.
  public PredictorCorrector withCorrector(int corrections, double snr) {
    return new PredictorCorrector(process, grid, predictor, corrections, snr, denoise, threads);
  }

  /// The same sampler with or without the last denoising.
  public PredictorCorrector withDenoise(boolean denoise) {
    return new PredictorCorrector(process, grid, predictor, corrections, snr, denoise, threads);
  }

  @Override
  public PredictorCorrector withThreads(Threads threads) {
    return new PredictorCorrector(process, grid, predictor, corrections, snr, denoise, threads);
  }

  @Override
  public long steps() {
    return grid.steps() * (1L + corrections) + (denoise ? 1 : 0);
  }

  @Override
  public double startStd() {
    return process.marginal(grid.time(0)).std();
  }

  @Override
  public void run(
      Score score, Batch x, long firstSample, Key key, long every, ChainListener listener) {
    Chains.run(plan(), threads, score, x, firstSample, NoiseSource.of(key), every, listener);
  }

  Plan plan() {
    AffineSteps.Builder steps = AffineSteps.builder();
    for (int i = 0; i < grid.steps(); i++) {
      double t = grid.time(i);
      double next = grid.time(i + 1);
      switch (predictor) {
        case EULER_MARUYAMA -> ReverseSteps.addEulerMaruyama(steps, process, t, next);
        case ANCESTRAL -> ReverseSteps.addAncestral(steps, process, t, next);
      }
      double scale = snr * process.marginal(next).std();
      for (int k = 0; k < corrections; k++) {
        steps.addLangevin(next, 2 * scale * scale);
      }
    }
    if (denoise) {
      ReverseSteps.addDenoising(steps, process, grid.time(grid.steps()));
    }
    return Plan.of(steps.build(), "use a grid of more steps, or one that ends at a later time");
  }
}
