package score4j;

import score4j.array.Batch;

/// A score with derivatives in x. J = ∂s/∂x is the D × D Jacobian of the score (the Hessian of log
/// p where s is a true score).
public interface DifferentiableScore extends Score {
  /// Writes J(xᵢ)·vᵢ, the directional derivative of the score along row i of `v`, into row i of
  /// `out`.
  ///
  /// @param x samples, B × D
  /// @param v directions, B × D
  /// @param out where the products go, B × D; must not share its array with `x` or `v`
  void jvp(Batch x, Batch v, double t, Batch out);

  /// Writes J(xᵢ)ᵀ·wᵢ into row i of `out`.
  ///
  /// @param x samples, B × D
  /// @param w cotangents, B × D
  /// @param out where the products go, B × D; must not share its array with `x` or `w`
  void vjp(Batch x, Batch w, double t, Batch out);

  /// Writes the divergence ∇·s = tr J(xᵢ) into `out[i]`, exactly.
  ///
  /// @param x samples, B × D
  /// @param out B numbers
  void divergence(Batch x, double t, float[] out);
}
