package score4j.bench.sample;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
import score4j.array.Parameters;
import score4j.bench.Variant;
import score4j.bench.roofline.PeakBench;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.nn.TimeFeatures;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;
import score4j.process.TimeGrid;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.sample.Ancestral;
import score4j.sample.AnnealedLangevin;
import score4j.sample.Langevin;
import score4j.sample.Mala;
import score4j.sample.PredictorCorrector;
import score4j.sample.ProbabilityFlow;
import score4j.sample.ReverseSde;
import score4j.solve.Heun;

/// What samplers cost beside the scores that they need.
///
/// One call evaluates the plain score at as many times on as many particles, tile by tile, then
/// runs the sampler, then counts multiply-adds: the three take turns within a tenth of a second,
/// because on a machine that is shared the speed of the minute changes more than what is to be
/// told. After each iteration a line says, of its times alone,
///
/// ```text
/// overhead      time of the sampler for a score over that of a plain one, less 1
/// of peak       FLOP/s of the sampler's scores over that of the multiply-adds
/// ```
/// A score of 2-64-128-64-2 takes 33,024 floating-point operations, one of 65-256-256-64 197,120.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec \
///     -Dbench.args="sample.SamplerBench -p kernels=vector"
/// ```
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 3)
@Fork(value = 1, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class SamplerBench {
  private static final int TILE = 256;
  private static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 20);

  /// Which kernels: the program sets them for the whole process.
  @Param({"scalar", "vector"})
  public String kernels = "";

  /// Which network: the second is told the time.
  @Param({"2-64-128-64-2", "65-256-256-64"})
  public String network = "";

  /// What runs.
  @Param({
    "langevin",
    "annealed",
    "euler-maruyama",
    "stochastic-heun",
    "ancestral",
    "predictor-corrector",
    "mala",
    "flow-heun",
    "flow-adaptive"
  })
  public String sampler = "";

  /// How many particles.
  public int particles = 1024;

  /// How many scores each takes, but for the adaptive flow.
  public int evaluations = 100;

  /// What the parts of a call took.
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Count {
    /// Scores of single particles that the sampler asked for.
    public long scores;

    /// Scores of single particles without a sampler.
    public long plainScores;

    /// Time of the sampler, in ns.
    public long samplerNanos;

    /// Time of the plain scores, in ns.
    public long plainNanos;

    /// Time of the multiply-adds, in ns.
    public long peakNanos;

    /// Floating-point operations of the multiply-adds.
    public long peakFlop;

    double overhead() {
      return ((double) samplerNanos / scores) / ((double) plainNanos / plainScores) - 1;
    }

    double shareOfPeak(long flop) {
      return ((double) scores * flop / samplerNanos) / ((double) peakFlop / peakNanos);
    }
  }

  private final PeakBench peak = new PeakBench();
  private Count total = new Count();
  private ScoreNetwork score = network("2-64-128-64-2");
  private Batch start = Batch.zeros(0, 2);
  private Batch out = Batch.zeros(0, 2);

  private static ScoreNetwork network(String name) {
    Conditioning plain =
        Conditioning.of(PROCESS)
            .withFeatures(TimeFeatures.none())
            .withScaling(Conditioning.Scaling.INVERSE_STD);
    return switch (name) {
      case "2-64-128-64-2" -> network(Activation.TANH, plain, 2, 64, 128, 64, 2);
      case "65-256-256-64" ->
          network(
              Activation.SILU,
              plain.withFeatures(TimeFeatures.of(TimeFeatures.Variable.TIME)),
              65,
              256,
              256,
              64);
      default -> throw new IllegalArgumentException("network " + name);
    };
  }

  private static ScoreNetwork network(
      Activation activation, Conditioning conditioning, int... sizes) {
    Mlp mlp = Mlp.of(activation, sizes);
    Parameters parameters = mlp.initialize(Init.FAN_IN, Key.of(1));
    return ScoreNetwork.of(mlp, conditioning, parameters);
  }

  /// Runs once and compares with the other kernels.
  @Setup
  public void setup() {
    Variant.require(kernels);
    score = network(network);
    start = Noise.normals(Key.of(2), particles, score.dim());
    out = Batch.zeros(particles, score.dim());
    Batch end = run(new Count());
    Variant.agree(kernels, "sampler-%s-%s".formatted(network, sampler), 0, end.data());
  }

  private Batch run(Count count) {
    int half = evaluations / 2;
    Key key = Key.of(3);
    long scores = (long) particles * evaluations;
    Batch end =
        switch (sampler) {
          case "langevin" ->
              Langevin.of(1e-4, evaluations).withThreads(Threads.ONE).sample(score, start, key);
          case "annealed" ->
              AnnealedLangevin.of(SigmaLadder.geometric(1, 0.1, 10), PROCESS, evaluations / 10)
                  .withStepSize(1e-5)
                  .withThreads(Threads.ONE)
                  .sample(score, start, key);
          case "euler-maruyama" ->
              ReverseSde.of(PROCESS, evaluations)
                  .withDenoise(false)
                  .withThreads(Threads.ONE)
                  .sample(score, start, key);
          case "stochastic-heun" ->
              ReverseSde.of(PROCESS, half)
                  .withScheme(ReverseSde.Scheme.STOCHASTIC_HEUN)
                  .withDenoise(false)
                  .withThreads(Threads.ONE)
                  .sample(score, start, key);
          case "ancestral" ->
              Ancestral.of(PROCESS, evaluations)
                  .withDenoise(false)
                  .withThreads(Threads.ONE)
                  .sample(score, start, key);
          case "predictor-corrector" ->
              PredictorCorrector.of(PROCESS, half)
                  .withCorrector(1, 0.1)
                  .withDenoise(false)
                  .withThreads(Threads.ONE)
                  .sample(score, start, key);
          case "mala" -> {
            // a proposal takes its own score and two on the way, the start one
            int steps = evaluations / 3;
            scores = (long) particles * (3 * steps + 1);
            yield Mala.of(1e-4, steps)
                .withWarmUp(0)
                .withThreads(Threads.ONE)
                .sample(score, start, key);
          }
          case "flow-heun" ->
              ProbabilityFlow.of(PROCESS)
                  .withSolver(new Heun())
                  .withGrid(TimeGrid.uniform(1, 0.01, half))
                  .withThreads(Threads.ONE)
                  .decode(score, start);
          case "flow-adaptive" -> {
            Batch x = start.copy();
            ProbabilityFlow flow = ProbabilityFlow.of(PROCESS).withThreads(Threads.ONE);
            scores = Arrays.stream(flow.run(score, x, flow.grid()).evaluations()).sum();
            yield x;
          }
          default -> throw new IllegalArgumentException("sampler " + sampler);
        };
    count.scores += scores;
    return end;
  }

  private Batch plainScores() {
    for (int first = 0; first < particles; first += TILE) {
      int last = Math.min(particles, first + TILE);
      for (int i = 0; i < evaluations; i++) {
        score.score(start, first, last, 1 - 0.99 * i / evaluations, out);
      }
    }
    return out;
  }

  /// All three parts.
  @Benchmark
  public Batch particles(Count count) {
    long begin = System.nanoTime();
    plainScores();
    long plain = System.nanoTime();
    Batch end = run(count);
    long sampled = System.nanoTime();
    int rounds = 1 + (int) ((sampled - begin) / 1_000_000); // a fortieth of the time
    for (int i = 0; i < rounds; i++) {
      peak.fma();
    }
    count.peakNanos += System.nanoTime() - sampled;
    count.peakFlop += (long) rounds * PeakBench.FLOP;
    count.plainScores += (long) particles * evaluations;
    count.plainNanos += plain - begin;
    count.samplerNanos += sampled - plain;
    total = count;
    return end;
  }

  /// Says what came out.
  @TearDown(Level.Iteration)
  public void tell() {
    System.out.printf(
        "%s %s: overhead %.1f%%, %.0f thousand scores/s, %.0f%% of peak; ",
        network,
        sampler,
        100 * total.overhead(),
        1e6 * total.scores / total.samplerNanos,
        100 * total.shareOfPeak(network.startsWith("2-") ? 33_024 : 197_120));
  }
}
