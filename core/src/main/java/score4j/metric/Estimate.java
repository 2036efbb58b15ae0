package score4j.metric;

import java.util.Locale;

/// A number estimated from samples, and how far it may be from the truth.
///
/// @param value the estimate
/// @param standardError its standard deviation over repetitions with other samples, itself
///     estimated; NaN from a single sample
public record Estimate(double value, double standardError) {
  /// The mean of independent values.
  ///
  /// ```text
  /// value = Σ v/n        standardError = √(Σ (v − value)²/(n − 1)/n)
  /// ```
  ///
  /// @throws IllegalArgumentException if there is no value
  public static Estimate mean(double[] values) {
    int n = values.length;
    if (n == 0) {
      throw new IllegalArgumentException("values is empty and has no mean: give at least one");
    }
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double mean = sum / n;
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return new Estimate(mean, Math.sqrt(squares / (n - 1) / n));
  }

  /// `value ± standardError`, the value to six significant digits and its error to two.
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.6g ± %.2g", value, standardError);
  }
}
