package score4j;

import java.util.Objects;
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

  /// Writes J(xᵢ, tᵢ)·vᵢ into row i of `out`, each row at a time of its own. The same numbers as
  /// one call for each row; a network takes them together.
  ///
  /// @param x samples, B × D
  /// @param v directions, B × D
  /// @param t a time for each row: at least B numbers
  /// @param out where the products go, B × D; must not share its array with `x` or `v`
  /// @throws IllegalArgumentException if a shape does not fit
  /// @throws IndexOutOfBoundsException if there are fewer times than rows
  default void jvp(Batch x, Batch v, double[] t, Batch out) {
    products(x, "v", v, t, false, out);
  }

  /// Writes J(xᵢ, tᵢ)ᵀ·wᵢ into row i of `out`, each row at a time of its own. The same numbers as
  /// one call for each row; a network takes them together.
  ///
  /// @param x samples, B × D
  /// @param w cotangents, B × D
  /// @param t a time for each row: at least B numbers
  /// @param out where the products go, B × D; must not share its array with `x` or `w`
  /// @throws IllegalArgumentException if a shape does not fit
  /// @throws IndexOutOfBoundsException if there are fewer times than rows
  default void vjp(Batch x, Batch w, double[] t, Batch out) {
    products(x, "w", w, t, true, out);
  }

  private void products(
      Batch x, String name, Batch vectors, double[] t, boolean transposed, Batch out) {
    int rows = x.rows();
    int dim = dim();
    vectors.requireShape(name, rows, dim);
    out.requireShape("out", rows, dim);
    Objects.checkFromToIndex(0, rows, t.length);
    int begin = 0;
    for (int row = 1; row <= rows; row++) {
      if (row == rows || t[row] != t[begin]) { // a run of equal times
        boolean all = begin == 0 && row == rows;
        Batch part = all ? out : Batch.zeros(row - begin, dim);
        Batch points = all ? x : x.slice(begin, row);
        Batch own = all ? vectors : vectors.slice(begin, row);
        if (transposed) {
          vjp(points, own, t[begin], part);
        } else {
          jvp(points, own, t[begin], part);
        }
        if (!all) {
          System.arraycopy(part.data(), 0, out.data(), begin * dim, part.data().length);
        }
        begin = row;
      }
    }
  }

  /// Writes the divergence ∇·s = tr J(xᵢ) into `out[i]`, exactly.
  ///
  /// @param x samples, B × D
  /// @param out B numbers
  void divergence(Batch x, double t, float[] out);

  /// The sum of two scores with derivatives has them, too.
  ///
  /// @throws IllegalArgumentException if the other has another dimension
  default DifferentiableScore plus(DifferentiableScore other) {
    return DifferentiableSum.of(this, 1, other, 1);
  }

  @Override
  default Score plus(Score other) {
    return other instanceof DifferentiableScore differentiable
        ? plus(differentiable)
        : Score.super.plus(other);
  }

  @Override
  default DifferentiableScore times(double factor) {
    return DifferentiableSum.of(this, factor, null, 0);
  }

  @Override
  default DifferentiableScore at(double t) {
    return new FrozenDifferentiable(this, t);
  }

  /// Writes score and divergence, each row at a time of its own, for `from ≤ i < to`. The same
  /// numbers as [#score] and [#divergence] would give; a network computes both in one pass.
  ///
  /// @param x samples, B × D
  /// @param t a time for each row: at least `to` numbers
  /// @param score where the scores go, B × D; must not share its array with `x`
  /// @param divergence where ∇·s goes: at least `to` numbers
  default void scoreAndDivergence(
      Batch x, int from, int to, double[] t, Batch score, float[] divergence) {
    score(x, from, to, t, score);
    Objects.checkFromToIndex(from, to, divergence.length);
    float[] one = new float[1];
    for (int row = from; row < to; row++) {
      divergence(x.slice(row, row + 1), t[row], one);
      divergence[row] = one[0];
    }
  }

  /// Writes score and quadratic forms vᵀJ(xᵢ)v along several directions v of each row, each row at
  /// a time of its own, for `from ≤ i < to`.
  ///
  /// @param x samples, B × D
  /// @param t a time for each row: at least `to` numbers
  /// @param directions `count` vectors v for each row, B × count × D
  /// @param score where the scores go, B × D; must not share its array with `x`
  /// @param forms where the forms go, B × count
  default void scoreAndForms(
      Batch x,
      int from,
      int to,
      double[] t,
      float[] directions,
      int count,
      Batch score,
      float[] forms) {
    score(x, from, to, t, score);
    int dim = dim();
    Batch v = Batch.zeros(1, dim);
    Batch product = Batch.zeros(1, dim);
    for (int row = from; row < to; row++) {
      Batch one = x.slice(row, row + 1);
      for (int k = row * count; k < (row + 1) * count; k++) {
        System.arraycopy(directions, k * dim, v.data(), 0, dim);
        jvp(one, v, t[row], product);
        double form = 0;
        for (int d = 0; d < dim; d++) {
          form += (double) v.data()[d] * product.data()[d];
        }
        forms[k] = (float) form;
      }
    }
  }
}
