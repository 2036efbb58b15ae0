package score4j.process;

import java.util.function.DoubleUnaryOperator;

/// The linear process of any a(t) and g(t): its moments are integrals, tabulated once.
///
/// ```text
/// m(t) = ∫₀ᵗ a,   v(t) = ∫₀ᵗ exp(2(m(t) − m(s)))·g(s)² ds,   m′ = a,   v′ = 2·a·v + g²
/// ```
/// The table holds both at the ends of 4096 cells; from the end before t on they are integrated to
/// t by Gauss's rule of three points. So nothing is interpolated, v is above 0 and has all its
/// digits down to the smallest t, and the error is rounding while a and g are smooth; a jump inside
/// a cell costs up to its size times 1e-4.
/// - **Cost**: 4 evaluations of a and of g for all moments, one for [#driftCoefficient] and
///   [#diffusion].
final class CustomLinear implements LinearSde {
  private static final int CELLS = 4096;

  // nodes and weights of the three-point Gauss rule on [0, 1]
  private static final double NODE = 0.5 * Math.sqrt(0.6);
  private static final double[] NODES = {0.5 - NODE, 0.5, 0.5 + NODE};
  private static final double[] WEIGHTS = {5.0 / 18, 8.0 / 18, 5.0 / 18};

  // REST[k][j]: the integral from node k to 1 of the quadratic that is 1 at node j, 0 at the others
  private static final double[][] REST = new double[3][3];

  static {
    for (int k = 0; k < 3; k++) {
      for (int j = 0; j < 3; j++) {
        double p = NODES[(j + 1) % 3];
        double q = NODES[(j + 2) % 3];
        double scale = (NODES[j] - p) * (NODES[j] - q);
        REST[k][j] = (antiderivative(1, p, q) - antiderivative(NODES[k], p, q)) / scale;
      }
    }
  }

  private final DoubleUnaryOperator coefficient;
  private final DoubleUnaryOperator diffusion;
  private final double[] logMeanScales = new double[CELLS + 1];
  private final double[] variances = new double[CELLS + 1];

  CustomLinear(DoubleUnaryOperator coefficient, DoubleUnaryOperator diffusion) {
    this.coefficient = coefficient;
    this.diffusion = diffusion;
    for (int i = 0; i < CELLS; i++) {
      moments(i, (i + 1.0) / CELLS, logMeanScales, variances, i + 1);
    }
    // the rule looks inside the cells only
    for (int end = 0; end <= 1; end++) {
      driftCoefficient(end);
      diffusion(end);
    }
    if (!(variances[CELLS] > 0) || Double.isInfinite(variances[CELLS])) {
      throw new IllegalArgumentException(
          "the variance at t = 1 must be finite and above 0 but is %s: diffusion is what makes noise"
              .formatted(variances[CELLS]));
    }
    double first = moments(earliestTime()).variance();
    if (!(first > 0)) {
      throw new IllegalArgumentException(
          "there must be noise at t = %s but the variance is %s: begin with a diffusion above 0"
              .formatted(earliestTime(), first));
    }
  }

  // ∫ (x − p)(x − q)
  private static double antiderivative(double x, double p, double q) {
    return x * (x * (x / 3 - 0.5 * (p + q)) + p * q);
  }

  // m and v at a time, from the beginning of its cell
  private void moments(int cell, double t, double[] m, double[] v, int place) {
    double from = (double) cell / CELLS;
    double h = t - from;
    double a0 = driftCoefficient(from + NODES[0] * h);
    double a1 = driftCoefficient(from + NODES[1] * h);
    double a2 = driftCoefficient(from + NODES[2] * h);
    double whole = h * (WEIGHTS[0] * a0 + WEIGHTS[1] * a1 + WEIGHTS[2] * a2);
    double noise = 0;
    for (int k = 0; k < 3; k++) {
      double g = diffusion(from + NODES[k] * h);
      double rest = h * (REST[k][0] * a0 + REST[k][1] * a1 + REST[k][2] * a2);
      noise += WEIGHTS[k] * StrictMath.exp(2 * rest) * g * g;
    }
    m[place] = logMeanScales[cell] + whole;
    v[place] = variances[cell] * StrictMath.exp(2 * whole) + h * noise;
  }

  private static double finite(String name, DoubleUnaryOperator function, double t) {
    double value = function.applyAsDouble(t);
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "%s must be finite on [0, 1] but is %s at t = %s".formatted(name, value, t));
    }
    return value;
  }

  @Override
  public Moments moments(double t) {
    int cell = (int) Math.clamp(Math.floor(t * CELLS), 0, CELLS - 1.0);
    double[] m = new double[1];
    double[] v = new double[1];
    moments(cell, t, m, v, 0);
    double a = driftCoefficient(t);
    double g = diffusion(t);
    return new Moments(m[0], a, v[0], 2 * a * v[0] + g * g);
  }

  @Override
  public double driftCoefficient(double t) {
    return finite("driftCoefficient", coefficient, t);
  }

  @Override
  public double diffusion(double t) {
    return Math.abs(finite("diffusion", diffusion, t));
  }

  @Override
  public double earliestTime() {
    return 1e-3;
  }

  @Override
  public String toString() {
    return "CustomLinear";
  }
}
