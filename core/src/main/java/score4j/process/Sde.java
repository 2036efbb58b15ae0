package score4j.process;

/// A diffusion that turns data into noise.
///
/// ```text
/// dx = f(x, t) dt + g(t) dw,   t from 0 (data) to 1 (noise)          Song et al. 2021, equation 5
/// ```
/// Write one of your own to simulate it or to run it backwards with a score that is known; a
/// [LinearSde] is one whose marginals are known, which is what learning needs.
///
/// Implementations are immutable, so all methods may be called from several threads.
public interface Sde {
  /// Writes the drift f(x, t) of one sample.
  ///
  /// @param x D numbers
  /// @param out D numbers, another array than `x`
  void drift(double[] x, double t, double[] out);

  /// The divergence of the drift tr ∂f/∂x at one sample, which likelihoods need.
  ///
  /// @param x D numbers
  double driftDivergence(double[] x, double t);

  /// The diffusion g(t): g, not g².
  double diffusion(double t);
}
