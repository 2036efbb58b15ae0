package score4j.solve;

/// Logarithm and power to base 2 to within 1.5e-5, from sums, products and bits alone: what the
/// length of a step is chosen by, once a sample and step, need not be exact but the same
/// everywhere. The polynomials interpolate at Chebyshev nodes.
final class Powers {
  private static final long FRACTION = 0x000FFFFFFFFFFFFFL;
  private static final long ONE = 0x3FF0000000000000L;
  // adding it rounds to an integer, which then stands in the low bits
  private static final double ROUND = 0x1.8p52;

  private Powers() {}

  /// log₂ x for finite x > 0, within 1.5e-5.
  static double log2(double x) {
    long bits = Double.doubleToRawLongBits(x);
    double t = Double.longBitsToDouble((bits & FRACTION) | ONE) - 1;
    double p = 0.0439286278 * t - 0.189832447;
    p = p * t + 0.411561482;
    p = p * t - 0.707253434;
    p = p * t + 1.44159208;
    return (double) ((bits >> 52) - 1023) + (p * t + 1.439093e-5);
  }

  /// 2^y for |y| < 1000, within 4e-6 of its size.
  static double exp2(double y) {
    double shifted = y + ROUND;
    double f = y - (shifted - ROUND);
    double p = 0.00967604 * f + 0.05592204;
    p = p * f + 0.24022107;
    p = p * f + 0.69312103;
    p = p * f + 1.00000008;
    return p * Double.longBitsToDouble((Double.doubleToRawLongBits(shifted) << 52) + ONE);
  }
}
