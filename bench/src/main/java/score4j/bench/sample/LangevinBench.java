package score4j.bench.sample;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import score4j.Threads;
import score4j.array.Batch;
import score4j.bench.Variant;
import score4j.bench.Workload;
import score4j.nn.Activation;
import score4j.nn.ScoreNetwork;
import score4j.objective.ExactTrace;
import score4j.rng.Key;
import score4j.sample.Langevin;

/// 10,000 Langevin chains of 1,000 steps: W6a on 1-1024-1 softplus, W6b on the ring's network.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args=sample.LangevinBench
/// ```
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
@Fork(value = 1, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class LangevinBench {
  /// Which kernels: the program sets them for the whole process.
  @Param({"scalar", "vector"})
  public String kernels = "";

  /// Which network.
  @Param({"W6a", "W6b"})
  public String workload = "";

  /// How many threads share the chains.
  @Param("1")
  public int threads;

  /// How many steps: fewer in a test.
  @Param("1000")
  public int steps;

  private Batch start = Batch.zeros(0, 1);
  private ScoreNetwork score = network("W6a");

  private static Workload data(String name) {
    return switch (name) {
      case "W6a" -> Workload.of(new ExactTrace(), Activation.SOFTPLUS, 10_000, 1, 1024, 1);
      case "W6b" -> Workload.of(new ExactTrace(), Activation.TANH, 10_000, 2, 64, 128, 64, 2);
      default -> throw new IllegalArgumentException("workload " + name);
    };
  }

  private static ScoreNetwork network(String name) {
    Workload data = data(name);
    return ScoreNetwork.of(data.mlp(), data.parameters());
  }

  /// Runs a few steps and compares with the other kernels.
  @Setup
  public void setup() {
    Variant.require(kernels);
    start = data(workload).x();
    score = network(workload);
    Batch end = chain(3);
    Variant.agree(kernels, "langevin-%s-%d".formatted(workload, threads), 0, end.data());
  }

  private Batch chain(int steps) {
    return new Langevin(0.001, steps, Threads.of(threads)).sample(score, start, Key.of(1));
  }

  /// All chains.
  @Benchmark
  public Batch chains() {
    return chain(steps);
  }
}
