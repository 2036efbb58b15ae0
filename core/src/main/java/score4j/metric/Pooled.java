package score4j.metric;

import java.util.Arrays;
import score4j.array.Batch;

/// Two samples, one after the other, by columns and in double: the rows of all matrices of
/// distances are made here, one at a time.
final class Pooled {
  /// Rows of the first sample and of the second.
  final int n;

  final int m;

  private final double[][] columns;

  private Pooled(int n, int m, double[][] columns) {
    this.n = n;
    this.m = m;
    this.columns = columns;
  }

  static Pooled of(Batch x, Batch y, int least) {
    Checks.samples(x, y, least);
    double[][] columns = new double[x.cols()][x.rows() + y.rows()];
    for (int c = 0; c < columns.length; c++) {
      for (int r = 0; r < x.rows(); r++) {
        columns[c][r] = x.get(r, c);
      }
      for (int r = 0; r < y.rows(); r++) {
        columns[c][x.rows() + r] = y.get(r, c);
      }
    }
    return new Pooled(x.rows(), y.rows(), columns);
  }

  int size() {
    return n + m;
  }

  /// Writes ‖zᵢ − zⱼ‖² into `out[j]` for j < i.
  void squares(int i, double[] out) {
    Arrays.fill(out, 0, i, 0);
    for (double[] column : columns) {
      double z = column[i];
      for (int j = 0; j < i; j++) {
        double difference = z - column[j];
        out[j] += difference * difference;
      }
    }
  }

  /// A number that no distance exceeds: twice the greatest distance from the middle of the box.
  double reach() {
    double[] square = new double[size()];
    for (double[] column : columns) {
      double min = Arrays.stream(column).min().orElse(0);
      double max = Arrays.stream(column).max().orElse(0);
      for (int r = 0; r < square.length; r++) {
        double difference = column[r] - (min + max) / 2;
        square[r] += difference * difference;
      }
    }
    return 2 * Math.sqrt(Arrays.stream(square).max().orElse(0));
  }

  /// The median of the distances between all pairs, the lower one of two, rounded to float. Counts
  /// the upper halves of the bits first and then the lower, so it keeps no distance.
  double medianDistance() {
    long pairs = (long) size() * (size() - 1) / 2;
    int[] upper = new int[1];
    long rank = bucket(true, (pairs - 1) / 2, 0, upper);
    int[] lower = new int[1];
    bucket(false, rank, upper[0], lower);
    return Float.intBitsToFloat(upper[0] << 16 | lower[0]);
  }

  /// Finds the bucket of the pair of that rank among those whose upper half is `prefix` (all, when
  /// upper halves are counted); returns its rank within the bucket.
  private long bucket(boolean upperHalf, long rank, int prefix, int[] bucket) {
    long[] counts = new long[1 << 16];
    double[] row = new double[size()];
    for (int i = 1; i < size(); i++) {
      squares(i, row);
      for (int j = 0; j < i; j++) {
        int bits = Float.floatToRawIntBits((float) Math.sqrt(row[j]));
        if (upperHalf) {
          counts[bits >>> 16]++;
        } else if (bits >>> 16 == prefix) {
          counts[bits & 0xFFFF]++;
        }
      }
    }
    int b = 0;
    while (rank >= counts[b]) {
      rank -= counts[b];
      b++;
    }
    bucket[0] = b;
    return rank;
  }
}
