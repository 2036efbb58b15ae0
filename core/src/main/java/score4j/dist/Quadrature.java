package score4j.dist;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/// Means under a mixture on the line, by Gauss's rule on panels as short as the components.
///
/// Panels end where some component is ½·j of its standard deviations from its mean, |j| ≤ 24; what
/// is farther out has mass e⁻⁷². The logarithm of a sum of two components, the least smooth thing
/// asked for, has singularities no nearer than 0.26 std of the narrower, one panel's length away:
/// the rule of 16 points is then exact to rounding.
/// - **Cost**: 800·K evaluations.
final class Quadrature {
  private static final int POINTS = 16;
  private static final int REACH = 24;

  // nodes and weights of the rule on [−1, 1], by Newton's method on the Legendre polynomial
  private static final double[] NODES = new double[POINTS];
  private static final double[] WEIGHTS = new double[POINTS];

  static {
    for (int i = 0; i < POINTS; i++) {
      double x = Math.cos(Math.PI * (i + 0.75) / (POINTS + 0.5));
      double slope = 0;
      for (int iteration = 0; iteration < 6; iteration++) {
        double before = 1;
        double value = x;
        for (int n = 2; n <= POINTS; n++) {
          double next = ((2 * n - 1) * x * value - (n - 1) * before) / n;
          before = value;
          value = next;
        }
        slope = POINTS * (x * value - before) / (x * x - 1);
        x -= value / slope;
      }
      NODES[i] = x;
      WEIGHTS[i] = 2 / ((1 - x * x) * slope * slope);
    }
  }

  private Quadrature() {}

  /// E f(x).
  static double mean(GaussianMixture law, DoubleUnaryOperator f) {
    double[] ends =
        law.components().stream()
            .flatMapToDouble(
                c -> {
                  double mean = c.mean()[0];
                  double half = 0.5 * Math.sqrt(c.covariance()[0][0]);
                  double[] own = new double[2 * REACH + 1];
                  Arrays.setAll(own, j -> mean + (j - REACH) * half);
                  return Arrays.stream(own);
                })
            .sorted()
            .distinct()
            .toArray();
    double sum = 0;
    double[] x = new double[1];
    for (int i = 1; i < ends.length; i++) {
      double half = 0.5 * (ends[i] - ends[i - 1]);
      double middle = 0.5 * (ends[i] + ends[i - 1]);
      for (int k = 0; k < POINTS; k++) {
        x[0] = middle + half * NODES[k];
        double density = Math.exp(law.logDensity(x));
        if (density > 0) {
          sum += WEIGHTS[k] * half * density * f.applyAsDouble(x[0]);
        }
      }
    }
    return sum;
  }
}
