package score4j.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import score4j.Density;
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
    return Estimate.mean(terms(model, truth, x));
  }

  /// The divergence on a tenth of the samples.
  ///
  /// @param from the least log density among them, in nats
  /// @param to the greatest
  /// @param rows how many they are
  /// @param divergence ½‖s − s*‖² averaged over them, as in [FisherDivergence#of]
  public record Decile(double from, double to, int rows, Estimate divergence) {}

  /// The divergence by deciles of the true log density, the least dense tenth of the samples first.
  ///
  /// Their mean, weighted by rows, is [#of]. An error that hides in the average, such as one
  /// between the modes, shows in the first deciles; what matters for weights of modes may be there
  /// too thin to show at all, see [RecoveredDensity] and [ModeWeights].
  ///
  /// @param truth the law that x is drawn from
  /// @param x at least ten samples; the tenths differ by a row where their number is not a multiple
  /// @throws IllegalArgumentException if x has fewer rows or the dimensions differ
  /// @throws ArithmeticException if a score is not finite, naming the first such row
  public static List<Decile> byDecile(Score model, Density truth, Batch x) {
    x.requireCols("x", truth.dim());
    return byDecile(model, truth, x, truth.logDensity(x));
  }

  /// The same by deciles of any number that each sample has, such as its log density by another
  /// estimate.
  ///
  /// @param logDensity one finite number for each row; rows of equal numbers are told apart by
  ///     their order
  /// @throws IllegalArgumentException as above, or if logDensity does not have one finite number a
  ///     row
  public static List<Decile> byDecile(Score model, Score truth, Batch x, double[] logDensity) {
    Checks.rows("x", x, 10);
    if (logDensity.length != x.rows()) {
      throw new IllegalArgumentException(
          "logDensity has %d numbers but x has %d rows: give one for each"
              .formatted(logDensity.length, x.rows()));
    }
    for (int r = 0; r < logDensity.length; r++) {
      if (!Double.isFinite(logDensity[r])) {
        throw new IllegalArgumentException(
            "logDensity must be finite but number %d is %s: leave that row out"
                .formatted(r, logDensity[r]));
      }
    }
    double[] terms = terms(model, truth, x);
    int[] order = Ranks.order(logDensity);
    List<Decile> deciles = new ArrayList<>();
    for (int k = 0; k < 10; k++) {
      int[] rows =
          Arrays.copyOfRange(
              order,
              (int) ((long) terms.length * k / 10),
              (int) ((long) terms.length * (k + 1) / 10));
      double[] part = Arrays.stream(rows).mapToDouble(r -> terms[r]).toArray();
      deciles.add(
          new Decile(
              logDensity[rows[0]],
              logDensity[rows[rows.length - 1]],
              rows.length,
              Estimate.mean(part)));
    }
    return List.copyOf(deciles);
  }

  private static double[] terms(Score model, Score truth, Batch x) {
    x.requireCols("x", model.dim());
    x.requireCols("x", truth.dim());
    Checks.rows("x", x, 1);
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
    return values;
  }
}
