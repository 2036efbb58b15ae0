package score4j.process;

/// Noise of diffusion σᵗ; with σ = e it is dx = eᵗ dw.
///
/// ```text
/// dx = σᵗ dw,   std = √((σ²ᵗ − 1)/(2·ln σ))
/// ```
///
/// @param sigma σ, above 1
public record SigmaPower(double sigma) implements LinearSde {
  /// Checks the range.
  public SigmaPower {
    if (!(sigma > 1) || Double.isInfinite(sigma)) {
      throw new IllegalArgumentException(
          "sigma must be finite and above 1, so that noise grows, but was %s: 25 is usual"
              .formatted(sigma));
    }
  }

  @Override
  public Moments moments(double t) {
    double log = StrictMath.log(sigma);
    double gained = Exponential.expm1(2 * t * log);
    return new Moments(0, 0, gained / (2 * log), 1 + gained);
  }

  @Override
  public double earliestTime() {
    return 1e-5;
  }
}
