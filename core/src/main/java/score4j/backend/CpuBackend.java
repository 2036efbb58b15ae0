package score4j.backend;

import java.util.Objects;
import score4j.DifferentiableScore;
import score4j.Threads;
import score4j.internal.kernel.KernelChoice;
import score4j.nn.Conditioning;
import score4j.nn.Head;
import score4j.nn.JetEngine;
import score4j.nn.LossEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;

/// This processor, by the kernels that were chosen for it.
final class CpuBackend implements Backend {
  private final Threads threads;

  CpuBackend(Threads threads) {
    this.threads = Objects.requireNonNull(threads, "threads");
  }

  @Override
  public String name() {
    return CPU;
  }

  @Override
  public DifferentiableScore score(ScoreNetwork network) {
    return Objects.requireNonNull(network, "network");
  }

  @Override
  public LossEngine lossEngine(Mlp mlp, Conditioning conditioning, Head head) {
    return new JetEngine(mlp, conditioning, head, threads);
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "cpu: %s kernels, %d %s"
        .formatted(
            KernelChoice.kernels().name(),
            threads.count(),
            threads.count() == 1 ? "thread" : "threads");
  }
}
