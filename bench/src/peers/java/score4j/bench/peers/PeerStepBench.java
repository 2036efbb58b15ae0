package score4j.bench.peers;

import java.util.concurrent.TimeUnit;
import org.bytedeco.pytorch.InferenceMode;
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
import score4j.bench.Workload;
import score4j.rng.Key;

/// One step of training, mean loss and gradient by all parameters, of every workload W1 to W5: what
/// does it cost in libtorch?
///
/// ```text
/// mvn -q -Ppeers -pl bench -am package -DskipTests
/// env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE OMP_NUM_THREADS=1 \
///   java --add-modules jdk.incubator.vector --sun-misc-unsafe-memory-access=allow \
///   -jar bench/target/benchmarks.jar PeerStepBench -p kernels=vector
/// ```
/// - **libtorch-idiom** is what its users write: linear layers, `grad` with `create_graph`, a loop
///   over dimensions for the exact trace.
/// - **libtorch-expert** is the best we can write by hand: no automatic differentiation, buffers
///   made once, in place, in chunks of the size that is fastest here. The exact trace is the closed
///   form where there are one or two hidden layers, and tangents as extra rows of the matrices
///   elsewhere.
///
/// **Fairness**: the peers draw no random numbers. They take those that score4j draws for the same
/// key, made before the clock starts, so that loss and gradient can be compared; score4j draws them
/// in every step.
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsPrepend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      // else JavaCPP asks for the memory of the process at every tensor
      "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"
    })
public class PeerStepBench {
  private static final Key KEY = Key.of(1);

  /// Which kernels score4j has.
  @Param("vector")
  public String kernels = "";

  /// Who computes.
  @Param({"score4j", "libtorch-idiom", "libtorch-expert"})
  public String library = "";

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
          case "libtorch-idiom" -> {
            Libtorch.start(threads);
            yield new IdiomStep(ours.data(), KEY);
          }
          case "libtorch-expert" -> {
            Libtorch.start(threads);
            yield expert(ours.data());
          }
          default -> throw new IllegalArgumentException("library " + library);
        };
    ours.requireAgreement(library + " " + workload, step);
  }

  @SuppressWarnings("try") // tensors made in this mode keep no record
  private PeerStep expert(Workload data) {
    try (InferenceMode _ = new InferenceMode()) {
      return Fastest.of(
          workload, data.x().rows(), chunk -> expert(data, chunk), PeerStep::lossAndGradient);
    }
  }

  private static PeerStep expert(Workload data, int chunk) {
    boolean trace = data.objective().draws() == 0;
    return switch (trace ? data.mlp().layers() : 0) {
      case 2 -> new OneHiddenStep(data, chunk);
      case 3 -> new TwoHiddenStep(data, chunk);
      default -> new JetStep(data, KEY, chunk);
    };
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
