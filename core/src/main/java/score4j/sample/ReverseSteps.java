package score4j.sample;

import java.util.Objects;
import score4j.process.LinearSde;
import score4j.process.Moments;
import score4j.process.TimeGrid;

/// The steps that lead a linear process backwards, as factors of state, score and noise.
final class ReverseSteps {
  private ReverseSteps() {}

  /// Euler–Maruyama from t to an earlier time, h = t − to:
  ///
  /// ```text
  /// x ← x − h·(a·x − g²·s) + g·√h·z
  /// ```
  static void addEulerMaruyama(AffineSteps.Builder steps, LinearSde process, double t, double to) {
    double g = process.diffusion(t);
    double h = t - to;
    steps.add(t, 1 - h * process.driftCoefficient(t), h * g * g, g * Math.sqrt(h));
  }

  /// A draw from q(x_to | x_t, x₀) with the denoised x_t for x₀; see [Ancestral].
  static void addAncestral(AffineSteps.Builder steps, LinearSde process, double t, double to) {
    Moments now = process.moments(t);
    Moments then = process.moments(to);
    double scale = StrictMath.exp(now.logMeanScale() - then.logMeanScale());
    double noise = Math.max(0, now.variance() - scale * scale * then.variance());
    steps.add(t, 1 / scale, noise / scale, Math.sqrt(noise * (then.variance() / now.variance())));
  }

  /// The posterior mean of x₀ given x_t, (x + σ²·s)/α: Tweedie's formula.
  static void addDenoising(AffineSteps.Builder steps, LinearSde process, double t) {
    Moments now = process.moments(t);
    double scale = StrictMath.exp(now.logMeanScale());
    steps.add(t, 1 / scale, now.variance() / scale, 0);
  }

  /// Checks that a grid leads from noise to data.
  static void requireFalling(TimeGrid grid) {
    Objects.requireNonNull(grid, "grid");
    if (grid.time(0) < grid.time(1)) {
      throw new IllegalArgumentException(
          "grid must fall from noise to data but goes from %s to %s: pass grid.reversed()"
              .formatted(grid.time(0), grid.time(grid.steps())));
    }
  }
}
