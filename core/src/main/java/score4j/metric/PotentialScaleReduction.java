package score4j.metric;

/// R-hat, the potential scale reduction: how much wider all chains together are than each alone.
///
/// ```text
/// R̂ = √(var⁺/W),   var⁺ = (N − 1)/N·W + B/N             Gelman et al., BDA3, eq. 11.3 and 11.4
/// ```
/// W is the mean variance within chains of N steps, B/N the variance of their means. Every chain is
/// cut into halves first, so a drift counts as a difference (split R-hat).
/// - **Null**: chains of one law have R̂ → 1, from below 1 for so few steps that (N − 1)/N shows.
///   Vehtari et al. ask for less than 1.01 before chains are used.
/// - **Units**: none.   **Cost**: a few passes; a sort for ranks.
public final class PotentialScaleReduction {
  private PotentialScaleReduction() {}

  /// Split R-hat.
  ///
  /// @param chains one quantity, `chains[c][i]` at step i of chain c; all of one length, at least 4
  /// @return NaN if no value differs from another, infinity if only halves differ
  /// @throws IllegalArgumentException if there is no chain, lengths differ, or a number is not
  ///     finite
  public static double of(double[][] chains) {
    return ratio(Chains.of(chains));
  }

  /// Split R-hat of ranks, made normal: the greater of that of the values, which finds different
  /// places, and that of their distances from the median, which finds different widths. Works for
  /// laws without a variance, and does not change under increasing maps of the values (the first of
  /// the two).
  ///
  /// ```text
  /// z = Φ⁻¹((rank − ⅜)/(S + ¼)),  S values in all       Vehtari et al. 2021, Bayesian Anal. 16
  /// ```
  ///
  /// @param chains as in [#of]
  /// @throws IllegalArgumentException as above
  public static double rankNormalized(double[][] chains) {
    double[][] halves = Chains.of(chains).halves;
    int steps = halves[0].length;
    double[] values = new double[halves.length * steps];
    for (int c = 0; c < halves.length; c++) {
      System.arraycopy(halves[c], 0, values, c * steps, steps);
    }
    int[] order = Ranks.order(values);
    int s = values.length; // even, as halves come in pairs
    double median = (values[order[s / 2 - 1]] + values[order[s / 2]]) / 2;
    double[] folded = new double[s];
    for (int i = 0; i < s; i++) {
      folded[i] = Math.abs(values[i] - median);
    }
    return Math.max(ratio(normal(values, steps)), ratio(normal(folded, steps)));
  }

  private static Chains normal(double[] values, int steps) {
    double[] ranks = Ranks.average(values);
    double[][] z = new double[values.length / steps][steps];
    for (int i = 0; i < values.length; i++) {
      z[i / steps][i % steps] = normalQuantile((ranks[i] - 0.375) / (values.length + 0.25));
    }
    return Chains.ofHalves(z);
  }

  private static double ratio(Chains chains) {
    return Math.sqrt(chains.pooled / chains.within);
  }

  /// Φ⁻¹(p) to about 1e-7 (Wichura 1988, Applied Statistics 37, AS 241, PPND7).
  static double normalQuantile(double p) {
    double q = p - 0.5;
    if (Math.abs(q) <= 0.425) {
      double r = 0.180625 - q * q;
      return q
          * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)
          / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1);
    }
    double r = Math.sqrt(-StrictMath.log(Math.min(p, 1 - p)));
    double z;
    if (r <= 5) {
      r -= 1.6;
      z =
          (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777)
              / ((0.12021132975 * r + 0.73700164250) * r + 1);
    } else {
      r -= 5;
      z =
          (((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150)
              / ((0.012258202635 * r + 0.24197894225) * r + 1);
    }
    return q < 0 ? -z : z;
  }
}
