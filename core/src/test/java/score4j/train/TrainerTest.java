package score4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.data.Minibatches;
import score4j.nn.Activation;
import score4j.nn.Init;
import score4j.nn.JetEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.Denoising;
import score4j.objective.ExactTrace;
import score4j.objective.Objective;
import score4j.objective.Sliced;
import score4j.optim.Ema;
import score4j.optim.GradientDescent;
import score4j.optim.OptimizerState;
import score4j.optim.Schedule;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.testing.Allocation;

class TrainerTest {
  private static final Mlp SMALL = Mlp.of(Activation.TANH, 2, 16, 8, 2);
  private static final Key KEY = Key.of(20);

  private static Parameters start(Mlp mlp) {
    return mlp.initialize(Init.GLOROT_UNIFORM, Key.of(21));
  }

  private static Batch normals(int rows, int cols) {
    return Noise.normals(Key.of(22), rows, cols);
  }

  private static Batch others(int rows, int cols) {
    return Noise.normals(Key.of(23), rows, cols);
  }

  /// Records everything that a training tells.
  private static final class Recorder implements Listener {
    final List<Long> steps = new ArrayList<>();
    final List<Double> losses = new ArrayList<>();
    final List<EpochReport> reports = new ArrayList<>();
    final List<Parameters> weights = new ArrayList<>();

    @Override
    public void step(long step, double loss) {
      steps.add(step);
      losses.add(loss);
    }

    @Override
    public boolean epoch(EpochReport report, Parameters current) {
      reports.add(report);
      weights.add(current.copy());
      return true;
    }
  }

  // ---- what is learned

  /// The best linear score of a sample is that of the Gaussian with its mean and (population)
  /// covariance.
  @Test
  void aLinearNetworkLearnsTheGaussianOfItsSamples() {
    int n = 1000;
    Batch x = normals(n, 2);
    for (int i = 0; i < n; i++) { // correlated, off centre
      float u = x.get(i, 0);
      float v = x.get(i, 1);
      x.set(i, 0, 0.5f + 1.2f * u);
      x.set(i, 1, -0.3f + 0.5f * u + 0.9f * v);
    }
    double[] mean = new double[2];
    double[][] covariance = new double[2][2];
    for (int i = 0; i < n; i++) {
      for (int a = 0; a < 2; a++) {
        mean[a] += x.get(i, a) / (double) n;
      }
    }
    for (int i = 0; i < n; i++) {
      for (int a = 0; a < 2; a++) {
        for (int b = 0; b < 2; b++) {
          covariance[a][b] += (x.get(i, a) - mean[a]) * (x.get(i, b) - mean[b]) / n;
        }
      }
    }
    double det = covariance[0][0] * covariance[1][1] - covariance[0][1] * covariance[1][0];
    double[][] weight = {
      {-covariance[1][1] / det, covariance[0][1] / det},
      {covariance[1][0] / det, -covariance[0][0] / det}
    };
    Mlp linear = Mlp.of(Activation.TANH, 2, 2);
    Trained<ScoreNetwork> trained =
        Trainer.of(new ExactTrace())
            .withOptimizer(new GradientDescent())
            .withRate(0.3)
            .withBatchSize(n)
            .withEpochs(1000)
            .withEmaDecay(0)
            .train(linear, start(linear), x, null, KEY);
    // The loss is quadratic with curvatures from 0.5 to 2.2, so 1000 steps of 0.3 leave 0.85¹⁰⁰⁰. A
    // gradient sums 1000 terms of size 2 on average, within 1000·2⁻²⁴·2 at worst; over 0.5.
    double tolerance = 4000 * 0x1p-24;
    float[] w = trained.network().parameters().get("net.0.weight");
    float[] b = trained.network().parameters().get("net.0.bias");
    for (int a = 0; a < 2; a++) {
      assertThat((double) w[2 * a]).isCloseTo(weight[a][0], within(tolerance));
      assertThat((double) w[2 * a + 1]).isCloseTo(weight[a][1], within(tolerance));
      double bias = -weight[a][0] * mean[0] - weight[a][1] * mean[1];
      assertThat((double) b[a]).isCloseTo(bias, within(tolerance));
    }
    // at the best score of a Gaussian the loss is ½ tr J
    assertThat(trained.report().loss())
        .isCloseTo(0.5 * (weight[0][0] + weight[1][1]), within(tolerance));
  }

  @Test
  void theDefaultsLearn() {
    Batch x = normals(2000, 2);
    Trained<ScoreNetwork> trained =
        Trainer.of(new ExactTrace()).train(SMALL, start(SMALL), x, others(1000, 2), KEY);
    // The best possible is −1 for two standard normal coordinates, up to a sampling error of 1000
    // points: ½‖s‖² + tr J = ½‖x‖² − 2 has standard deviation 1, so 5 SE = 0.16. It starts near 0.
    assertThat(trained.report().heldOutLoss()).isBetween(-1.16, -0.8);
    assertThat(trained.history()).hasSize(100);
    assertThat(trained.epoch()).isEqualTo(100);
  }

  // ---- the same bits

  @Test
  void threadsDoNotChangeABit() {
    Batch x = normals(1031, 2);
    Batch heldOut = others(517, 2);
    Trainer trainer = Trainer.of(Sliced.of(2)).withBatchSize(300).withEpochs(4).withPatience(3);
    Trained<ScoreNetwork> one =
        trainer.withThreads(Threads.ONE).train(SMALL, start(SMALL), x, heldOut, KEY);
    for (int threads : new int[] {2, 3}) {
      Trained<ScoreNetwork> more =
          trainer.withThreads(Threads.of(threads)).train(SMALL, start(SMALL), x, heldOut, KEY);
      assertThat(more.network().parameters()).isEqualTo(one.network().parameters());
      assertThat(more.history()).isEqualTo(one.history());
      assertThat(more.epoch()).isEqualTo(one.epoch());
    }
    Trained<ScoreNetwork> again = trainer.train(SMALL, start(SMALL), x, heldOut, KEY);
    assertThat(again.network().parameters()).isEqualTo(one.network().parameters());
    Trained<ScoreNetwork> other = trainer.train(SMALL, start(SMALL), x, heldOut, Key.of(99));
    assertThat(other.network().parameters()).isNotEqualTo(one.network().parameters());
  }

  /// The documented keys and order of things, written out.
  @Test
  void aTrainingIsWhatItsDocumentationSays() {
    Batch x = normals(70, 2);
    Batch heldOut = others(33, 2);
    Objective objective = new Denoising(0.3);
    Schedule schedule = Schedule.cosine(0.1, 0.01, 8);
    Recorder recorder = new Recorder();
    Trained<ScoreNetwork> trained =
        Trainer.of(objective)
            .withOptimizer(new GradientDescent())
            .withSchedule(schedule)
            .withBatchSize(32)
            .withEpochs(3)
            .withEmaDecay(0.9)
            .withEvaluateEvery(2)
            .withListener(recorder)
            .train(SMALL, start(SMALL), x, heldOut, KEY);

    Key[] keys = KEY.split(3);
    Parameters p = start(SMALL);
    OptimizerState state = new GradientDescent().init(p.size());
    OptimizerState average = new Ema(0.9).init(p.size());
    Parameters averaged = Parameters.wrap(p.slices(), average.moment(0));
    float[] gradient = new float[p.size()];
    Minibatches minibatches = new Minibatches(x, 32);
    List<Double> losses = new ArrayList<>();
    List<EpochReport> reports = new ArrayList<>();
    List<Parameters> weights = new ArrayList<>();
    int step = 0;
    try (JetEngine engine = new JetEngine(SMALL, objective, Threads.ONE)) {
      for (int epoch = 1; epoch <= 3; epoch++) {
        minibatches.startEpoch(keys[0].fold(epoch - 1));
        double sum = 0;
        int first = 0;
        for (int rows : new int[] {32, 32, 6}) {
          Batch batch = minibatches.next();
          assertThat(batch.rows()).isEqualTo(rows);
          double loss = engine.lossAndGradient(p, batch, first, keys[1].fold(epoch - 1), gradient);
          losses.add(loss);
          sum += loss * rows;
          first += rows;
          new GradientDescent().update(state, p.data(), gradient, schedule.rate(step));
          new Ema(0.9).update(average, p.data());
          step++;
        }
        double held = epoch == 1 ? Double.NaN : engine.loss(averaged, heldOut, keys[2]);
        reports.add(new EpochReport(epoch, step, sum / 70, held));
        weights.add(averaged.copy());
      }
    }
    assertThat(recorder.steps).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    assertThat(recorder.losses).isEqualTo(losses);
    assertThat(recorder.reports).isEqualTo(reports);
    assertThat(recorder.weights).isEqualTo(weights);
    assertThat(trained.history()).isEqualTo(reports);
    assertThat(trained.network().parameters()).isEqualTo(weights.getLast());
    assertThat(trained.network().mlp()).isEqualTo(SMALL);
    assertThat(reports.getFirst().evaluated()).isFalse();
    assertThat(reports.getLast().evaluated()).isTrue();
  }

  @Test
  void withoutAverageTheLastWeightsAreTheResult() {
    Recorder recorder = new Recorder();
    Trained<ScoreNetwork> trained =
        Trainer.of(new ExactTrace())
            .withEmaDecay(0)
            .withEpochs(5)
            .withListener(recorder)
            .train(SMALL, start(SMALL), normals(50, 2), null, KEY);
    assertThat(trained.network().parameters()).isEqualTo(recorder.weights.getLast());
    assertThat(trained.history()).noneMatch(EpochReport::evaluated);
  }

  /// With a rate of 0 nothing moves, so a held-out loss that differed would owe it to its noise.
  @Test
  void theHeldOutLossHasAlwaysTheSameNoise() {
    Trained<ScoreNetwork> trained =
        Trainer.of(new Denoising(0.5))
            .withRate(0)
            .withEpochs(4)
            .train(SMALL, start(SMALL), normals(50, 2), others(40, 2), KEY);
    assertThat(trained.history().stream().map(EpochReport::heldOutLoss).distinct()).hasSize(1);
    assertThat(trained.history().stream().map(EpochReport::loss).distinct()).hasSize(4);
    assertThat(trained.network().parameters()).isEqualTo(start(SMALL));
  }

  // ---- early stopping

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void earlyStoppingStopsAndReturnsTheBest(int evaluateEvery) {
    // 20 points and 400 weights: the loss on the points falls without end, and the held-out loss
    // turns round soon.
    Recorder recorder = new Recorder();
    int patience = 4;
    Trained<ScoreNetwork> trained =
        Trainer.of(new ExactTrace())
            .withRate(0.01)
            .withEpochs(2000)
            .withEvaluateEvery(evaluateEvery)
            .withPatience(patience)
            .withListener(recorder)
            .train(SMALL, start(SMALL), normals(20, 2), others(200, 2), KEY);
    List<EpochReport> history = trained.history();
    assertThat(history).isEqualTo(recorder.reports);
    assertThat(history.size()).isLessThan(2000);
    assertThat(history.size()).isEqualTo(trained.epoch() + patience * evaluateEvery);
    double least =
        history.stream()
            .filter(EpochReport::evaluated)
            .mapToDouble(EpochReport::heldOutLoss)
            .min()
            .orElseThrow();
    assertThat(trained.report().heldOutLoss()).isEqualTo(least);
    assertThat(trained.report().epoch()).isEqualTo(trained.epoch());
    assertThat(trained.network().parameters()).isEqualTo(recorder.weights.get(trained.epoch() - 1));
    assertThat(history.getLast().heldOutLoss()).isGreaterThan(least);
  }

  @Test
  void aListenerCanEndTheTraining() {
    Listener threeEpochs =
        new Listener() {
          @Override
          public boolean epoch(EpochReport report, Parameters current) {
            return report.epoch() < 3;
          }
        };
    Trainer trainer = Trainer.of(new ExactTrace()).withListener(threeEpochs);
    Trained<ScoreNetwork> trained = trainer.train(SMALL, start(SMALL), normals(50, 2), null, KEY);
    assertThat(trained.history()).hasSize(3);
    assertThat(trained.epoch()).isEqualTo(3);
    // before the first evaluation there is no best: the last weights are the result
    Trained<ScoreNetwork> unevaluated =
        trainer
            .withPatience(2)
            .withEvaluateEvery(10)
            .train(SMALL, start(SMALL), normals(50, 2), others(50, 2), KEY);
    assertThat(unevaluated.epoch()).isEqualTo(3);
    assertThat(unevaluated.network().parameters()).isEqualTo(trained.network().parameters());
  }

  // ---- what goes wrong

  @Test
  void aLossThatIsNotFiniteNamesStepKeyAndSample() {
    Mlp linear = Mlp.of(Activation.TANH, 1, 1);
    Parameters start = Parameters.zeros(linear.slices());
    start.set("net.0.weight", new float[] {-2});
    Parameters copy = start.copy();
    Batch x = normals(100, 1);
    x.set(77, 0, 3e38f); // finite, but its score −6e38 is not
    Trainer trainer = Trainer.of(new ExactTrace()).withBatchSize(30);
    // the step at which sample 77 comes, by the documented order
    int[] order = Noise.permutation(KEY.split(3)[0].fold(0), 100);
    int step = 0;
    while (order[step] != 77) {
      step++;
    }
    step /= 30;
    String key = KEY.split(3)[1].fold(0).toString();
    assertThatThrownBy(() -> trainer.train(linear, start, x, null, KEY))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("at step " + step + " ")
        .hasMessageContaining("key " + key)
        .hasMessageContaining("the loss is not finite")
        .hasMessageContaining("first bad sample is row 77 of data, whose loss is Infinity")
        .hasMessageContaining("learning rate 0.001");
    assertThat(start).isEqualTo(copy);
    assertThatThrownBy(() -> trainer.train(linear, start, normals(100, 1), x, KEY))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("held-out loss")
        .hasMessageContaining("first bad sample is row 77 of heldOut, whose");
    assertThat(start).isEqualTo(copy);
  }

  @Test
  void aGradientThatIsNotFiniteNamesItsSample() {
    Mlp linear = Mlp.of(Activation.TANH, 1, 1);
    Parameters start = Parameters.zeros(linear.slices());
    start.set("net.0.weight", new float[] {-1});
    Batch x = normals(100, 1);
    x.set(7, 0, 1e20f); // ½s² = 5e39 fits the double of a loss, s·x = −1e40 no float of a gradient
    assertThatThrownBy(
            () ->
                Trainer.of(new ExactTrace()).withBatchSize(100).train(linear, start, x, null, KEY))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("the gradient is not finite at step 0 ")
        .hasMessageContaining("row 7 of data, whose loss is Infinity");
  }

  @Test
  void aGradientThatOverflowsInTheSumNamesItsParameter() {
    Mlp linear = Mlp.of(Activation.TANH, 1, 1);
    Parameters start = Parameters.zeros(linear.slices());
    start.set("net.0.weight", new float[] {-1});
    // 100 losses ½x² = 2e38 and gradients x² = 4e38 of which even one is too large for a float
    Batch x = Batch.zeros(100, 1);
    Arrays.fill(x.data(), 2e19f);
    assertThatThrownBy(() -> Trainer.of(new ExactTrace()).train(linear, start, x, null, KEY))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("the gradient is not finite at step 0 ")
        .hasMessageContaining("net.0.weight[0]");
  }

  @Test
  void parametersThatAreNotFiniteAreNoticed() {
    Trainer trainer = Trainer.of(new ExactTrace()).withOptimizer(new GradientDescent());
    Batch x = normals(64, 2);
    // the last step of an epoch
    assertThatThrownBy(
            () -> trainer.withRate(3e38).withBatchSize(64).train(SMALL, start(SMALL), x, null, KEY))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("lower the learning rate");
    // one before it
    assertThatThrownBy(
            () -> trainer.withRate(3e38).withBatchSize(8).train(SMALL, start(SMALL), x, null, KEY))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("lower the learning rate");
  }

  @Test
  void badArgumentsAreRefused() {
    Trainer trainer = Trainer.of(new ExactTrace());
    assertThatThrownBy(() -> trainer.withBatchSize(0)).hasMessageContaining("batchSize");
    assertThatThrownBy(() -> trainer.withEpochs(0)).hasMessageContaining("epochs");
    assertThatThrownBy(() -> trainer.withEvaluateEvery(0)).hasMessageContaining("evaluateEvery");
    assertThatThrownBy(() -> trainer.withPatience(-1)).hasMessageContaining("patience");
    assertThatThrownBy(() -> trainer.withEmaDecay(1)).hasMessageContaining("emaDecay");
    assertThatThrownBy(() -> trainer.withEmaDecay(Double.NaN)).hasMessageContaining("emaDecay");
    Parameters start = start(SMALL);
    Batch x = normals(10, 2);
    assertThatThrownBy(() -> trainer.train(SMALL, start, normals(10, 3), null, KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("data has 3 columns");
    assertThatThrownBy(() -> trainer.train(SMALL, start, x, normals(10, 1), KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("heldOut has 1 columns");
    assertThatThrownBy(() -> trainer.train(SMALL, start, normals(0, 2), null, KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no row");
    assertThatThrownBy(() -> trainer.withPatience(2).train(SMALL, start, x, null, KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nothing is held out");
    Batch bad = x.copy();
    bad.set(4, 1, Float.NaN);
    assertThatThrownBy(() -> trainer.train(SMALL, start, bad, null, KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("row 4, column 1");
    Mlp other = Mlp.of(Activation.TANH, 2, 3, 2);
    assertThatThrownBy(() -> trainer.train(other, start, x, null, KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("slices");
    Mlp wide = Mlp.of(Activation.TANH, 2, 3);
    assertThatThrownBy(() -> trainer.train(wide, start(wide), x, null, KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("as many outputs as inputs");
  }

  // ---- memory

  @Test
  void aStepAllocatesNothing() {
    int steps = 200; // an epoch
    Batch x = normals(10 * steps, 2);
    Parameters start = start(SMALL);
    Trainer trainer = Trainer.of(Sliced.of(2)).withThreads(Threads.ONE).withBatchSize(10);
    // Vectors are objects until the kernels are compiled, after some 10,000 steps.
    double perEpoch = Double.POSITIVE_INFINITY;
    for (int attempt = 0; attempt < 60 && perEpoch > 2 * steps; attempt++) {
      long one =
          Allocation.bytesOnce(() -> trainer.withEpochs(1).train(SMALL, start, x, null, KEY));
      long six =
          Allocation.bytesOnce(() -> trainer.withEpochs(6).train(SMALL, start, x, null, KEY));
      perEpoch = (six - one) / 5.0;
    }
    // An epoch makes its report and two keys, some 300 bytes; the smallest object a step could make
    // has 16.
    assertThat(perEpoch).isLessThan(2 * steps);
  }
}
