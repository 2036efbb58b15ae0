package score4j.metric;

import java.util.Arrays;

/// Positions of numbers in ascending order.
final class Ranks {
  private Ranks() {}

  /// The indices of the numbers in ascending order; equal ones in the order of their indices.
  static int[] order(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int[] order = new int[values.length];
    int[] taken = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      int first = first(sorted, values[i]);
      order[first + taken[first]++] = i;
    }
    return order;
  }

  /// The first place of a number that is there, in the order of [Double#compare].
  private static int first(double[] sorted, double value) {
    int low = 0;
    int high = sorted.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Double.compare(sorted[middle], value) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// The ranks from 1 on; equal numbers share the mean of theirs.
  static double[] average(double[] values) {
    int[] order = order(values);
    double[] ranks = new double[values.length];
    for (int i = 0; i < order.length; ) {
      int j = i;
      while (j < order.length && values[order[j]] == values[order[i]]) {
        j++;
      }
      for (int k = i; k < j; k++) {
        ranks[order[k]] = (i + j + 1) / 2.0; // the mean of i + 1 … j
      }
      i = j;
    }
    return ranks;
  }
}
