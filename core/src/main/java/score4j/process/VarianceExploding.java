package score4j.process;

/// Noise that grows geometrically and drowns the data.
///
/// ```text
/// dx = g dw,   g = s(t)·√(2·ln r),   s(t) = σ_min·rᵗ,   r = σ_max/σ_min
/// std = √(s² − σ_min²), or s if smoothed                 Song et al. 2021, equation 30
/// ```
///
/// @param sigmaMin σ_min, above 0
/// @param sigmaMax σ_max, above σ_min; the largest distance between two data points, or more
/// @param smoothed whether a sample already carries noise σ_min at t = 0, so that the std is s(t):
///     the convention of a ladder of noise levels
public record VarianceExploding(double sigmaMin, double sigmaMax, boolean smoothed)
    implements LinearSde {
  /// Checks the range.
  public VarianceExploding {
    Ranges.ordered("sigmaMin", sigmaMin, "sigmaMax", sigmaMax);
  }

  @Override
  public Moments moments(double t) {
    double logRatio = StrictMath.log(sigmaMax / sigmaMin);
    double square = sigmaMin * sigmaMin;
    double gained = Exponential.expm1(2 * t * logRatio);
    double growth = 1 + gained;
    return new Moments(0, 0, square * (smoothed ? growth : gained), 2 * logRatio * square * growth);
  }

  @Override
  public double earliestTime() {
    return smoothed ? 0 : 1e-5;
  }
}
