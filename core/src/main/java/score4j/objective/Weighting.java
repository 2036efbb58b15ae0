package score4j.objective;

import score4j.process.LinearSde;
import score4j.process.Marginal;

/// How much the loss at a time counts: λ(t).
///
/// The loss at t is half the squared error of the score, λ(t)·½‖s(x_t, t) − ∇ log p(x_t | x₀)‖²,
/// whose expectation at the truth grows as D/σ².
@FunctionalInterface
public interface Weighting {
  /// λ(t), at least 0.
  double at(LinearSde process, double t);

  /// σ^p: p = 2 makes all times count about the same, with targets of size √D.
  ///
  /// @param exponent p
  record Power(double exponent) implements Weighting {
    /// Checks that the exponent is finite.
    public Power {
      if (!Double.isFinite(exponent)) {
        throw new IllegalArgumentException(
            "exponent must be finite but was %s: 2 is usual".formatted(exponent));
      }
    }

    @Override
    public double at(LinearSde process, double t) {
      if (exponent == 0) {
        return 1;
      }
      return exponent == 2
          ? process.moments(t).variance()
          : StrictMath.pow(process.marginal(t).std(), exponent);
    }
  }

  /// g²: the weighted loss, plus what does not depend on the network, is an upper bound of the
  /// negative log likelihood of the model that the reverse diffusion samples.
  record Likelihood() implements Weighting {
    @Override
    public double at(LinearSde process, double t) {
      double g = process.diffusion(t);
      return g * g;
    }
  }

  /// What makes the error of the inner network F count the same at every time, in the scaling of
  /// [score4j.nn.Conditioning.Scaling#EDM].
  ///
  /// ```text
  /// λ = w(σ̃)·σ⁴/α²,   w = (σ̃² + d²)/(σ̃·d)²,   σ̃ = σ/α            Karras et al. 2022, table 1
  /// ```
  ///
  /// @param dataStd d
  record Edm(double dataStd) implements Weighting {
    /// Checks the range.
    public Edm {
      if (!(dataStd > 0) || Double.isInfinite(dataStd)) {
        throw new IllegalArgumentException(
            "dataStd must be finite and above 0 but was %s: 1 for standardised data"
                .formatted(dataStd));
      }
    }

    @Override
    public double at(LinearSde process, double t) {
      Marginal marginal = process.marginal(t);
      double level = marginal.noiseLevel();
      double std = marginal.std();
      // σ⁴/α² = σ²·σ̃², which cancels the σ̃² below
      return (level * level + dataStd * dataStd) / (dataStd * dataStd) * std * std;
    }
  }

  /// σ(t)²: the usual one for samples that look right.
  static Weighting variance() {
    return new Power(2);
  }

  /// g(t)²: the one for likelihoods.
  static Weighting likelihood() {
    return new Likelihood();
  }

  /// 1.
  static Weighting uniform() {
    return new Power(0);
  }
}
