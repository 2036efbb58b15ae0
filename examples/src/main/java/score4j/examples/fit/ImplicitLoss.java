package score4j.examples.fit;

import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.metric.Estimate;

/// The loss of score matching for any score, with the exact trace: what tells which of two scores
/// is nearer to the law of the samples when that law is not known.
///
/// ```text
/// J = E[ ½‖s(x)‖² + ∇·s(x) ] = D(s) − ½E‖s*(x)‖²        Hyvärinen 2005
/// ```
/// D is the Fisher divergence from the true score s*, so the lower J the better.
public final class ImplicitLoss {
  private static final int ROWS = 1 << 16;

  private ImplicitLoss() {}

  /// The mean over the samples, in nats per sample, with its standard error.
  ///
  /// @param x samples, B × D, at least one
  public static Estimate of(DifferentiableScore score, Batch x) {
    double[] losses = new double[x.rows()];
    float[] divergence = new float[Math.min(ROWS, x.rows())];
    for (int from = 0; from < x.rows(); from += ROWS) {
      Batch part = x.slice(from, Math.min(x.rows(), from + ROWS));
      Batch s = score.score(part);
      score.divergence(part, 0, divergence);
      for (int i = 0; i < part.rows(); i++) {
        double square = 0;
        for (int d = 0; d < part.cols(); d++) {
          square += (double) s.get(i, d) * s.get(i, d);
        }
        losses[from + i] = 0.5 * square + divergence[i];
      }
    }
    return Estimate.mean(losses);
  }
}
