package score4j.process;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The probability flow of a process: the ordinary differential equation whose solutions have the
/// same law at every time as the noisy paths of the process.
///
/// ```text
/// dx/dt = f(x, t) − ½·g(t)²·s(x, t),   s = ∇ log p_t           Song et al. 2021, equation 13
/// ∇·(dx/dt) = ∇·f − ½·g²·∇·s           d log p_t(x_t)/dt = −∇·(dx/dt)         equation 39
/// ```
/// Keeps the coefficients of the last time that was asked for, so an object serves one thread.
/// Allocates nothing.
public final class FlowVelocity {
  private final Sde process;
  private final @Nullable LinearSde linear;
  private final int dim;
  private final double[] point;
  private final double[] drift;
  private double time = Double.NaN;
  private double coefficient; // a of a linear process
  private double halfSquare; // ½·g²

  /// The flow in `dim` dimensions.
  public FlowVelocity(Sde process, int dim) {
    this.process = Objects.requireNonNull(process, "process");
    linear = process instanceof LinearSde one ? one : null;
    this.dim = dim;
    point = new double[dim];
    drift = new double[dim];
  }

  /// Turns to a time.
  public void at(double t) {
    if (t == time) {
      return;
    }
    if (linear != null) {
      coefficient = linear.driftCoefficient(t);
      halfSquare = 0.5 * linear.squaredDiffusion(t);
    } else {
      double g = process.diffusion(t);
      halfSquare = 0.5 * g * g;
    }
    time = t;
  }

  /// Writes the velocity of one sample at that time.
  ///
  /// @param y where the D coordinates of the sample begin at `from`
  /// @param score where its score begins at `scoreFrom`
  /// @param dy where the velocity goes, from `from` on
  public void velocity(double[] y, int from, float[] score, int scoreFrom, double[] dy) {
    if (linear != null) {
      for (int d = 0; d < dim; d++) {
        dy[from + d] = coefficient * y[from + d] - halfSquare * score[scoreFrom + d];
      }
      return;
    }
    System.arraycopy(y, from, point, 0, dim);
    process.drift(point, time, drift);
    for (int d = 0; d < dim; d++) {
      dy[from + d] = drift[d] - halfSquare * score[scoreFrom + d];
    }
  }

  /// The divergence of the velocity of one sample at that time.
  ///
  /// @param y where the D coordinates of the sample begin at `from`
  /// @param scoreDivergence ∇·s there, or an estimate
  public double divergence(double[] y, int from, double scoreDivergence) {
    if (linear != null) {
      return dim * coefficient - halfSquare * scoreDivergence;
    }
    System.arraycopy(y, from, point, 0, dim);
    return process.driftDivergence(point, time) - halfSquare * scoreDivergence;
  }
}
