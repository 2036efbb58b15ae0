package score4j.testing;

import java.util.Locale;

/// The slope of a straight line through points by least squares, as orders of convergence are
/// measured.
///
/// @param value the slope
/// @param standardError its standard error from the scatter about the line, n − 2 degrees of
/// freedom
public record Slope(double value, double standardError) {
  /// The slope of log y against log x.
  public static Slope logLog(double[] x, double[] y) {
    int n = x.length;
    double meanX = 0;
    double meanY = 0;
    for (int i = 0; i < n; i++) {
      meanX += Math.log(x[i]) / n;
      meanY += Math.log(y[i]) / n;
    }
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < n; i++) {
      double dx = Math.log(x[i]) - meanX;
      double dy = Math.log(y[i]) - meanY;
      xx += dx * dx;
      xy += dx * dy;
      yy += dy * dy;
    }
    double slope = xy / xx;
    return new Slope(slope, Math.sqrt(Math.max(0, yy - slope * xy) / (n - 2) / xx));
  }

  /// Value and 95% confidence interval, by the normal law.
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.3f [%.3f, %.3f]",
        value,
        value - 1.96 * standardError,
        value + 1.96 * standardError);
  }
}
