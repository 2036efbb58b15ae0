package score4j.bench.report;

import java.util.Locale;

/// Numbers for people.
final class Text {
  static final String NONE = "–";

  private Text() {}

  /// Three digits.
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    double size = Math.abs(value);
    int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }

  /// A time in the unit that suits it.
  static String time(double nanos) {
    if (!Double.isFinite(nanos)) {
      return NONE;
    }
    if (nanos < 1e5) {
      return number(nanos / 1e3) + " µs";
    }
    return nanos < 1e9 ? number(nanos / 1e6) + " ms" : number(nanos / 1e9) + " s";
  }

  /// A ratio with two digits behind the point.
  static String ratio(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : NONE;
  }
}
