package score4j.gpu;

import java.util.Arrays;
import score4j.Threads;
import score4j.array.Batch;
import score4j.backend.Backend;
import score4j.nn.Activation;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.rng.Key;

/// Prints what a probe finds and, if asked to, computes something on the card.
public final class ProbeProgram {
  private ProbeProgram() {}

  /// Probes twice.
  ///
  /// @param arguments `score` for a score by the backend `gpu`, too
  public static void main(String[] arguments) {
    Gpu.Probe probe = Gpu.probe();
    System.out.println(probe);
    if (!probe.equals(Gpu.probe())) {
      throw new AssertionError("another answer the second time");
    }
    if (arguments.length > 0) {
      ScoreNetwork network =
          ScoreNetwork.initialize(
              Mlp.of(Activation.TANH, 2, 8, 8, 2), Init.GLOROT_UNIFORM, Key.of(1));
      Batch x = Batch.of(new float[] {0.5f, -1}, new float[] {2, 3});
      try (Backend backend = Backend.open("gpu", Threads.ONE)) {
        float[] actual = backend.score(network).score(x).data();
        System.out.println(Arrays.equals(actual, network.score(x).data()));
      }
    }
  }
}
