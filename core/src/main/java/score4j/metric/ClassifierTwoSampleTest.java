package score4j.metric;

import java.util.Arrays;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;

/// The classifier two-sample test: how often the nearest neighbours of a held-out row tell which
/// sample it is from.
///
/// ```text
/// accuracy = #{held-out rows whose k nearest training rows are mostly of its sample}/#held-out
/// pValue   = P(Binomial(#held-out, ½) ≥ #right)         Lopez-Paz & Oquab 2017, arXiv:1610.06545
/// ```
/// Of the larger sample as many rows are drawn as the smaller has; half of each trains, the other
/// half is held out. Columns are divided by their pooled standard deviation first.
/// - **Null**: data against data has mean ½ exactly and a standard deviation of at most
///   ½/√#held-out. Above ½ the samples differ; far below it, held-out rows repeat training rows of
///   the *other* sample.
/// - **Error**: binomial, √(accuracy·(1 − accuracy)/#held-out), given the training rows.
/// - **Cost**: n² distances for n rows in the smaller sample.
/// - **Order**: reordering the rows acts as another key would.
public final class ClassifierTwoSampleTest {
  private ClassifierTwoSampleTest() {}

  /// The test with k = √#training rows, rounded down, and down to an odd number: no vote is a tie.
  ///
  /// @param x a sample, at least 4 rows
  /// @param y another
  /// @throws IllegalArgumentException if there are fewer rows, columns differ or a number is not
  ///     finite
  public static Comparison of(Batch x, Batch y, Key key) {
    Checks.samples(x, y, 4);
    int root = (int) Math.sqrt(2 * (Math.min(x.rows(), y.rows()) / 2));
    return of(x, y, root - 1 + root % 2, key);
  }

  /// The test with k neighbours.
  ///
  /// @param k an odd number, at most that of the training rows, 2·⌊min(n, m)/2⌋
  /// @throws IllegalArgumentException as above, or if k is not such a number
  public static Comparison of(Batch x, Batch y, int k, Key key) {
    Checks.samples(x, y, 4);
    int few = Math.min(x.rows(), y.rows());
    int train = few / 2;
    if (k < 1 || k % 2 == 0 || k > 2 * train) {
      throw new IllegalArgumentException(
          "k must be odd and from 1 to %d, the number of training rows, but was %d"
              .formatted(2 * train, k));
    }
    // rows of x and y in turn, so that equal distances favour neither
    int[] fromX = Noise.permutation(key.fold(0), x.rows());
    int[] fromY = Noise.permutation(key.fold(1), y.rows());
    double[][] rows = new double[2 * few][x.cols()];
    for (int i = 0; i < few; i++) {
      read(x, fromX[i], rows[2 * i]);
      read(y, fromY[i], rows[2 * i + 1]);
    }
    standardise(rows);
    int right = 0;
    for (int i = 2 * train; i < 2 * few; i++) {
      right += vote(rows, 2 * train, k, rows[i]) == i % 2 ? 1 : 0;
    }
    int heldOut = 2 * (few - train);
    double accuracy = (double) right / heldOut;
    return new Comparison(
        new Estimate(accuracy, Math.sqrt(accuracy * (1 - accuracy) / heldOut)),
        0.5,
        Math.sqrt(0.25 / heldOut),
        atLeast(right, heldOut));
  }

  private static void read(Batch x, int row, double[] out) {
    for (int c = 0; c < out.length; c++) {
      out[c] = x.get(row, c);
    }
  }

  /// Divides by the standard deviation; a column that does not vary tells nothing and stays.
  private static void standardise(double[][] rows) {
    for (int c = 0; c < rows[0].length; c++) {
      double mean = 0;
      for (double[] row : rows) {
        mean += row[c] / rows.length;
      }
      double variance = 0;
      for (double[] row : rows) {
        variance += (row[c] - mean) * (row[c] - mean) / rows.length;
      }
      double scale = variance > 0 ? 1 / Math.sqrt(variance) : 1;
      for (double[] row : rows) {
        row[c] = (row[c] - mean) * scale;
      }
    }
  }

  /// The sample, 0 or 1, that most of the k nearest of the first `train` rows are of; sample is
  /// parity.
  private static int vote(double[][] rows, int train, int k, double[] at) {
    double[] nearest = new double[k];
    int[] sample = new int[k];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    for (int i = 0; i < train; i++) {
      double square = 0;
      double[] row = rows[i];
      for (int c = 0; c < at.length; c++) {
        square += (at[c] - row[c]) * (at[c] - row[c]);
      }
      if (square < nearest[k - 1]) {
        int place = k - 1;
        for (; place > 0 && nearest[place - 1] > square; place--) {
          nearest[place] = nearest[place - 1];
          sample[place] = sample[place - 1];
        }
        nearest[place] = square;
        sample[place] = i % 2;
      }
    }
    return 2 * Arrays.stream(sample).sum() > k ? 1 : 0;
  }

  /// P(Binomial(n, ½) ≥ least), by its terms.
  static double atLeast(int least, int n) {
    double log = -n * StrictMath.log(2);
    double sum = 0;
    for (int i = 0; i <= n; i++) {
      if (i >= least) {
        sum += StrictMath.exp(log);
      }
      log += StrictMath.log((n - i) / (i + 1.0));
    }
    return Math.min(1, sum);
  }
}
