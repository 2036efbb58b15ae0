package score4j.examples.gallery;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.inverse.Inpainting;
import score4j.process.TimeGrid;
import score4j.rng.Key;

/// A column of a table that was hidden, and filled in row by row from the others. All numbers are
/// in the units of the table.
final class HiddenColumn {
  private static final int STEPS = 120;
  private static final int RESAMPLINGS = 3;

  /// What a standard normal number exceeds once in twenty times.
  private static final double NORMAL_95 = 1.6448536;

  /// What was hidden.
  final double[] truth;

  /// The mean of the draws.
  final double[] mean;

  /// Where the 90% interval of the draws begins.
  final double[] low;

  /// Where it ends.
  final double[] high;

  /// The mean by a Gaussian fitted to the rows that the network saw, given the rest of the row:
  /// linear regression.
  final double[] gaussianMean;

  /// How wide its 90% interval is.
  final double[] gaussianWidth;

  /// The mean of the rows that the network saw.
  final double[] columnMean;

  private HiddenColumn(double[] truth) {
    int rows = truth.length;
    this.truth = truth;
    mean = new double[rows];
    low = new double[rows];
    high = new double[rows];
    gaussianMean = new double[rows];
    gaussianWidth = new double[rows];
    columnMean = new double[rows];
  }

  /// Hides and fills in a column.
  ///
  /// @param draws one less than a multiple of 20: of n draws and the truth each is equally likely
  ///     to be the k-th lowest, so the interval from the k-th lowest draw to the k-th highest holds
  ///     the truth with probability 1 − 2k/(n + 1)
  static HiddenColumn of(
      Context context, List<CrossFit.Fold> folds, Batch table, int column, int draws, Key key) {
    HiddenColumn hidden = new HiddenColumn(Drawing.column(table, column));
    for (CrossFit.Fold fold : folds) {
      hidden.draw(context, fold, column, draws, key.fold(fold.rows[0]));
      hidden.regress(fold, column);
    }
    return hidden;
  }

  private void draw(Context context, CrossFit.Fold fold, int column, int draws, Key key) {
    int dim = fold.own.cols();
    Batch known = Batch.zeros(fold.rows.length * draws, dim);
    for (int i = 0; i < known.rows(); i++) {
      System.arraycopy(fold.own.data(), i / draws * dim, known.data(), i * dim, dim);
      known.set(i, column, Float.NaN);
    }
    TimeGrid grid = TimeGrid.karras(CrossFit.PROCESS, 1, CrossFit.PROCESS.earliestTime(), STEPS, 7);
    Batch drawn =
        fold.scale.undo(
            Inpainting.of(CrossFit.PROCESS, grid, known)
                .withResampling(RESAMPLINGS, 1)
                .withThreads(context.threads())
                .sample(fold.network, known.rows(), key));
    int tail = (draws + 1) / 20;
    for (int i = 0; i < fold.rows.length; i++) {
      double[] values = Drawing.column(drawn.slice(i * draws, (i + 1) * draws), column);
      Arrays.sort(values);
      int row = fold.rows[i];
      mean[row] = Drawing.mean(values);
      low[row] = values[tail - 1];
      high[row] = values[draws - tail];
    }
  }

  private void regress(CrossFit.Fold fold, int column) {
    int dim = fold.own.cols();
    int[] others = IntStream.range(0, dim).filter(c -> c != column).toArray();
    GaussianMixture gaussian = Gaussian.fit(fold.rest).mixture();
    double centre = fold.scale.mean()[column];
    double scale = fold.scale.std()[column];
    for (int i = 0; i < fold.rows.length; i++) {
      double[] row = Drawing.row(fold.own, i);
      GaussianMixture rest =
          gaussian.conditional(others, Arrays.stream(others).mapToDouble(c -> row[c]).toArray());
      int at = fold.rows[i];
      gaussianMean[at] = centre + scale * rest.mean()[0];
      gaussianWidth[at] = 2 * NORMAL_95 * scale * Math.sqrt(rest.covariance()[0][0]);
      columnMean[at] = centre;
    }
  }

  boolean inside(int row) {
    return truth[row] >= low[row] && truth[row] <= high[row];
  }

  /// How wide the interval of each row is.
  double[] width() {
    return IntStream.range(0, truth.length).mapToDouble(i -> high[i] - low[i]).toArray();
  }

  /// The share of rows whose interval holds the truth.
  double coverage() {
    return IntStream.range(0, truth.length).mapToDouble(i -> inside(i) ? 1 : 0).sum()
        / truth.length;
  }

  /// The same of the Gaussian.
  double gaussianCoverage() {
    return IntStream.range(0, truth.length)
            .mapToDouble(i -> Math.abs(truth[i] - gaussianMean[i]) <= gaussianWidth[i] / 2 ? 1 : 0)
            .sum()
        / truth.length;
  }

  /// The root of the mean square error of a guess for each row.
  double error(double[] guess) {
    double sum = 0;
    for (int i = 0; i < truth.length; i++) {
      sum += (guess[i] - truth[i]) * (guess[i] - truth[i]);
    }
    return Math.sqrt(sum / truth.length);
  }
}
