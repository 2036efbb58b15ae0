package score4j.bench.gpu;

import org.jspecify.annotations.Nullable;
import score4j.Threads;
import score4j.array.Batch;
import score4j.backend.Backend;
import score4j.gpu.Arithmetic;
import score4j.gpu.DeviceArray;
import score4j.gpu.Gpu;
import score4j.gpu.GpuBackend;
import score4j.gpu.GpuScore;
import score4j.nn.ScoreNetwork;
import score4j.rng.Key;
import score4j.sample.AffineSteps;
import score4j.sample.ChainScore;

/// Where something is computed: a backend by its name, or `gpu-fast`, the card with arithmetic of
/// its own.
final class Place implements AutoCloseable {
  static final String FAST = "gpu-fast";

  private final String name;
  private final Backend backend;
  private ChainScore.@Nullable Chain chain;

  private Place(String name, Threads threads) {
    this.name = name;
    backend =
        name.equals(FAST)
            ? GpuBackend.of(Gpu.open(), Arithmetic.FAST, threads)
            : Backend.open(name, threads);
  }

  static Place open(String name, int threads) {
    return new Place(name, Threads.of(threads));
  }

  Backend backend() {
    return backend;
  }

  /// Scores of samples that stay on the card, or nothing on the processor.
  @Nullable Runnable residentScores(ScoreNetwork network, Batch x) {
    if (!(backend instanceof GpuBackend card)) {
      return null;
    }
    GpuScore score = card.score(network);
    int numbers = x.data().length;
    DeviceArray in = card.session().allocate(numbers);
    DeviceArray out = card.session().allocate(numbers);
    in.upload(x.data(), 0, 0, numbers);
    return () -> {
      score.score(in, x.rows(), 0, out);
      card.session().synchronize();
    };
  }

  /// Steps of chains that stay on the card, or nothing on the processor.
  @Nullable Runnable residentSteps(ScoreNetwork network, AffineSteps steps, Batch x, int count) {
    if (!(backend instanceof GpuBackend card)) {
      return null;
    }
    ChainScore.Chain begun = card.score(network).begin(steps, x, 0, Key.of(1));
    chain = begun;
    long[] step = {0};
    return () -> {
      begun.advance(step[0], step[0] + count);
      card.session().synchronize();
      step[0] += count;
    };
  }

  boolean fast() {
    return name.equals(FAST);
  }

  /// Throws unless numbers have the processor's bits; of `gpu-fast`, unless they are near.
  void agree(float[] computed, float[] reference) {
    for (int i = 0; i < reference.length; i++) {
      boolean same =
          fast()
              // some 10⁻⁵ in a score; what is to be found here is another function
              ? Math.abs(computed[i] - reference[i]) <= 1e-3 * (1 + Math.abs(reference[i]))
              : Float.floatToIntBits(computed[i]) == Float.floatToIntBits(reference[i]);
      if (!same) {
        throw new IllegalStateException(
            "%s: number %d is %s but the processor has %s"
                .formatted(this, i, computed[i], reference[i]));
      }
    }
  }

  @Override
  public void close() {
    if (chain != null) {
      chain.close();
    }
    backend.close();
  }

  @Override
  public String toString() {
    return backend.toString();
  }
}
