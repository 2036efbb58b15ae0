package score4j.autodiff;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import score4j.array.Parameters;

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

  /// Compares the derivatives of a function of x at a point. Third derivatives of more than some
  /// 10⁴ times the values are beyond what differences can tell.
  ///
  /// @throws ArithmeticException that says which result and which coordinate disagree, and by how
  ///     much
  /// @throws IllegalArgumentException if x has not as many numbers as the function takes
  public static void check(Fn f, double... x) {
    if (x.length != f.inputs()) {
      throw new IllegalArgumentException(
          "x has %d numbers but the function takes %d (D)".formatted(x.length, f.inputs()));
    }
    check(f, List.of(), x);
  }

  /// Compares the derivatives of a function of parameters and x, with respect to both.
  ///
  /// @param parameters the flat vector
  /// @throws ArithmeticException that says which result and which coordinate or parameter disagree,
  ///     and by how much
  /// @throws IllegalArgumentException if a length does not fit
  public static void check(Fn f, double[] parameters, double... x) {
    BatchFunction.requireParameters(f.parameters(), parameters.length);
    if (x.length != f.inputs()) {
      throw new IllegalArgumentException(
          "x has %d numbers but the function takes %d (D)".formatted(x.length, f.inputs()));
    }
    double[] both = Arrays.copyOf(x, x.length + parameters.length);
    System.arraycopy(parameters, 0, both, x.length, parameters.length);
    check(f.joined(), f.parameters(), both);
  }

  // of a function of one vector, whose last numbers are the parameters
  private static void check(Fn f, List<Parameters.Slice> parameters, double... x) {
    int results = f.shape().size();
    Fn flat = flat(f);
    double[] forward = Fn.of(f.inputs(), u -> rows(Derivatives.jacobian(flat::apply, u))).at(x);
    double[] reverse =
        Fn.of(f.inputs(), u -> rows(Derivatives.jacobianReverse(flat::apply, u))).at(x);
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
        String what = "∂f[%d]/∂%s".formatted(i, name(j, x.length, parameters));
        compare(what, "forward mode", forward[i * x.length + j], difference, scale, x);
        compare(what, "reverse mode", reverse[i * x.length + j], difference, scale, x);
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

  private static String name(int j, int length, List<Parameters.Slice> parameters) {
    int first = length - parameters.stream().mapToInt(Parameters.Slice::size).sum();
    for (Parameters.Slice slice : parameters) {
      int index = j - first - slice.offset();
      if (index >= 0 && index < slice.size()) {
        return "%s[%d]".formatted(slice.name(), index);
      }
    }
    return "x[%d]".formatted(j);
  }

  private static void compare(
      String what, String mode, double value, double difference, double scale, double[] x) {
    if (!(Math.abs(value - difference)
        <= TOLERANCE * Math.max(scale, Math.max(Math.abs(value), Math.abs(difference))))) {
      throw new ArithmeticException(
          "%s is %s by %s but %s by central differences, %s apart, at %s"
              .formatted(
                  what, value, mode, difference, Math.abs(value - difference), Arrays.toString(x)));
    }
  }

  private static Fn flat(Fn f) {
    return Fn.of(f.inputs(), u -> f.apply(u).reshape(Shape.vector(f.shape().size())));
  }

  // a Jacobian as one row after the other, whatever its shape
  private static Expr rows(Expr jacobian) {
    return jacobian.reshape(Shape.vector(jacobian.shape().size()));
  }

  private static double[] moved(Fn f, double[] x, int coordinate, double by) {
    double[] moved = x.clone();
    moved[coordinate] += by;
    return f.at(moved);
  }
}
