package score4j.examples.gallery;

import score4j.Score;
import score4j.array.Batch;
import score4j.examples.plot.Arrows;

/// Turns scores and samples into what panels take.
final class Drawing {
  private Drawing() {}

  /// One coordinate of all samples.
  static double[] column(Batch batch, int column) {
    double[] values = new double[batch.rows()];
    for (int i = 0; i < values.length; i++) {
      values[i] = batch.get(i, column);
    }
    return values;
  }

  /// All coordinates of one sample.
  static double[] row(Batch batch, int row) {
    double[] values = new double[batch.cols()];
    for (int c = 0; c < values.length; c++) {
      values[c] = batch.get(row, c);
    }
    return values;
  }

  /// The distance of each sample in the plane from the origin.
  static double[] radius(Batch batch) {
    double[] values = new double[batch.rows()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.hypot(batch.get(i, 0), batch.get(i, 1));
    }
    return values;
  }

  /// A score in the plane as a field of vectors.
  static Arrows.Field field(Score score) {
    return (x, y, u, v) -> {
      Batch points = Batch.zeros(x.length, 2);
      for (int i = 0; i < x.length; i++) {
        points.set(i, 0, (float) x[i]);
        points.set(i, 1, (float) y[i]);
      }
      Batch vectors = score.score(points);
      for (int i = 0; i < x.length; i++) {
        u[i] = vectors.get(i, 0);
        v[i] = vectors.get(i, 1);
      }
    };
  }

  static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /// The population variance.
  static double variance(double[] values) {
    double mean = mean(values);
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean);
    }
    return sum / values.length;
  }

  /// How often a number of the first is above one of the second.
  static double auc(double[] high, double[] low) {
    double sum = 0;
    for (double a : high) {
      for (double b : low) {
        sum += a > b ? 1 : a == b ? 0.5 : 0;
      }
    }
    return sum / high.length / low.length;
  }

  static double shareBelowZero(double[] values) {
    int count = 0;
    for (double value : values) {
      count += value < 0 ? 1 : 0;
    }
    return (double) count / values.length;
  }
}
