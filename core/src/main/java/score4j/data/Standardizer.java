package score4j.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import score4j.Score;
import score4j.array.Batch;

/// A shift and a scale per column that give a table mean 0 and variance 1, and their inverse.
///
/// ```text
/// apply  y = (x − mean)/std        undo  x = mean + std·y
/// mean = Σ x/B        std = √(Σ (x − mean)²/B)        maximum likelihood: B, not B − 1
/// ```
/// - **Score**: that of x is the score of y divided by std ([#undo(Score)]), and log p(x) = log
/// p(y) − Σ log std.
/// - **Error**: computed in double and rounded once, so undo(apply(x)) differs from x by at most
///   2⁻²⁴·(|x − mean| + |x|), and a part in 10¹⁵ more.
public final class Standardizer {
  private final double[] mean;
  private final double[] std;

  private Standardizer(double[] mean, double[] std) {
    this.mean = mean;
    this.std = std;
  }

  /// The standardiser with these means and standard deviations, one of each per column; copied.
  ///
  /// @throws IllegalArgumentException if the lengths differ or are 0, a mean is not finite, or a
  ///     std is not positive and finite
  public static Standardizer of(double[] mean, double[] std) {
    if (mean.length != std.length || mean.length == 0) {
      throw new IllegalArgumentException(
          "mean has %d numbers and std %d: give one of each for every column"
              .formatted(mean.length, std.length));
    }
    for (int c = 0; c < mean.length; c++) {
      if (!Double.isFinite(mean[c]) || !(std[c] > 0) || !Double.isFinite(std[c])) {
        throw new IllegalArgumentException(
            "column %d has mean %s and std %s: both must be finite and the std above 0"
                .formatted(c, mean[c], std[c]));
      }
    }
    return new Standardizer(mean.clone(), std.clone());
  }

  /// The standardiser of a table. Its columns are called by number in errors.
  ///
  /// @throws IllegalArgumentException if there are fewer than two rows, a number is not finite, or
  ///     a column is constant
  public static Standardizer fit(Batch data) {
    return fit(data, List.of());
  }

  /// The standardiser of a table, with the names of its columns for errors.
  ///
  /// @param names one name a column, or none at all
  /// @throws IllegalArgumentException if there are fewer than two rows, a number is not finite, a
  ///     column is constant, or there are names but not one for each column
  public static Standardizer fit(Batch data, List<String> names) {
    int rows = data.rows();
    int cols = data.cols();
    if (!names.isEmpty() && names.size() != cols) {
      throw new IllegalArgumentException(
          "data has %d columns but there are %d names".formatted(cols, names.size()));
    }
    if (rows < 2) {
      throw new IllegalArgumentException(
          "data has %d rows but a standard deviation takes at least 2: give more samples"
              .formatted(rows));
    }
    data.requireFinite("data");
    double[] mean = new double[cols];
    double[] std = new double[cols];
    for (int c = 0; c < cols; c++) {
      double sum = 0;
      boolean constant = true;
      for (int r = 0; r < rows; r++) {
        sum += data.get(r, c);
        constant &= data.get(r, c) == data.get(0, c);
      }
      if (constant) {
        throw new IllegalArgumentException(
            "column %s of data is constant (%s in all %d rows) and cannot be standardised: leave it out"
                .formatted(
                    names.isEmpty() ? String.valueOf(c) : names.get(c), data.get(0, c), rows));
      }
      mean[c] = sum / rows;
      double squares = 0;
      for (int r = 0; r < rows; r++) {
        double difference = data.get(r, c) - mean[c];
        squares += difference * difference;
      }
      std[c] = Math.sqrt(squares / rows);
    }
    return new Standardizer(mean, std);
  }

  /// The number of columns.
  public int cols() {
    return mean.length;
  }

  /// The means, a copy.
  public double[] mean() {
    return mean.clone();
  }

  /// The standard deviations, a copy.
  public double[] std() {
    return std.clone();
  }

  /// (x − mean)/std, in a new batch.
  ///
  /// @throws IllegalArgumentException if x has another number of columns
  public Batch apply(Batch x) {
    x.requireCols("x", mean.length);
    Batch out = Batch.zeros(x.rows(), x.cols());
    float[] from = x.data();
    float[] to = out.data();
    for (int i = 0; i < from.length; i++) {
      int c = i % mean.length;
      to[i] = (float) ((from[i] - mean[c]) / std[c]);
    }
    return out;
  }

  /// The score of x, given that of the standardised y: s_x(x) = s_y((x − mean)/std)/std.
  ///
  /// Each call allocates room for the rows that it is asked for.
  ///
  /// @throws IllegalArgumentException if the score has another dimension
  public Score undo(Score standardized) {
    if (standardized.dim() != mean.length) {
      throw new IllegalArgumentException(
          "the score has %d dimensions but %d columns were standardised: pass the score of these"
              .formatted(standardized.dim(), mean.length));
    }
    return new Score() {
      @Override
      public int dim() {
        return mean.length;
      }

      @Override
      public void score(Batch x, int from, int to, double t, Batch out) {
        x.requireCols("x", mean.length);
        out.requireShape("out", x.rows(), mean.length);
        Batch y = apply(x.slice(from, to));
        Batch score = Batch.zeros(y.rows(), y.cols());
        standardized.score(y, 0, y.rows(), t, score);
        for (int i = 0; i < score.data().length; i++) {
          out.data()[from * mean.length + i] = (float) (score.data()[i] / std[i % mean.length]);
        }
      }
    };
  }

  /// mean + std·y, in a new batch.
  ///
  /// @throws IllegalArgumentException if y has another number of columns
  public Batch undo(Batch y) {
    y.requireCols("y", mean.length);
    Batch out = Batch.zeros(y.rows(), y.cols());
    float[] from = y.data();
    float[] to = out.data();
    for (int i = 0; i < from.length; i++) {
      int c = i % mean.length;
      to[i] = (float) (mean[c] + std[c] * from[i]);
    }
    return out;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Standardizer s
        && Arrays.equals(s.mean, mean)
        && Arrays.equals(s.std, std);
  }

  @Override
  public int hashCode() {
    return Objects.hash(Arrays.hashCode(mean), Arrays.hashCode(std));
  }

  @Override
  public String toString() {
    return "Standardizer[mean=%s, std=%s]".formatted(Arrays.toString(mean), Arrays.toString(std));
  }
}
