package score4j.solve;

/// The drift f(x, t) of dx = f(x, t) dt + g(t) dw.
@FunctionalInterface
public interface Drift {
  /// Writes f(x, t) of one sample.
  ///
  /// @param x D numbers
  /// @param out D numbers, another array than `x`
  void drift(double[] x, double t, double[] out);
}
