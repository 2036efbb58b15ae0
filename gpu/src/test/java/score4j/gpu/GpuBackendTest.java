package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.backend.Backend;
import score4j.backend.BackendProvider;
import score4j.inverse.LinearMeasurement;
import score4j.inverse.PseudoInverseGuidance;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Init;
import score4j.nn.LossEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.Denoising;
import score4j.objective.DiffusionDenoising;
import score4j.objective.DiffusionImplicit;
import score4j.objective.ExactTrace;
import score4j.objective.Objective;
import score4j.objective.Regularized;
import score4j.objective.Sliced;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.rng.Noise;

/// Losses, gradients and divergences of the card against those of the processor.
///
/// Both take float sums of the same terms in other orders, so with n terms of a sum and unit
/// roundoff u = 2⁻²⁴ they differ by at most 2·n·u·Σ|terms|; errors of random sign make it about
/// √n·u of the largest. The bounds here are 64·u for losses, where n is a layer's width, and 256·u
/// of the largest component for gradients, where n is a batch, too.
@Card
class GpuBackendTest {
  private static final double UNIT = 0x1p-24;
  private static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 20);
  private static final Key KEY = Key.of(5);

  private static Backend gpu;
  private static final Backend CPU = Backend.cpu(Threads.of(2));

  @BeforeAll
  static void open() {
    gpu = Backend.open("gpu", Threads.of(2));
  }

  @AfterAll
  static void close() {
    if (gpu != null) {
      gpu.close();
    }
  }

  record Case(
      Objective objective,
      Conditioning conditioning,
      Activation activation,
      int dim,
      List<Integer> hidden) {
    Mlp mlp() {
      List<Integer> sizes = new ArrayList<>();
      sizes.add(dim + conditioning.inputs());
      sizes.addAll(hidden);
      sizes.add(dim);
      return new Mlp(sizes, activation);
    }

    @Override
    public String toString() {
      return objective + " " + mlp() + " " + conditioning;
    }
  }

  static List<Case> cases() {
    Conditioning none = Conditioning.none();
    Conditioning told = Conditioning.of(PROCESS).withContext(2);
    List<Case> all = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      all.add(new Case(new ExactTrace(), none, activation, 3, List.of(24, 17)));
    }
    for (Objective objective :
        List.of(new Regularized(0.1), Sliced.of(1), Sliced.of(3), new Denoising(0.3))) {
      all.add(new Case(objective, none, Activation.SILU, 3, List.of(24, 17)));
    }
    // samples' order of sums, no hidden layer, many coordinates, and layer by layer
    all.add(new Case(new ExactTrace(), none, Activation.TANH, 1, List.of(40)));
    all.add(new Case(new ExactTrace(), none, Activation.TANH, 2, List.<Integer>of()));
    all.add(new Case(new ExactTrace(), none, Activation.TANH, 21, List.of(30)));
    all.add(new Case(new ExactTrace(), none, Activation.GELU, 1, List.of(300)));
    all.add(new Case(new ExactTrace(), none, Activation.GELU, 3, List.of(140, 9)));
    all.add(new Case(new Regularized(0.1), none, Activation.TANH, 6, List.of(5, 130)));
    all.add(new Case(Sliced.of(2), none, Activation.TANH, 130, List.of(20)));
    DiffusionDenoising denoising = DiffusionDenoising.of(PROCESS);
    for (Objective objective :
        List.of(
            denoising,
            denoising.withControlVariate(true),
            DiffusionImplicit.of(new ExactTrace(), PROCESS),
            DiffusionImplicit.of(Sliced.of(2), PROCESS))) {
      all.add(new Case(objective, told, Activation.SILU, 3, List.of(24, 17)));
      all.add(new Case(objective, told, Activation.SILU, 3, List.of(150)));
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossesAndGradientsAreTheProcessorsWithinRounding(Case c) {
    Parameters parameters = c.mlp().initialize(Init.GLOROT_UNIFORM, Key.of(1));
    int count = parameters.size();
    try (LossEngine own = CPU.lossEngine(c.mlp(), c.conditioning(), c.objective());
        LossEngine card = gpu.lossEngine(c.mlp(), c.conditioning(), c.objective())) {
      for (int rows : new int[] {1, 130, 70}) {
        Batch x = Noise.normals(Key.of(2), rows, c.dim() + c.conditioning().context());
        float[] expected = new float[count];
        float[] gradient = new float[count];
        double loss = own.lossAndGradient(parameters, x, 3, KEY, expected);
        assertClose(card.lossAndGradient(parameters, x, 3, KEY, gradient), loss, 64, c);
        assertClose(card.loss(parameters, x, KEY), own.loss(parameters, x, KEY), 64, c);
        assertThat(card.loss(parameters, x, KEY))
            .as("%s: without the gradient and with it", c)
            .isEqualTo(card.lossAndGradient(parameters, x, 0, KEY, new float[count]));
        assertClose(gradient, expected, 256, c);
        float[] ownLosses = new float[rows];
        float[] cardLosses = new float[rows];
        own.losses(parameters, x, 3, KEY, ownLosses);
        card.losses(parameters, x, 3, KEY, cardLosses);
        assertClose(cardLosses, ownLosses, 256, c);
      }
    }
  }

  @Test
  void theSameBitsEveryTime() {
    Mlp mlp = Mlp.of(Activation.TANH, 2, 64, 64, 2);
    Parameters parameters = mlp.initialize(Init.GLOROT_UNIFORM, Key.of(1));
    Batch x = Noise.normals(Key.of(2), 500, 2);
    float[] first = new float[parameters.size()];
    float[] again = new float[parameters.size()];
    double loss;
    try (LossEngine engine = gpu.lossEngine(mlp, Conditioning.none(), new ExactTrace())) {
      loss = engine.lossAndGradient(parameters, x, 0, KEY, first);
      assertThat(engine.lossAndGradient(parameters, x, 0, KEY, again)).isEqualTo(loss);
    }
    assertThat(Arrays.mismatch(first, again)).isEqualTo(-1);
  }

  /// What comes back is the loss of each block, and no scores.
  @ParameterizedTest
  @ValueSource(ints = {64, 140})
  void aLossAloneStaysOnTheCard(int hidden) {
    Mlp mlp = Mlp.of(Activation.TANH, 2, hidden, 64, 2);
    Parameters parameters = mlp.initialize(Init.GLOROT_UNIFORM, Key.of(1));
    Batch x = Noise.normals(Key.of(2), 500, 2);
    Session session = ((GpuBackend) gpu).session();
    try (LossEngine engine = gpu.lossEngine(mlp, Conditioning.none(), new ExactTrace())) {
      long before = session.usage().downloaded();
      engine.loss(parameters, x, KEY);
      assertThat(session.usage().downloaded() - before)
          .isBetween(8L, 8L * JetSizes.MOST_BLOCKS)
          .isLessThan(4L * x.rows());
    }
  }

  @Test
  void anEngineSaysItsPlanAndTheLogSaysItOnce() {
    Mlp mlp = Mlp.of(Activation.TANH, 3, 141, 3);
    Session session = ((GpuBackend) gpu).session();
    int before = session.said().size();
    for (int i = 0; i < 2; i++) {
      try (LossEngine engine = gpu.lossEngine(mlp, Conditioning.none(), new ExactTrace())) {
        JetPlan plan = ((GpuBackend) gpu).lossPlan(mlp);
        assertThat(plan.limit()).isEqualTo("a size of 141 is above 128, the most of jet_gradient");
        assertThat(engine).asString().endsWith(", %s]".formatted(plan));
      }
    }
    ((GpuScore) gpu.score(ScoreNetwork.of(mlp, GpuScoreTest.parameters(mlp)))).close();
    assertThat(session.said().stream().skip(before))
        .containsExactly(
            "gpu: losses of [3, 141, 3]: layers: a launch for each layer, because a size of 141 is above 128, the most of jet_gradient",
            "gpu: scores of [3, 141, 3]: score_chain_w: whole chains in one launch, 37,648 bytes of shared memory a block, because a layer of 141 is above 128, the most of score_chain_s");
  }

  @Test
  void divergencesAndFormsAreTheProcessorsAndScoresToTheBit() {
    for (List<Integer> hidden : List.of(List.of(12), List.of(40, 30), List.of(150, 20))) {
      for (Conditioning conditioning :
          List.of(Conditioning.none(), Conditioning.of(PROCESS).withContext(2))) {
        for (int dim : new int[] {1, 2, 17}) {
          Mlp mlp = new Case(new ExactTrace(), conditioning, Activation.SILU, dim, hidden).mlp();
          ScoreNetwork network = ScoreNetwork.of(mlp, conditioning, GpuScoreTest.parameters(mlp));
          compare(network, 70);
        }
      }
    }
  }

  private static void compare(ScoreNetwork network, int rows) {
    int dim = network.dim();
    Batch x = GpuScoreTest.points(rows, dim);
    double[] t = new double[rows];
    for (int i = 0; i < rows; i++) {
      t[i] = 0.1 + 0.9 * i / rows;
    }
    Batch expected = Batch.zeros(rows, dim);
    Batch actual = Batch.zeros(rows, dim);
    float[] ownDivergence = new float[rows];
    float[] divergence = new float[rows];
    var score = gpu.score(network);
    network.scoreAndDivergence(x, 1, rows - 2, t, expected, ownDivergence);
    score.scoreAndDivergence(x, 1, rows - 2, t, actual, divergence);
    GpuScoreTest.assertSame(actual, expected, network);
    assertClose(divergence, ownDivergence, 64, network);
    network.divergence(x, 0.5, ownDivergence);
    score.divergence(x, 0.5, divergence);
    assertClose(divergence, ownDivergence, 64, network);
    Batch w = Noise.normals(Key.of(10), rows, dim);
    network.jvp(x, w, t, expected);
    score.jvp(x, w, t, actual);
    assertClose(actual.data(), expected.data(), 64, network);
    network.vjp(x, w, t, expected);
    score.vjp(x, w, t, actual);
    assertClose(actual.data(), expected.data(), 64, network);
    network.jvp(x, w, 0.5, expected);
    score.jvp(x, w, 0.5, actual);
    assertClose(actual.data(), expected.data(), 64, network);
    network.vjp(x, w, 0.5, expected);
    score.vjp(x, w, 0.5, actual);
    assertClose(actual.data(), expected.data(), 64, network);
    for (int count : new int[] {1, 3}) {
      float[] v = Noise.normals(Key.of(9), rows, count * dim).data();
      float[] ownForms = new float[rows * count];
      float[] forms = new float[rows * count];
      network.scoreAndForms(x, 2, rows, t, v, count, expected, ownForms);
      score.scoreAndForms(x, 2, rows, t, v, count, actual, forms);
      GpuScoreTest.assertSame(actual, expected, network);
      assertClose(forms, ownForms, 64, network);
    }
    ((GpuScore) score).close();
  }

  /// The first layer's Jacobian and the last one's are all there is.
  @Test
  void productsOfANetworkWithoutHiddenLayersAreThoseOfItsMatrix() {
    Mlp mlp = Mlp.of(Activation.TANH, 6, 6);
    compare(ScoreNetwork.of(mlp, GpuScoreTest.parameters(mlp)), 5);
  }

  /// A prior on the card: its score and its pull come from there, the measurement's part from here.
  @Test
  void guidanceIsTheProcessorsWithinRounding() {
    Conditioning conditioning = Conditioning.of(PROCESS);
    Mlp mlp = Mlp.of(Activation.SILU, 3 + conditioning.inputs(), 24, 17, 3);
    ScoreNetwork network = ScoreNetwork.of(mlp, conditioning, GpuScoreTest.parameters(mlp));
    LinearMeasurement measured =
        LinearMeasurement.of(new double[][] {{1, 0.5, -1}}, new double[] {0.6}, 0.3);
    Batch x = GpuScoreTest.points(70, 3);
    double[] t = new double[70];
    Arrays.setAll(t, i -> 0.1 + 0.01 * i);
    Batch expected = Batch.zeros(70, 3);
    Batch actual = Batch.zeros(70, 3);
    Session session = ((GpuBackend) gpu).session();
    try (GpuScore prior = (GpuScore) gpu.score(network)) {
      assertThat(prior.rowsAtOnce()).isEqualTo(1 << 15);
      PseudoInverseGuidance.of(network, PROCESS, measured).score(x, 0, 70, t, expected);
      long before = session.usage().launches();
      PseudoInverseGuidance.of(prior, PROCESS, measured).score(x, 0, 70, t, actual);
      // a score, the weights, and a pass forward and back: not one for each row
      assertThat(session.usage().launches() - before).isBetween(5L, 25L);
    }
    assertClose(actual.data(), expected.data(), 64, network);
  }

  @Test
  void theProviderIsFoundAndSaysWhatThereIs() {
    BackendProvider provider =
        BackendProvider.all().stream()
            .filter(found -> found.name().equals("gpu"))
            .findFirst()
            .orElseThrow();
    assertThat(provider.unavailable()).isEmpty();
    assertThat(provider.devices()).hasSize(Gpu.probe().devices().size());
    assertThat(provider.devices().getFirst()).startsWith("0: ").contains("driver for CUDA ");
    assertThat(gpu.name()).isEqualTo("gpu");
    assertThat(gpu.toString())
        .isEqualTo("gpu: %s, 2 threads".formatted(Gpu.probe().devices().getFirst().name()));
  }

  private static void assertClose(double actual, double expected, double units, Object what) {
    assertThat(actual)
        .as("%s", what)
        .isCloseTo(expected, within(units * UNIT * Math.max(1, Math.abs(expected))));
  }

  /// Compares with the largest of them.
  private static void assertClose(float[] actual, float[] expected, double units, Object what) {
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs((double) actual[i] - expected[i]));
    }
    assertThat(worst)
        .as("%s: units of roundoff of the largest, which is %s", what, largest)
        .isLessThanOrEqualTo(units * UNIT * largest);
  }
}
