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
import score4j.sample.ParallelScore;

/// The scores of a batch on the processor and on the card, from one sample to a million.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec \
///     -Dbench.args="BackendScoreBench -p kernels=vector -rf json -rff scores.json"
/// ```
/// Before the clock runs: the card has the processor's bits. Where there is no card, that half is
/// left out, and a line says why.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsPrepend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-Xmx4g"
    })
public class BackendScoreBench {
  private static final int COMPARED = 300;

  /// Where; `gpu-fast` is the card with arithmetic of its own.
  @Param({"cpu", "gpu"})
  public String backend = "";

  /// How many threads of the processor share the samples; the card asks for none.
  @Param("1")
  public int threads;

  /// Which network.
  @Param({"2-64-128-64-2", "1-1024-1", "64-512-512-64"})
  public String network = "";

  /// How many samples.
  @Param({"1", "10", "100", "1000", "3000", "10000", "30000", "100000", "1000000"})
  public int batch;

  private Place place = Place.open(Backend.CPU, 1);
  private Batch x = Batch.zeros(0, 1);
  private Batch out = Batch.zeros(0, 1);
  private Score score = Net.score(Net.workload("1-1-1", new ExactTrace(), 1));
  private @Nullable ParallelScore shared;
  private @Nullable Runnable resident;

  /// Opens the backend, and compares it with the processor.
  @Setup
  public void setup() {
    Workload workload = Net.workload(network, new ExactTrace(), batch);
    ScoreNetwork reference = Net.score(workload);
    place = Place.open(backend, threads);
    x = workload.x();
    out = Batch.zeros(batch, x.cols());
    score = place.backend().score(reference);
    resident = place.residentScores(reference, x);
    if (resident == null && threads > 1) {
      shared = ParallelScore.of(score, Threads.of(threads));
      score = shared;
    }
    score.score(x, out);
    int rows = Math.min(COMPARED, batch);
    Batch expected = Batch.zeros(rows, x.cols());
    reference.score(x.slice(0, rows), expected);
    place.agree(out.data(), expected.data());
  }

  /// Ends threads, and gives the card's memory back.
  @TearDown
  public void close() {
    if (shared != null) {
      shared.close();
      shared = null;
    }
    place.close();
  }

  /// All scores, of samples that lie in the processor's memory, to the processor's memory.
  @Benchmark
  public Batch scores() {
    score.score(x, out);
    return out;
  }

  /// All scores, of samples that lie where they are computed and stay there. On the processor the
  /// same as [#scores].
  @Benchmark
  public void resident() {
    if (resident == null) {
      score.score(x, out);
    } else {
      resident.run();
    }
  }
}
