package score4j.inverse;

import score4j.DifferentiableScore;
import score4j.Score;
import score4j.array.Batch;
import score4j.process.LinearSde;

/// The score of a prior guided by a measurement, as if x₀ were normal around its mean given x_t
/// (ΠGDM): a score of time that any sampler takes.
///
/// ```text
/// s(x, t) + (∂x̂₀/∂x)ᵀ·Aᵀ·(r²·A·Aᵀ + σ_y²·I)⁻¹·(y − A·x̂₀),   x̂₀ = (x + σ²·s(x, t))/α
/// r² = σ²·s_d²/(α²·s_d² + σ²)                          Song et al. 2023, section 3
/// ```
/// r² is the variance of a coordinate of x₀ given x_t where the data has std s_d: with x₀ ~
/// N(m, s_d²·I) the precisions of prior and noise add up, 1/r² = 1/s_d² + α²/σ². The paper has
/// s_d = 1.
/// - **Error**: none if x₀ is normal with covariance s_d²·I. Else it is wrong as far as the
///   variance of x₀ given x_t is not r² in all directions, least near t = 0, where it is exact.
///   A s_d of the spread within modes suits laws of several; a larger one makes the samples too
///   wide: on three modes of std 0.3 to 0.45 measured with σ_y = 0.3, the covariance is off by 0.29
///   with s_d = 0.4 and by 1.7 with 1.
/// - **Exact values** (σ_y = 0) are fine as long as t has noise.
/// - **Cost**: one score and one vjp of the prior. Allocates some 3·D numbers a row.
///
/// @param prior s, the score of x_t under the process
/// @param process whose noise the prior is under
/// @param measurement of x₀
/// @param dataStd s_d, above 0; 1 for standardised data
public record PseudoInverseGuidance(
    DifferentiableScore prior, LinearSde process, LinearMeasurement measurement, double dataStd)
    implements Score {
  /// Checks that all fits.
  public PseudoInverseGuidance {
    Guidance.requireSameDim(prior, process, measurement);
    if (!(dataStd > 0) || Double.isInfinite(dataStd)) {
      throw new IllegalArgumentException(
          "dataStd must be finite and above 0 but was %s: 1 for standardised data"
              .formatted(dataStd));
    }
  }

  /// Guidance for standardised data, s_d = 1.
  public static PseudoInverseGuidance of(
      DifferentiableScore prior, LinearSde process, LinearMeasurement measurement) {
    return new PseudoInverseGuidance(prior, process, measurement, 1);
  }

  @Override
  public int dim() {
    return prior.dim();
  }

  @Override
  public int rowsAtOnce() {
    return prior.rowsAtOnce();
  }

  @Override
  public void score(Batch x, int from, int to, double t, Batch out) {
    Guidance.score(prior, process, measurement, weights(), x, from, to, null, t, out);
  }

  @Override
  public void score(Batch x, int from, int to, double[] t, Batch out) {
    Guidance.score(prior, process, measurement, weights(), x, from, to, t, 0, out);
  }

  private Guidance.Weights weights() {
    double noise = measurement.noiseStd() * measurement.noiseStd();
    double data = dataStd * dataStd;
    return (square, marginal) -> {
      double scaled = marginal.meanScale() * marginal.meanScale() * data;
      double added = marginal.std() * marginal.std();
      double rest = added * data / (scaled + added);
      return 1 / (rest * square + noise);
    };
  }
}
