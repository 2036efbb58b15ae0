package score4j.process;

import java.util.function.DoubleUnaryOperator;

/// The linear process of any a(t) and g(t): its moments are integrals, tabulated once.
///
/// ```text
/// m(t) = ∫₀ᵗ a,   v(t) = ∫₀ᵗ exp(2(m(t) − m(s)))·g(s)² ds,   m′ = a,   v′ = 2·a·v + g²
/// ```
/// Each cell of the table is integrated by Gauss's rule of three points, order 6; between its ends
/// m and v are the cubics with the values and slopes there. With h = 1/4096 their error is at most
/// h⁴/384 = 1e-17 of the fourth derivative, while a and g are smooth.
final class CustomLinear implements LinearSde {
  private static final int CELLS = 4096;
  // nodes and weights of the three-point Gauss rule on [0, 1]
  private static final double NODE = 0.5 * Math.sqrt(0.6);
  private static final double[] NODES = {0.5 - NODE, 0.5, 0.5 + NODE};
  private static final double[] WEIGHTS = {5.0 / 18, 8.0 / 18, 5.0 / 18};

  private final DoubleUnaryOperator coefficient;
  private final DoubleUnaryOperator diffusion;
  private final double[] logMeanScales = new double[CELLS + 1];
  private final double[] variances = new double[CELLS + 1];

  CustomLinear(DoubleUnaryOperator coefficient, DoubleUnaryOperator diffusion) {
    this.coefficient = coefficient;
    this.diffusion = diffusion;
    double h = 1.0 / CELLS;
    for (int i = 0; i < CELLS; i++) {
      double from = i * h;
      double whole = integral(from, h);
      double noise = 0;
      for (int k = 0; k < NODES.length; k++) {
        double s = from + NODES[k] * h;
        double g = finite("diffusion", diffusion, s);
        // what is left of the cell after s
        double rest = whole - integral(from, NODES[k] * h);
        noise += WEIGHTS[k] * h * StrictMath.exp(2 * rest) * g * g;
      }
      logMeanScales[i + 1] = logMeanScales[i] + whole;
      variances[i + 1] = variances[i] * StrictMath.exp(2 * whole) + noise;
    }
    if (!(variances[CELLS] > 0) || Double.isInfinite(variances[CELLS])) {
      throw new IllegalArgumentException(
          "the variance at t = 1 must be finite and above 0 but is %s: diffusion is what makes noise"
              .formatted(variances[CELLS]));
    }
  }

  private double integral(double from, double length) {
    double sum = 0;
    for (int k = 0; k < NODES.length; k++) {
      sum += WEIGHTS[k] * finite("driftCoefficient", coefficient, from + NODES[k] * length);
    }
    return sum * length;
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
    double a = coefficient.applyAsDouble(t);
    double g = diffusion.applyAsDouble(t);
    int cell = (int) Math.clamp(Math.floor(t * CELLS), 0, CELLS - 1.0);
    double m = hermite(logMeanScales, cell, t, meanSlope(cell), meanSlope(cell + 1));
    double v = hermite(variances, cell, t, varianceSlope(cell), varianceSlope(cell + 1));
    v = Math.max(0, v);
    return new Moments(m, a, v, 2 * a * v + g * g);
  }

  // m′ where a cell begins
  private double meanSlope(int cell) {
    return coefficient.applyAsDouble((double) cell / CELLS);
  }

  // v′ where a cell begins
  private double varianceSlope(int cell) {
    double g = diffusion.applyAsDouble((double) cell / CELLS);
    return 2 * meanSlope(cell) * variances[cell] + g * g;
  }

  private static double hermite(double[] values, int cell, double t, double left, double right) {
    double u = t * CELLS - cell;
    double w = 1 - u;
    return w * w * (1 + 2 * u) * values[cell]
        + u * u * (1 + 2 * w) * values[cell + 1]
        + u * w * (w * left - u * right) / CELLS;
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
