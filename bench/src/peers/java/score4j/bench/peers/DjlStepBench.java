package score4j.bench.peers;

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
import score4j.bench.Variant;
import score4j.rng.Key;

/// One step of denoising, W5a and W5b: what does it cost in DJL? Apart from [PeerStepBench], as DJL
/// has a libtorch of its own and no gradient of a gradient, which the other losses need.
///
/// ```text
/// env OMP_NUM_THREADS=1 java --add-modules jdk.incubator.vector \
///   --sun-misc-unsafe-memory-access=allow \
///   -jar bench/target/benchmarks.jar DjlStepBench -p kernels=vector
/// ```
/// **Fairness**: DJL takes the noise that score4j draws in every step, made before the clock
/// starts.
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsPrepend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class DjlStepBench {
  private static final Key KEY = Key.of(1);

  /// Which kernels score4j has.
  @Param("vector")
  public String kernels = "";

  /// Who computes.
  @Param({"score4j", "djl"})
  public String library = "";

  /// Which step.
  @Param({"W5a", "W5b"})
  public String workload = "";

  /// How many threads share the step.
  @Param("1")
  public int threads;

  /// How many samples: fewer in a test, all of the workload by default.
  public int rows = Integer.MAX_VALUE;

  private OurStep ours = OurStep.of("W3", KEY, 1, 1);
  private PeerStep step = ours;

  /// Makes the step and compares loss and gradient with those of score4j.
  @Setup
  public void setup() {
    Variant.require(kernels);
    ours.close();
    ours = OurStep.of(workload, KEY, rows, threads);
    step =
        switch (library) {
          case "score4j" -> ours;
          case "djl" -> DjlNetwork.step(ours.data(), KEY, threads);
          default -> throw new IllegalArgumentException("library " + library);
        };
    ours.requireAgreement(library + " " + workload, step);
  }

  /// Ends the threads of score4j.
  @TearDown
  public void close() {
    ours.close();
  }

  /// Loss and gradient at fixed parameters.
  @Benchmark
  public double gradient() {
    return step.lossAndGradient();
  }
}
