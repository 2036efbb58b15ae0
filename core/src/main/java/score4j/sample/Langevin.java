package score4j.sample;

import java.util.Objects;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.internal.kernel.Fma;
import score4j.rng.Key;

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
/// - **Cost** per step and sample: one score and D normals. Steady state allocates nothing beyond
///   what the score does.
///
/// @param stepSize ε
/// @param steps how many steps to make, at most 2³² − 1
/// @param threads what computes; each works on samples of its own and they meet only where a
///     listener looks on
public record Langevin(double stepSize, long steps, Threads threads) implements Sampler {
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

  @Override
  public Langevin withThreads(Threads threads) {
    return new Langevin(stepSize, steps, threads);
  }

  @Override
  public void run(
      Score score, Batch x, long firstSample, Key key, long every, ChainListener listener) {
    Chains.run(plan(), threads, score, x, firstSample, NoiseSource.of(key), every, listener);
  }

  private Plan plan() {
    AffineSteps equal = AffineSteps.builder().addLangevin(0, stepSize).build();
    return Plan.of(steps, equal, "use a stepSize smaller than " + stepSize);
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
}
