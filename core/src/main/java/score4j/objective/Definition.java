package score4j.objective;

import java.util.function.UnaryOperator;
import score4j.array.Batch;
import score4j.autodiff.Expr;
import score4j.rng.Key;

/// An objective as it is written down: the loss of one sample in terms of a score that can be
/// differentiated, and of random numbers that come with the sample.
///
/// This is what an objective means. A [score4j.nn.Head] computes the same on the fused kernels for
/// a score network; a definition runs for any score that can be traced, such as the gradient of an
/// energy.
public interface Definition {
  /// A short name for logs, tables and files.
  String name();

  /// Whether the loss takes derivatives of the score in x. An energy with relu has none.
  default boolean differentiatesScore() {
    return true;
  }

  /// How many vectors of D numbers come with each sample: M probes, one noise or known score, or
  /// none.
  int draws();

  /// Writes the vectors of some samples.
  ///
  /// @param firstSample the number of the first row of x: sample i draws from (key, i)
  /// @param x the samples, B × D
  /// @param out B × draws × D
  /// @throws IllegalStateException if there are draws and the definition does not say which
  default void draw(Key key, long firstSample, Batch x, float[] out) {
    if (draws() != 0) {
      throw new IllegalStateException(
          "%s has draws() = %d but no draw: write the vectors of each sample into out"
              .formatted(name(), draws()));
    }
  }

  /// The loss of one sample, a scalar, in nats.
  ///
  /// @param score s, which may be called more than once and differentiated
  /// @param x the sample, a vector of D numbers
  /// @param draws the vectors that come with it, draws × D; x as its only row if there are none
  Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws);
}
