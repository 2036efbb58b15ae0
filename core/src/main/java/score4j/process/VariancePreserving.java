package score4j.process;

/// The data shrinks while noise grows, so that standardised data keeps its variance.
///
/// ```text
/// dx = −½β(t)·x dt + √β(t) dw,   β(t) = β_min + t·(β_max − β_min)
/// α = exp(−B/2),   std = √(1 − exp(−B)),   B = ∫₀ᵗ β              Song et al. 2021, equation 32
/// ```
///
/// @param betaMin β_min, above 0
/// @param betaMax β_max, no less than β_min
public record VariancePreserving(double betaMin, double betaMax) implements LinearSde {
  /// Checks the range.
  public VariancePreserving {
    Ranges.rising("betaMin", betaMin, "betaMax", betaMax);
  }

  @Override
  public Moments moments(double t) {
    double beta = beta(t);
    double integral = t * (betaMin + 0.5 * t * (betaMax - betaMin));
    double gained = -Exponential.expm1(-integral);
    return new Moments(-0.5 * integral, -0.5 * beta, gained, beta * (1 - gained));
  }

  private double beta(double t) {
    return betaMin + t * (betaMax - betaMin);
  }

  @Override
  public double driftCoefficient(double t) {
    return -0.5 * beta(t);
  }

  @Override
  public double squaredDiffusion(double t) {
    return beta(t);
  }

  @Override
  public double earliestTime() {
    return 1e-3;
  }
}
