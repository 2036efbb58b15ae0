package score4j.dist;

import java.util.Arrays;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Marginal;
import score4j.rng.Key;
import score4j.rng.Noise;

/// A table smoothed by N(0, sigma²·I): the mixture, with equal weights, of normal laws centred on
/// its N rows.
///
/// ```text
/// p(x) = (1/N) Σ N(x; xₖ, sigma² I)        rₖ ∝ exp(−‖x − xₖ‖²/(2 sigma²)),  Σ rₖ = 1
/// score s  = Σ rₖ (xₖ − x)/sigma²
/// Hessian  = −I/sigma² + Σ rₖ (aₖ − s)(aₖ − s)ᵀ,   aₖ = (xₖ − x)/sigma²
/// ```
/// It is the score that denoising score matching learns if nothing stops it, and x + sigma²·s is
/// the best denoiser of this table.
/// - **Cost**: N·D operations a point and an exponential for each row whose share is above 2⁻⁶⁰ of
///   the greatest, over N; the others are less than rounding.
/// - **Allocation**: none for log density and score; D numbers for jvp and divergence.
public final class Empirical implements Distribution {
  private final double[] points;
  private final int dim;
  private final int count;
  private final double sigma;
  private final double half; // 1/(2 sigma²)
  private final double cutoff; // exponents this far below the greatest are left out
  private final double logNormalizer;

  private Empirical(double[] points, int dim, double sigma) {
    this.points = points;
    this.dim = dim;
    this.count = points.length / dim;
    this.sigma = sigma;
    this.half = 0.5 / sigma / sigma;
    this.cutoff = -(60 * Math.log(2) + Math.log(count));
    this.logNormalizer = -Math.log(count) - dim * (Math.log(sigma) + 0.5 * Math.log(2 * Math.PI));
  }

  /// The law of a row of `data`, drawn at random, plus sigma·z. The rows are copied.
  ///
  /// @throws IllegalArgumentException if there is no row, a number is not finite, or sigma is not
  ///     finite and above 0
  public static Empirical of(Batch data, double sigma) {
    if (data.rows() == 0) {
      throw new IllegalArgumentException("data has no row: give at least one sample");
    }
    data.requireFinite("data");
    Checks.positive("sigma", sigma);
    double[] points = new double[data.data().length];
    for (int i = 0; i < points.length; i++) {
      points[i] = data.data()[i];
    }
    return new Empirical(points, data.cols(), sigma);
  }

  /// The law of x + sigma·z, z standard normal and independent: the same table smoothed more.
  ///
  /// - **Cost**: none, the table is shared.
  ///
  /// @throws IllegalArgumentException if sigma is negative or not finite
  public Empirical smoothed(double sigma) {
    if (!(sigma >= 0) || !Double.isFinite(sigma)) {
      throw new IllegalArgumentException(
          "sigma must be finite and at least 0 but was %s".formatted(sigma));
    }
    return new Empirical(points, dim, Math.hypot(this.sigma, sigma));
  }

  /// The law at time t of what begins here and follows a process: the table times α, smoothed by
  /// √(α²·sigma² + σ²), α and σ of the process at t.
  public Empirical at(LinearSde process, double t) {
    Marginal marginal = process.marginal(t);
    double scale = marginal.meanScale();
    return new Empirical(
        Arrays.stream(points).map(p -> scale * p).toArray(),
        dim,
        Math.hypot(scale * sigma, marginal.std()));
  }

  /// This law under a process: density and score at every time.
  public DiffusedEmpirical under(LinearSde process) {
    return new DiffusedEmpirical(this, process);
  }

  @Override
  public int dim() {
    return dim;
  }

  /// The number of rows N.
  public int count() {
    return count;
  }

  /// The standard deviation of the smoothing.
  public double sigma() {
    return sigma;
  }

  @Override
  public Batch sample(Key key, int n) {
    Batch batch = Noise.normals(key, n, dim);
    Key choice = key.fold(0);
    float[] out = batch.data();
    for (int r = 0; r < n; r++) {
      int row = (int) (Noise.uniform(choice, 0, r) * count);
      for (int i = 0; i < dim; i++) {
        out[r * dim + i] = (float) (points[row * dim + i] + sigma * out[r * dim + i]);
      }
    }
    return batch;
  }

  private double exponent(double[] x, int start) {
    double square = 0;
    for (int i = 0; i < dim; i++) {
      double difference = points[start + i] - x[i];
      square += difference * difference;
    }
    return -half * square;
  }

  @Override
  public double logDensity(double[] x) {
    Checks.length("x", x, dim);
    double max = exponent(x, 0);
    double total = 1;
    for (int start = dim; start < points.length; start += dim) {
      double e = exponent(x, start);
      if (e > max) {
        total = total * Math.exp(max - e) + 1;
        max = e;
      } else if (e - max > cutoff) {
        total += Math.exp(e - max);
      }
    }
    return max + Math.log(total) + logNormalizer;
  }

  @Override
  public void score(double[] x, double[] out) {
    Checks.length("x", x, dim);
    Checks.length("out", out, dim);
    // one pass: shares relative to the greatest exponent so far, rescaled when a greater one comes
    double max = exponent(x, 0);
    double total = 1;
    for (int i = 0; i < dim; i++) {
      out[i] = points[i] - x[i];
    }
    for (int start = dim; start < points.length; start += dim) {
      double e = exponent(x, start);
      double share = 1;
      if (e > max) {
        double shrink = Math.exp(max - e);
        for (int i = 0; i < dim; i++) {
          out[i] *= shrink;
        }
        total *= shrink;
        max = e;
      } else if (e - max > cutoff) {
        share = Math.exp(e - max);
      } else if (e - max <= cutoff) {
        continue;
      }
      total += share;
      for (int i = 0; i < dim; i++) {
        out[i] += share * (points[start + i] - x[i]);
      }
    }
    double scale = 2 * half / total;
    for (int i = 0; i < dim; i++) {
      out[i] *= scale;
    }
  }

  @Override
  public void jvp(double[] x, double[] v, double[] out) {
    Checks.length("v", v, dim);
    double[] score = new double[dim];
    score(x, score);
    double shift = logDensity(x) - logNormalizer;
    double precision = 2 * half;
    Checks.length("out", out, dim);
    Arrays.fill(out, 0);
    for (int start = 0; start < points.length; start += dim) {
      double e = exponent(x, start) - shift;
      if (e > cutoff) {
        double along = 0;
        for (int i = 0; i < dim; i++) {
          along += (precision * (points[start + i] - x[i]) - score[i]) * v[i];
        }
        along *= Math.exp(e);
        for (int i = 0; i < dim; i++) {
          out[i] += (precision * (points[start + i] - x[i]) - score[i]) * along;
        }
      }
    }
    for (int i = 0; i < dim; i++) {
      out[i] -= precision * v[i];
    }
  }

  @Override
  public double divergence(double[] x) {
    double[] score = new double[dim];
    score(x, score);
    double shift = logDensity(x) - logNormalizer;
    double precision = 2 * half;
    double sum = 0;
    for (int start = 0; start < points.length; start += dim) {
      double e = exponent(x, start) - shift;
      if (e > cutoff) {
        double square = 0;
        for (int i = 0; i < dim; i++) {
          double difference = precision * (points[start + i] - x[i]) - score[i];
          square += difference * difference;
        }
        sum += Math.exp(e) * square;
      }
    }
    return sum - dim * precision;
  }

  @Override
  public String toString() {
    return "Empirical[%d × %d, sigma=%s]".formatted(count, dim, sigma);
  }
}
