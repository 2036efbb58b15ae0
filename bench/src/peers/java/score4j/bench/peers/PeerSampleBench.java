package score4j.bench.peers;

import java.util.concurrent.TimeUnit;
import org.bytedeco.pytorch.Tensor;
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
import org.openjdk.jmh.annotations.Warmup;
import score4j.Threads;
import score4j.array.Batch;
import score4j.bench.Variant;
import score4j.bench.Workload;
import score4j.nn.Activation;
import score4j.nn.ScoreNetwork;
import score4j.objective.ExactTrace;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.sample.Langevin;

/// 10,000 Langevin chains of 1,000 steps, W6a on 1-1024-1 softplus and W6b on the ring's network:
/// what do they cost in libtorch?
///
/// ```text
/// mvn -q -Ppeers -pl bench -am package -DskipTests
/// env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE OMP_NUM_THREADS=1 \
///   java --add-modules jdk.incubator.vector --sun-misc-unsafe-memory-access=allow \
///   -jar bench/target/benchmarks.jar PeerSampleBench -p kernels=vector
/// ```
/// - **libtorch-idiom** makes each step of all chains at once, with `randn_like`.
/// - **libtorch-expert** makes all steps of some chains before the next ones, as many as are
///   fastest here, in place.
///
/// Each library draws its own noise inside the clock. Chains are compared on the noise of score4j.
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
@Fork(
    value = 1,
    jvmArgsPrepend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      // else JavaCPP asks for the memory of the process at every tensor
      "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"
    })
public class PeerSampleBench {
  private static final Key KEY = Key.of(1);
  private static final double STEP_SIZE = 0.001;
  private static final int COMPARED = 3;

  /// Which kernels score4j has.
  @Param("vector")
  public String kernels = "";

  /// Who computes.
  @Param({"score4j", "libtorch-idiom", "libtorch-expert"})
  public String library = "";

  /// Which network.
  @Param({"W6a", "W6b"})
  public String workload = "";

  /// How many threads share the chains.
  @Param("1")
  public int threads;

  /// How many steps: fewer in a test.
  @Param("1000")
  public int steps;

  /// How many chains: fewer in a test.
  public int chains = 10_000;

  private Runnable run = () -> {};

  private Workload data() {
    return switch (workload) {
      case "W6a" -> Workload.of(new ExactTrace(), Activation.SOFTPLUS, chains, 1, 1024, 1);
      case "W6b" -> Workload.of(new ExactTrace(), Activation.TANH, chains, 2, 64, 128, 64, 2);
      default -> throw new IllegalArgumentException("workload " + workload);
    };
  }

  private Batch ours(Workload data, int steps) {
    ScoreNetwork score = ScoreNetwork.of(data.mlp(), data.parameters());
    return new Langevin(STEP_SIZE, steps, Threads.of(threads)).sample(score, data.x(), KEY);
  }

  /// Makes the chains and compares a few steps of them with those of score4j.
  @Setup
  public void setup() {
    Variant.require(kernels);
    Workload data = data();
    if (library.equals("score4j")) {
      run = () -> ours(data, steps);
      return;
    }
    Libtorch.start(threads);
    PeerChains peer =
        switch (library) {
          case "libtorch-idiom" -> new PeerChains.Idiom(data, STEP_SIZE);
          case "libtorch-expert" -> PeerChains.Expert.fastest(workload, data, STEP_SIZE);
          default -> throw new IllegalArgumentException("library " + library);
        };
    Tensor end = peer.run(COMPARED, PeerSampleBench::noise);
    Agreement.require(library + " " + workload, Libtorch.floats(end), ours(data, COMPARED).data());
    run = () -> peer.run(steps);
  }

  /// The noise that score4j draws for some rows of a step.
  private static Tensor noise(long step, long firstRow, Tensor room) {
    int rows = (int) room.size(0);
    int cols = (int) room.size(1);
    float[] z = new float[rows * cols];
    Noise.normals(KEY, (int) step, firstRow, rows, cols, z, 0);
    return Libtorch.tensor(z, rows, cols);
  }

  /// All chains.
  @Benchmark
  public void chains() {
    run.run();
  }
}
