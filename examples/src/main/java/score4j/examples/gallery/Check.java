package score4j.examples.gallery;

/// One number of an experiment beside what it must be.
///
/// @param name what was measured
/// @param value the number, in full precision
/// @param shown the number as tables show it
/// @param bound what it must be, or what it may be compared with
/// @param verdict whether the bound is met
public record Check(String name, double value, String shown, String bound, Verdict verdict) {
  /// Whether a bound is met.
  public enum Verdict {
    /// It is.
    OK,
    /// It is not, so the gallery fails.
    MISSED,
    /// There is none: the number is for information.
    INFORMATION
  }

  /// A number that must not be above `limit`.
  public static Check atMost(String name, double value, double limit) {
    return of(name, value, "at most " + brief(limit), value <= limit);
  }

  /// A number that must be less than `limit`, which has a name.
  public static Check below(String name, double value, double limit, String limitName) {
    return of(name, value, "below %s, %s".formatted(brief(limit), limitName), value < limit);
  }

  /// A number that must not be below `low` nor above `high`.
  public static Check within(String name, double value, double low, double high) {
    return of(name, value, brief(low) + " to " + brief(high), value >= low && value <= high);
  }

  /// A number that must be within `count` standard errors of `expected`.
  public static Check near(
      String name, double value, double expected, double count, double standardError) {
    return near(name, value, expected, count, standardError, "standard errors");
  }

  /// A number that must be within `count` times `unit` of `expected`.
  ///
  /// @param unitName what the unit is
  public static Check near(
      String name, double value, double expected, double count, double unit, String unitName) {
    double reach = count * unit;
    return of(
        name,
        value,
        "%s ± %s (%s %s)".formatted(brief(expected), brief(reach), brief(count), unitName),
        Math.abs(value - expected) <= reach);
  }

  /// A number for information.
  public static Check information(String name, double value, String note) {
    return new Check(name, value, number(value), note, Verdict.INFORMATION);
  }

  // a comparison with NaN is false, so a number that is not one misses its bound
  private static Check of(String name, double value, String bound, boolean ok) {
    return new Check(name, value, number(value), bound, ok ? Verdict.OK : Verdict.MISSED);
  }

  /// Whether the gallery may succeed with this number.
  public boolean passes() {
    return verdict != Verdict.MISSED;
  }

  /// A number with four significant digits, and no more than four decimals.
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e6) {
      return Long.toString((long) value);
    }
    double size = Math.abs(value);
    if (size < 1e-12) {
      return "0"; // what is left of 0 after rounding
    }
    if (size < 5e-5) {
      return "%.1e".formatted(value);
    }
    int decimals = size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
    return ("%." + decimals + "f").formatted(value);
  }

  /// As [#number], without zeros at the end.
  private static String brief(double value) {
    String text = number(value);
    return text.contains(".") && !text.contains("e")
        ? text.replaceAll("0+$", "").replaceAll("[.]$", "")
        : text;
  }
}
