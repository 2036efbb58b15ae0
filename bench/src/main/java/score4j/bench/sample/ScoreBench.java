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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import score4j.Threads;
import score4j.array.Batch;
import score4j.bench.Variant;
import score4j.bench.Workload;
import score4j.nn.Activation;
import score4j.nn.ScoreNetwork;
import score4j.objective.ExactTrace;
import score4j.sample.ParallelScore;

/// The scores of 65,536 points: W7a on the ring's network, W7b on 64-512-512-64.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args=sample.ScoreBench
/// ```
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class ScoreBench {
  private static final int POINTS = 65_536;

  /// Which kernels: the program sets them for the whole process.
  @Param({"scalar", "vector"})
  public String kernels = "";

  /// Which network.
  @Param({"W7a", "W7b"})
  public String workload = "";

  /// How many threads share the points.
  @Param("1")
  public int threads;

  /// How many points: fewer in a test.
  public int points = POINTS;

  private Batch x = Batch.zeros(0, 2);
  private Batch out = Batch.zeros(0, 2);
  private ParallelScore score = ParallelScore.of(network("W7a", 1), Threads.ONE);

  private static Workload data(String name, int points) {
    return switch (name) {
      case "W7a" -> Workload.of(new ExactTrace(), Activation.TANH, points, 2, 64, 128, 64, 2);
      case "W7b" -> Workload.of(new ExactTrace(), Activation.SOFTPLUS, points, 64, 512, 512, 64);
      default -> throw new IllegalArgumentException("workload " + name);
    };
  }

  private static ScoreNetwork network(String name, int points) {
    Workload data = data(name, points);
    return ScoreNetwork.of(data.mlp(), data.parameters());
  }

  /// Computes the scores once and checks them: ‖s‖² over all numbers in float64.
  @Setup
  public void setup() {
    Variant.require(kernels);
    score.close();
    x = data(workload, points).x();
    out = Batch.zeros(x.rows(), x.cols());
    score = ParallelScore.of(network(workload, points), Threads.of(threads));
    score.score(x, out);
    Variant.agree(kernels, "score-%s-%d".formatted(workload, points), 0, out.data());
    double squares = 0;
    for (float s : out.data()) {
      squares += (double) s * s;
    }
    double known = workload.equals("W7a") ? 0.029262725112674685 : 0.17136634580066618;
    double mean = squares / out.data().length;
    // float32 against float64: errors of 10³ roundings of 2⁻²⁴ average out
    if (points == POINTS && !(Math.abs(mean - known) <= 3e-5 * known)) {
      throw new IllegalStateException("mean square is %s but must be %s".formatted(mean, known));
    }
  }

  /// Ends the threads.
  @TearDown
  public void close() {
    score.close();
  }

  /// All scores.
  @Benchmark
  public Batch scores() {
    score.score(x, out);
    return out;
  }
}
