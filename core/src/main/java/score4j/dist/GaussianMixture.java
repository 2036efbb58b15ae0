package score4j.dist;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.rng.Noise;

/// A mixture of normal laws, p(x) = Σ wₖ N(x; mₖ, Σₖ).
///
/// ```text
/// log p(x) = log Σ exp(ℓₖ),   ℓₖ = log wₖ + log N(x; mₖ, Σₖ)        rₖ = exp(ℓₖ − log p(x))
/// score s  = Σ rₖ sₖ                                        sₖ, Hₖ of component k
/// Hessian  = Σ rₖ (Hₖ + (sₖ − s)(sₖ − s)ᵀ)          divergence = Σ rₖ (tr Hₖ + ‖sₖ − s‖²)
/// ```
/// Exponents are taken relative to the greatest, so nothing underflows: far out the score pulls
/// back like that of the nearest component, where a sum of densities would be 0 and its logarithm's
/// gradient NaN. The Hessian is summed about s, so that it does not drown in ‖s‖² there.
/// - **Cost**: K densities and K scores of components a point.
/// - **Allocation**: none for log density and score; D numbers for jvp and divergence.
public final class GaussianMixture implements Distribution {
  private final double[] weights;
  private final double[] logWeights;
  private final Gaussian[] components;

  private GaussianMixture(double[] weights, Gaussian[] components) {
    this.weights = weights;
    this.logWeights = Arrays.stream(weights).map(Math::log).toArray();
    this.components = components;
  }

  /// The mixture of components with these weights.
  ///
  /// @param weights one for each component, above 0; they must add up to 1 within 1e-6 and are then
  ///     divided by their sum
  /// @throws IllegalArgumentException if they do not, or the components have different dimensions
  public static GaussianMixture of(double[] weights, Gaussian... components) {
    if (weights.length != components.length || weights.length == 0) {
      throw new IllegalArgumentException(
          "there are %d weights and %d components: give one weight for each, and at least one"
              .formatted(weights.length, components.length));
    }
    double sum = 0;
    for (int k = 0; k < weights.length; k++) {
      sum += Checks.positive("weight %d".formatted(k), weights[k]);
      if (components[k].dim() != components[0].dim()) {
        throw new IllegalArgumentException(
            "component %d has %d dimensions but component 0 has %d"
                .formatted(k, components[k].dim(), components[0].dim()));
      }
    }
    if (Math.abs(sum - 1) > 1e-6) {
      throw new IllegalArgumentException(
          "the weights add up to %s and must add up to 1: divide them by their sum".formatted(sum));
    }
    double total = sum;
    return new GaussianMixture(
        Arrays.stream(weights).map(w -> w / total).toArray(), components.clone());
  }

  /// The mixture Σ wₖ N(meanₖ, stdₖ²) on the line.
  ///
  /// @throws IllegalArgumentException if the lengths differ, or as for [#of]
  public static GaussianMixture univariate(double[] weights, double[] means, double[] stds) {
    if (means.length != weights.length || stds.length != weights.length) {
      throw new IllegalArgumentException(
          "there are %d weights, %d means and %d stds: give one of each for every component"
              .formatted(weights.length, means.length, stds.length));
    }
    Gaussian[] components = new Gaussian[means.length];
    for (int k = 0; k < means.length; k++) {
      components[k] = Gaussian.isotropic(new double[] {means[k]}, stds[k]);
    }
    return of(weights, components);
  }

  /// The law of x + sigma·z, z standard normal and independent: every component smoothed.
  ///
  /// @throws IllegalArgumentException if sigma is negative or not finite
  public GaussianMixture smoothed(double sigma) {
    return map(c -> c.smoothed(sigma));
  }

  /// The law at time t of what begins here and follows a process: every component at that time,
  /// the weights as they were.
  public GaussianMixture at(LinearSde process, double t) {
    return map(c -> c.at(process, t));
  }

  /// This law under a process: density and score at every time.
  public DiffusedMixture under(LinearSde process) {
    return new DiffusedMixture(this, process);
  }

  @Override
  public int dim() {
    return components[0].dim();
  }

  /// The weights, a copy; they add up to 1.
  public double[] weights() {
    return weights.clone();
  }

  /// The components, in the order of the weights.
  public List<Gaussian> components() {
    return List.of(components);
  }

  /// The mean Σ wₖ mₖ.
  public double[] mean() {
    double[] mean = new double[dim()];
    for (int k = 0; k < weights.length; k++) {
      double[] m = components[k].mean();
      for (int i = 0; i < mean.length; i++) {
        mean[i] += weights[k] * m[i];
      }
    }
    return mean;
  }

  /// The covariance Σ wₖ (Σₖ + (mₖ − m)(mₖ − m)ᵀ), D rows of D numbers.
  public double[][] covariance() {
    int dim = dim();
    double[] mean = mean();
    double[][] covariance = new double[dim][dim];
    for (int k = 0; k < weights.length; k++) {
      double[] m = components[k].mean();
      double[][] c = components[k].covariance();
      for (int i = 0; i < dim; i++) {
        for (int j = 0; j < dim; j++) {
          covariance[i][j] += weights[k] * (c[i][j] + (m[i] - mean[i]) * (m[j] - mean[j]));
        }
      }
    }
    return covariance;
  }

  /// The law of y = A·x + n, n ~ N(0, noiseStd²·I): what a linear measurement shows.
  ///
  /// @param a A, M rows of D numbers
  /// @throws IllegalArgumentException if a shape does not fit, a number is not finite, noiseStd is
  ///     negative, or without noise some measured number is determined by others
  public GaussianMixture measured(double[][] a, double noiseStd) {
    Conditioning.checkOperator(a, dim());
    if (!(noiseStd >= 0) || !Double.isFinite(noiseStd)) {
      throw new IllegalArgumentException(
          "noiseStd must be finite and at least 0 but was %s".formatted(noiseStd));
    }
    return map(c -> Conditioning.measured(c, a, noiseStd));
  }

  /// The law of x given y = A·x + n, n ~ N(0, noiseStd²·I): by Bayes' rule a mixture again, whose
  /// weights are as likely as the components make y.
  ///
  /// ```text
  /// wₖ′ ∝ wₖ·N(y; A·mₖ, Sₖ),   mₖ′ = mₖ + Kₖ(y − A·mₖ),   Σₖ′ = Σₖ − Kₖ·A·Σₖ
  /// Sₖ = A·Σₖ·Aᵀ + noiseStd²·I,   Kₖ = Σₖ·Aᵀ·Sₖ⁻¹
  /// ```
  /// Components whose weight rounds to 0 are left out. For exact values of coordinates there is
  /// [#conditional], whose law has fewer.
  ///
  /// @param a A, M rows of D numbers
  /// @param y M numbers
  /// @param noiseStd above 0
  /// @throws IllegalArgumentException if a shape does not fit, a number is not finite, or noiseStd
  ///     is not above 0 or so small that rounding leaves no variance
  public GaussianMixture posterior(double[][] a, double[] y, double noiseStd) {
    Checks.positive("noiseStd", noiseStd);
    GaussianMixture measured = measured(a, noiseStd);
    if (y.length != a.length) {
      throw new IllegalArgumentException(
          "y has %d numbers but a has %d rows".formatted(y.length, a.length));
    }
    Checks.finite("y", y);
    return reweighted(
        measured,
        y,
        k -> Conditioning.posterior(components[k], a, y, noiseStd, measured.components[k]));
  }

  /// The law of some coordinates, whatever the others are.
  ///
  /// @param coordinates which, in the order wanted, from 0
  /// @throws IllegalArgumentException if there is none, one is there twice, or out of range
  public GaussianMixture marginal(int... coordinates) {
    Conditioning.others(coordinates, dim());
    return map(c -> Conditioning.marginal(c, coordinates));
  }

  /// The law of the other coordinates, in their order, given the exact values of some: what missing
  /// values may be.
  ///
  /// @param coordinates which are known, from 0
  /// @param values their values, in that order
  /// @throws IllegalArgumentException if none or all are known, one is there twice or out of range,
  ///     or a value is not finite
  public GaussianMixture conditional(int[] coordinates, double[] values) {
    int[] free = Conditioning.others(coordinates, dim());
    if (free.length == 0 || values.length != coordinates.length) {
      throw new IllegalArgumentException(
          "%d coordinates of %d (D) are known, with %d values: leave one unknown, give one for each"
              .formatted(coordinates.length, dim(), values.length));
    }
    Checks.finite("values", values);
    GaussianMixture known = marginal(coordinates);
    return reweighted(
        known,
        values,
        k ->
            Conditioning.conditional(
                components[k], free, coordinates, values, known.components[k]));
  }

  private GaussianMixture map(UnaryOperator<Gaussian> each) {
    Gaussian[] mapped = new Gaussian[components.length];
    for (int k = 0; k < mapped.length; k++) {
      mapped[k] = each.apply(components[k]);
    }
    return new GaussianMixture(weights, mapped);
  }

  // components as likely as those of another mixture make y; of weight 0, left out
  private GaussianMixture reweighted(
      GaussianMixture evidence, double[] y, IntFunction<Gaussian> component) {
    double logDensity = evidence.logDensity(y);
    List<Gaussian> kept = new ArrayList<>();
    double[] shares = new double[components.length];
    for (int k = 0; k < components.length; k++) {
      double share = Math.exp(evidence.exponent(y, k) - logDensity);
      if (share > 0) {
        shares[kept.size()] = share;
        kept.add(component.apply(k));
      }
    }
    return of(Arrays.copyOf(shares, kept.size()), kept.toArray(Gaussian[]::new));
  }

  /// The entropy −E log p in nats of a mixture on the line, to 1e-12 by quadrature.
  ///
  /// @throws IllegalArgumentException if D > 1; −[#logDensity] averaged over samples estimates it
  public double entropy() {
    requireLine();
    return -Quadrature.mean(this, x -> logDensity(new double[] {x}));
  }

  /// The Fisher information E‖s‖² of a mixture on the line, to a relative 1e-12 by quadrature:
  /// twice the rate at which the entropy grows with the variance of added noise (de Bruijn), and
  /// −2 times the least loss of score matching.
  ///
  /// @throws IllegalArgumentException if D > 1; ‖s‖² averaged over samples estimates it
  public double fisherInformation() {
    requireLine();
    return Quadrature.mean(
        this,
        x -> {
          double s = score(new double[] {x})[0];
          return s * s;
        });
  }

  private void requireLine() {
    if (dim() > 1) {
      throw new IllegalArgumentException(
          "quadrature is for one dimension but D = %d: average over samples instead"
              .formatted(dim()));
    }
  }

  /// `n` samples, each from a component drawn at random, so the counts of the components vary as
  /// the law says.
  @Override
  public Batch sample(Key key, int n) {
    Batch batch = Noise.normals(key, n, dim());
    Key choice = key.fold(0);
    for (int r = 0; r < n; r++) {
      double u = Noise.uniform(choice, 0, r);
      int k = 0;
      while (k < weights.length - 1 && u >= weights[k]) {
        u -= weights[k];
        k++;
      }
      components[k].shape(batch.data(), r * dim());
    }
    return batch;
  }

  private double exponent(double[] x, int k) {
    return logWeights[k] + components[k].logDensity(x);
  }

  @Override
  public double logDensity(double[] x) {
    Checks.length("x", x, dim());
    double max = exponent(x, 0);
    double total = 1;
    for (int k = 1; k < components.length; k++) {
      double e = exponent(x, k);
      if (e > max) {
        total = total * Math.exp(max - e) + 1;
        max = e;
      } else if (max != Double.NEGATIVE_INFINITY) {
        total += Math.exp(e - max);
      }
    }
    return max + Math.log(total);
  }

  @Override
  public void score(double[] x, double[] out) {
    Checks.length("x", x, dim());
    Checks.length("out", out, dim());
    // one pass: weights relative to the greatest exponent so far, rescaled when a greater one comes
    double max = exponent(x, 0);
    double total = 1;
    components[0].score(x, out);
    for (int k = 1; k < components.length; k++) {
      double e = exponent(x, k);
      double weight = 1;
      if (e > max) {
        double shrink = Math.exp(max - e);
        for (int i = 0; i < out.length; i++) {
          out[i] *= shrink;
        }
        total *= shrink;
        max = e;
      } else {
        weight = Math.exp(e - max);
      }
      total += weight;
      for (int i = 0; i < out.length; i++) {
        out[i] += weight * components[k].scoreAt(x, i);
      }
    }
    for (int i = 0; i < out.length; i++) {
      out[i] /= total;
    }
  }

  @Override
  public void jvp(double[] x, double[] v, double[] out) {
    Checks.length("v", v, dim());
    double[] score = new double[dim()];
    score(x, score);
    double logDensity = logDensity(x);
    Checks.length("out", out, dim());
    Arrays.fill(out, 0);
    for (int k = 0; k < components.length; k++) {
      double r = Math.exp(exponent(x, k) - logDensity);
      double along = 0;
      for (int i = 0; i < v.length; i++) {
        along += (components[k].scoreAt(x, i) - score[i]) * v[i];
      }
      for (int i = 0; i < v.length; i++) {
        out[i] +=
            r * (components[k].jvpAt(v, i) + (components[k].scoreAt(x, i) - score[i]) * along);
      }
    }
  }

  @Override
  public double divergence(double[] x) {
    double[] score = new double[dim()];
    score(x, score);
    double logDensity = logDensity(x);
    double sum = 0;
    for (int k = 0; k < components.length; k++) {
      double r = Math.exp(exponent(x, k) - logDensity);
      double square = 0;
      for (int i = 0; i < score.length; i++) {
        double difference = components[k].scoreAt(x, i) - score[i];
        square += difference * difference;
      }
      sum += r * (components[k].divergence(x) + square);
    }
    return sum;
  }

  @Override
  public String toString() {
    return "GaussianMixture[weights=%s, components=%s]"
        .formatted(Arrays.toString(weights), Arrays.toString(components));
  }
}
