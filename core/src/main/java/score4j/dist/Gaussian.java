package score4j.dist;

import java.util.Arrays;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Marginal;
import score4j.rng.Key;
import score4j.rng.Noise;

/// The normal law N(m, Σ), with a full, a diagonal or an isotropic covariance.
///
/// ```text
/// log p(x) = −½(x − m)ᵀΛ(x − m) − ½ log det Σ − (D/2) log 2π,   Λ = Σ⁻¹
/// score    = −Λ(x − m)        Hessian = −Λ        divergence = −tr Λ
/// sample   = m + L z,   Σ = L Lᵀ (Cholesky), z standard normal
/// ```
/// - **Cost**: D operations a point for a diagonal covariance, D² for a full one.
/// - **Error**: that of double arithmetic times the condition number of Σ.
/// - **Allocation**: none in the methods on points.
public final class Gaussian implements Distribution {
  private static final double LOG_2PI = Math.log(2 * Math.PI);

  private final double[] mean;
  private final boolean diagonal;
  private final double[] precision; // Λ: the diagonal, or D × D row-major
  private final double[] factor; // L: the diagonal, or D × D row-major with zeros above
  private final double logNormalizer; // log p at the mean
  private final double trace; // of Λ

  private Gaussian(double[] mean, boolean diagonal, double[] precision, double[] factor) {
    int dim = mean.length;
    int stride = diagonal ? 1 : dim + 1;
    double logDet = 0;
    double trace = 0;
    for (int i = 0; i < dim; i++) {
      logDet += 2 * Math.log(factor[i * stride]);
      trace += precision[i * stride];
    }
    this.mean = mean;
    this.diagonal = diagonal;
    this.precision = precision;
    this.factor = factor;
    this.logNormalizer = -0.5 * (logDet + dim * LOG_2PI);
    this.trace = trace;
  }

  /// N(0, I) in `dim` dimensions.
  ///
  /// @throws IllegalArgumentException if `dim < 1`
  public static Gaussian standard(int dim) {
    if (dim < 1) {
      throw new IllegalArgumentException("dim must be at least 1 but was %d".formatted(dim));
    }
    return isotropic(new double[dim], 1);
  }

  /// N(m, std²·I).
  ///
  /// @throws IllegalArgumentException if a number is not finite or std is not above 0
  public static Gaussian isotropic(double[] mean, double std) {
    double[] stds = new double[mean.length];
    Arrays.fill(stds, Checks.positive("std", std));
    return diagonal(mean, stds);
  }

  /// The law of independent coordinates N(mᵢ, stdᵢ²).
  ///
  /// @throws IllegalArgumentException if the lengths differ, a number is not finite or a std is not
  ///     above 0
  public static Gaussian diagonal(double[] mean, double[] std) {
    Checks.finite("mean", mean);
    Checks.length("std", std, mean.length);
    double[] precision = new double[mean.length];
    for (int i = 0; i < std.length; i++) {
      double inverse = 1 / Checks.positive("std", std[i]);
      precision[i] = inverse * inverse;
    }
    return new Gaussian(mean.clone(), true, precision, std.clone());
  }

  /// N(m, Σ).
  ///
  /// @param covariance D rows of D numbers
  /// @throws IllegalArgumentException if a shape does not fit, a number is not finite, or Σ is not
  ///     symmetric and positive definite
  public static Gaussian full(double[] mean, double[][] covariance) {
    Checks.finite("mean", mean);
    int dim = mean.length;
    if (covariance.length != dim) {
      throw new IllegalArgumentException(
          "covariance has %d rows but mean has %d numbers (D)".formatted(covariance.length, dim));
    }
    for (int i = 0; i < dim; i++) {
      Checks.length("row %d of covariance".formatted(i), covariance[i], dim);
      Checks.finite("row %d of covariance".formatted(i), covariance[i]);
    }
    for (int i = 0; i < dim; i++) {
      for (int j = 0; j < i; j++) {
        double scale = Math.sqrt(Math.abs(covariance[i][i] * covariance[j][j]));
        if (Math.abs(covariance[i][j] - covariance[j][i]) > 1e-9 * scale) {
          throw new IllegalArgumentException(
              "covariance must be symmetric but entry (%d, %d) is %s and (%d, %d) is %s"
                  .formatted(i, j, covariance[i][j], j, i, covariance[j][i]));
        }
      }
    }
    double[] factor = cholesky(covariance);
    return new Gaussian(mean.clone(), false, inverse(factor, dim), factor);
  }

  /// The normal law of greatest likelihood: the mean of the rows and their population covariance Σ
  /// (x−m)(x−m)ᵀ/B.
  ///
  /// It is also the minimiser of the score matching loss over normal laws.
  ///
  /// @throws IllegalArgumentException if a number is not finite, or there are too few rows or
  ///     columns too dependent for the covariance to have an inverse
  public static Gaussian fit(Batch data) {
    int rows = data.rows();
    int dim = data.cols();
    data.requireFinite("data");
    if (rows <= dim) {
      throw new IllegalArgumentException(
          "data has %d rows but the covariance of %d columns takes at least %d: give more samples"
              .formatted(rows, dim, dim + 1));
    }
    double[] mean = new double[dim];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < dim; i++) {
        mean[i] += data.get(r, i);
      }
    }
    for (int i = 0; i < dim; i++) {
      mean[i] /= rows;
    }
    double[][] covariance = new double[dim][dim];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < dim; i++) {
        for (int j = 0; j <= i; j++) {
          covariance[i][j] += (data.get(r, i) - mean[i]) * (data.get(r, j) - mean[j]);
        }
      }
    }
    for (int i = 0; i < dim; i++) {
      for (int j = 0; j <= i; j++) {
        covariance[i][j] /= rows;
        covariance[j][i] = covariance[i][j];
      }
    }
    return full(mean, covariance);
  }

  private static double[] cholesky(double[][] a) {
    int dim = a.length;
    double[] factor = new double[dim * dim];
    for (int i = 0; i < dim; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= factor[i * dim + k] * factor[j * dim + k];
        }
        if (i > j) {
          factor[i * dim + j] = sum / factor[j * dim + j];
        } else if (sum > 4 * dim * 0x1p-53 * a[i][i]) { // what rounding leaves of a zero pivot
          factor[i * dim + i] = Math.sqrt(sum);
        } else {
          throw new IllegalArgumentException(
              "covariance is not positive definite: leave out coordinate %d, constant or determined by others"
                  .formatted(i));
        }
      }
    }
    return factor;
  }

  /// (L Lᵀ)⁻¹ = L⁻ᵀ L⁻¹, symmetric to the last bit.
  private static double[] inverse(double[] factor, int dim) {
    double[] low = new double[dim * dim]; // L⁻¹
    for (int j = 0; j < dim; j++) {
      low[j * dim + j] = 1 / factor[j * dim + j];
      for (int i = j + 1; i < dim; i++) {
        double sum = 0;
        for (int k = j; k < i; k++) {
          sum -= factor[i * dim + k] * low[k * dim + j];
        }
        low[i * dim + j] = sum / factor[i * dim + i];
      }
    }
    double[] inverse = new double[dim * dim];
    for (int i = 0; i < dim; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int k = i; k < dim; k++) {
          sum += low[k * dim + i] * low[k * dim + j];
        }
        inverse[i * dim + j] = sum;
        inverse[j * dim + i] = sum;
      }
    }
    return inverse;
  }

  /// The law of x + sigma·z, z standard normal and independent: N(m, Σ + sigma²·I).
  ///
  /// @throws IllegalArgumentException if sigma is negative or not finite
  public Gaussian smoothed(double sigma) {
    if (!(sigma >= 0) || !Double.isFinite(sigma)) {
      throw new IllegalArgumentException(
          "sigma must be finite and at least 0 but was %s".formatted(sigma));
    }
    return noised(new Marginal(1, sigma));
  }

  /// The law at time t of what begins here and follows a process: N(α·m, α²·Σ + σ²·I), α and σ of
  /// the process at t.
  public Gaussian at(LinearSde process, double t) {
    return noised(process.marginal(t));
  }

  private Gaussian noised(Marginal marginal) {
    double scale = marginal.meanScale();
    double[] scaled = Arrays.stream(mean).map(m -> scale * m).toArray();
    if (diagonal) {
      return diagonal(
          scaled, Arrays.stream(factor).map(s -> Math.hypot(scale * s, marginal.std())).toArray());
    }
    double[][] covariance = covariance();
    for (int i = 0; i < covariance.length; i++) {
      for (int j = 0; j < covariance.length; j++) {
        covariance[i][j] *= scale * scale;
      }
      covariance[i][i] += marginal.std() * marginal.std();
    }
    return full(scaled, covariance);
  }

  /// This law as a mixture of one.
  public GaussianMixture mixture() {
    return GaussianMixture.of(new double[] {1}, this);
  }

  /// The entropy −E log p in nats, ½ log det(2πe·Σ).
  public double entropy() {
    return 0.5 * dim() - logNormalizer;
  }

  /// The principal axes of Σ.
  Axes axes() {
    return diagonal
        ? Axes.coordinates(Arrays.stream(factor).map(s -> s * s).toArray())
        : Axes.of(factor, dim());
  }

  @Override
  public int dim() {
    return mean.length;
  }

  /// The mean m, a copy.
  public double[] mean() {
    return mean.clone();
  }

  /// The covariance Σ, D rows of D numbers, a copy.
  public double[][] covariance() {
    int dim = dim();
    double[][] covariance = new double[dim][dim];
    for (int i = 0; i < dim; i++) {
      if (diagonal) {
        covariance[i][i] = factor[i] * factor[i];
        continue;
      }
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int k = 0; k <= j; k++) {
          sum += factor[i * dim + k] * factor[j * dim + k];
        }
        covariance[i][j] = sum;
        covariance[j][i] = sum;
      }
    }
    return covariance;
  }

  @Override
  public Batch sample(Key key, int n) {
    Batch batch = Noise.normals(key, n, dim());
    for (int r = 0; r < n; r++) {
      shape(batch.data(), r * dim());
    }
    return batch;
  }

  /// Turns D standard normals into m + L z, in place: from the last coordinate up, so none is
  /// overwritten too early.
  void shape(float[] z, int start) {
    int dim = dim();
    for (int i = dim - 1; i >= 0; i--) {
      double sum = mean[i];
      if (diagonal) {
        sum += factor[i] * z[start + i];
      } else {
        for (int j = 0; j <= i; j++) {
          sum += factor[i * dim + j] * z[start + j];
        }
      }
      z[start + i] = (float) sum;
    }
  }

  @Override
  public double logDensity(double[] x) {
    Checks.length("x", x, dim());
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += scoreAt(x, i) * (x[i] - mean[i]);
    }
    return 0.5 * sum + logNormalizer;
  }

  @Override
  public void score(double[] x, double[] out) {
    Checks.length("x", x, dim());
    Checks.length("out", out, dim());
    for (int i = 0; i < x.length; i++) {
      out[i] = scoreAt(x, i);
    }
  }

  /// Coordinate i of the score; x is taken to have D coordinates.
  double scoreAt(double[] x, int i) {
    if (diagonal) {
      return precision[i] * (mean[i] - x[i]);
    }
    double sum = 0;
    int row = i * mean.length;
    for (int j = 0; j < mean.length; j++) {
      sum += precision[row + j] * (mean[j] - x[j]);
    }
    return sum;
  }

  @Override
  public void jvp(double[] x, double[] v, double[] out) {
    Checks.length("x", x, dim());
    Checks.length("v", v, dim());
    Checks.length("out", out, dim());
    for (int i = 0; i < v.length; i++) {
      out[i] = jvpAt(v, i);
    }
  }

  /// Coordinate i of −Λ·v.
  double jvpAt(double[] v, int i) {
    if (diagonal) {
      return -precision[i] * v[i];
    }
    double sum = 0;
    int row = i * mean.length;
    for (int j = 0; j < mean.length; j++) {
      sum -= precision[row + j] * v[j];
    }
    return sum;
  }

  @Override
  public double divergence(double[] x) {
    Checks.length("x", x, dim());
    return -trace;
  }

  @Override
  public String toString() {
    return "Gaussian[mean=%s, covariance=%s]"
        .formatted(Arrays.toString(mean), Arrays.deepToString(covariance()));
  }
}
