package score4j.examples.gallery;

import java.util.function.DoubleBinaryOperator;
import score4j.Density;
import score4j.DifferentiableScore;
import score4j.Score;
import score4j.array.Batch;
import score4j.metric.RecoveredDensity;

/// Integrals over the line by the trapezoidal rule on an even grid. For densities that vanish at
/// both ends the rule is exact to many digits.
public final class Quadrature {
  private final double[] x;
  private final double step;

  /// A grid of `n` points from `from` to `to`, both included.
  public Quadrature(double from, double to, int n) {
    step = (to - from) / (n - 1);
    x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = from + i * step;
    }
  }

  /// The points of the grid.
  public double[] x() {
    return x.clone();
  }

  /// The values of a score at the points.
  public double[] score(Score score) {
    return widen(score.score(points()).data());
  }

  /// The derivative of a score at the points.
  public double[] slope(DifferentiableScore score) {
    float[] out = new float[x.length];
    score.divergence(points(), 0, out);
    return widen(out);
  }

  /// The values of a density at the points.
  public double[] density(Density density) {
    double[] p = density.logDensity(points());
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(p[i]);
    }
    return p;
  }

  /// The density at the points whose score this is: p = exp ∫ s, normalised on the grid.
  public double[] recover(Score score) {
    return RecoveredDensity.of(score, x[0], x[x.length - 1], x.length).density();
  }

  /// ∫ f(x) dx of values at the points.
  public double integral(double[] f) {
    double sum = 0.5 * (f[0] + f[f.length - 1]);
    for (int i = 1; i < f.length - 1; i++) {
      sum += f[i];
    }
    return sum * step;
  }

  /// ∫ f(x, p(x)) dx, such as a moment of the density `p`.
  public double integral(double[] p, DoubleBinaryOperator f) {
    double[] values = new double[p.length];
    for (int i = 0; i < p.length; i++) {
      values[i] = f.applyAsDouble(x[i], p[i]);
    }
    return integral(values);
  }

  /// The Fisher divergence ½ ∫ p (s − t)² dx of scores with the values `s` and `t`.
  public double divergence(double[] s, double[] t, double[] p) {
    double[] values = new double[p.length];
    for (int i = 0; i < p.length; i++) {
      values[i] = 0.5 * p[i] * (s[i] - t[i]) * (s[i] - t[i]);
    }
    return integral(values);
  }

  /// The population loss of score matching, ∫ p (½ s² + s′) dx.
  public double implicitLoss(double[] s, double[] slope, double[] p) {
    double[] values = new double[p.length];
    for (int i = 0; i < p.length; i++) {
      values[i] = p[i] * (0.5 * s[i] * s[i] + slope[i]);
    }
    return integral(values);
  }

  /// The total variation ½ ∫ abs(p − q) dx between two densities.
  public double totalVariation(double[] p, double[] q) {
    double[] values = new double[p.length];
    for (int i = 0; i < p.length; i++) {
      values[i] = 0.5 * Math.abs(p[i] - q[i]);
    }
    return integral(values);
  }

  /// The moment E xᵏ under the density with values `p`.
  public double moment(double[] p, int k) {
    return integral(p, (at, density) -> Math.pow(at, k) * density);
  }

  /// P(x < 0) under the density with values `p`; 0 must be a point of the grid, or lie midway.
  public double massBelowZero(double[] p) {
    return integral(p, (at, density) -> at < -1e-9 ? density : at < 1e-9 ? density / 2 : 0);
  }

  private Batch points() {
    Batch batch = Batch.zeros(x.length, 1);
    for (int i = 0; i < x.length; i++) {
      batch.set(i, 0, (float) x[i]);
    }
    return batch;
  }

  static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
