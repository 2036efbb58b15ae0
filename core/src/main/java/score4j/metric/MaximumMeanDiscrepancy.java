package score4j.metric;

import score4j.array.Batch;
import score4j.rng.Key;

/// The squared maximum mean discrepancy of two samples under a Gaussian kernel: the greatest
/// difference of means over the unit ball of the kernel's space, squared, without bias.
///
/// ```text
/// MMD² = mean k(x, x′) + mean k(y, y′) − 2 mean k(x, y),     pairs of different rows
/// k(x, y) = exp(−‖x − y‖²/(2h²))                         Gretton et al. 2012, JMLR 13, eq. 3
/// ```
/// - **Null**: data against data has mean 0 exactly, so half of the values are negative; the
///   standard deviation is O(1/n).
/// - **Bandwidth** h: given, or the median heuristic: the median distance of all pairs of the two
///   samples together, which sees differences of about that scale and is nearly blind to much finer
///   ones.
/// - **Error**: the jackknife over rows; up to √2 too great where there is no difference.
/// - **Units**: none, MMD² < 2. Columns of unlike scale should be standardised first, both samples
///   alike.
/// - **Cost**: N²/2 distances and exponentials for N rows in all, twice more distances for the
///   median; a permutation test adds (min(n, m))²/2 additions a permutation and keeps 4·min(n, m)
///   bytes of it.
/// - **Order**: reordering the rows of a sample changes the value in its last bits, and the p-value
///   as another key would.
public final class MaximumMeanDiscrepancy {
  private MaximumMeanDiscrepancy() {}

  /// MMD² with the bandwidth of the median heuristic.
  ///
  /// @param x a sample, at least 3 rows
  /// @param y another, at least 3 rows
  /// @throws IllegalArgumentException if there are fewer rows, columns differ, a number is not
  ///     finite, or most distances are 0
  public static Estimate of(Batch x, Batch y) {
    return of(x, y, medianDistance(x, y));
  }

  /// MMD² with bandwidth h.
  ///
  /// @throws IllegalArgumentException as above, or if `bandwidth` is not above 0 and finite
  public static Estimate of(Batch x, Batch y, double bandwidth) {
    return statistic(x, y, bandwidth).estimate();
  }

  /// MMD² and how often permutations of the rows reach it, with the bandwidth of the median
  /// heuristic, which permutations do not change.
  ///
  /// @param permutations how many, such as 999; p-values are multiples of 1/(permutations + 1)
  /// @throws IllegalArgumentException as above, if `permutations < 1`, or if x and y have more than
  ///     65,536 rows together
  public static Comparison test(Batch x, Batch y, Key key, int permutations) {
    return test(x, y, medianDistance(x, y), key, permutations);
  }

  /// The same with bandwidth h.
  public static Comparison test(Batch x, Batch y, double bandwidth, Key key, int permutations) {
    return statistic(x, y, bandwidth).test(1, key, permutations);
  }

  /// The median heuristic: the median of ‖zᵢ − zⱼ‖ over all pairs of rows of x and y together, the
  /// lower one of two.
  ///
  /// @throws IllegalArgumentException as above
  public static double medianDistance(Batch x, Batch y) {
    double median = Pooled.of(x, y, 3).medianDistance();
    if (median == 0) {
      throw new IllegalArgumentException(
          "most rows of x and y are equal, so their median distance is 0: pass a bandwidth");
    }
    return median;
  }

  private static PairStatistic statistic(Batch x, Batch y, double bandwidth) {
    Checks.positive("bandwidth", bandwidth);
    double factor = -0.5 / bandwidth / bandwidth;
    return new PairStatistic(Pooled.of(x, y, 3), square -> StrictMath.exp(factor * square));
  }
}
