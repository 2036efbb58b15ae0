package score4j.process;

/// The drift of [VariancePreserving] with less noise: its variance never exceeds the other's.
///
/// ```text
/// dx = −½β(t)·x dt + √(β(t)·(1 − exp(−2B))) dw
/// α = exp(−B/2),   std = 1 − exp(−B)                              Song et al. 2021, equation 34
/// ```
///
/// @param betaMin β_min, above 0
/// @param betaMax β_max, no less than β_min
public record SubVariancePreserving(double betaMin, double betaMax) implements LinearSde {
  /// Checks the range.
  public SubVariancePreserving {
    Ranges.rising("betaMin", betaMin, "betaMax", betaMax);
  }

  @Override
  public Moments moments(double t) {
    double beta = betaMin + t * (betaMax - betaMin);
    double integral = t * (betaMin + 0.5 * t * (betaMax - betaMin));
    double std = -Exponential.expm1(-integral);
    return new Moments(-0.5 * integral, -0.5 * beta, std * std, 2 * std * beta * (1 - std));
  }

  @Override
  public double earliestTime() {
    return 1e-3;
  }
}
