package score4j.bench.gpu;

import java.util.Arrays;
import score4j.bench.Workload;
import score4j.nn.Activation;
import score4j.nn.ScoreNetwork;
import score4j.objective.Objective;

/// The networks of this package, by their widths: one hidden layer and those of 64 dimensions are
/// softplus, the ring's is tanh.
final class Net {
  private Net() {}

  static Workload workload(String widths, Objective objective, int rows) {
    int[] sizes = Arrays.stream(widths.split("-", -1)).mapToInt(Integer::parseInt).toArray();
    return Workload.of(
        objective, widths.startsWith("2-") ? Activation.TANH : Activation.SOFTPLUS, rows, sizes);
  }

  static ScoreNetwork score(Workload workload) {
    return ScoreNetwork.of(workload.mlp(), workload.parameters());
  }
}
