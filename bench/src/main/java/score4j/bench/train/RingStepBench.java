package score4j.bench.train;

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
import score4j.array.Parameters;
import score4j.bench.Variant;
import score4j.bench.Workload;
import score4j.nn.JetEngine;
import score4j.optim.Adam;
import score4j.optim.OptimizerState;
import score4j.rng.Key;

/// One step of training on the network of the ring: 2-64-128-64-2 tanh, 512 samples, exact trace.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args=RingStep
/// ```
/// The line p0.50 is the median. `-prof gc` must say that a step allocates nothing.
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class RingStepBench {
  /// Which kernels: the program sets them for the whole process.
  @Param({"scalar", "vector"})
  public String kernels = "";

  /// How many threads share the step; `-p threads=1,2` compares.
  @Param("1")
  public int threads;

  private final Workload workload = Workload.named("W1");
  private final Adam adam = Adam.standard();
  private final float[] gradient = new float[workload.parameters().size()];
  private Parameters trained = workload.parameters().copy();
  private OptimizerState state = adam.init(gradient.length);
  private JetEngine engine = workload.engine(Threads.ONE);
  private final Key key = Key.of(1);

  /// Makes the engine and checks loss and gradient against the float64 values.
  @Setup
  public void setup() {
    Variant.require(kernels);
    engine.close();
    engine = workload.engine(Threads.of(threads));
    trained = workload.parameters().copy();
    state = adam.init(gradient.length);
    double loss = engine.lossAndGradient(workload.parameters(), workload.x(), key, gradient);
    Variant.agree(kernels, "ring-" + threads, loss, gradient);
    workload.check("W1", key, engine, loss, gradient);
  }

  /// Ends the threads of the engine.
  @TearDown
  public void close() {
    engine.close();
  }

  /// Workload W1: loss and gradient at fixed parameters.
  @Benchmark
  public double gradient() {
    return engine.lossAndGradient(workload.parameters(), workload.x(), key, gradient);
  }

  /// The same and the update by Adam.
  @Benchmark
  public double step() {
    double loss = engine.lossAndGradient(trained, workload.x(), key, gradient);
    adam.update(state, trained.data(), gradient, 1e-4);
    return loss;
  }
}
