package score4j.metric;

import java.util.Arrays;
import score4j.DifferentiableScore;
import score4j.array.Batch;

/// The loss of score matching for any score, with the exact trace: what tells which of two scores
/// is nearer to the law of the samples when that law is not known.
///
/// ```text
/// J = E[ ½‖s(x)‖² + ∇·s(x) ] = F(s) − ½E‖s*(x)‖²                    Hyvärinen 2005, JMLR 6, eq. 4
/// ```
/// - **Units**: nats per sample. F is the [FisherDivergence] from the true score s*, so the lower J
///   the better; differences of J are differences of F.
/// - **Null**: the true score has J = −½E‖s*‖², and s = 0 has J = 0.
/// - **Error**: the standard error is that of the mean over the rows.   **Cost**: a score and a
///   divergence a row.
public final class ImplicitLoss {
  private static final int ROWS = 1 << 16;

  private ImplicitLoss() {}

  /// The mean over the samples, at t = 0.
  ///
  /// @param x samples that the score was not fitted to, or the estimate is too low; B × D
  /// @throws IllegalArgumentException if x has no row or another dimension than the score
  /// @throws ArithmeticException if a score or its divergence is not finite, naming the first such
  ///     row
  public static Estimate of(DifferentiableScore score, Batch x) {
    x.requireCols("x", score.dim());
    Checks.rows("x", x, 1);
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
        if (!Double.isFinite(losses[from + i])) {
          throw new ArithmeticException(
              "the loss is not finite at row %d of x, where the score is %s and its divergence %s"
                  .formatted(from + i, Arrays.toString(s.row(i)), divergence[i]));
        }
      }
    }
    return Estimate.mean(losses);
  }
}
