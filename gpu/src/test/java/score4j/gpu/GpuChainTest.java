package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.sample.AffineSteps;
import score4j.sample.Ancestral;
import score4j.sample.AnnealedLangevin;
import score4j.sample.ChainScore;
import score4j.sample.Langevin;
import score4j.sample.PredictorCorrector;
import score4j.sample.ReverseSde;
import score4j.sample.Sampler;

/// Chains that the card makes in one launch against those of the processor: equal at every look,
/// bit for bit.
@Card
class GpuChainTest {
  private static final LinearSde PRESERVING = LinearSde.variancePreserving(0.1, 20);
  private static final Key KEY = Key.of(11);
  // so that the sample's number does not fit 32 bits
  private static final long FIRST = (1L << 32) - 3;

  private static Session session;

  @BeforeAll
  static void open() {
    session = Gpu.open();
  }

  @AfterAll
  static void close() {
    if (session != null) {
      session.close();
    }
  }

  private static ScoreNetwork network(
      Conditioning conditioning, Activation activation, int dim, int... hidden) {
    int[] sizes = new int[hidden.length + 2];
    sizes[0] = dim + conditioning.inputs();
    System.arraycopy(hidden, 0, sizes, 1, hidden.length);
    sizes[sizes.length - 1] = dim;
    Mlp mlp = Mlp.of(activation, sizes);
    return ScoreNetwork.of(mlp, conditioning, GpuScoreTest.parameters(mlp));
  }

  /// Samplers, each with networks of every kernel.
  static Stream<List<Object>> runs() {
    SigmaLadder ladder = SigmaLadder.geometric(2, 0.2, 3);
    Conditioning preserving = Conditioning.of(PRESERVING);
    Conditioning exploding = Conditioning.of(ladder.process());
    Conditioning none = Conditioning.none();
    return Stream.of(
        List.of(Langevin.of(0.01, 25), network(none, Activation.SOFTPLUS, 1, 33)),
        List.of(Langevin.of(0.01, 8), network(none, Activation.SOFTPLUS, 1, 256)),
        List.of(Langevin.of(0.01, 25), network(none, Activation.TANH, 2, 12)),
        List.of(Langevin.of(0.01, 25), network(none, Activation.TANH, 2, 24, 40, 24)),
        List.of(Langevin.of(0.01, 6), network(none, Activation.GELU, 7, 140)),
        List.of(Langevin.of(0.01, 4), network(none, Activation.GELU, 3, 300)),
        List.of(AnnealedLangevin.of(ladder, 4), network(exploding, Activation.SILU, 2, 30)),
        List.of(ReverseSde.of(PRESERVING, 9), network(preserving, Activation.SILU, 5, 30, 30)),
        List.of(ReverseSde.of(PRESERVING, 3), network(preserving, Activation.RELU, 2, 260)),
        List.of(Ancestral.of(PRESERVING, 9), network(preserving, Activation.SIGMOID, 6, 130)),
        List.of(
            PredictorCorrector.of(PRESERVING, 5), network(preserving, Activation.TANH, 2, 64, 64)));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void chainsAreTheProcessorsAtEveryLook(List<Object> run) {
    Sampler sampler = ((Sampler) run.get(0)).withThreads(Threads.of(2));
    ScoreNetwork network = (ScoreNetwork) run.get(1);
    Batch start = GpuScoreTest.points(70, network.dim());
    List<Batch> expected = looks(sampler, network, start);
    long before = session.usage().launches();
    List<Batch> actual;
    try (GpuScore score = session.score(network)) {
      actual = looks(sampler, score, start);
      if (score.plan(70).fused()) {
        assertThat(session.usage().launches() - before)
            .as("one launch from look to look")
            .isEqualTo(actual.size() - 1);
      }
    }
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      GpuScoreTest.assertSame(actual.get(i), expected.get(i), network + " at look " + i);
    }
  }

  private static List<Batch> looks(Sampler sampler, Score score, Batch start) {
    List<Batch> looks = new ArrayList<>();
    sampler.run(score, start.copy(), FIRST, KEY, 4, (step, x) -> looks.add(x.copy()));
    return looks;
  }

  @Test
  void moreStepsThanTheTableHoldsAreTheProcessors() {
    ScoreNetwork network = network(Conditioning.of(PRESERVING), Activation.TANH, 1, 3);
    AffineSteps.Builder list = AffineSteps.builder();
    for (int i = 0; i < 17_000; i++) {
      list.add(0.2 + 0.8 * i / 17_000, 1 - 1e-4, 1e-4, i % 2 == 0 ? 0.01 : 0);
    }
    AffineSteps steps = list.build();
    Batch x = GpuScoreTest.points(3, 1);
    Batch whole = x.copy();
    Batch again = x.copy();
    try (GpuScore score = session.score(network)) {
      try (ChainScore.Chain chain = score.begin(steps, x, 5, KEY)) {
        chain.advance(0, 17_010);
        chain.read(whole);
      }
      // begun in the middle, and stopped on the way
      try (ChainScore.Chain chain = score.begin(steps, x, 5, KEY)) {
        chain.advance(0, 16_390);
        chain.read(again);
      }
      try (ChainScore.Chain chain = score.begin(steps, again, 5, KEY)) {
        chain.advance(16_390, 16_999);
        chain.advance(16_999, 17_010);
        chain.read(again);
      }
    }
    GpuScoreTest.assertSame(again, whole, "in parts");
    Batch s = Batch.zeros(3, 1);
    float[] z = new float[3];
    for (int step = 0; step < 17_010; step++) {
      network.score(x, 0, 3, steps.time(step), s);
      Noise.normals(KEY, step, 5, 3, 1, z, 0);
      for (int i = 0; i < 3; i++) {
        float kept = steps.keep(step) * x.data()[i];
        float noise = steps.kick(step) == 0 ? 0 : z[i];
        x.data()[i] =
            Math.fma(steps.kick(step), noise, Math.fma(steps.gain(step), s.data()[i], kept));
      }
    }
    GpuScoreTest.assertSame(whole, x, "against the definition");
  }

  @Test
  void aChainThatLeavesTheFiniteNumbersSaysWhatTheProcessorSays() {
    ScoreNetwork network = network(Conditioning.none(), Activation.RELU, 2, 20, 20);
    Sampler sampler = Langevin.of(1e5, 60).withThreads(Threads.ONE);
    Batch start = GpuScoreTest.points(9, 2);
    Throwable expected = catchThrowable(() -> sampler.sample(network, start, KEY));
    assertThat(expected).isInstanceOf(ArithmeticException.class);
    try (GpuScore score = session.score(network)) {
      assertThatThrownBy(() -> sampler.sample(score, start, KEY))
          .isInstanceOf(ArithmeticException.class)
          .hasMessage(expected.getMessage());
    }
  }

  @Test
  void noChainsAreNoWork() {
    ScoreNetwork network = network(Conditioning.none(), Activation.TANH, 2, 5);
    try (GpuScore score = session.score(network)) {
      Sampler sampler = Langevin.of(0.01, 10);
      assertThat(sampler.sample(score, Batch.zeros(0, 2), KEY).rows()).isZero();
    }
  }
}
