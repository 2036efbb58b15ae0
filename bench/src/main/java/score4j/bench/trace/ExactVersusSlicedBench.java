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
import score4j.nn.JetEngine;
import score4j.rng.Key;

/// Loss and gradient of D-128-128-D softplus over 256 samples: the exact Jacobian trace against
/// probes, on one thread.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args=ExactVersusSliced
/// ```
/// Before the clock runs: the exact loss is the known one, the sliced losses are those of plain
/// automatic differentiation, and vector kernels give the bits of the scalar ones.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class ExactVersusSlicedBench {
  /// Which kernels: the program sets them for the whole process.
  @Param({"scalar", "vector"})
  public String kernels = "";

  /// Exact trace, in the way the library chooses or by the diagonal, or how many probes a sample.
  @Param({"exact", "diagonal", "m1", "m4"})
  public String objective = "";

  /// D.
  @Param({"2", "8", "32", "128", "784"})
  public int dim;

  private Workload workload = workload("exact", 2);
  private float[] gradient = {};
  private JetEngine engine = workload.engine(Threads.ONE);
  private long step;

  static Workload workload(String objective, int dim) {
    return Workload.named("W4-%d-%s".formatted(dim, objective));
  }

  /// Makes the engine and checks it.
  @Setup
  public void setup() {
    Variant.require(kernels);
    engine.close();
    workload = workload(objective, dim);
    gradient = new float[workload.parameters().size()];
    engine = workload.engine(Threads.ONE);
    step = 0;
    String name = "W4-%d-%s".formatted(dim, objective);
    Key key = Key.of(1);
    double loss = engine.lossAndGradient(workload.parameters(), workload.x(), key, gradient);
    Variant.agree(kernels, "trace-" + name, loss, gradient);
    workload.check(name, key, engine, loss, gradient);
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
