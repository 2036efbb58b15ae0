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
import score4j.array.Batch;
import score4j.bench.Variant;
import score4j.dist.Ring;
import score4j.metric.Estimate;
import score4j.metric.FisherDivergence;
import score4j.nn.Activation;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.ExactTrace;
import score4j.optim.Schedule;
import score4j.rng.Key;
import score4j.train.Trained;
import score4j.train.Trainer;

/// The ring learned from first to last step: 1000 epochs of 20 steps with the exact trace, in a
/// JVM that has just started and has everything yet to compile.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args="RingRun -p kernels=vector"
/// ```
/// Prints the Fisher divergence of what was learned to the law of the data, too.
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(value = 3, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class RingRunBench {
  private static final int SAMPLES = 10_000;
  private static final int BATCH = 512;

  /// Which kernels: the program sets them for the whole process.
  @Param("vector")
  public String kernels = "";

  /// How many threads share a step; `-p threads=1,2` compares.
  @Param("2")
  public int threads;

  /// How often the samples are gone through.
  @Param("1000")
  public int epochs;

  private final Ring ring = Ring.of(1, 0.1);
  private final Mlp mlp = Mlp.of(Activation.TANH, 2, 64, 128, 64, 2);
  private final Batch data = ring.sample(Key.of(1), SAMPLES);
  private double divergence;

  /// Checks the kernels.
  @Setup
  public void setup() {
    Variant.require(kernels);
  }

  /// Initialises and trains.
  @Benchmark
  public Trained<ScoreNetwork> run() {
    long steps = (long) epochs * ((SAMPLES + BATCH - 1) / BATCH);
    Trained<ScoreNetwork> trained =
        Trainer.of(new ExactTrace())
            .withSchedule(Schedule.cosine(1e-3, 1e-5, steps))
            .withBatchSize(BATCH)
            .withEpochs(epochs)
            .withThreads(Threads.of(threads))
            .train(mlp, mlp.initialize(Init.GLOROT_UNIFORM, Key.of(2)), data, null, Key.of(3));
    Estimate estimate =
        FisherDivergence.of(trained.network(), ring, ring.sample(Key.of(4), SAMPLES));
    divergence = estimate.value();
    return trained;
  }

  /// Says how good it got, in nats.
  @TearDown
  public void report() {
    System.out.printf("Fisher divergence %.3f%n", divergence());
  }

  /// The Fisher divergence of what the last run learned.
  public double divergence() {
    return divergence;
  }
}
