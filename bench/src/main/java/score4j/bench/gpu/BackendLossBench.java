package score4j.bench.gpu;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import score4j.backend.Backend;
import score4j.bench.Workload;
import score4j.nn.Conditioning;
import score4j.nn.LossEngine;
import score4j.objective.ExactTrace;
import score4j.rng.Key;

/// Loss and gradient of a batch on the processor and on the card, with the exact trace and with one
/// probe. Samples, parameters and gradient lie in the processor's memory, as a trainer has them.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec \
///     -Dbench.args="BackendLossBench -p kernels=vector -rf json -rff losses.json"
/// ```
/// Before the clock runs: loss and gradient are the processor's within rounding. Where there is no
/// card, that half is left out, and a line says why.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsPrepend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class BackendLossBench {
  /// Where; `gpu-fast` is the card with arithmetic of its own.
  @Param({"cpu", "gpu"})
  public String backend = "";

  /// How many threads of the processor share the samples.
  @Param("1")
  public int threads;

  /// Which network.
  @Param({"2-64-128-64-2", "1-1024-1"})
  public String network = "";

  /// The exact trace, or how many probes a sample.
  @Param({"exact", "m1"})
  public String objective = "";

  /// How many samples.
  @Param({"1024", "4096", "16384", "65536"})
  public int batch;

  private Place place = Place.open(Backend.CPU, 1);
  private Workload workload = Net.workload("1-1-1", new ExactTrace(), 1);
  private @Nullable LossEngine engine;
  private float[] gradient = {};
  private long step;

  /// Opens the backend, and compares it with the processor.
  @Setup
  public void setup() {
    workload = Net.workload(network, Workload.objective(objective), batch);
    place = Place.open(backend, threads);
    engine = place.backend().lossEngine(workload.mlp(), Conditioning.none(), workload.objective());
    gradient = new float[workload.parameters().size()];
    step = 0;
    double loss = gradient();
    float[] expected = new float[gradient.length];
    try (LossEngine reference = workload.engine(Threads.ONE)) {
      close(
          "loss",
          loss,
          reference.lossAndGradient(workload.parameters(), workload.x(), 0, Key.of(0), expected));
    }
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) gradient[i] - expected[i], 2);
      norm += (double) expected[i] * expected[i];
    }
    close("gradient", Math.sqrt(difference / norm), 0);
  }

  // float32 sums of 10³ to 10⁵ terms in two orders: roundings of 2⁻²⁴, which mostly cancel; fast
  // arithmetic is off by some 10⁻⁵, and what is to be found here is another function
  private void close(String what, double value, double known) {
    double most = place.fast() ? 1e-3 : 3e-5;
    if (!(Math.abs(value - known) <= most * (1 + Math.abs(known)))) {
      throw new IllegalStateException(
          "%s: %s of %s is %s but must be %s".formatted(place, what, network, value, known));
    }
  }

  /// Ends threads, and gives the card's memory back.
  @TearDown
  public void close() {
    if (engine != null) {
      engine.close();
      engine = null;
    }
    place.close();
  }

  /// One loss and gradient, with fresh probes.
  @Benchmark
  public double gradient() {
    if (engine == null) {
      throw new IllegalStateException("setup first");
    }
    return engine.lossAndGradient(workload.parameters(), workload.x(), 0, Key.of(step++), gradient);
  }
}
