package score4j.examples.fit;

import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.metric.Estimate;
import score4j.objective.DiffusionDenoising;
import score4j.objective.DiffusionImplicit;
import score4j.objective.Objective;
import score4j.rng.Key;

/// The loss of an objective over many noise levels for any score that knows time, so that two can
/// be compared on the same rows with the same noise.
///
/// ```text
/// denoising   mean of λ(t)·½‖s(x_t, t) + z/σ‖²
/// implicit    mean of λ(t)·(½‖s(x_t, t)‖² + ∇·s(x_t, t))        the exact trace, whatever trains
/// ```
public final class NoisyLoss {
  private static final int ROWS = 1024;

  // where a definition of many noise levels has its numbers: t, λ, α, σ and z, each D numbers
  private static final int WEIGHT = 1;
  private static final int MEAN_SCALE = 2;
  private static final int STD = 3;
  private static final int NOISE = 4;

  private NoisyLoss() {}

  /// The mean over the rows, in nats per sample.
  ///
  /// @param objective one over many noise levels, with or without control variate
  /// @param key of times and noise; the same key, the same noise
  /// @param draws how often each row is taken, each time with other noise
  /// @throws IllegalArgumentException if the objective knows no noise levels
  public static Estimate of(
      DifferentiableScore score, Objective objective, Batch rows, Key key, int draws) {
    if (!(objective instanceof DiffusionDenoising || objective instanceof DiffusionImplicit)) {
      throw new IllegalArgumentException(
          "objective must be one over many noise levels but was %s: use ImplicitLoss"
              .formatted(objective));
    }
    double[] losses = new double[rows.rows()];
    long sample = 0;
    for (int k = 0; k < draws; k++) {
      for (int from = 0; from < rows.rows(); from += ROWS) {
        Batch x = rows.slice(from, Math.min(rows.rows(), from + ROWS)).copy();
        add(score, objective, x, key, sample, losses, from, 1.0 / draws);
        sample += x.rows();
      }
    }
    return Estimate.mean(losses);
  }

  private static void add(
      DifferentiableScore score,
      Objective objective,
      Batch x,
      Key key,
      long firstSample,
      double[] losses,
      int at,
      double share) {
    int dim = x.cols();
    int stride = objective.draws() * dim;
    float[] draws = new float[x.rows() * stride];
    objective.draw(key, firstSample, x, draws);
    double[] times = new double[x.rows()];
    for (int r = 0; r < x.rows(); r++) {
      times[r] = draws[r * stride];
      for (int d = 0; d < dim; d++) {
        x.set(r, d, noised(x.get(r, d), draws, r * stride, dim, d));
      }
    }
    Batch s = Batch.zeros(x.rows(), dim);
    float[] divergence = new float[x.rows()];
    boolean denoising = objective instanceof DiffusionDenoising;
    if (denoising) {
      score.score(x, 0, x.rows(), times, s);
    } else {
      score.scoreAndDivergence(x, 0, x.rows(), times, s, divergence);
    }
    for (int r = 0; r < x.rows(); r++) {
      int row = r * stride;
      double square = 0;
      for (int d = 0; d < dim; d++) {
        double target = denoising ? -draws[row + NOISE * dim + d] / draws[row + STD * dim] : 0;
        double error = s.get(r, d) - target;
        square += error * error;
      }
      losses[at + r] += share * draws[row + WEIGHT * dim] * (0.5 * square + divergence[r]);
    }
  }

  private static float noised(float x, float[] draws, int row, int dim, int d) {
    return draws[row + MEAN_SCALE * dim] * x
        + draws[row + STD * dim] * draws[row + NOISE * dim + d];
  }
}
