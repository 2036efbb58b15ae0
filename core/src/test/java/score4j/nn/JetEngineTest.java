package score4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
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

class JetEngineTest {
  private static final Mlp NET = Mlp.of(Activation.TANH, 3, 20, 33, 3);
  private static final Parameters PARAMETERS = NET.initialize(Init.GLOROT_UNIFORM, Key.of(1));

  // one whose lanes are samples
  private static final Mlp SHALLOW = Mlp.of(Activation.SILU, 3, 10, 3);

  private static float[] gradient(Mlp net, Objective objective, Batch x, Threads threads) {
    Parameters parameters = net.initialize(Init.GLOROT_UNIFORM, Key.of(1));
    float[] gradient = new float[parameters.size()];
    try (JetEngine engine = new JetEngine(net, objective, threads)) {
      engine.lossAndGradient(parameters, x, Key.of(4), gradient);
    }
    return gradient;
  }

  // 0 tolerance: chunks are summed in index order whatever the threads
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 200, 1100})
  void theGradientHasTheSameBitsForAnyNumberOfThreads(int rows) {
    Batch x = Noise.normals(Key.of(2), rows, 3);
    for (Mlp net : new Mlp[] {NET, SHALLOW}) {
      for (Objective objective :
          new Objective[] {new ExactTrace(), Sliced.of(2), new Denoising(0.1)}) {
        float[] one = gradient(net, objective, x, Threads.ONE);
        assertThat(gradient(net, objective, x, Threads.of(2))).containsExactly(one);
        assertThat(gradient(net, objective, x, Threads.of(5))).containsExactly(one);
        try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
          assertThat(gradient(net, objective, x, Threads.on(pool, 3))).containsExactly(one);
        }
      }
    }
  }

  // so large that threads share one tile of 256 samples; 0 tolerance: a product's sums stay whole
  @ParameterizedTest
  @ValueSource(ints = {1, 50, 300})
  void threadsThatShareATileGiveTheSameBits(int rows) {
    Mlp net = Mlp.of(Activation.SOFTPLUS, 5, 700, 780, 5);
    Batch x = Noise.normals(Key.of(2), rows, 5);
    for (Objective objective :
        new Objective[] {
          new ExactTrace(), new Regularized(0.1), Sliced.of(2), new Denoising(0.1)
        }) {
      float[] one = gradient(net, objective, x, Threads.ONE);
      assertThat(Arrays.mismatch(gradient(net, objective, x, Threads.of(2)), one)).isEqualTo(-1);
      assertThat(Arrays.mismatch(gradient(net, objective, x, Threads.of(5)), one)).isEqualTo(-1);
    }
  }

  // times, a context and two points of each sample go along with their part of the tile
  @Test
  void conditionedTilesAreSharedWithTheSameBits() {
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    Conditioning conditioning = Conditioning.of(process).withContext(2);
    Mlp net = Mlp.of(Activation.SOFTPLUS, 5 + conditioning.inputs(), 700, 780, 5);
    Parameters parameters = net.initialize(Init.GLOROT_UNIFORM, Key.of(1));
    Batch x = Noise.normals(Key.of(2), 300, 7); // five coordinates and their context
    for (Objective objective :
        new Objective[] {
          DiffusionDenoising.of(process).withControlVariate(true),
          DiffusionImplicit.of(Sliced.of(2), process)
        }) {
      float[] one = new float[parameters.size()];
      float[] shared = new float[parameters.size()];
      try (JetEngine alone = new JetEngine(net, conditioning, objective, Threads.ONE);
          JetEngine together = new JetEngine(net, conditioning, objective, Threads.of(3))) {
        double loss = alone.lossAndGradient(parameters, x, Key.of(4), one);
        assertThat(together.lossAndGradient(parameters, x, Key.of(4), shared)).isEqualTo(loss);
      }
      assertThat(Arrays.mismatch(shared, one)).isEqualTo(-1);
    }
  }

  @Test
  void timesOfAnotherProcessAreRefused() {
    DiffusionDenoising objective = DiffusionDenoising.of(LinearSde.variancePreserving(0.1, 20));
    assertThatThrownBy(() -> new JetEngine(NET, objective, Threads.ONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("under VariancePreserving")
        .hasMessageContaining("told of none");
  }

  // one layer, three and four; batches of several sizes by one engine; a caller's threads
  @Test
  void sharedTilesGiveTheSameLosses() {
    for (Mlp net :
        new Mlp[] {
          Mlp.of(Activation.TANH, 740, 740),
          Mlp.of(Activation.TANH, 5, 700, 780, 5),
          Mlp.of(Activation.TANH, 900, 320, 16, 320, 900)
        }) {
      Parameters parameters = net.initialize(Init.GLOROT_UNIFORM, Key.of(1));
      Batch x = Noise.normals(Key.of(2), 90, net.inputs());
      float[] one = new float[90];
      float[] shared = new float[90];
      float[] gradient = new float[parameters.size()];
      float[] sharedGradient = new float[parameters.size()];
      try (ExecutorService pool = Executors.newFixedThreadPool(3);
          JetEngine alone = new JetEngine(net, new ExactTrace(), Threads.ONE);
          JetEngine together = new JetEngine(net, new ExactTrace(), Threads.of(3));
          JetEngine borrowed = new JetEngine(net, new ExactTrace(), Threads.on(pool, 3))) {
        for (int rows : new int[] {2, 90, 31}) {
          Batch some = x.slice(0, rows);
          double loss = alone.lossAndGradient(parameters, some, Key.of(4), gradient);
          alone.losses(parameters, some, Key.of(4), one);
          for (JetEngine engine : new JetEngine[] {together, borrowed}) {
            assertThat(engine.lossAndGradient(parameters, some, Key.of(4), sharedGradient))
                .isEqualTo(loss);
            assertThat(Arrays.mismatch(sharedGradient, gradient)).isEqualTo(-1);
            engine.losses(parameters, some, Key.of(4), shared);
            assertThat(Arrays.mismatch(shared, 0, rows, one, 0, rows)).isEqualTo(-1);
          }
        }
      }
    }
  }

  // 300 samples are two tiles. Terms are added in the same order but scaled at the
  // end, and 300 roundings of 2⁻²⁴ of the largest sum are 2e-5 of it.
  @Test
  void theSecondSharedTileAddsToTheFirst() {
    Mlp net = Mlp.of(Activation.SOFTPLUS, 5, 700, 780, 5);
    Batch x = Noise.normals(Key.of(2), 300, 5);
    float[] all = gradient(net, new ExactTrace(), x, Threads.ONE);
    float[] head = gradient(net, new ExactTrace(), x.slice(0, 256), Threads.ONE);
    float[] tail = gradient(net, new ExactTrace(), x.slice(256, 300), Threads.ONE);
    double largest = 0;
    double error = 0;
    for (int i = 0; i < all.length; i++) {
      double sum = 256.0 * head[i] + 44.0 * tail[i];
      largest = Math.max(largest, Math.abs(sum));
      error = Math.max(error, Math.abs(300.0 * all[i] - sum));
    }
    assertThat(error).isLessThan(2e-5 * largest);
  }

  @Test
  void theLossOfASampleDoesNotDependOnItsNeighbours() {
    Batch x = Noise.normals(Key.of(2), 300, 3);
    float[] all = new float[300];
    float[] some = new float[70];
    for (Mlp net : new Mlp[] {NET, SHALLOW}) {
      Parameters parameters = net.initialize(Init.FAN_IN, Key.of(1));
      try (JetEngine engine = new JetEngine(net, new ExactTrace(), Threads.ONE)) {
        engine.losses(parameters, x, Key.of(4), all);
        engine.losses(parameters, x.slice(13, 83), Key.of(4), some);
      }
      for (int i = 0; i < 70; i++) {
        assertThat(some[i]).isEqualTo(all[13 + i]);
      }
    }
  }

  // a mean of 300 floats against the double sum the engine keeps: each loss is rounded once to
  // float
  @Test
  void theMeanIsThatOfTheSamples() {
    Batch x = Noise.normals(Key.of(2), 300, 3);
    float[] losses = new float[300];
    try (JetEngine engine = new JetEngine(NET, Sliced.of(1), Threads.ONE)) {
      engine.losses(PARAMETERS, x, Key.of(4), losses);
      double sum = 0;
      double scale = 0;
      for (float loss : losses) {
        sum += loss;
        scale += Math.abs(loss);
      }
      assertThat(engine.loss(PARAMETERS, x, Key.of(4)))
          .isCloseTo(sum / 300, within(0x1p-24 * scale / 300));
      float[] gradient = new float[PARAMETERS.size()];
      assertThat(engine.lossAndGradient(PARAMETERS, x, Key.of(4), gradient))
          .isEqualTo(engine.loss(PARAMETERS, x, Key.of(4)));
    }
  }

  @Test
  void warmingUpChangesNoResult() {
    Batch x = Noise.normals(Key.of(2), 30, 3);
    float[] cold = gradient(NET, new ExactTrace(), x, Threads.ONE);
    float[] warm = new float[cold.length];
    try (JetEngine engine = new JetEngine(NET, new ExactTrace(), Threads.ONE)) {
      engine.warmUp(PARAMETERS, x, Key.of(9));
      engine.lossAndGradient(PARAMETERS, x, Key.of(4), warm);
    }
    assertThat(warm).containsExactly(cold);
  }

  @Test
  void badArgumentsAreNamed() {
    try (JetEngine engine = new JetEngine(NET, new ExactTrace(), Threads.ONE)) {
      assertThatThrownBy(() -> engine.loss(PARAMETERS, Batch.zeros(4, 2), Key.of(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("x has 2 columns but 3 are expected");
      assertThatThrownBy(() -> engine.loss(PARAMETERS, Batch.zeros(0, 3), Key.of(1)))
          .hasMessageContaining("x has no rows");
      assertThatThrownBy(
              () -> engine.lossAndGradient(PARAMETERS, Batch.zeros(1, 3), Key.of(1), new float[3]))
          .hasMessageContaining("gradient has 3 numbers");
      Parameters other = Mlp.of(Activation.TANH, 3, 4, 3).initialize(Init.FAN_IN, Key.of(1));
      assertThatThrownBy(() -> engine.loss(other, Batch.zeros(1, 3), Key.of(1)))
          .hasMessageContaining("initialise them from this Mlp");
    }
  }
}
