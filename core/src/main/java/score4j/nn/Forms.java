package score4j.nn;

/// Which quadratic forms of the Jacobian a [Head] takes.
public enum Forms {
  /// `q_k = v_kᵀ(∂s/∂x)v_k` for K directions that the head writes.
  DIRECTIONAL,
  /// `q_k = ∂s_k/∂x_k`, the diagonal: K = D.
  DIAGONAL,
  /// `q₁ = tr ∂s/∂x`: K = 1. The engine takes the cheaper of two ways to it, the diagonal or the
  /// cyclic one, by the sizes of the network alone.
  TRACE,
  /// The same by the cyclic way wherever there is a hidden layer, whatever it costs.
  CYCLIC_TRACE;

  /// Whether only the sum of the diagonal is wanted.
  public boolean isTrace() {
    return this == TRACE || this == CYCLIC_TRACE;
  }
}
