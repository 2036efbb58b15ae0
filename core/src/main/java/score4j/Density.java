package score4j;

import score4j.array.Batch;

/// A probability density p(x) that can be evaluated, and hence has a score.
public interface Density extends Score {
  /// Writes log p(xᵢ), in nats and normalised, into `out[i]`.
  ///
  /// @param x samples, B × D
  /// @param out at least B numbers
  void logDensity(Batch x, double[] out);

  /// log p(xᵢ) for every row, in a new array.
  default double[] logDensity(Batch x) {
    double[] out = new double[x.rows()];
    logDensity(x, out);
    return out;
  }
}
