package score4j.autodiff;

import java.util.Arrays;
import java.util.Random;

/// Whether the derivatives of a function are right: central differences in `double`, and the
/// adjoint identity that ties forward to reverse mode.
///
/// ```text
/// ∂fᵢ/∂xⱼ ≈ (fᵢ(x + h·eⱼ) − fᵢ(x − h·eⱼ))/2h      truncation h²·|f‴|/6, rounding u·|f|/h
/// ⟨J·v, w⟩ = ⟨v, Jᵀ·w⟩                             up to rounding
/// ```
public final class GradCheck {
  /// Near the cube root of the unit roundoff, where truncation and rounding are alike.
  private static final double STEP = 6e-6;

  // STEP² = 4e-11 times a third derivative of up to some 10⁴ relative to the values
  private static final double TOLERANCE = 1e-6;
  private static final double ADJOINT = 1e-10;

  private GradCheck() {}

  /// Compares the derivatives of a function of x at a point.
  ///
  /// @throws ArithmeticException that says which result and which coordinate disagree, and by how
  ///     much
  public static void check(Fn f, double... x) {
    if (x.length != f.inputs()) {
      throw new IllegalArgumentException(
          "x has %d numbers but the function takes %d (D)".formatted(x.length, f.inputs()));
    }
    int results = f.shape().size();
    Fn flat = flat(f);
    double[] forward =
        Fn.of(f.inputs(), u -> rows(Derivatives.jacobian(flat::apply, u), results)).at(x);
    double[] reverse =
        Fn.of(f.inputs(), u -> rows(Derivatives.jacobianReverse(flat::apply, u), results)).at(x);
    double scale = 1;
    for (double value : flat.at(x)) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int j = 0; j < x.length; j++) {
      double h = STEP * Math.max(1, Math.abs(x[j]));
      double[] up = moved(flat, x, j, h);
      double[] down = moved(flat, x, j, -h);
      for (int i = 0; i < results; i++) {
        double difference = (up[i] - down[i]) / (2 * h);
        compare("forward mode", i, j, forward[i * x.length + j], difference, scale, TOLERANCE);
        compare("reverse mode", i, j, reverse[i * x.length + j], difference, scale, TOLERANCE);
      }
    }
    adjoint(flat, x, results);
  }

  private static void adjoint(Fn f, double[] x, int results) {
    Random random = new Random(1);
    double[] v = random.doubles(x.length, -1, 1).toArray();
    double[] w = random.doubles(results, -1, 1).toArray();
    double[] jv = Fn.of(x.length, u -> Derivatives.jvp(f::apply, u, u.constant(v))).at(x);
    double[] wj = Fn.of(x.length, u -> Derivatives.vjp(f::apply, u, u.constant(w))).at(x);
    double left = 0;
    double right = 0;
    double scale = 1;
    for (int i = 0; i < results; i++) {
      left += jv[i] * w[i];
      scale += Math.abs(jv[i] * w[i]);
    }
    for (int j = 0; j < x.length; j++) {
      right += v[j] * wj[j];
      scale += Math.abs(v[j] * wj[j]);
    }
    if (!(Math.abs(left - right) <= ADJOINT * scale)) {
      throw new ArithmeticException(
          "⟨J·v, w⟩ is %s but ⟨v, Jᵀ·w⟩ is %s at x = %s"
              .formatted(left, right, Arrays.toString(x)));
    }
  }

  private static void compare(
      String mode, int i, int j, double value, double difference, double scale, double tolerance) {
    if (!(Math.abs(value - difference)
        <= tolerance * Math.max(scale, Math.max(Math.abs(value), Math.abs(difference))))) {
      throw new ArithmeticException(
          "∂f[%d]/∂x[%d] is %s by %s but %s by central differences, %s apart"
              .formatted(i, j, value, mode, difference, Math.abs(value - difference)));
    }
  }

  private static Fn flat(Fn f) {
    return Fn.of(f.inputs(), u -> f.apply(u).reshape(Shape.vector(f.shape().size())));
  }

  // a Jacobian as one row after the other, whatever its shape
  private static Expr rows(Expr jacobian, int results) {
    return jacobian.reshape(Shape.vector(jacobian.shape().size() / results * results));
  }

  private static double[] moved(Fn f, double[] x, int coordinate, double by) {
    double[] moved = x.clone();
    moved[coordinate] += by;
    return f.at(moved);
  }
}
