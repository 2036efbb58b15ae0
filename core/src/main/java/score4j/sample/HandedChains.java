package score4j.sample;

import score4j.array.Batch;
import score4j.rng.Key;
import score4j.sample.ChainScore.Chain;

/// The chains of a batch, made by a [ChainScore] from one look to the next.
///
/// Nobody looks between. When a stretch ends with numbers that are not finite, the step at which
/// the first of them turned up is found by halving, with chains begun anew from where the last
/// numbers were finite: numbers that are not finite stay so, and the same steps make the same
/// numbers again.
final class HandedChains {
  private final ChainScore score;
  private final AffineSteps steps;
  private final Batch x;
  private final long firstSample;
  private final Key key;
  private final String remedy;
  private Batch next;

  HandedChains(
      ChainScore score, AffineSteps steps, Batch x, long firstSample, Key key, String remedy) {
    this.score = score;
    this.steps = steps;
    this.x = x;
    this.firstSample = firstSample;
    this.key = key;
    this.remedy = remedy;
    next = Batch.zeros(x.rows(), x.cols());
  }

  /// Makes all steps.
  ///
  /// @param count how many
  void run(long count, long every, ChainListener listener) {
    long from = 0;
    long to = 0;
    try (Chain chain = score.begin(steps, x, firstSample, key)) {
      while (to < count) {
        from = to;
        to += Math.min(every, count - from);
        chain.advance(from, to);
        chain.read(next);
        if (firstNotFinite(next) >= 0) {
          break; // so that the memory is free for the search
        }
        System.arraycopy(next.data(), 0, x.data(), 0, x.data().length);
        listener.state(to, x);
        from = to;
      }
    }
    if (from < to) {
      throw search(from, to);
    }
  }

  /// The end of chains that are finite at one step, in x, and not at a later one, in `next`.
  private ArithmeticException search(long from, long to) {
    Batch good = x.copy();
    Batch probe = Batch.zeros(x.rows(), x.cols());
    while (to - from > 1) {
      long middle = (from + to) >>> 1;
      try (Chain chain = score.begin(steps, good, firstSample, key)) {
        chain.advance(from, middle);
        chain.read(probe);
      }
      Batch other;
      if (firstNotFinite(probe) < 0) {
        from = middle;
        other = good;
        good = probe;
      } else {
        to = middle;
        other = next;
        next = probe;
      }
      probe = other;
    }
    return Chains.notFinite(to, key, firstNotFinite(next), next, remedy);
  }

  /// The place of the first number that is not finite; −1 if there is none.
  private static int firstNotFinite(Batch batch) {
    float[] data = batch.data();
    for (int i = 0; i < data.length; i++) {
      if (!Float.isFinite(data[i])) {
        return i;
      }
    }
    return -1;
  }
}
