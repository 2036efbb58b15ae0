package score4j.dist;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import score4j.process.Marginal;

/// A mixture under a process, seen at one time from one point: the working memory of
/// [DiffusedMixture], one for each thread.
///
/// ```text
/// yₖ = Uₖᵀ(x − α·mₖ),   Λₖ = 1/(α²·λₖ + σ²)             in the axes Uₖ of component k
/// ℓₖ = log wₖ + ½ Σ log Λₖ − ½ yₖᵀΛₖyₖ − (D/2) log 2π,   sₖ = −UₖΛₖyₖ
/// ```
final class Snapshot {
  private static final double LOG_2PI = Math.log(2 * Math.PI);

  // a component with less than this share of the greatest is less than rounding
  private static final double CUTOFF = 0x1p-60;

  private final DiffusedMixture law;
  private final int dim;
  private final int count;
  private double time = Double.NaN;
  private double meanScale;
  private final double[] precisions; // Λ, components × D
  private final double[] traces; // of Λₖ
  private final double[] logScales; // ℓₖ at the mean of component k

  private final double[] shift; // D
  private final double[] along; // yₖ, then −Λₖyₖ
  private final double[] exponents; // ℓₖ
  private final double[] shares; // rₖ
  private final double[] scores; // sₖ
  private final double[] score; // s
  private double logDensity;

  Snapshot(DiffusedMixture law) {
    this.law = law;
    dim = law.dim();
    count = law.axes.length;
    precisions = new double[count * dim];
    traces = new double[count];
    logScales = new double[count];
    shift = new double[dim];
    along = new double[count * dim];
    exponents = new double[count];
    shares = new double[count];
    scores = new double[count * dim];
    score = new double[dim];
  }

  /// Goes to a time.
  Snapshot at(double t) {
    if (t == time) {
      return this;
    }
    Marginal marginal = law.process().marginal(t);
    meanScale = marginal.meanScale();
    double square = meanScale * meanScale;
    double noise = marginal.std() * marginal.std();
    for (int k = 0; k < count; k++) {
      double logDet = 0;
      double trace = 0;
      for (int i = 0; i < dim; i++) {
        double variance = square * law.axes[k].variances[i] + noise;
        precisions[k * dim + i] = 1 / variance;
        logDet += Math.log(variance);
        trace += 1 / variance;
      }
      traces[k] = trace;
      logScales[k] = law.logWeights[k] - 0.5 * (logDet + dim * LOG_2PI);
    }
    time = t;
    return this;
  }

  /// Goes to a point: the shares of the components and the log density.
  Snapshot locate(double[] x) {
    double max = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < count; k++) {
      for (int i = 0; i < dim; i++) {
        shift[i] = x[i] - meanScale * law.means[k * dim + i];
      }
      law.axes[k].along(shift, along, k * dim);
      double square = 0;
      for (int i = k * dim; i < (k + 1) * dim; i++) {
        double y = along[i];
        along[i] = -precisions[i] * y;
        square -= along[i] * y;
      }
      exponents[k] = logScales[k] - 0.5 * square;
      max = Math.max(max, exponents[k]);
    }
    double total = 0;
    for (int k = 0; k < count; k++) {
      shares[k] = Math.exp(exponents[k] - max);
      total += shares[k];
    }
    for (int k = 0; k < count; k++) {
      shares[k] /= total;
    }
    logDensity = max + Math.log(total);
    return this;
  }

  double logDensity() {
    return logDensity;
  }

  // NaN counts, so that a point that is not a number has a score that is none
  private boolean counts(int k) {
    return !(shares[k] < CUTOFF);
  }

  /// The score at the point; shared.
  double[] score() {
    Arrays.fill(scores, 0);
    Arrays.fill(score, 0);
    for (int k = 0; k < count; k++) {
      if (counts(k)) {
        law.axes[k].add(1, along, k * dim, scores, k * dim);
        for (int i = 0; i < dim; i++) {
          score[i] += shares[k] * scores[k * dim + i];
        }
      }
    }
    return score;
  }

  /// The divergence at the point whose [#score] was asked for.
  double divergence() {
    double sum = 0;
    for (int k = 0; k < count; k++) {
      if (counts(k)) {
        double square = 0;
        for (int i = 0; i < dim; i++) {
          double difference = scores[k * dim + i] - score[i];
          square += difference * difference;
        }
        sum += shares[k] * (square - traces[k]);
      }
    }
    return sum;
  }

  /// Writes H·v at the point whose [#score] was asked for.
  void jvp(double[] v, double[] out) {
    Arrays.fill(out, 0);
    for (int k = 0; k < count; k++) {
      if (counts(k)) {
        law.axes[k].along(v, shift, 0);
        double slope = 0;
        for (int i = 0; i < dim; i++) {
          shift[i] *= -precisions[k * dim + i];
          slope += (scores[k * dim + i] - score[i]) * v[i];
        }
        law.axes[k].add(shares[k], shift, 0, out, 0);
        for (int i = 0; i < dim; i++) {
          out[i] += shares[k] * slope * (scores[k * dim + i] - score[i]);
        }
      }
    }
  }

  /// vᵀHv at the point whose [#score] was asked for.
  double form(double[] v) {
    double sum = 0;
    for (int k = 0; k < count; k++) {
      if (counts(k)) {
        law.axes[k].along(v, shift, 0);
        double slope = 0;
        double form = 0;
        for (int i = 0; i < dim; i++) {
          form += precisions[k * dim + i] * shift[i] * shift[i];
          slope += (scores[k * dim + i] - score[i]) * v[i];
        }
        sum += shares[k] * (slope * slope - form);
      }
    }
    return sum;
  }

  /// E[x₀ | x_t] at the point, in a new array.
  double[] denoised() {
    double[] mean = new double[dim];
    double[] one = new double[dim];
    for (int k = 0; k < count; k++) {
      if (counts(k)) {
        denoised(k, one);
        for (int i = 0; i < dim; i++) {
          mean[i] += shares[k] * one[i];
        }
      }
    }
    return mean;
  }

  // mₖ + Σᵢ αλᵢΛᵢyᵢ·uᵢ
  private void denoised(int k, double[] out) {
    System.arraycopy(law.means, k * dim, out, 0, dim);
    for (int i = 0; i < dim; i++) {
      shift[i] = -law.axes[k].variances[i] * along[k * dim + i];
    }
    law.axes[k].add(meanScale, shift, 0, out, 0);
  }

  /// The law of x₀ given the point.
  GaussianMixture posterior(Marginal marginal) {
    double noise = marginal.std() * marginal.std();
    List<Gaussian> components = new ArrayList<>();
    double[] weights = new double[count];
    for (int k = 0; k < count; k++) {
      if (shares[k] > 0) {
        double[] mean = new double[dim];
        denoised(k, mean);
        for (int i = 0; i < dim; i++) {
          shift[i] = law.axes[k].variances[i] * noise * precisions[k * dim + i];
        }
        weights[components.size()] = shares[k];
        components.add(law.axes[k].gaussian(mean, shift));
      }
    }
    return GaussianMixture.of(
        Arrays.copyOf(weights, components.size()), components.toArray(Gaussian[]::new));
  }
}
