package score4j.sample;

import java.util.Objects;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.TimeGrid;
import score4j.rng.Key;

/// Ancestral sampling: from each time of a grid to the next by the law that the earlier sample
/// would have if its origin were the denoised x_t.
///
/// ```text
/// x_t | x_s ~ N(α_ts·x_s, v_ts),   α_ts = α_t/α_s,   v_ts = σ_t² − α_ts²·σ_s²,        s < t
/// x_s | x_t, x₀ ~ N((α_ts·σ_s²·x_t + α_s·v_ts·x₀)/σ_t², v_ts·σ_s²/σ_t²)
/// x₀ = (x_t + σ_t²·s)/α_t  gives  x ← (x + v_ts·s)/α_ts + √(v_ts·σ_s²/σ_t²)·z
/// ```
/// For [score4j.process.VariancePreserving] these are equations 6 and 7 of Ho et al. 2020; they
/// need the marginals alone and hold for every linear process.
///
/// - **Error**: weak order 1 in the step. A grid may end at t = 0, where it denoises.
/// - **Cost** per step and sample: one score and D normals. Allocates nothing on the way.
///
/// @param process whose noise the score was learned with
/// @param grid falling times
/// @param denoise whether to end with the posterior mean of x₀, one score more
/// @param threads what computes
public record Ancestral(LinearSde process, TimeGrid grid, boolean denoise, Threads threads)
    implements DiffusionSampler {
  /// Checks the grid.
  public Ancestral {
    Objects.requireNonNull(process, "process");
    Objects.requireNonNull(threads, "threads");
    ReverseSteps.requireFalling(grid);
  }

  /// Equal steps of time from noise to the earliest time of the process, then denoising.
  public static Ancestral of(LinearSde process, int steps) {
    return of(process, TimeGrid.of(process, steps));
  }

  /// The steps of a grid, then denoising.
  public static Ancestral of(LinearSde process, TimeGrid grid) {
    return new Ancestral(process, grid, true, Threads.available());
  }

  /// The same sampler with or without the last denoising.
  public Ancestral withDenoise(boolean denoise) {
    return new Ancestral(process, grid, denoise, threads);
  }

  @Override
  public Ancestral withThreads(Threads threads) {
    return new Ancestral(process, grid, denoise, threads);
  }

  @Override
  public long steps() {
    return (long) grid.steps() + (denoise ? 1 : 0);
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
      ReverseSteps.addAncestral(steps, process, grid.time(i), grid.time(i + 1));
    }
    if (denoise) {
      ReverseSteps.addDenoising(steps, process, grid.time(grid.steps()));
    }
    return Plan.of(steps.build(), "use a grid of more steps, or one that ends at a later time");
  }
}
