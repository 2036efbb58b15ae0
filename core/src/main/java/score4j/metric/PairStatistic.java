package score4j.metric;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import score4j.rng.Key;
import score4j.rng.Noise;

/// The two-sample statistic of a symmetric function k of pairs, without pairs of a row with itself:
///
/// ```text
/// U = mean k(x, x′) + mean k(y, y′) − 2 mean k(x, y)
/// ```
/// A kernel makes it MMD², minus the distance makes it the energy distance. Its expectation is that
/// of independent pairs, so 0 when x and y have one law.
///
/// **Standard error** by the jackknife, from the row sums: U without row i needs no new pair.
/// Where both laws are the same, U is degenerate and the jackknife gives up to √2 times the truth
/// (Efron & Stein 1981); elsewhere it tends to it.
///
/// **Permutations** exchange rows between the samples. Sums of theirs are of numbers k·2⁻³⁰ times a
/// power of two, in long and so exact: a permutation that only reorders a sample gives U itself,
/// and nothing depends on the order of rows. The matrix of pairs is never kept: its rows are made
/// one at a time and every permutation takes its sums from them.
final class PairStatistic {
  /// So that the sum over all pairs, below 2³¹·2³⁰, fits a long.
  static final int MOST_ROWS = 1 << 16;

  private final Pooled z;
  private final DoubleUnaryOperator k;

  /// Sums over the pairs within the samples and across, and the same of each row.
  private double xx;

  private double yy;
  private double xy;
  private final double[] within;
  private final double[] across;

  /// @param k the function of the squared distance
  PairStatistic(Pooled z, DoubleUnaryOperator k) {
    this.z = z;
    this.k = k;
    within = new double[z.size()];
    across = new double[z.size()];
  }

  Estimate estimate() {
    double[] row = new double[z.size()];
    for (int i = 1; i < z.size(); i++) {
      row(i, row);
      add(i, row);
    }
    return sums();
  }

  /// @param bound a number that |k| does not exceed
  Comparison test(double bound, Key key, int permutations) {
    Checks.draws("permutations", permutations);
    int size = z.size();
    if (size > MOST_ROWS) {
      throw new IllegalArgumentException(
          "x and y have %d rows but a permutation test takes at most %d: test a part of them"
              .formatted(size, MOST_ROWS));
    }
    // the smaller of the two groups, by ascending row; the last is the one that was observed
    int few = Math.min(z.n, z.m);
    int[][] groups = new int[permutations + 1][];
    int[] permutation = new int[size];
    for (int b = 0; b < permutations; b++) {
      Noise.permutation(key.fold(b), permutation);
      groups[b] = Arrays.copyOf(permutation, few);
      Arrays.sort(groups[b]);
    }
    groups[permutations] = new int[few];
    Arrays.setAll(groups[permutations], i -> z.n <= z.m ? i : z.n + i);

    int exponent = 30 - Math.getExponent(Math.max(bound, Double.MIN_NORMAL)) - 1;
    double scale = Math.scalb(1.0, exponent);
    double[] row = new double[size];
    long[] whole = new long[size];
    long[] rowSums = new long[size];
    long[] inside = new long[permutations + 1];
    int[] place = new int[permutations + 1];
    for (int i = 0; i < size; i++) {
      row(i, row);
      add(i, row);
      for (int j = 0; j < i; j++) {
        whole[j] = (long) Math.rint(row[j] * scale);
        rowSums[i] += whole[j];
        rowSums[j] += whole[j];
      }
      for (int b = 0; b <= permutations; b++) {
        int at = place[b];
        if (at < few && groups[b][at] == i) {
          inside[b] += sum(whole, groups[b], at);
          place[b]++;
        }
      }
    }
    long total = Arrays.stream(rowSums).sum() / 2;
    double[] draws = new double[permutations + 1];
    for (int b = 0; b <= permutations; b++) {
      long mixed = -2 * inside[b];
      for (int i : groups[b]) {
        mixed += rowSums[i];
      }
      draws[b] =
          combine(
                  (double) inside[b],
                  (double) (total - inside[b] - mixed),
                  (double) mixed,
                  few,
                  size - few)
              / scale;
    }
    return Comparison.of(sums(), draws[permutations], Arrays.copyOf(draws, permutations));
  }

  private static long sum(long[] values, int[] indices, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[indices[i]];
    }
    return sum;
  }

  private void row(int i, double[] row) {
    z.squares(i, row);
    for (int j = 0; j < i; j++) {
      row[j] = k.applyAsDouble(row[j]);
    }
  }

  private void add(int i, double[] row) {
    int split = Math.min(i, z.n);
    double first = 0;
    double second = 0;
    for (int j = 0; j < split; j++) {
      first += row[j];
    }
    for (int j = split; j < i; j++) {
      second += row[j];
    }
    double[] sameAsFirst = i < z.n ? within : across;
    for (int j = 0; j < split; j++) {
      sameAsFirst[j] += row[j];
    }
    for (int j = split; j < i; j++) {
      within[j] += row[j];
    }
    if (i < z.n) {
      xx += first;
      within[i] += first;
    } else {
      xy += first;
      yy += second;
      across[i] += first;
      within[i] += second;
    }
  }

  private static double combine(double xx, double yy, double xy, double n, double m) {
    return xx / (n * (n - 1) / 2) + yy / (m * (m - 1) / 2) - 2 * xy / (n * m);
  }

  private Estimate sums() {
    double variance = 0;
    double[] without = new double[z.size()];
    for (int i = 0; i < z.size(); i++) {
      without[i] =
          i < z.n
              ? combine(xx - within[i], yy, xy - across[i], z.n - 1.0, z.m)
              : combine(xx, yy - within[i], xy - across[i], z.n, z.m - 1.0);
    }
    variance += Jackknife.variance(without, 0, z.n);
    variance += Jackknife.variance(without, z.n, z.size());
    return new Estimate(combine(xx, yy, xy, z.n, z.m), Math.sqrt(variance));
  }
}
