package score4j.bench.train;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
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

/// One step of training, loss and gradient, of every workload W1 to W5.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args=train.StepBench
/// ```
/// `-p threads=1,2` compares threads; `-prof gc` must say that a step allocates nothing.
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class StepBench {
  private static final int KEYS = 1000;

  /// Which kernels: the program sets them for the whole process.
  @Param({"scalar", "vector"})
  public String kernels = "";

  /// Which step.
  @Param({
    "W1",
    "W2",
    "W3",
    "W3r",
    "W4-2-exact",
    "W4-8-exact",
    "W4-32-exact",
    "W4-128-exact",
    "W4-784-exact",
    "W4-2-m1",
    "W4-8-m1",
    "W4-32-m1",
    "W4-128-m1",
    "W4-784-m1",
    "W4-2-m4",
    "W4-8-m4",
    "W4-32-m4",
    "W4-128-m4",
    "W4-784-m4",
    "W5a",
    "W5b"
  })
  public String workload = "";

  /// How many threads share the step.
  @Param("1")
  public int threads;

  private Workload data = Workload.named("W3");
  private JetEngine engine = data.engine(Threads.ONE);
  private float[] gradient = {};
  private long step;

  // made before, because a key is an object
  private final Key[] keys = LongStream.range(0, KEYS).mapToObj(Key::of).toArray(Key[]::new);

  /// Makes the engine and checks what it computes.
  @Setup
  public void setup() {
    Variant.require(kernels);
    engine.close();
    data = Workload.named(workload);
    engine = data.engine(Threads.of(threads));
    gradient = new float[data.parameters().size()];
    Key key = Key.of(1);
    double loss = engine.lossAndGradient(data.parameters(), data.x(), key, gradient);
    Variant.agree(kernels, "step-%s-%d".formatted(workload, threads), loss, gradient);
    data.check(workload, key, engine, loss, gradient);
  }

  /// Ends the threads of the engine.
  @TearDown
  public void close() {
    engine.close();
  }

  /// Loss and gradient at fixed parameters, with fresh random numbers where the loss has any.
  @Benchmark
  public double gradient() {
    return engine.lossAndGradient(
        data.parameters(), data.x(), keys[(int) (step++ % KEYS)], gradient);
  }
}
