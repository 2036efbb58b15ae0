package score4j.metric;

/// The variance of a statistic from its values with one sample left out (Tukey 1958; Efron & Stein
/// 1981, Ann. Statist. 9): (n − 1)/n·Σ (U₋ᵢ − mean)².
final class Jackknife {
  private Jackknife() {}

  /// @param without the statistic without sample i, for `from ≤ i < to`
  static double variance(double[] without, int from, int to) {
    int n = to - from;
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += without[i];
    }
    double mean = sum / n;
    double squares = 0;
    for (int i = from; i < to; i++) {
      squares += (without[i] - mean) * (without[i] - mean);
    }
    return (n - 1.0) / n * squares;
  }
}
