package score4j.bench.autodiff;

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
import score4j.nn.LossEngine;
import score4j.objective.TracedEngine;
import score4j.rng.Key;

/// Loss and gradient of one batch on one thread: the objective's definition, traced and
/// differentiated by the library, against the fused kernels.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args="TracedStep -p kernels=vector"
/// ```
/// `-prof gc` must say that neither allocates anything.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class TracedStepBench {
  /// Which kernels: the program sets them for the whole process.
  @Param({"scalar", "vector"})
  public String kernels = "";

  /// Which engine.
  @Param({"fused", "traced"})
  public String engine = "";

  /// Which step.
  @Param({"W1", "W3", "W4-8-exact", "W4-8-m1"})
  public String workload = "";

  private Workload data = Workload.named("W3");
  private LossEngine measured = engine("fused", data);
  private float[] gradient = {};
  private final Key key = Key.of(1);

  private static LossEngine engine(String name, Workload data) {
    return switch (name) {
      case "fused" -> data.engine(Threads.ONE);
      case "traced" -> TracedEngine.of(data.objective(), data.mlp(), Threads.ONE);
      default -> throw new IllegalArgumentException("engine " + name);
    };
  }

  /// Makes the engine and checks it against the other.
  @Setup
  public void setup() {
    Variant.require(kernels);
    measured.close();
    data = Workload.named(workload);
    gradient = new float[data.parameters().size()];
    measured = engine(engine, data);
    double loss = gradient();
    Variant.agree(kernels, "traced-%s-%s".formatted(engine, workload), loss, gradient);
    float[] other = new float[gradient.length];
    try (LossEngine reference = engine(engine.equals("fused") ? "traced" : "fused", data)) {
      double expected = reference.lossAndGradient(data.parameters(), data.x(), 0, key, other);
      check(loss, expected);
      for (int i = 0; i < other.length; i++) {
        check(gradient[i], other[i]);
      }
    }
  }

  /// Two float32 computations: some 10³ roundings of 2⁻²⁴ on terms of size 1.
  private static void check(double value, double other) {
    if (!(Math.abs(value - other) <= 1e-5 * (1 + Math.abs(other)))) {
      throw new IllegalStateException("the engines disagree: %s and %s".formatted(value, other));
    }
  }

  /// Ends the threads of the engine.
  @TearDown
  public void close() {
    measured.close();
  }

  /// Loss and gradient at fixed parameters.
  @Benchmark
  public double gradient() {
    return measured.lossAndGradient(data.parameters(), data.x(), 0, key, gradient);
  }
}
