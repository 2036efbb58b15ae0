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
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.backend.Backend;
import score4j.bench.Workload;
import score4j.nn.ScoreNetwork;
import score4j.objective.ExactTrace;
import score4j.rng.Key;
import score4j.sample.AffineSteps;
import score4j.sample.Langevin;

/// Langevin chains on the processor and on the card, from one to a million at once.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec \
///     -Dbench.args="BackendChainBench -p kernels=vector -rf json -rff chains.json"
/// ```
/// Before the clock runs: the card's chains end where the processor's do, bit for bit. Where there
/// is no card, that half is left out, and a line says why.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsPrepend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class BackendChainBench {
  private static final double STEP_SIZE = 0.001;
  private static final int COMPARED = 100;
  private static final int COMPARED_STEPS = 5;

  /// Where; `gpu-fast` is the card with arithmetic of its own.
  @Param({"cpu", "gpu"})
  public String backend = "";

  /// How many threads of the processor share the chains; the card asks for none.
  @Param("1")
  public int threads;

  /// Which network.
  @Param({"2-64-128-64-2", "1-1024-1"})
  public String network = "";

  /// How many chains.
  @Param({"1", "10", "100", "1000", "3000", "10000", "30000", "100000", "1000000"})
  public int batch;

  /// How many steps of all of them.
  @Param("100")
  public int steps;

  private Place place = Place.open(Backend.CPU, 1);
  private Batch start = Batch.zeros(0, 1);
  private Score score = Net.score(Net.workload("1-1-1", new ExactTrace(), 1));
  private @Nullable Runnable resident;

  /// Opens the backend, and compares it with the processor.
  @Setup
  public void setup() {
    Workload workload = Net.workload(network, new ExactTrace(), batch);
    ScoreNetwork reference = Net.score(workload);
    place = Place.open(backend, threads);
    start = workload.x();
    score = place.backend().score(reference);
    AffineSteps langevin = AffineSteps.builder().addLangevin(0, STEP_SIZE).build();
    resident = place.residentSteps(reference, langevin, start, steps);
    Batch few = start.slice(0, Math.min(COMPARED, batch));
    place.agree(run(score, few, COMPARED_STEPS).data(), run(reference, few, COMPARED_STEPS).data());
  }

  private Batch run(Score score, Batch start, int steps) {
    return new Langevin(STEP_SIZE, steps, Threads.of(threads)).sample(score, start, Key.of(1));
  }

  /// Gives the card's memory back.
  @TearDown
  public void close() {
    place.close();
  }

  /// All chains, from the processor's memory to the processor's memory, through the sampler.
  @Benchmark
  public Batch chains() {
    return run(score, start, steps);
  }

  /// All chains, which are where they are computed and stay there. On the processor the same as
  /// [#chains].
  @Benchmark
  public void resident() {
    if (resident == null) {
      run(score, start, steps);
    } else {
      resident.run();
    }
  }
}
