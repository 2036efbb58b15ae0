package score4j;

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
}
