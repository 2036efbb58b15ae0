package score4j.sample;

import java.util.Objects;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.internal.kernel.Fma;
import score4j.internal.parallel.Team;
import score4j.rng.Key;
import score4j.rng.Noise;

/// The unadjusted Langevin algorithm: each sample follows the score uphill and is kicked by noise,
/// and ends up distributed nearly as the density whose score it is.
///
/// ```text
/// x ← x + ε·s(x) + √(2ε)·z,   z ~ N(0, I)                     Roberts & Tweedie 1996 (ULA)
/// ```
/// - **Step size**: ε as in the formula. Papers that write x + (ε/2)·s + √ε·z mean half of their ε.
/// - **Error**: nothing is rejected, so the law that the chain settles in is biased by O(ε): for
///   N(0, s²) its variance is s²/(1 − ε/(2s²)), and it diverges for ε > 2s². Modes that are far
///   apart exchange samples slowly, whatever ε.
/// - **Randomness**: the noise of step k, sample i, coordinate d is that number of [Noise#normals]
///   under the key, so the result does not depend on threads, nor on how the samples are split into
///   batches.
/// - **Cost** per step and sample: one score and D normals. Steady state allocates nothing beyond
///   what the score does.
///
/// @param stepSize ε
/// @param steps how many steps to make, at most 2³² − 1
/// @param threads what computes; each works on samples of its own and they meet only where a
///     listener looks on
public record Langevin(double stepSize, long steps, Threads threads) {
  /// How many samples a thread takes at once: enough for the tiles of a network, few enough to stay
  /// in the cache.
  private static final int CHUNK = 256;

  /// Sees the chain on its way.
  @FunctionalInterface
  public interface Listener {
    /// Called from the thread that runs the chain, before the first step (`step` = 0), then after
    /// every so many steps, and after the last.
    ///
    /// @param step how many steps have been made
    /// @param x the samples as they are now, shared with the chain: copy what is to be kept, and do
    ///     not write
    void state(long step, Batch x);
  }

  /// Checks the ranges.
  public Langevin {
    if (!((float) stepSize > 0) || stepSize > Float.MAX_VALUE) {
      throw new IllegalArgumentException(
          "stepSize must be a positive number that a float can hold but was %s"
              .formatted(stepSize));
    }
    if (steps < 0 || steps > 0xFFFFFFFFL) {
      throw new IllegalArgumentException(
          "steps must be from 0 to 2³² − 1 but was %d: use another key to go on after that"
              .formatted(steps));
    }
    Objects.requireNonNull(threads, "threads");
  }

  /// `steps` steps of size `stepSize` on all processors of this machine.
  public static Langevin of(double stepSize, long steps) {
    return new Langevin(stepSize, steps, Threads.available());
  }

  /// The same chain on other threads; it gives the same result.
  public Langevin withThreads(Threads threads) {
    return new Langevin(stepSize, steps, threads);
  }

  /// Where the chains that begin in the rows of `start` are after all steps, in a new batch.
  ///
  /// @throws IllegalArgumentException if `start` has another dimension than the score, or is not
  ///     finite
  /// @throws ArithmeticException if a chain leaves the finite numbers; names the step, the key and
  ///     the row
  public Batch sample(Score score, Batch start, Key key) {
    Batch x = start.copy();
    run(score, x, key, Math.max(1, steps), (step, state) -> {});
    return x;
  }

  /// Runs the chains in place, with a look at them after every `every` steps.
  ///
  /// @param x where the chains begin, and where they are afterwards
  /// @param every how many steps to make between two calls of the listener, at least 1
  /// @throws IllegalArgumentException if `x` has another dimension than the score, or is not finite
  /// @throws ArithmeticException if a chain leaves the finite numbers; names the step, the key and
  ///     the row. `x` is then of no use.
  public void run(Score score, Batch x, Key key, long every, Listener listener) {
    run(score, x, 0, key, every, listener);
  }

  /// Runs chains that are a part of more: row r is sample `firstSample` + r of the whole and gets
  /// the noise of that sample, so running the parts one after another gives what running the whole
  /// at once would.
  ///
  /// @param firstSample the number of the sample in the first row
  public void run(Score score, Batch x, long firstSample, Key key, long every, Listener listener) {
    x.requireCols("x", score.dim());
    x.requireFinite("x");
    if (every < 1) {
      throw new IllegalArgumentException(
          "every must be at least 1 but was %d: use %d to see the start and the end alone"
              .formatted(every, Math.max(1, steps)));
    }
    listener.state(0, x);
    Chains chains = new Chains(score, x, firstSample, key);
    try (Team team = new Team(threads.count(), threads.executor())) {
      for (long step = 0; step < steps; ) {
        chains.from = step;
        chains.to = step + Math.min(every, steps - step);
        team.run(chains.count(), chains);
        chains.requireFinite();
        step = chains.to;
        listener.state(step, x);
      }
    }
  }

  /// One step with given score and noise, for the places `from` (included) to `to` (excluded) of
  /// three arrays of one shape.
  ///
  /// ```text
  /// x ← fma(noiseScale, z, fma(stepSize, s, x))       each fma rounds once
  /// ```
  ///
  /// @param x the state, overwritten
  /// @param s the score there
  /// @param z standard normal noise
  /// @param stepSize ε
  /// @param noiseScale √(2ε)
  public static void step(
      float[] x, float[] s, float[] z, int from, int to, float stepSize, float noiseScale) {
    Objects.checkFromToIndex(from, to, x.length);
    Objects.checkFromToIndex(from, to, s.length);
    Objects.checkFromToIndex(from, to, z.length);
    for (int i = from; i < to; i++) {
      x[i] = Fma.fma(noiseScale, z[i], Fma.fma(stepSize, s[i], x[i]));
    }
  }

  /// The samples in chunks. A chunk makes all steps up to the next look by itself.
  private final class Chains implements Team.Chunk {
    private final Score score;
    private final Batch x;
    private final Batch s;
    private final float[] z;
    private final long firstSample;
    private final Key key;
    private final float epsilon = (float) stepSize;
    private final float noiseScale = (float) Math.sqrt(2 * stepSize);

    /// After how many steps a chunk was first not finite; 0 while it is. Each is written by the
    /// thread that has the chunk.
    private final long[] broken;

    private long from;
    private long to;

    Chains(Score score, Batch x, long firstSample, Key key) {
      this.score = score;
      this.x = x;
      this.firstSample = firstSample;
      this.key = key;
      s = Batch.zeros(x.rows(), x.cols());
      z = new float[x.data().length];
      broken = new long[count()];
    }

    int count() {
      return Math.ceilDiv(x.rows(), CHUNK);
    }

    @Override
    public void run(int index, int member) {
      int first = index * CHUNK;
      int last = Math.min(x.rows(), first + CHUNK);
      int cols = x.cols();
      for (long step = from; step < to; step++) {
        score.score(x, first, last, 0, s);
        Noise.normals(key, (int) step, firstSample + first, last - first, cols, z, first * cols);
        step(x.data(), s.data(), z, first * cols, last * cols, epsilon, noiseScale);
        if (!finite(x.data(), first * cols, last * cols)) {
          broken[index] = step + 1;
          return;
        }
      }
    }

    /// Looks for the earliest break, and the first row among those: the same one on any number of
    /// threads.
    void requireFinite() {
      long earliest = Long.MAX_VALUE;
      for (long step : broken) {
        if (step > 0) {
          earliest = Math.min(earliest, step);
        }
      }
      if (earliest == Long.MAX_VALUE) {
        return;
      }
      for (int i = 0; i < x.data().length; i++) {
        if (broken[i / x.cols() / CHUNK] == earliest && !Float.isFinite(x.data()[i])) {
          throw new ArithmeticException(
              "the chain left the finite numbers at step %d, key %s, row %d (column %d is %s): use a stepSize smaller than %s"
                  .formatted(earliest, key, i / x.cols(), i % x.cols(), x.data()[i], stepSize));
        }
      }
      throw new AssertionError("a chunk broke but every number is finite");
    }

    /// Whether all are; a NaN stays the largest.
    private static boolean finite(float[] x, int from, int to) {
      float largest = 0;
      for (int i = from; i < to; i++) {
        largest = Math.max(largest, Math.abs(x[i]));
      }
      return largest <= Float.MAX_VALUE;
    }
  }
}
