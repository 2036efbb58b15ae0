package score4j.sample;

import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.rng.Key;

/// What moves samples by a score: one chain for each row of a batch.
///
/// The noise of step k, sample i, coordinate d is that number of [score4j.rng.Noise#normals] under
/// the key. So a particle depends on the key, its own number and its own start alone: not on the
/// threads, not on how the samples are split into batches, not on who looks on.
public interface Sampler {
  /// How many steps a run makes. Each has a number of its own, by which its noise is addressed.
  long steps();

  /// The same sampler on other threads; it gives the same result.
  Sampler withThreads(Threads threads);

  /// Runs chains that are a part of more: row r is sample `firstSample` + r of the whole and gets
  /// the noise of that sample, so running the parts one after another gives what running the whole
  /// at once would.
  ///
  /// @param x where the chains begin, and where they are afterwards
  /// @param firstSample the number of the sample in the first row
  /// @param every how many steps to make between two calls of the listener, at least 1
  /// @throws IllegalArgumentException if `x` has another dimension than the score, or is not finite
  /// @throws ArithmeticException if a chain leaves the finite numbers; names the step, the key and
  ///     the row. `x` is then of no use.
  void run(Score score, Batch x, long firstSample, Key key, long every, ChainListener listener);

  /// Runs the chains in place, with a look at them after every `every` steps.
  ///
  /// @param x where the chains begin, and where they are afterwards
  /// @param every how many steps to make between two calls of the listener, at least 1
  /// @throws IllegalArgumentException if `x` has another dimension than the score, or is not finite
  /// @throws ArithmeticException if a chain leaves the finite numbers; names the step, the key and
  ///     the row. `x` is then of no use.
  default void run(Score score, Batch x, Key key, long every, ChainListener listener) {
    run(score, x, 0, key, every, listener);
  }

  /// Where the chains that begin in the rows of `start` are after all steps, in a new batch.
  ///
  /// @throws IllegalArgumentException if `start` has another dimension than the score, or is not
  ///     finite
  /// @throws ArithmeticException if a chain leaves the finite numbers; names the step, the key and
  ///     the row
  default Batch sample(Score score, Batch start, Key key) {
    Batch x = start.copy();
    run(score, x, key, Math.max(1, steps()), (step, state) -> {});
    return x;
  }
}
