package score4j.bench.trace;

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
import score4j.bench.Variant;
import score4j.bench.Workload;
import score4j.nn.Activation;
import score4j.nn.JetEngine;
import score4j.objective.ExactTrace;
import score4j.objective.Objective;
import score4j.objective.Sliced;
import score4j.rng.Key;

/// Loss and gradient of D-128-128-D softplus over 256 samples: the exact Jacobian trace against
/// probes, on one thread.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args=ExactVersusSliced
/// ```
/// Before the clock runs: the exact loss is the known one, the sliced loss has the exact one as its
/// mean, and vector kernels give the bits of the scalar ones.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class ExactVersusSlicedBench {
  private static final int ROWS = 256;
  private static final int PROBE_KEYS = 32;

  /// Which kernels: the program sets them for the whole process.
  @Param({"scalar", "vector"})
  public String kernels = "";

  /// Exact trace, or how many probes a sample.
  @Param({"exact", "sliced-1", "sliced-4"})
  public String objective = "";

  /// D.
  @Param({"2", "8", "32"})
  public int dim;

  private Workload workload = workload(2);
  private Objective measured = new ExactTrace();
  private float[] gradient = {};
  private JetEngine engine = new JetEngine(workload.mlp(), measured, Threads.ONE);
  private long step;

  static Workload workload(int dim) {
    return Workload.of(Activation.SOFTPLUS, ROWS, dim, 128, 128, dim);
  }

  static Objective objective(String name) {
    return switch (name) {
      case "exact" -> new ExactTrace();
      case "sliced-1" -> Sliced.of(1);
      case "sliced-4" -> Sliced.of(4);
      default -> throw new IllegalArgumentException("objective " + name);
    };
  }

  /// The exact loss of the workload in float64, by torch and numpy.
  private static double knownLoss(int dim) {
    return switch (dim) {
      case 2 -> 0.4454361576864556;
      case 8 -> 1.077241525980524;
      case 32 -> 2.5852521619438003;
      default -> throw new IllegalArgumentException("no known loss for D = " + dim);
    };
  }

  /// Makes the engine and checks it.
  @Setup
  public void setup() {
    Variant.require(kernels);
    engine.close();
    workload = workload(dim);
    measured = objective(objective);
    gradient = new float[workload.parameters().size()];
    engine = new JetEngine(workload.mlp(), measured, Threads.ONE);
    step = 0;
    double loss = engine.lossAndGradient(workload.parameters(), workload.x(), Key.of(1), gradient);
    Variant.agree(kernels, "trace-%s-%d".formatted(objective, dim), loss, gradient);
    double known = knownLoss(dim);
    // float32 against float64: a sum of D products of widths 128 at 2⁻²⁴ each stays far below 1e-5
    // of its terms
    double tolerance = 1e-5 * (1 + Math.abs(known));
    if (!objective.equals("exact")) {
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < PROBE_KEYS; i++) {
        double l = engine.loss(workload.parameters(), workload.x(), Key.of(i));
        sum += l;
        squares += l * l;
      }
      loss = sum / PROBE_KEYS;
      double variance = (squares / PROBE_KEYS - loss * loss) * PROBE_KEYS / (PROBE_KEYS - 1);
      tolerance += 5 * Math.sqrt(Math.max(0, variance) / PROBE_KEYS);
    }
    if (!(Math.abs(loss - known) <= tolerance)) {
      throw new IllegalStateException(
          "%s, D = %d: loss is %s but must be %s ± %s"
              .formatted(objective, dim, loss, known, tolerance));
    }
  }

  /// Ends the threads of the engine.
  @TearDown
  public void close() {
    engine.close();
  }

  /// One loss and gradient, with fresh probes.
  @Benchmark
  public double gradient() {
    return engine.lossAndGradient(workload.parameters(), workload.x(), Key.of(step++), gradient);
  }
}
