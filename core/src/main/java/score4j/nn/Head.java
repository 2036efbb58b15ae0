package score4j.nn;

/// What an objective asks of the [JetEngine], and what it makes of the answer.
///
/// The engine computes, for each sample, the score s and K directional quadratic forms q_k =
/// v_kᵀ(∂s/∂x)v_k. The head chooses the directions v_k, turns (s, q) into a loss, and says how
/// the loss depends on them; the engine sweeps back to the parameters. A head keeps no state
/// between calls and is shared by threads.
public interface Head {
  /// The number of directions K for samples of `dim` coordinates; 0 if the loss takes no
  /// derivative of the score.
  int tangents(int dim);

  /// Whether the directions are the unit vectors e₁ … e_D, so that q_k = ∂s_k/∂x_k and Σ q_k is
  /// the trace. Then K must be D, and the engine saves work that random directions need.
  default boolean basis() {
    return false;
  }

  /// Fills in what [#evaluate] needs before the network runs: the directions, unless they are the
  /// basis, and the input of the network where it is not the sample itself.
  ///
  /// @param tile its `x` is given and its `input` is a copy of `x`
  default void prepare(Tile tile) {}

  /// Writes the loss of each sample and its derivatives with respect to s and q.
  ///
  /// @param tile its `score` and `forms` are given; writes `losses`, `scoreBar` and `formsBar`
  void evaluate(Tile tile);
}
