package score4j;

import java.util.Objects;
import score4j.array.Batch;

/// A score function s(x, t) = ∇ₓ log p_t(x), the gradient of a log density in x.
///
/// An analytic density, a trained network and a sum of other scores are all scores; samplers and
/// metrics take any. The time t runs from 0 (data) to 1 (noise); a static score ignores it.
///
/// Implementations must be safe to call from several threads at once, on disjoint rows, and must
/// compute a row from that row alone, so that results do not depend on how rows are grouped.
public interface Score {
  /// The number of coordinates D of x.
  int dim();

  /// How many rows a caller that has many should ask for at once: enough for a call to be worth
  /// it, few enough for a cache. Numbers do not depend on it.
  default int rowsAtOnce() {
    return 256;
  }

  /// Writes s(xᵢ, t) into row i of `out` for `from ≤ i < to`; other rows stay as they are.
  ///
  /// @param x samples, shape B × D
  /// @param out where the scores go, shape B × D; must not share its array with `x`
  /// @throws IllegalArgumentException if a shape does not fit
  /// @throws IndexOutOfBoundsException if the range does not fit
  void score(Batch x, int from, int to, double t, Batch out);

  /// Writes s(xᵢ, 0) for every row.
  default void score(Batch x, Batch out) {
    score(x, 0, x.rows(), 0, out);
  }

  /// s(xᵢ, 0) for every row, in a new batch.
  default Batch score(Batch x) {
    Batch out = Batch.zeros(x.rows(), dim());
    score(x, out);
    return out;
  }

  /// Writes s(xᵢ, tᵢ), each row at a time of its own, for `from ≤ i < to`. The same numbers as one
  /// call for each row; a network takes them together.
  ///
  /// @param t a time for each row: at least `to` numbers
  /// @throws IllegalArgumentException if a shape does not fit
  /// @throws IndexOutOfBoundsException if the range does not fit
  default void score(Batch x, int from, int to, double[] t, Batch out) {
    Objects.checkFromToIndex(from, to, x.rows());
    Objects.checkFromToIndex(from, to, t.length);
    int begin = from;
    for (int row = from + 1; row <= to; row++) {
      if (row == to || t[row] != t[begin]) { // a run of equal times
        score(x, begin, row, t[begin], out);
        begin = row;
      }
    }
  }

  /// This score plus another: by Bayes' rule the score of a posterior is that of the prior plus
  /// that of the likelihood, and the score of a product of densities is the sum of theirs.
  ///
  /// ```text
  /// ∇ log p(x | y) = ∇ log p(x) + ∇ log p(y | x)
  /// ```
  ///
  /// @throws IllegalArgumentException if the other has another dimension
  default Score plus(Score other) {
    return SumScore.of(this, 1, other, 1);
  }

  /// This score times a number: that of the density raised to that power, such as 1/temperature.
  default Score times(double factor) {
    return SumScore.of(this, factor, null, 0);
  }

  /// This score with the time stopped: s(x, t) for the one t, whatever time is asked for.
  default Score at(double t) {
    return new FrozenScore(this, t);
  }
}
