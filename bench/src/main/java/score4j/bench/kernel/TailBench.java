package score4j.bench.kernel;

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
import score4j.rng.Key;

/// What widths cost that vectors do not divide: loss and gradient of 2-w-w-2 tanh on 256 samples
/// with the exact trace, where w is a multiple of 16, one more, and one less.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args=TailBench
/// ```
/// [#products(int)] says how many multiply-adds are useful; the report shows the time of each.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class TailBench {
  private static final int ROWS = 256;

  /// Which kernels: the program sets them for the whole process.
  @Param({"scalar", "vector"})
  public String kernels = "";

  /// The width of both hidden layers.
  @Param({"15", "16", "17", "63", "64", "65", "127", "128", "129"})
  public int width;

  private Workload workload = workload(1);
  private JetEngine engine = workload.engine(Threads.ONE);
  private float[] gradient = {};
  private final Key key = Key.of(1);

  private static Workload workload(int width) {
    return Workload.of(new ExactTrace(), Activation.TANH, ROWS, 2, width, width, 2);
  }

  /// The multiply-adds of the step between and beside the hidden layers, with both directions
  /// carried along: nine products of w × w for each sample, and 16 of w.
  public static double products(int width) {
    return ROWS * (9.0 * width * width + 16.0 * width);
  }

  /// Makes the engine and checks its losses against plain automatic differentiation.
  @Setup
  public void setup() {
    Variant.require(kernels);
    engine.close();
    workload = workload(width);
    engine = workload.engine(Threads.ONE);
    gradient = new float[workload.parameters().size()];
    double loss = gradient();
    String name = "tail-" + width;
    Variant.agree(kernels, name, loss, gradient);
    workload.check(name, key, engine, loss, gradient);
    engine.warmUp(workload.parameters(), workload.x(), key);
  }

  /// Ends the threads of the engine.
  @TearDown
  public void close() {
    engine.close();
  }

  /// Loss and gradient.
  @Benchmark
  public double gradient() {
    return engine.lossAndGradient(workload.parameters(), workload.x(), key, gradient);
  }
}
