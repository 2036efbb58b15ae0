package score4j.optim;

/// Powers and a cosine from IEEE + − × ÷ and square roots alone: the same bits on every machine,
/// and nothing allocated, which `Math` does not promise the first and `StrictMath` does not keep
/// the second.
final class Powers {
  private Powers() {}

  /// baseⁿ for n ≥ 0 by repeated squaring. Relative error about n·2⁻⁵³.
  static double power(double base, long n) {
    double result = 1;
    double square = base;
    for (long bits = n; bits != 0; bits >>>= 1) {
      if ((bits & 1) != 0) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }

  /// base^fraction for 0 ≤ fraction < 1 by repeated square roots, one for each bit of the fraction.
  static double root(double base, double fraction) {
    double result = 1;
    double root = base;
    for (double rest = fraction; rest > 0; ) {
      root = Math.sqrt(root);
      rest *= 2;
      if (rest >= 1) {
        result *= root;
        rest -= 1;
      }
    }
    return result;
  }

  /// cos y for |y| ≤ π/2: the Taylor series to y²², whose remainder is below 1e-19.
  static double cosine(double y) {
    double square = y * y;
    double sum = 1;
    for (int k = 22; k > 0; k -= 2) {
      sum = 1 - sum * square / (k * (k - 1));
    }
    return sum;
  }
}
