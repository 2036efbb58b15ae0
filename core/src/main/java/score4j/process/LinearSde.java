package score4j.process;

import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/// A diffusion with a drift that is linear in x: given where it began, a sample is normal at every
/// time, with a mean and a standard deviation that are known.
///
/// ```text
/// dx = a(t)·x dt + g(t) dw        x_t | x₀ ~ N(α(t)·x₀, σ(t)²·I)
/// α = exp m,   σ = √v,   a = m′,   g = √(v′ − 2·m′·v)                 m, v of [Moments]
/// ```
/// A process says what its [#moments] are and all else follows from them, so that drift, diffusion,
/// marginal, prior and grids cannot disagree. The set is closed because other backends know its
/// members; [#of] makes one from any a and g.
public sealed interface LinearSde extends Sde
    permits VarianceExploding, VariancePreserving, SubVariancePreserving, SigmaPower, CustomLinear {
  /// log α, σ² and their derivatives at a time.
  ///
  /// @param t from 0 to 1
  Moments moments(double t);

  /// The time up to which to follow the process backwards: the earliest at which the noise that is
  /// left can be told from rounding and a learned score can be trusted.
  double earliestTime();

  /// α(t) and σ(t).
  ///
  /// @param t from 0 to 1
  /// @throws IllegalArgumentException if it is not
  default Marginal marginal(double t) {
    if (!(t >= 0 && t <= 1)) {
      throw new IllegalArgumentException(
          "t must be from 0 (data) to 1 (noise) but was %s".formatted(t));
    }
    Moments moments = moments(t);
    return new Marginal(StrictMath.exp(moments.logMeanScale()), Math.sqrt(moments.variance()));
  }

  /// The drift coefficient a(t): f(x, t) = a(t)·x.
  default double driftCoefficient(double t) {
    return moments(t).logMeanScaleRate();
  }

  /// g(t)². A process may say this and [#driftCoefficient] itself where that is cheaper.
  default double squaredDiffusion(double t) {
    Moments at = moments(t);
    return Math.max(0, at.varianceRate() - 2 * at.logMeanScaleRate() * at.variance());
  }

  @Override
  default double diffusion(double t) {
    return Math.sqrt(squaredDiffusion(t));
  }

  @Override
  default void drift(double[] x, double t, double[] out) {
    double a = driftCoefficient(t);
    for (int d = 0; d < x.length; d++) {
      out[d] = a * x[d];
    }
  }

  @Override
  default double driftDivergence(double[] x, double t) {
    return x.length * driftCoefficient(t);
  }

  /// The standard deviation of the prior N(0, std²·I), from which samples start: σ(1), since what
  /// is left of the data, α(1)·x₀, is small beside it.
  default double priorStd() {
    return marginal(1).std();
  }

  /// The time at which the noise is so large relative to the data, σ(t)/α(t) = `noiseLevel`, by
  /// bisection; the ratio grows with t.
  ///
  /// @throws IllegalArgumentException if no time from 0 to 1 has it
  default double timeOf(double noiseLevel) {
    double least = marginal(0).noiseLevel();
    double most = marginal(1).noiseLevel();
    // a level at an end may have been rounded
    if (!(noiseLevel >= least * (1 - 1e-12) && noiseLevel <= most * (1 + 1e-12))) {
      throw new IllegalArgumentException(
          "noiseLevel must be between %s and %s for %s but was %s"
              .formatted(least, most, this, noiseLevel));
    }
    double low = 0;
    double high = 1;
    while (true) {
      double middle = 0.5 * (low + high);
      if (middle == low || middle == high) {
        return marginal(high).noiseLevel() <= noiseLevel ? high : low;
      }
      if (marginal(middle).noiseLevel() <= noiseLevel) {
        low = middle;
      } else {
        high = middle;
      }
    }
  }

  /// Variance exploding, from a point: σ(t)² = σ_min²·(r²ᵗ − 1), r = σ_max/σ_min.
  static LinearSde varianceExploding(double sigmaMin, double sigmaMax) {
    return new VarianceExploding(sigmaMin, sigmaMax, false);
  }

  /// Variance preserving with β(t) from `betaMin` to `betaMax`; 0.1 and 20 are usual.
  static LinearSde variancePreserving(double betaMin, double betaMax) {
    return new VariancePreserving(betaMin, betaMax);
  }

  /// Sub-variance preserving with β(t) from `betaMin` to `betaMax`; 0.1 and 20 are usual.
  static LinearSde subVariancePreserving(double betaMin, double betaMax) {
    return new SubVariancePreserving(betaMin, betaMax);
  }

  /// dx = sigmaᵗ dw.
  static LinearSde sigmaPower(double sigma) {
    return new SigmaPower(sigma);
  }

  /// The process of a drift coefficient and a diffusion of one's own.
  ///
  /// @param driftCoefficient a(t)
  /// @param diffusion g(t), above 0 for t > 0
  /// @throws IllegalArgumentException if either is not finite somewhere on [0, 1], or there is no
  ///     noise
  static LinearSde of(DoubleUnaryOperator driftCoefficient, DoubleUnaryOperator diffusion) {
    return new CustomLinear(
        Objects.requireNonNull(driftCoefficient, "driftCoefficient"),
        Objects.requireNonNull(diffusion, "diffusion"));
  }
}
