package score4j.metric;

import java.util.Arrays;
import score4j.Score;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.ProbeLaw;

/// The squared kernelised Stein discrepancy: how far samples are from the law of a score, without
/// samples of that law and without its density.
///
/// ```text
/// KSD² = mean u(x, x′) over pairs of different rows                 Liu, Lee & Jordan 2016, eq. 14
/// u(x, y) = s(x)ᵀs(y)·k + s(x)ᵀ∇_y k + s(y)ᵀ∇_x k + tr ∇_x∇_y k,        k = φ(‖x − y‖²)
///         = φ·s(x)ᵀs(y) + 2φ′·(s(y) − s(x))ᵀ(x − y) − 2Dφ′ − 4‖x − y‖²φ″
/// ```
/// Its expectation is E δ(x)ᵀk(x, x′)δ(x′), δ = s − s_x the error of the score against that of the
/// law of the samples.
/// - **Null**: samples of the score's own law have mean 0 exactly; the standard deviation is
/// O(1/n).
/// - **Blind spot**: scores do not know the weights of modes that are far apart, and neither does
///   this number: samples of one mode of two pass. See [ModeWeights].
/// - **Units**: 1/length² times those of the kernel, so it depends on the scale of x; standardise
///   first, or choose the kernel's scale.
/// - **Error**: the jackknife over rows; up to √2 too great where there is no difference.
/// - **Cost**: n scores, n²/2 kernels of 2D multiplications; a test adds n²/2 additions a draw and
///   keeps 4n bytes of it.
/// - **Order**: reordering the rows changes the value in its last bits, and the p-value as another
///   key would.
public final class KernelSteinDiscrepancy {
  private KernelSteinDiscrepancy() {}

  /// A kernel k(x, y) = φ(‖x − y‖²).
  public sealed interface Kernel permits InverseMultiquadric, Gaussian {}

  /// φ(q) = (scale² + q)^(−½): its tails are heavy enough that a vanishing discrepancy means
  /// convergence in law, which light tails do not give in D ≥ 3 (Gorham & Mackey 2017, theorems 6
  /// and 8).
  ///
  /// @param scale c, about the distance over which the law changes; 1 for standardised samples
  public record InverseMultiquadric(double scale) implements Kernel {
    /// Checks the scale.
    public InverseMultiquadric {
      Checks.positive("scale", scale);
    }
  }

  /// φ(q) = exp(−q/(2h²)).
  ///
  /// @param bandwidth h
  public record Gaussian(double bandwidth) implements Kernel {
    /// Checks the bandwidth.
    public Gaussian {
      Checks.positive("bandwidth", bandwidth);
    }
  }

  /// KSD² under the inverse multiquadric kernel of scale 1.
  ///
  /// @param score the score to judge the samples by, or to be judged by them, at t = 0
  /// @param x at least 3 samples
  /// @throws IllegalArgumentException if there are fewer, dimensions differ or x is not finite
  /// @throws ArithmeticException if the score is not finite, naming the first such row
  public static Estimate of(Score score, Batch x) {
    return of(score, x, new InverseMultiquadric(1));
  }

  /// KSD² under a kernel.
  public static Estimate of(Score score, Batch x, Kernel kernel) {
    SteinPairs pairs = new SteinPairs(score, x, kernel);
    Sums sums = new Sums(x.rows());
    double[] row = new double[x.rows()];
    for (int i = 1; i < x.rows(); i++) {
      pairs.row(i, row);
      sums.add(i, row);
    }
    return sums.estimate();
  }

  /// KSD² and how often the wild bootstrap reaches it.
  ///
  /// ```text
  /// draw = mean εᵢεⱼ u(xᵢ, xⱼ), ε independent signs   Chwialkowski, Strathmann & Gretton 2016, §3
  /// ```
  /// The p-value is right as n → ∞, for independent samples; a chain's must be thinned first.
  ///
  /// @param draws how many, such as 999; p-values are multiples of 1/(draws + 1)
  /// @throws IllegalArgumentException as above, or if `draws < 1`
  /// @throws ArithmeticException if the score is not finite, naming the first such row
  public static Comparison test(Score score, Batch x, Kernel kernel, Key key, int draws) {
    Checks.draws("draws", draws);
    SteinPairs pairs = new SteinPairs(score, x, kernel);
    int n = x.rows();
    Sums sums = new Sums(n);
    float[][] signs = new float[draws][n];
    for (int b = 0; b < draws; b++) {
      ProbeLaw.RADEMACHER.fill(key, b, 0, n, 1, signs[b], 0);
    }
    double[] totals = new double[draws];
    double[] row = new double[n];
    for (int i = 1; i < n; i++) {
      pairs.row(i, row);
      sums.add(i, row);
      for (int b = 0; b < draws; b++) {
        totals[b] += signs[b][i] * signed(row, signs[b], i);
      }
    }
    Estimate estimate = sums.estimate();
    for (int b = 0; b < draws; b++) {
      totals[b] /= n * (n - 1.0) / 2;
    }
    return Comparison.of(estimate, estimate.value(), totals);
  }

  /// Four sums side by side, for a sum alone would wait for each addition.
  private static double signed(double[] row, float[] signs, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int j = 0;
    for (; j + 3 < count; j += 4) {
      a += row[j] * signs[j];
      b += row[j + 1] * signs[j + 1];
      c += row[j + 2] * signs[j + 2];
      d += row[j + 3] * signs[j + 3];
    }
    for (; j < count; j++) {
      a += row[j] * signs[j];
    }
    return (a + b) + (c + d);
  }

  /// The sum over pairs and over the pairs of each row.
  private static final class Sums {
    private final double[] rows;
    private double total;

    Sums(int n) {
      rows = new double[n];
    }

    void add(int i, double[] row) {
      double sum = 0;
      for (int j = 0; j < i; j++) {
        sum += row[j];
        rows[j] += row[j];
      }
      rows[i] += sum;
      total += sum;
    }

    Estimate estimate() {
      double n = rows.length;
      double[] without =
          Arrays.stream(rows).map(r -> 2 * (total - r) / ((n - 1) * (n - 2))).toArray();
      return new Estimate(
          2 * total / (n * (n - 1)), Math.sqrt(Jackknife.variance(without, 0, rows.length)));
    }
  }

  /// Rows of the matrix of u, from columns of x and of its score.
  private static final class SteinPairs {
    private final double[][] x;
    private final double[][] s;
    private final Kernel kernel;
    private final double[] scores;
    private final double[] slopes;

    SteinPairs(Score score, Batch x, Kernel kernel) {
      x.requireCols("x", score.dim());
      Checks.rows("x", x, 3);
      x.requireFinite("x");
      this.kernel = kernel;
      Batch at = score.score(x);
      for (int r = 0; r < x.rows(); r++) {
        for (int c = 0; c < x.cols(); c++) {
          if (!Float.isFinite(at.get(r, c))) {
            throw new ArithmeticException(
                "the score is not finite at row %d of x, where it is %s"
                    .formatted(r, Arrays.toString(at.row(r))));
          }
        }
      }
      this.x = columns(x);
      s = columns(at);
      scores = new double[x.rows()];
      slopes = new double[x.rows()];
    }

    private static double[][] columns(Batch x) {
      double[][] columns = new double[x.cols()][x.rows()];
      for (int c = 0; c < x.cols(); c++) {
        for (int r = 0; r < x.rows(); r++) {
          columns[c][r] = x.get(r, c);
        }
      }
      return columns;
    }

    /// Writes u(xᵢ, xⱼ) into `out[j]` for j < i.
    void row(int i, double[] out) {
      Arrays.fill(out, 0, i, 0);
      Arrays.fill(scores, 0, i, 0);
      Arrays.fill(slopes, 0, i, 0);
      for (int c = 0; c < x.length; c++) {
        double[] xc = x[c];
        double[] sc = s[c];
        double xi = xc[i];
        double si = sc[i];
        for (int j = 0; j < i; j++) {
          double difference = xi - xc[j];
          out[j] += difference * difference;
          scores[j] += si * sc[j];
          slopes[j] += (sc[j] - si) * difference;
        }
      }
      int dim = x.length;
      switch (kernel) {
        case InverseMultiquadric(double scale) -> {
          double c2 = scale * scale;
          for (int j = 0; j < i; j++) {
            double inverse = 1 / (c2 + out[j]);
            double phi = Math.sqrt(inverse);
            double first = -0.5 * phi * inverse;
            double second = -1.5 * first * inverse;
            out[j] = phi * scores[j] + 2 * first * (slopes[j] - dim) - 4 * out[j] * second;
          }
        }
        case Gaussian(double bandwidth) -> {
          double factor = -0.5 / bandwidth / bandwidth;
          for (int j = 0; j < i; j++) {
            double phi = StrictMath.exp(factor * out[j]);
            double first = factor * phi;
            double second = factor * first;
            out[j] = phi * scores[j] + 2 * first * (slopes[j] - dim) - 4 * out[j] * second;
          }
        }
      }
    }
  }
}
