package score4j.dist;

import java.util.Objects;
import score4j.Density;
import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.rng.Key;

/// A law on R^D that is known exactly: what to draw from, what to compare with, what to check other
/// code against.
///
/// The methods on a single point, in double, are the definition; those on batches round the
/// coordinates of their results to float and are otherwise the same. The law does not move: the
/// time t is ignored. Instances are immutable, so all methods may be called from several threads.
public interface Distribution extends Density, DifferentiableScore {
  /// `n` independent samples. Sample i depends on the key and on i alone, so the first of many are
  /// the same as few.
  ///
  /// @throws IllegalArgumentException if `n < 0`
  Batch sample(Key key, int n);

  /// log p(x) in nats, normalised.
  ///
  /// @throws IllegalArgumentException if x does not have D coordinates
  double logDensity(double[] x);

  /// Writes the score ∇ log p(x) into `out`.
  ///
  /// @param out D numbers, another array than `x`
  /// @throws IllegalArgumentException if x or out does not have D coordinates
  void score(double[] x, double[] out);

  /// Writes H·v into `out`, H the Hessian of log p at x, which is the Jacobian of the score.
  ///
  /// @param out D numbers, another array than `x` and `v`
  /// @throws IllegalArgumentException if x, v or out does not have D coordinates
  void jvp(double[] x, double[] v, double[] out);

  /// The divergence of the score tr H = Δ log p(x).
  ///
  /// @throws IllegalArgumentException if x does not have D coordinates
  double divergence(double[] x);

  /// The score ∇ log p(x), in a new array.
  default double[] score(double[] x) {
    double[] out = new double[dim()];
    score(x, out);
    return out;
  }

  @Override
  default void logDensity(Batch x, double[] out) {
    Rows.places(out.length, x, dim());
    double[] point = new double[dim()];
    for (int r = 0; r < x.rows(); r++) {
      Rows.read(x, r, point);
      out[r] = logDensity(point);
    }
  }

  @Override
  default void score(Batch x, int from, int to, double t, Batch out) {
    Objects.checkFromToIndex(from, to, x.rows());
    Rows.check("x", x, "out", out, dim());
    double[] point = new double[dim()];
    double[] score = new double[dim()];
    for (int r = from; r < to; r++) {
      Rows.read(x, r, point);
      score(point, score);
      Rows.write(score, out, r);
    }
  }

  @Override
  default void jvp(Batch x, Batch v, double t, Batch out) {
    Rows.check("x", x, "v", v, dim());
    Rows.check("x", x, "out", out, dim());
    Rows.check("v", v, "out", out, dim());
    double[] point = new double[dim()];
    double[] direction = new double[dim()];
    double[] product = new double[dim()];
    for (int r = 0; r < x.rows(); r++) {
      Rows.read(x, r, point);
      Rows.read(v, r, direction);
      jvp(point, direction, product);
      Rows.write(product, out, r);
    }
  }

  /// The same as [#jvp(Batch, Batch, double, Batch)]: a Hessian is symmetric.
  @Override
  default void vjp(Batch x, Batch w, double t, Batch out) {
    jvp(x, w, t, out);
  }

  @Override
  default void divergence(Batch x, double t, float[] out) {
    Rows.places(out.length, x, dim());
    double[] point = new double[dim()];
    for (int r = 0; r < x.rows(); r++) {
      Rows.read(x, r, point);
      out[r] = (float) divergence(point);
    }
  }
}
