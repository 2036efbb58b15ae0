package score4j.bench.gpu;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.backend.Backend;
import score4j.gpu.Arithmetic;
import score4j.gpu.DeviceArray;
import score4j.gpu.Gpu;
import score4j.gpu.GpuScore;
import score4j.gpu.Session;
import score4j.nn.ScoreNetwork;
import score4j.rng.Key;
import score4j.sample.AffineSteps;
import score4j.sample.ChainScore;

/// Where something is computed: a backend by its name, or `gpu-fast`, the card with arithmetic of
/// its own. Its arrays can be reached only on a card, by a session beside the backend's.
final class Place implements AutoCloseable {
  static final String FAST = "gpu-fast";

  private final String name;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final @Nullable Session session;
  private final Backend backend;

  private Place(String name, Threads threads) {
    this.name = name;
    backend = Backend.open(name.equals(FAST) ? Backend.GPU : name, threads);
    session = name.equals(Backend.CPU) ? null : Gpu.open();
  }

  static Place open(String name, int threads) {
    return new Place(name, Threads.of(threads));
  }

  /// The backend, which knows nothing of `gpu-fast`.
  Backend backend() {
    return backend;
  }

  /// A score from the processor's memory to the processor's memory.
  Score score(ScoreNetwork network) {
    return session != null && name.equals(FAST)
        ? session.score(network, Arithmetic.FAST)
        : backend.score(network);
  }

  /// Scores of samples that stay on the card, or nothing on the processor.
  @Nullable Runnable residentScores(ScoreNetwork network, Batch x) {
    Session on = session;
    if (on == null) {
      return null;
    }
    GpuScore score = on.score(network, arithmetic());
    int numbers = x.data().length;
    DeviceArray in = on.allocate(numbers);
    DeviceArray out = on.allocate(numbers);
    in.upload(x.data(), 0, 0, numbers);
    return () -> {
      score.score(in, x.rows(), 0, out);
      on.synchronize();
    };
  }

  /// Steps of chains that stay on the card, or nothing on the processor.
  @Nullable Runnable residentSteps(ScoreNetwork network, AffineSteps steps, Batch x, int count) {
    Session on = session;
    if (on == null) {
      return null;
    }
    ChainScore.Chain chain = on.score(network, arithmetic()).begin(steps, x, 0, Key.of(1));
    open.add(chain);
    long[] step = {0};
    return () -> {
      chain.advance(step[0], step[0] + count);
      on.synchronize();
      step[0] += count;
    };
  }

  private Arithmetic arithmetic() {
    return name.equals(FAST) ? Arithmetic.FAST : Arithmetic.REPRODUCIBLE;
  }

  /// Throws unless numbers have the processor's bits; of `gpu-fast`, unless they are near.
  void agree(float[] computed, float[] reference) {
    for (int i = 0; i < reference.length; i++) {
      boolean same =
          name.equals(FAST)
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
    try {
      for (AutoCloseable one : open) {
        one.close();
      }
    } catch (Exception e) { // none of these throws
      throw new IllegalStateException(e);
    }
    if (session != null) {
      session.close();
    }
    backend.close();
  }

  @Override
  public String toString() {
    return session == null ? backend.toString() : name + ": " + session;
  }
}
