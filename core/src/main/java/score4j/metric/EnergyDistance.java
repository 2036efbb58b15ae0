package score4j.metric;

import score4j.array.Batch;
import score4j.rng.Key;

/// The energy distance of two samples: 0 only for equal laws, without a bandwidth to choose.
///
/// ```text
/// E = 2 E‖X − Y‖ − E‖X − X′‖ − E‖Y − Y′‖            Székely & Rizzo 2013, J. Stat. Plan. Inf. 143
/// ```
/// The means are over pairs of different rows. Their V-statistic counts the pairs of a row with
/// itself too, which adds E‖X − X′‖/n + E‖Y − Y′‖/m.
/// - **Null**: data against data has mean 0 exactly; the standard deviation is O(1/n).
/// - **Units**: those of x. In one dimension E = 2∫(F − G)² dx. Columns of unlike scale should be
///   standardised first, both samples alike.
/// - **Error**: the jackknife over rows; up to √2 too great where there is no difference.
/// - **Cost**: N²/2 distances for N rows in all; a permutation test adds (min(n, m))²/2 additions a
///   permutation and keeps 4·min(n, m) bytes of it.
/// - **Order**: as for [MaximumMeanDiscrepancy].
public final class EnergyDistance {
  private EnergyDistance() {}

  /// The distance without bias.
  ///
  /// @param x a sample, at least 3 rows
  /// @param y another, at least 3 rows
  /// @throws IllegalArgumentException if there are fewer rows, columns differ or a number is not
  ///     finite
  public static Estimate of(Batch x, Batch y) {
    return new PairStatistic(Pooled.of(x, y, 3), square -> -Math.sqrt(square)).estimate();
  }

  /// The distance and how often permutations of the rows reach it.
  ///
  /// @param permutations how many, such as 999; p-values are multiples of 1/(permutations + 1)
  /// @throws IllegalArgumentException as above, if `permutations < 1`, or if x and y have more than
  ///     65,536 rows together
  public static Comparison test(Batch x, Batch y, Key key, int permutations) {
    Pooled z = Pooled.of(x, y, 3);
    return new PairStatistic(z, square -> -Math.sqrt(square)).test(z.reach(), key, permutations);
  }
}
