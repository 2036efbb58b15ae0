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
import score4j.Threads;
import score4j.array.Batch;
import score4j.bench.Variant;
import score4j.bench.Workload;
import score4j.nn.Activation;
import score4j.nn.ScoreNetwork;
import score4j.objective.ExactTrace;
import score4j.sample.ParallelScore;

/// The scores of 65,536 points, W7a on the ring's network and W7b on 64-512-512-64: what do they
/// cost elsewhere?
///
/// ```text
/// mvn -q -Ppeers -pl bench -am package -DskipTests
/// env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE OMP_NUM_THREADS=1 \
///   java --add-modules jdk.incubator.vector --sun-misc-unsafe-memory-access=allow \
///   -jar bench/target/benchmarks.jar PeerScoreBench -p kernels=vector
/// ```
/// - **libtorch-idiom** and **djl** take the whole batch at once through linear layers.
/// - **libtorch-expert** takes chunks of the size that is fastest here, in place.
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsPrepend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      // else JavaCPP asks for the memory of the process at every tensor
      "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"
    })
public class PeerScoreBench {
  /// Which kernels score4j has.
  @Param("vector")
  public String kernels = "";

  /// Who computes.
  @Param({"score4j", "libtorch-idiom", "libtorch-expert", "djl"})
  public String library = "";

  /// Which network.
  @Param({"W7a", "W7b"})
  public String workload = "";

  /// How many threads share the points.
  @Param("1")
  public int threads;

  /// How many points: fewer in a test.
  public int points = 65_536;

  private ParallelScore score = ours(data("W7a", 1), 1);
  private PeerScores scores = new Ours(score, Batch.zeros(0, 2), Batch.zeros(0, 2));

  private record Ours(ParallelScore score, Batch x, Batch room) implements PeerScores {
    @Override
    public void compute() {
      compute(room);
    }

    @Override
    public void compute(Batch out) {
      score.score(x, out);
    }
  }

  private static Workload data(String name, int points) {
    return switch (name) {
      case "W7a" -> Workload.of(new ExactTrace(), Activation.TANH, points, 2, 64, 128, 64, 2);
      case "W7b" -> Workload.of(new ExactTrace(), Activation.SOFTPLUS, points, 64, 512, 512, 64);
      default -> throw new IllegalArgumentException("workload " + name);
    };
  }

  private static ParallelScore ours(Workload data, int threads) {
    return ParallelScore.of(ScoreNetwork.of(data.mlp(), data.parameters()), Threads.of(threads));
  }

  /// Makes what computes and compares its scores with those of score4j.
  @Setup
  public void setup() {
    Variant.require(kernels);
    score.close();
    Workload data = data(workload, points);
    score = ours(data, threads);
    Batch expected = Batch.zeros(points, data.x().cols());
    Ours ours = new Ours(score, data.x(), expected);
    ours.compute();
    scores =
        switch (library) {
          case "score4j" -> ours;
          case "libtorch-idiom" -> {
            Libtorch.start(threads);
            yield PeerScores.idiom(data);
          }
          case "libtorch-expert" -> {
            Libtorch.start(threads);
            yield PeerScores.expert(workload, data);
          }
          case "djl" -> DjlNetwork.scores(data, threads);
          default -> throw new IllegalArgumentException("library " + library);
        };
    Batch theirs = Batch.zeros(points, data.x().cols());
    scores.compute(theirs);
    Agreement.require(library + " " + workload, theirs.data(), expected.data());
  }

  /// Ends the threads of score4j.
  @TearDown
  public void close() {
    score.close();
  }

  /// All scores.
  @Benchmark
  public void scores() {
    scores.compute();
  }
}
