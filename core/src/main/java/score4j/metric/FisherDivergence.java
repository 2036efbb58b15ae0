package score4j.metric;

import java.util.Arrays;
import score4j.Score;
import score4j.array.Batch;

/// The Fisher divergence of a score from the true one: half the mean squared distance between the
/// two.
///
/// ```text
/// F = ½ E ‖s(x) − s*(x)‖²,   x from the law whose score is s*            Hyvärinen 2005, JMLR 6
/// ```
/// - **Units**: nats per sample. The score matching loss E[½‖s‖² + tr ∂s/∂x] is F − ½E‖s*‖², so s =
///   0 has F = ½E‖s*‖².
/// - **Error**: the standard error is that of the mean over the rows; scores are floats, so
///   differences are off by 2⁻²⁴·‖s*‖.
public final class FisherDivergence {
  private FisherDivergence() {}

  /// The divergence estimated on samples of the true law, at t = 0.
  ///
  /// @param model the score to judge
  /// @param truth the score of the law that x is drawn from
  /// @param x samples that the model was not fitted to, or the estimate is too low
  /// @throws IllegalArgumentException if x has no row or the dimensions differ
  /// @throws ArithmeticException if a score is not finite, naming the first such row
  public static Estimate of(Score model, Score truth, Batch x) {
    x.requireCols("x", model.dim());
    x.requireCols("x", truth.dim());
    if (x.rows() == 0) {
      throw new IllegalArgumentException("x has no row: give at least one sample");
    }
    Batch s = model.score(x);
    Batch t = truth.score(x);
    double[] values = new double[x.rows()];
    for (int r = 0; r < values.length; r++) {
      double square = 0;
      for (int c = 0; c < x.cols(); c++) {
        double difference = (double) s.get(r, c) - t.get(r, c);
        square += difference * difference;
      }
      if (!Double.isFinite(square)) {
        throw new ArithmeticException(
            "a score is not finite at row %d of x, where the model says %s and the truth %s"
                .formatted(r, Arrays.toString(s.row(r)), Arrays.toString(t.row(r))));
      }
      values[r] = 0.5 * square;
    }
    return Estimate.mean(values);
  }
}
