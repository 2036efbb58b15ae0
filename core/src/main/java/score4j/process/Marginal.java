package score4j.process;

/// The law of a sample at one time given where it began: x_t = meanScale·x₀ + std·z, z ~ N(0, I).
///
/// @param meanScale α(t)
/// @param std σ(t), at least 0
public record Marginal(double meanScale, double std) {
  /// The noise level relative to the data σ/α, which is what a denoiser of the unscaled x₀ sees.
  public double noiseLevel() {
    return std / meanScale;
  }
}
