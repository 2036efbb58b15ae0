package score4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.dist.Gaussian;
import score4j.nn.Conditioning.Scaling;
import score4j.objective.ControlledDenoising;
import score4j.objective.Denoising;
import score4j.objective.DiffusionDenoising;
import score4j.objective.DiffusionImplicit;
import score4j.objective.ExactTrace;
import score4j.objective.Explicit;
import score4j.objective.Objective;
import score4j.objective.Regularized;
import score4j.objective.Sliced;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.rng.ProbeLaw;
import score4j.testing.Allocation;

/// Every head on a device whose passes are core's own: what the engine does around the passes is
/// what [JetEngine] does.
class DeviceEngineTest {
  private static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 20);
  private static final Key KEY = Key.of(5);
  private static final int DIM = 3;

  record Case(Objective objective, Conditioning conditioning, List<Integer> hidden) {
    Mlp mlp() {
      List<Integer> sizes = new ArrayList<>(hidden);
      sizes.addFirst(DIM + conditioning.inputs());
      sizes.addLast(DIM);
      return new Mlp(sizes, Activation.SILU);
    }

    Parameters parameters() {
      return mlp().initialize(Init.GLOROT_UNIFORM, Key.of(1));
    }

    Batch samples(int rows) {
      return Noise.normals(Key.of(2), rows, DIM + conditioning.context());
    }

    boolean onDevice() {
      return objective.implicitWeight() != 0 && conditioning.scaling() == Scaling.PLAIN;
    }
  }

  static List<Case> cases() {
    List<Objective> still =
        List.of(
            new Explicit(Gaussian.isotropic(new double[DIM], 2)),
            new ExactTrace(),
            new Regularized(0.1),
            Sliced.of(1),
            Sliced.of(3),
            new Sliced(2, ProbeLaw.GAUSSIAN, false),
            new Denoising(0.3),
            new ControlledDenoising(0.3));
    List<Case> all = new ArrayList<>();
    for (Objective objective : still) {
      all.add(new Case(objective, Conditioning.none(), List.of(24, 17)));
    }
    // samples as lanes, the cyclic trace of three layers, no hidden layer
    for (List<Integer> hidden : List.of(List.of(8), List.of(9, 4, 9), List.<Integer>of())) {
      all.add(new Case(new ExactTrace(), Conditioning.none(), hidden));
    }
    DiffusionDenoising denoising = DiffusionDenoising.of(PROCESS);
    for (Scaling scaling : Scaling.values()) {
      Conditioning conditioning = Conditioning.of(PROCESS).withScaling(scaling).withContext(2);
      for (Objective objective :
          List.of(
              denoising,
              denoising.withControlVariate(true),
              DiffusionImplicit.of(new ExactTrace(), PROCESS),
              DiffusionImplicit.of(new Regularized(0.1), PROCESS),
              DiffusionImplicit.of(Sliced.of(2), PROCESS),
              new ExactTrace())) {
        all.add(new Case(objective, conditioning, List.of(24, 17)));
      }
    }
    return all;
  }

  private static DeviceEngine engine(Case c, int capacity, Threads threads) {
    return DeviceEngine.of(
        c.mlp(),
        c.conditioning(),
        c.objective(),
        threads,
        (mlp, forms, tangents) -> new HostJets(mlp, forms, tangents, capacity));
  }

  /// What an engine says: the loss, that without a gradient, the losses and the gradient.
  private static final class Answer {
    final double loss;
    final double alone;
    final float[] losses;
    final float[] gradient;

    Answer(LossEngine engine, Parameters parameters, Batch x) {
      gradient = new float[parameters.size()];
      losses = new float[x.rows()];
      loss = engine.lossAndGradient(parameters, x, 0, KEY, gradient);
      engine.losses(parameters, x, 0, KEY, losses);
      alone = engine.loss(parameters, x, KEY);
    }
  }

  // 0 tolerance: one tile here and there
  @ParameterizedTest
  @MethodSource("cases")
  void oneTileHasTheBitsOfTheJetEngine(Case c) {
    Parameters parameters = c.parameters();
    try (JetEngine own = new JetEngine(c.mlp(), c.conditioning(), c.objective(), Threads.ONE);
        DeviceEngine device = engine(c, 1 << 20, Threads.of(2))) {
      for (int rows : new int[] {1, 16, 11}) {
        Batch x = c.samples(rows);
        Answer expected = new Answer(own, parameters, x);
        Answer answer = new Answer(device, parameters, x);
        // a device may sum ½‖s‖² its own way
        double slack = c.onDevice() ? 1e-12 * Math.max(1, Math.abs(expected.loss)) : 0;
        assertThat(answer.loss).isCloseTo(expected.loss, within(slack));
        assertThat(answer.alone).isCloseTo(expected.alone, within(slack));
        assertThat(Arrays.mismatch(answer.losses, expected.losses)).isEqualTo(-1);
        assertThat(Arrays.mismatch(answer.gradient, expected.gradient)).isEqualTo(-1);
      }
    }
  }

  /// Tiles of 16 rows. The losses of samples do not depend on their tile. Sums of N = B·E·(1 + K)
  /// terms in any order differ by at most N·2⁻²⁴ times the sum of what is summed; terms of one
  /// sample that cancel in its gradient are taken to be no more than 16 times that.
  @ParameterizedTest
  @MethodSource("cases")
  void manyTilesHaveTheSameLossesAndNearlyTheSameGradient(Case c) {
    int rows = 61;
    Parameters parameters = c.parameters();
    Batch x = c.samples(rows);
    try (JetEngine own = new JetEngine(c.mlp(), c.conditioning(), c.objective(), Threads.ONE);
        DeviceEngine device = engine(c, 16, Threads.of(2))) {
      Answer expected = new Answer(own, parameters, x);
      Answer answer = new Answer(device, parameters, x);
      assertThat(Arrays.mismatch(answer.losses, expected.losses)).isEqualTo(-1);
      assertThat(answer.alone).isEqualTo(answer.loss);
      double size = 0;
      for (float loss : expected.losses) {
        size += Math.abs(loss) / (double) rows;
      }
      assertThat(answer.loss).isCloseTo(expected.loss, within(rows * 0x1p-50 * size));

      double[] sizes = new double[parameters.size()];
      float[] one = new float[parameters.size()];
      for (int r = 0; r < rows; r++) {
        own.lossAndGradient(parameters, x.slice(r, r + 1).copy(), r, KEY, one);
        for (int i = 0; i < one.length; i++) {
          sizes[i] += Math.abs(one[i]) / (double) rows;
        }
      }
      int terms = rows * c.objective().evaluations() * (1 + c.objective().tangents(DIM));
      for (int i = 0; i < one.length; i++) {
        assertThat((double) answer.gradient[i])
            .isCloseTo(expected.gradient[i], within(16 * terms * 0x1p-24 * sizes[i]));
      }
    }
  }

  // 0 tolerance: parts of 512 samples are prepared by whoever is free, and summed in order
  @Test
  void bitsDoNotDependOnThreadsOrOnTheEnginesPast() {
    Case c = new Case(Sliced.of(2), Conditioning.of(PROCESS), List.of(4, 8));
    Parameters parameters = c.parameters();
    Answer first = null;
    for (int threads = 1; threads <= 3; threads++) {
      try (DeviceEngine engine = engine(c, 1024, Threads.of(threads))) {
        for (int rows : new int[] {1500, 20, 1500}) {
          Answer answer = new Answer(engine, parameters, c.samples(rows));
          if (rows == 20) {
            continue;
          }
          first = first == null ? answer : first;
          assertThat(answer.loss).isEqualTo(first.loss);
          assertThat(Arrays.mismatch(answer.losses, first.losses)).isEqualTo(-1);
          assertThat(Arrays.mismatch(answer.gradient, first.gradient)).isEqualTo(-1);
        }
      }
    }
  }

  @Test
  void anImplicitLossStaysOnTheDevice() {
    HostJets[] opened = new HostJets[1];
    JetDevice.Factory factory =
        (mlp, forms, tangents) -> opened[0] = new HostJets(mlp, forms, tangents, 1 << 20);
    for (Case c : cases()) {
      try (DeviceEngine engine =
          DeviceEngine.of(c.mlp(), c.conditioning(), c.objective(), Threads.ONE, factory)) {
        float[] gradient = new float[c.parameters().size()];
        engine.lossAndGradient(c.parameters(), c.samples(9), 0, KEY, gradient);
        assertThat(opened[0].implicits).isEqualTo(c.onDevice() ? 1 : 0);
        engine.losses(c.parameters(), c.samples(9), 0, KEY, new float[9]);
        assertThat(opened[0].implicits).isEqualTo(c.onDevice() ? 1 : 0);
        assertThat(opened[0].backwards).isEqualTo(1);
      }
      assertThat(opened[0].closed).isTrue();
    }
  }

  /// w is the truth: the head says ½‖s‖² + w·Σq and cotangents s and w, or names no w.
  @Test
  void headsWhoseLossIsImplicitSaySo() {
    int named = 0;
    for (Case c : cases()) {
      Objective objective = c.objective();
      float weight = objective.implicitWeight();
      if (weight == 0) {
        assertThat(objective)
            .isNotInstanceOf(ExactTrace.class)
            .isNotEqualTo(Sliced.of(1))
            .isNotEqualTo(Sliced.of(3));
        continue;
      }
      named++;
      assertThat(objective.evaluations()).isEqualTo(1);
      int k = objective.tangents(DIM);
      Tile tile = new Tile(4, DIM, 0, k, 1, objective.forms() == Forms.DIRECTIONAL);
      tile.load(Noise.normals(Key.of(1), 4, DIM), 0, 4, 0, KEY);
      objective.prepare(tile);
      assertThat(Arrays.mismatch(tile.input(), tile.x().data())).isEqualTo(-1);
      Noise.normals(Key.of(2), 0, 0, 4, DIM, tile.score(), 0);
      Noise.normals(Key.of(3), 0, 0, 4, k, tile.forms(), 0);
      objective.evaluate(tile);
      assertThat(Arrays.mismatch(tile.scoreBar(), tile.score())).isEqualTo(-1);
      assertThat(tile.formsBar()).containsOnly(weight);
      for (int t = 0; t < 4; t++) {
        double loss = 0;
        for (int d = 0; d < DIM; d++) {
          loss += 0.5 * tile.score()[t * DIM + d] * tile.score()[t * DIM + d];
        }
        for (int m = 0; m < k; m++) {
          loss += (double) weight * tile.forms()[t * k + m];
        }
        assertThat(tile.losses()[t]).isCloseTo(loss, within(1e-6)); // float products above
      }
    }
    assertThat(named).isGreaterThan(4);
  }

  @Test
  void callsAllocateNothing() {
    Case c = new Case(Sliced.of(2), Conditioning.of(PROCESS), List.of(8, 8));
    Parameters parameters = c.parameters();
    Batch x = c.samples(100);
    float[] gradient = new float[parameters.size()];
    try (DeviceEngine engine =
        DeviceEngine.of(
            c.mlp(), c.conditioning(), c.objective(), Threads.ONE, (a, b, d) -> new Nothing())) {
      for (int i = 0; i < 3000; i++) {
        engine.lossAndGradient(parameters, x, 0, KEY, gradient);
      }
      long bytes = Allocation.bytes(() -> engine.lossAndGradient(parameters, x, 0, KEY, gradient));
      assertThat(bytes).isZero();
    }
  }

  /// Computes nothing.
  private record Nothing() implements JetDevice {
    @Override
    public int capacity() {
      return 64;
    }

    @Override
    public void parameters(float[] flat) {}

    @Override
    public void forward(
        float[] input, float[] directions, int n, boolean follows, float[] out, float[] forms) {}

    @Override
    public void backward(float[] outputBar, float[] formsBar, int n) {}

    @Override
    public double implicit(float[] in, float[] directions, int n, float weight, boolean wanted) {
      return 0;
    }

    @Override
    public void gradient(float scale, float[] out) {}

    @Override
    public void close() {}
  }

  /// The second of four tiles fails.
  @Test
  void lossesThatFailLeaveTheCallersArray() {
    Case c = new Case(new Denoising(0.3), Conditioning.none(), List.of(8));
    Parameters parameters = c.parameters();
    int[] tiles = {0};
    JetDevice.Factory factory =
        (mlp, forms, tangents) -> {
          HostJets own = new HostJets(mlp, forms, tangents, 16);
          return (JetDevice)
              Proxy.newProxyInstance(
                  JetDevice.class.getClassLoader(),
                  new Class<?>[] {JetDevice.class},
                  (proxy, method, arguments) -> {
                    if (method.getName().equals("forward") && ++tiles[0] == 2) {
                      throw new IllegalStateException("lost");
                    }
                    return method.invoke(own, arguments);
                  });
        };
    try (DeviceEngine engine =
        DeviceEngine.of(c.mlp(), c.conditioning(), c.objective(), Threads.ONE, factory)) {
      float[] losses = new float[64];
      Batch x = c.samples(64);
      assertThatThrownBy(() -> engine.losses(parameters, x, 0, KEY, losses)).hasMessage("lost");
      assertThat(losses).containsOnly(0);
      engine.losses(parameters, x, 0, KEY, losses);
      assertThat(losses).doesNotContain(0);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Mlp mlp = Mlp.of(Activation.TANH, 3, 4, 3);
    JetDevice.Factory nothing = (a, b, d) -> new Nothing();
    assertThatThrownBy(
            () ->
                DeviceEngine.of(
                    mlp, Conditioning.none(), DiffusionDenoising.of(PROCESS), Threads.ONE, nothing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("told of none");
    Parameters parameters = mlp.initialize(Init.FAN_IN, Key.of(1));
    Parameters other = Mlp.of(Activation.TANH, 3, 5, 3).initialize(Init.FAN_IN, Key.of(1));
    float[] gradient = new float[parameters.size()];
    Batch x = Batch.zeros(2, 3);
    try (DeviceEngine engine =
        DeviceEngine.of(mlp, Conditioning.none(), new ExactTrace(), Threads.ONE, nothing)) {
      assertThatThrownBy(() -> engine.lossAndGradient(parameters, x, 0, KEY, parameters.data()))
          .hasMessageContaining("would overwrite");
      assertThatThrownBy(() -> engine.lossAndGradient(parameters, x, 0, KEY, new float[2]))
          .hasMessageContaining("gradient has 2 numbers");
      assertThatThrownBy(
              () -> engine.lossAndGradient(parameters, Batch.zeros(0, 3), 0, KEY, gradient))
          .hasMessageContaining("x has no rows");
      assertThatThrownBy(
              () -> engine.lossAndGradient(parameters, Batch.zeros(2, 4), 0, KEY, gradient))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> engine.lossAndGradient(other, x, 0, KEY, new float[other.size()]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> engine.losses(parameters, x, 0, KEY, new float[1]))
          .hasMessageContaining("room for 1");
    }
  }

  /// Each of some ten arrays of 512 samples of 2000 numbers would be 4 MB.
  @Test
  void aFewSamplesOfManyNumbersTakeLittleMemory() {
    Mlp mlp = Mlp.of(Activation.TANH, 2000, 1, 2000);
    Parameters parameters = mlp.initialize(Init.GLOROT_UNIFORM, Key.of(1));
    Objective objective = new Denoising(0.3);
    Batch few = Noise.normals(Key.of(2), 3, 2000);
    Batch more = Noise.normals(Key.of(2), 700, 2000);
    try (LossEngine own = new JetEngine(mlp, objective, Threads.ONE);
        LossEngine device =
            DeviceEngine.of(
                mlp,
                Conditioning.none(),
                objective,
                Threads.ONE,
                (net, forms, tangents) -> new HostJets(net, forms, tangents, 1 << 20))) {
      assertThat(Allocation.bytesOnce(() -> device.loss(parameters, few, KEY))).isLessThan(3 << 20);
      // and those that were small make way for larger ones
      for (Batch x : List.of(more, few)) {
        double loss = own.loss(parameters, x, KEY);
        assertThat(device.loss(parameters, x, KEY)).isCloseTo(loss, within(1e-4 * loss));
      }
    }
  }
}
