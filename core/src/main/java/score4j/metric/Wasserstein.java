package score4j.metric;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.rng.ProbeLaw;

/// The Wasserstein-1 distance: how far, on average, the points of one sample must move to become
/// the other. Exact on the line; in D dimensions sliced, the mean over random directions of the
/// distance of the projections.
///
/// ```text
/// sliced W₁ = E_θ W₁(θᵀx, θᵀy),  θ uniform on the unit sphere    Bonneel et al. 2015, JMIV 51
/// ```
/// - **Units**: those of x. A shift by m has W₁ = ‖m‖ on the line; sliced, ‖m‖·E|θ₁|, which is
///   0.637·‖m‖ for D = 2 and about ‖m‖·√(2/(πD)) for many.
/// - **Null**: data against data is **not** 0 but about 1.3·s·√(1/n + 1/m) for projections that are
///   normal with standard deviation s (√(2/π)·∫√(F(1 − F)) dx in general, del Barrio, Giné & Matrán
///   1999): the tests report it as `nullMean`.
/// - **Error**: of the samples, by the delta method: W₁ = mean f(x) − mean f(y) with Kantorovich's
///   potential f′ = sign(G − F), so the variance is var f(x)/n + var f(y)/m; and of the directions,
///   the variance of their mean. Where there is no difference f is noise, and the error that it
///   gives is of the right size only: use the test.
/// - **Cost**: a sort a direction, N log N; a permutation N additions a direction. Tests keep 12·N
///   bytes a direction.
/// - **Order**: nothing but the p-value of a test depends on the order of rows, and that as on a
///   key.
public final class Wasserstein {
  private static final int CELLS = 16;

  private Wasserstein() {}

  /// The distance of two samples on the line, of equal sizes or not.
  ///
  /// @param x a sample, 1 column, at least 2 rows
  /// @param y another
  /// @throws IllegalArgumentException if there are fewer rows, more columns, or a number is not
  ///     finite
  public static Estimate of(Batch x, Batch y) {
    x.requireCols("x", 1);
    return new Slices(x, y, new float[][] {{1}}).estimate();
  }

  /// The distance of a sample on the line from a law.
  ///
  /// Integrals over each 1/n of the quantiles are by the midpoint rule in 16 parts, which is off by
  /// far less than the standard error, for a law with a mean. Samples of the law itself have W₁ of
  /// about √(2/(πn))·∫√(F(1 − F)) dx: 1.3·s/√n for a normal law.
  ///
  /// @param x a sample, 1 column, at least 2 rows
  /// @param quantile F⁻¹, increasing, finite inside (0, 1)
  /// @throws IllegalArgumentException if there are fewer rows, more columns, a number or a quantile
  ///     is not finite
  public static Estimate of(Batch x, DoubleUnaryOperator quantile) {
    x.requireCols("x", 1);
    Checks.rows("x", x, 2);
    x.requireFinite("x");
    int n = x.rows();
    float[] sorted = x.data().clone();
    Arrays.sort(sorted);
    double[] law = new double[n * CELLS];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < CELLS; c++) {
        double u = (i + (c + 0.5) / CELLS) / n;
        double q = quantile.applyAsDouble(u);
        if (!Double.isFinite(q)) {
          throw new IllegalArgumentException(
              "quantile must be finite inside (0, 1) but is %s at %s".formatted(q, u));
        }
        sum += Math.abs(sorted[i] - q);
        law[i * CELLS + c] = q;
      }
    }
    // the potential at the samples: on the way up a part of the law lowers F − G by 1, a sample
    // raises it by CELLS
    double[] potential = new double[n];
    double f = 0;
    double last = Math.min(sorted[0], law[0]);
    long balance = 0;
    int q = 0;
    for (int i = 0; i < n; i++) {
      while (q < law.length && law[q] <= sorted[i]) {
        f -= Long.signum(balance) * (law[q] - last);
        last = law[q];
        balance--;
        q++;
      }
      f -= Long.signum(balance) * (sorted[i] - last);
      last = sorted[i];
      balance += CELLS;
      potential[i] = f;
    }
    double error = Estimate.mean(potential).standardError();
    return new Estimate(sum / (n * (double) CELLS), error);
  }

  /// The distance of two samples on the line and how often permutations of the rows reach it.
  ///
  /// @param permutations how many, such as 999; p-values are multiples of 1/(permutations + 1)
  /// @throws IllegalArgumentException as for [#of(Batch, Batch)], or if `permutations < 1`
  public static Comparison test(Batch x, Batch y, Key key, int permutations) {
    x.requireCols("x", 1);
    return new Slices(x, y, new float[][] {{1}}).test(key, permutations);
  }

  /// The sliced distance. On the line it is the distance itself.
  ///
  /// @param directions how many, at least 2; the error of the directions falls as its root
  /// @throws IllegalArgumentException if there are fewer than 2 rows or directions, columns differ
  ///     or a number is not finite
  public static Estimate sliced(Batch x, Batch y, Key key, int directions) {
    return new Slices(x, y, directions(key, x.cols(), directions)).estimate();
  }

  /// The sliced distance and how often permutations of the rows reach it, along the same
  /// directions.
  ///
  /// @param key chooses the directions of [#sliced] under the same key, and the permutations
  /// @throws IllegalArgumentException as for [#sliced], or if `permutations < 1`
  public static Comparison slicedTest(Batch x, Batch y, Key key, int directions, int permutations) {
    return new Slices(x, y, directions(key, x.cols(), directions)).test(key, permutations);
  }

  private static float[][] directions(Key key, int dim, int directions) {
    if (directions < 2) {
      throw new IllegalArgumentException(
          "directions must be at least 2 but was %d: one says nothing of the others"
              .formatted(directions));
    }
    float[][] thetas = new float[directions][dim];
    double scale = 1 / Math.sqrt(dim);
    for (int k = 0; k < directions; k++) {
      ProbeLaw.SPHERE.fill(key, 0, k, 1, dim, thetas[k], 0);
      for (int c = 0; c < dim; c++) {
        thetas[k][c] = (float) (thetas[k][c] * scale);
      }
    }
    return thetas;
  }

  /// The projections of both samples on each direction, in ascending order.
  private static final class Slices {
    private final int n;
    private final int m;
    private final int[][] order;
    private final double[][] sorted;

    Slices(Batch x, Batch y, float[][] directions) {
      Checks.samples(x, y, 2);
      n = x.rows();
      m = y.rows();
      order = new int[directions.length][];
      sorted = new double[directions.length][n + m];
      for (int k = 0; k < directions.length; k++) {
        double[] z = new double[n + m];
        for (int r = 0; r < n + m; r++) {
          Batch from = r < n ? x : y;
          for (int c = 0; c < x.cols(); c++) {
            z[r] += (double) directions[k][c] * from.get(r < n ? r : r - n, c);
          }
        }
        order[k] = Ranks.order(z);
        for (int i = 0; i < n + m; i++) {
          sorted[k][i] = z[order[k][i]];
        }
      }
    }

    Estimate estimate() {
      double[] distances = new double[order.length];
      // the potentials of all rows, averaged over the directions
      double[] potentials = new double[n + m];
      for (int k = 0; k < order.length; k++) {
        double f = 0;
        long balance = 0;
        double sum = 0;
        for (int i = 0; i < n + m; i++) {
          if (i > 0) {
            double gap = sorted[k][i] - sorted[k][i - 1];
            sum += Math.abs(balance) * gap;
            f -= Long.signum(balance) * gap;
          }
          int row = order[k][i];
          potentials[row] += f / order.length;
          balance += row < n ? m : -n;
        }
        distances[k] = sum / ((double) n * m);
      }
      double ofX = Estimate.mean(Arrays.copyOf(potentials, n)).standardError();
      double ofY = Estimate.mean(Arrays.copyOfRange(potentials, n, n + m)).standardError();
      Estimate mean = Estimate.mean(distances);
      double ofDirections = order.length == 1 ? 0 : mean.standardError();
      return new Estimate(
          mean.value(), Math.sqrt(ofX * ofX + ofY * ofY + ofDirections * ofDirections));
    }

    Comparison test(Key key, int permutations) {
      Checks.draws("permutations", permutations);
      boolean[] first = new boolean[n + m];
      Arrays.fill(first, 0, n, true);
      double observed = distance(first);
      double[] draws = new double[permutations];
      int[] permutation = new int[n + m];
      for (int b = 0; b < permutations; b++) {
        // folded, for the directions take the noise of the key itself
        Noise.permutation(key.fold(b), permutation);
        for (int i = 0; i < n + m; i++) {
          first[permutation[i]] = i < n;
        }
        draws[b] = distance(first);
      }
      return Comparison.of(estimate(), observed, draws);
    }

    /// The mean distance when the rows that are `first` make the first sample. Sums are of the same
    /// products in the same order for all permutations that part equal values alike.
    private double distance(boolean[] first) {
      double total = 0;
      for (int k = 0; k < order.length; k++) {
        long balance = 0;
        double sum = 0;
        double[] z = sorted[k];
        int[] rows = order[k];
        for (int i = 0; i < rows.length - 1; i++) {
          balance += first[rows[i]] ? m : -n;
          sum += Math.abs(balance) * (z[i + 1] - z[i]);
        }
        total += sum;
      }
      return total / ((double) n * m * order.length);
    }
  }
}
