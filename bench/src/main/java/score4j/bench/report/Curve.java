package score4j.bench.report;

import java.util.Arrays;

/// The first seconds of a process that does step after step.
final class Curve {
  private static final int WINDOW = 20;
  private static final double NEAR = 1.2;

  // when each step ended, in ms since the process was started, and how long it took
  private final double[] ends;
  private final double[] took;

  private Curve(double[] ends, double[] took) {
    this.ends = ends;
    this.took = took;
  }

  /// From a result that holds the ends and then the times.
  static Curve of(Result result) {
    double[] values = result.values().stream().mapToDouble(v -> v).toArray();
    int steps = values.length / 2;
    return new Curve(
        Arrays.copyOfRange(values, 0, steps), Arrays.copyOfRange(values, steps, 2 * steps));
  }

  /// When the first step was done, in ms.
  double first() {
    return ends.length == 0 ? Double.NaN : ends[0];
  }

  /// When the last step was done, in ms.
  double end() {
    return ends.length == 0 ? Double.NaN : ends[ends.length - 1];
  }

  /// The median step in the last fifth of the steps, in ms.
  double settled() {
    return median(took.length - took.length / 5, took.length);
  }

  /// When steps began to take no more than 1.2 times what they take at the end: the median of 20.
  double fast() {
    double settled = settled();
    for (int i = 0; i + WINDOW <= took.length; i++) {
      if (median(i, i + WINDOW) <= NEAR * settled) {
        return ends[i];
      }
    }
    return Double.NaN;
  }

  /// How many ms the start and the slow steps took beyond what as many fast steps take.
  double lost() {
    int steps = ends.length;
    return end() - steps * settled();
  }

  private double median(int from, int to) {
    double[] some = Arrays.copyOfRange(took, Math.max(0, from), to);
    Arrays.sort(some);
    return some.length == 0 ? Double.NaN : some[some.length / 2];
  }

  /// The steps as points in seconds and ms, at most some hundred: medians of neighbours.
  double[][] points() {
    int steps = took.length;
    double[] x = new double[steps];
    double[] y = new double[steps];
    int count = 0;
    double width = 0.002;
    for (int i = 0; i < steps; count++) {
      int from = i;
      // neighbours within a five-hundredth of the time since the start
      double until = ends[from] * (1 + width);
      while (i < steps && ends[i] <= until) {
        i++;
      }
      i = Math.max(i, from + 1);
      x[count] = ends[i - 1] / 1e3;
      y[count] = median(from, i);
    }
    return new double[][] {Arrays.copyOf(x, count), Arrays.copyOf(y, count)};
  }
}
