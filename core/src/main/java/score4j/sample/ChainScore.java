package score4j.sample;

import score4j.Score;
import score4j.array.Batch;
import score4j.rng.Key;

/// A score that makes whole stretches of chains by itself, where it lives: on a device, the state
/// then crosses over when somebody looks and not at every step.
///
/// A [Sampler] whose steps are [AffineSteps] hands them over; with any other it asks for scores as
/// of any score. The listener, the checks and the messages of a run are the sampler's in both.
///
/// - **Bits**: a step computes what [AffineSteps] says, with the noise of step k, sample i,
///   coordinate d as in [score4j.rng.Noise#normals], so a chain handed over ends where it would
///   have ended otherwise, bit for bit if scores and multiply-adds are so.
public interface ChainScore extends Score {
  /// Many, because each call crosses over and back.
  @Override
  default int rowsAtOnce() {
    return 1 << 14;
  }

  /// Begins chains at the rows of a batch, which is left as it is.
  ///
  /// @param steps what the steps are
  /// @param x where the chains are, finite, B × D, B at least 1
  /// @param firstSample the number of the sample in the first row
  /// @param key where the noise comes from
  Chain begin(AffineSteps steps, Batch x, long firstSample, Key key);

  /// Chains on their way. Used by one caller at a time.
  interface Chain extends AutoCloseable {
    /// Makes steps number `from` (included) to `to` (excluded) of all chains, noise of the same
    /// numbers included. Called with rising, adjoining stretches; the first may begin anywhere, for
    /// chains that go on where others ended.
    ///
    /// Numbers that are no longer finite stay so, and are no error here: whoever reads them looks.
    void advance(long from, long to);

    /// Writes where the chains are.
    ///
    /// @param x B × D
    void read(Batch x);

    /// Gives the memory back. Does nothing the second time.
    @Override
    void close();
  }
}
