package score4j.autodiff;

/// The elementary functions in `double`, as constants are folded and the F64 executor computes
/// them.
final class Arithmetic {
  private Arithmetic() {}

  static double apply(Op.Function function, double x) {
    return switch (function) {
      case NEG -> -x;
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case LOG1P -> Math.log1p(x);
      case EXPM1 -> Math.expm1(x);
      case SQRT -> Math.sqrt(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case ERF -> erf(x);
      case RELU -> Double.isNaN(x) ? x : Math.max(x, 0);
      case STEP -> x > 0 ? 1 : 0;
      case ABS -> Math.abs(x);
      case SIGN -> x > 0 ? 1 : x < 0 ? -1 : 0;
    };
  }

  static double apply(Op.Pair pair, double a, double b) {
    return switch (pair) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case SCALE -> a == 0 ? 0 : a * b;
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case GREATER -> a > b ? 1 : 0;
    };
  }

  static double power(double x, double exponent) {
    return exponent == -1 ? 1 / x : exponent == 0.5 ? Math.sqrt(x) : Math.pow(x, exponent);
  }

  /// erf x = 2/√π ∫₀ˣ e^(−t²) dt, to some 1e-15: the series e^(−x²)·Σ 2ⁿx^(2n+1)/(2n+1)!! of
  /// positive terms up to 3, the continued fraction of 1 − erf beyond.
  private static double erf(double x) {
    double z = Math.abs(x);
    double value;
    if (Double.isNaN(x)) {
      return x;
    }
    if (z < 3) {
      double term = z;
      double sum = z;
      for (int n = 1; term > 1e-17 * sum; n++) {
        term *= 2 * z * z / (2 * n + 1);
        sum += term;
      }
      value = 2 / Math.sqrt(Math.PI) * Math.exp(-z * z) * sum;
    } else if (z > 6) {
      value = 1;
    } else {
      double fraction = z;
      for (int n = 60; n >= 1; n--) {
        fraction = z + n / 2.0 / fraction;
      }
      value = 1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * fraction);
    }
    return Math.copySign(value, x);
  }
}
