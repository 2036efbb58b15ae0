package score4j.sample;

import java.util.Objects;
import java.util.function.Function;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Sde;
import score4j.process.TimeGrid;
import score4j.rng.Key;

/// A diffusion run backwards: given the score of each of its marginals, noise turns into data.
///
/// ```text
/// dx = (f(x, t) − g(t)²·s(x, t)) dt + g(t) dw̄,   t falling
///                                             Anderson 1982; Song et al. 2021, equation 6
/// ```
/// With b = f − g²·s and a step from t to t′ < t, h = t − t′:
/// ```text
/// EULER_MARUYAMA     x ← x − h·b(x, t) + g(t)·√h·z
/// STOCHASTIC_HEUN    n = √(h·(g(t)² + g(t′)²)/2)·z
///                    y = x − h·b(x, t) + n
///                    x ← x − h·(b(x, t) + b(y, t′))/2 + n
/// ```
/// - **Processes**: any. One that is not a [LinearSde] is asked for its drift one sample after
///   another; where it starts and how it denoises is not known, so starts must be passed.
/// - **Error**: weak order 1 and 2: the law at the end is off by O(h) and O(h²), for a score that
///   is smooth. The noise does not depend on x, which is why no more than a trapezoidal rule is
///   needed.
/// - **Cost** per step and sample: one score, or two, and D normals. Allocates nothing on the way.
///
/// @param process f and g
/// @param grid falling times
/// @param scheme how to step
/// @param denoise whether to end with the posterior mean of x₀, (x + σ²·s)/α, one score more
/// @param threads what computes
public record ReverseSde(
    Sde process, TimeGrid grid, Scheme scheme, boolean denoise, Threads threads)
    implements DiffusionSampler {
  /// How to step from a time to the next.
  public enum Scheme {
    /// One score a step, weak order 1.
    EULER_MARUYAMA,
    /// Two scores a step, weak order 2.
    STOCHASTIC_HEUN
  }

  private static final String REMEDY = "use a grid of more steps, or one that ends at a later time";

  /// Checks the grid.
  ///
  /// @throws IllegalArgumentException if the grid rises, or denoising is asked of a process that is
  ///     not linear
  public ReverseSde {
    Objects.requireNonNull(process, "process");
    Objects.requireNonNull(scheme, "scheme");
    Objects.requireNonNull(threads, "threads");
    ReverseSteps.requireFalling(grid);
    if (denoise && !(process instanceof LinearSde)) {
      throw new IllegalArgumentException(
          "denoise needs the marginals of a LinearSde but the process is %s: pass false"
              .formatted(process));
    }
  }

  /// Equal steps of time by Euler–Maruyama from noise to the earliest time of the process, then
  /// denoising.
  public static ReverseSde of(LinearSde process, int steps) {
    return of(process, TimeGrid.of(process, steps));
  }

  /// The steps of a grid by Euler–Maruyama, then denoising if the process is linear.
  public static ReverseSde of(Sde process, TimeGrid grid) {
    return new ReverseSde(
        process, grid, Scheme.EULER_MARUYAMA, process instanceof LinearSde, Threads.available());
  }

  /// The same sampler with another scheme.
  public ReverseSde withScheme(Scheme scheme) {
    return new ReverseSde(process, grid, scheme, denoise, threads);
  }

  /// The same sampler with or without the last denoising.
  public ReverseSde withDenoise(boolean denoise) {
    return new ReverseSde(process, grid, scheme, denoise, threads);
  }

  @Override
  public ReverseSde withThreads(Threads threads) {
    return new ReverseSde(process, grid, scheme, denoise, threads);
  }

  @Override
  public long steps() {
    return (long) grid.steps() + (denoise ? 1 : 0);
  }

  /// σ at the first time of the grid.
  ///
  /// @throws IllegalArgumentException if the process is not linear
  @Override
  public double startStd() {
    if (process instanceof LinearSde linear) {
      return linear.marginal(grid.time(0)).std();
    }
    throw new IllegalArgumentException(
        "the law of noise under %s is not known: pass a start".formatted(process));
  }

  @Override
  public void run(
      Score score, Batch x, long firstSample, Key key, long every, ChainListener listener) {
    Chains.run(plan(), threads, score, x, firstSample, NoiseSource.of(key), every, listener);
  }

  Plan plan() {
    if (!(process instanceof LinearSde linear)) {
      return plan((tile, step) -> {});
    }
    AffineSteps.Builder steps = AffineSteps.builder();
    if (scheme == Scheme.EULER_MARUYAMA) {
      for (int i = 0; i < grid.steps(); i++) {
        ReverseSteps.addEulerMaruyama(steps, linear, grid.time(i), grid.time(i + 1));
      }
    }
    if (denoise) {
      ReverseSteps.addDenoising(steps, linear, grid.time(grid.steps()));
    }
    if (scheme == Scheme.EULER_MARUYAMA) {
      return Plan.of(steps.build(), REMEDY);
    }
    return plan(denoise ? new AffineStep(steps.build()) : (tile, step) -> {});
  }

  /// The steps that ask for the drift, then those of `end`.
  private Plan plan(TileStep end) {
    ReverseDrift drift = new ReverseDrift(process, grid);
    Function<Tile, TileStep> body =
        tile -> {
          TileStep step =
              switch (scheme) {
                case EULER_MARUYAMA -> new EulerMaruyamaStep(grid, drift, tile);
                case STOCHASTIC_HEUN -> new StochasticHeunStep(grid, drift, tile);
              };
          return (samples, k) -> (k < grid.steps() ? step : end).step(samples, k);
        };
    return Plan.of(steps(), body, REMEDY);
  }
}
