package score4j.process;

/// The two functions that determine a [LinearSde], and their derivatives, at one time.
///
/// ```text
/// m = log α(t),  m′,   v = σ(t)²,  v′          drift coefficient m′,   g² = v′ − 2·m′·v
/// ```
/// The last is the equation of the variance, v′ = 2·m′·v + g²; Särkkä & Solin 2019, equation 5.51.
///
/// @param logMeanScale m
/// @param logMeanScaleRate m′
/// @param variance v, at least 0
/// @param varianceRate v′
public record Moments(
    double logMeanScale, double logMeanScaleRate, double variance, double varianceRate) {}
