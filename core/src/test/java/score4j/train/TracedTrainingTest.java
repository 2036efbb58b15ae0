package score4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.autodiff.Derivatives;
import score4j.autodiff.Expr;
import score4j.dist.Distribution;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.metric.FisherDivergence;
import score4j.nn.Activation;
import score4j.nn.EnergyNetwork;
import score4j.nn.Init;
import score4j.nn.JetEngine;
import score4j.nn.LossEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.Definition;
import score4j.objective.Denoising;
import score4j.objective.ExactTrace;
import score4j.objective.Objective;
import score4j.objective.Regularized;
import score4j.objective.Sliced;
import score4j.objective.TracedEngine;
import score4j.optim.GradientDescent;
import score4j.rng.Key;
import score4j.rng.ProbeLaw;

/// Trainings of losses that are written down and not fused: energies, and objectives of users.
class TracedTrainingTest {
  private static final Key KEY = Key.of(31);
  private static final double SIGMA = 0.3;
  private static final GaussianMixture LAW =
      GaussianMixture.of(
          new double[] {0.4, 0.6},
          Gaussian.isotropic(new double[] {-1, 0}, 0.5),
          Gaussian.isotropic(new double[] {1, 0.5}, 0.5));

  /// ExactTrace as a user would write it, without a fused twin.
  private record UsersTrace() implements Definition {
    @Override
    public String name() {
      return "users-trace";
    }

    @Override
    public int draws() {
      return 0;
    }

    @Override
    public Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws) {
      Expr s = score.apply(x);
      return s.square().sum().mul(0.5).add(Derivatives.divergence(score, x));
    }
  }

  static Stream<Objective> objectives() {
    return Stream.of(
        new ExactTrace(),
        new Regularized(0.01),
        new Sliced(2, ProbeLaw.GAUSSIAN, false),
        Sliced.of(1),
        new Denoising(SIGMA));
  }

  // both round each layer's sums of up to 16 terms: 4·2⁻²⁴·Σ(n + 13) of values of order 1, times 10
  // for the largest entries of these gradients
  @ParameterizedTest
  @MethodSource("objectives")
  void tracedAndFusedEnginesAgreeAndDrawTheSameNumbers(Objective objective) {
    Mlp mlp = Mlp.of(Activation.TANH, 2, 16, 16, 2);
    Parameters parameters = mlp.initialize(Init.FAN_IN, Key.of(1));
    Batch x = LAW.sample(Key.of(2), 150);
    float[] one = new float[parameters.size()];
    float[] two = new float[parameters.size()];
    float[] each = new float[150];
    float[] other = new float[150];
    try (LossEngine fused = new JetEngine(mlp, objective, Threads.of(2));
        LossEngine traced = TracedEngine.of(objective, mlp, Threads.of(2))) {
      double tolerance = 10 * 4 * 0x1p-24 * (2 + 16 + 16 + 3 * 13);
      double loss = fused.lossAndGradient(parameters, x, 1000, KEY, one);
      assertThat(traced.lossAndGradient(parameters, x, 1000, KEY, two))
          .isCloseTo(loss, within(tolerance));
      for (int i = 0; i < one.length; i++) {
        assertThat((double) two[i]).isCloseTo(one[i], within(tolerance));
      }
      fused.losses(parameters, x, 1000, KEY, each);
      traced.losses(parameters, x, 1000, KEY, other);
      for (int i = 0; i < each.length; i++) {
        assertThat((double) other[i]).isCloseTo(each[i], within(10 * tolerance));
      }
      assertThat(traced.loss(parameters, x, KEY))
          .isCloseTo(fused.loss(parameters, x, KEY), within(tolerance));
      assertThat(traced.dim()).isEqualTo(2);
      assertThat(traced.slices()).isEqualTo(mlp.slices());
    }
  }

  // An untrained energy knows nothing of the score; 1500 steps leave less than a tenth of the
  // Fisher
  // divergence with every objective. The denoising one learns the law with its noise, and λ = 0.01
  // shifts the regularised one by little.
  @ParameterizedTest
  @MethodSource("objectives")
  void energiesLearnWithEveryObjective(Objective objective) {
    Mlp mlp = Mlp.of(Activation.SOFTPLUS, 2, 24, 24, 1);
    Batch x = LAW.sample(Key.of(5), 2000);
    Trainer trainer =
        Trainer.of(objective)
            .withRate(5e-3)
            .withBatchSize(200)
            .withEpochs(150)
            .withThreads(Threads.of(2));
    Parameters start = mlp.initialize(Init.FAN_IN, Key.of(6));
    EnergyNetwork learned = trainer.trainEnergy(mlp, start, x, null, KEY).network();
    Distribution truth = objective instanceof Denoising ? LAW.smoothed(SIGMA) : LAW;
    Batch fresh = truth.sample(Key.of(7), 2000);
    double before = FisherDivergence.of(EnergyNetwork.of(mlp, start), truth, fresh).value();
    double after = FisherDivergence.of(learned, truth, fresh).value();
    assertThat(after).as("from %s", before).isLessThan(before / 10);
  }

  @Test
  void anEnergyIsAPotentialOfItsScoreAndTrainsTheSameOnAnyNumberOfThreads() {
    Mlp mlp = Mlp.of(Activation.SILU, 2, 16, 1);
    Batch x = LAW.sample(Key.of(5), 500);
    Parameters start = mlp.initialize(Init.FAN_IN, Key.of(6));
    Trainer trainer = Trainer.of(Sliced.of(1)).withEpochs(3).withBatchSize(100);
    EnergyNetwork one =
        trainer.withThreads(Threads.ONE).trainEnergy(mlp, start, x, null, KEY).network();
    EnergyNetwork three =
        trainer.withThreads(Threads.of(3)).trainEnergy(mlp, start, x, null, KEY).network();
    assertThat(three.parameters()).isEqualTo(one.parameters());
    // f(x + h) − f(x − h) = −2h·s up to h³ and roundings of 1e-7/h
    float h = 1e-2f;
    Batch at = Batch.of(new float[][] {{0.3f - h, -0.4f}, {0.3f + h, -0.4f}, {0.3f, -0.4f}});
    float[] energy = new float[3];
    one.energy(at, energy);
    assertThat((energy[0] - energy[1]) / (2 * h)).isCloseTo(one.score(at).get(2, 0), within(1e-4f));
    // its Jacobian is symmetric
    Batch jvp = Batch.zeros(3, 2);
    Batch vjp = Batch.zeros(3, 2);
    Batch v = Batch.of(new float[][] {{1, 2}, {-1, 0}, {0.5f, 0.5f}});
    one.jvp(at, v, 0, jvp);
    one.vjp(at, v, 0, vjp);
    for (int i = 0; i < 6; i++) {
      assertThat(jvp.data()[i]).isCloseTo(vjp.data()[i], within(1e-5f));
    }
  }

  @Test
  void aDefinitionAloneTrainsAScoreNetwork() {
    Mlp mlp = Mlp.of(Activation.TANH, 2, 16, 2);
    Parameters start = mlp.initialize(Init.FAN_IN, Key.of(1));
    Batch x = LAW.sample(Key.of(2), 400);
    Trainer fused = Trainer.of(new ExactTrace()).withEpochs(5).withOptimizer(new GradientDescent());
    Trainer users = Trainer.of(new UsersTrace()).withEpochs(5).withOptimizer(new GradientDescent());
    ScoreNetwork one = fused.train(mlp, start, x, null, KEY).network();
    ScoreNetwork two = users.train(mlp, start, x, null, KEY).network();
    // gradient descent adds ten small gradients, each off by 1e-6 at most
    for (int i = 0; i < start.size(); i++) {
      assertThat(two.parameters().data()[i]).isCloseTo(one.parameters().data()[i], within(1e-5f));
    }
  }

  // f(x) = ½(x − μ)ᵀ(x − μ): the score model μ − x, whose loss ½‖μ − x‖² − 2 is least at the mean
  @Test
  void anyLossOfAnyParametersTrains() {
    List<Parameters.Slice> slices = List.of(new Parameters.Slice("mean", 0, 2, 1, true));
    Batch x = LAW.sample(Key.of(9), 1000);
    Trainer trainer =
        Trainer.of(new ExactTrace())
            .withOptimizer(new GradientDescent())
            .withRate(0.5)
            .withBatchSize(1000)
            .withEmaDecay(0)
            .withEpochs(60);
    try (LossEngine engine =
        new TracedEngine(
            new ExactTrace(), slices, 2, (w, u) -> w.get("mean").sub(u), Threads.ONE)) {
      Parameters learned = trainer.train(engine, Parameters.zeros(slices), x, null, KEY).network();
      for (int d = 0; d < 2; d++) {
        double mean = 0;
        for (int i = 0; i < 1000; i++) {
          mean += x.get(i, d) / 1000.0;
        }
        // 2⁻⁶⁰ of the way is left, and the roundings of a sum of 1000
        assertThat((double) learned.data()[d]).isCloseTo(mean, within(1e-6));
      }
    }
  }

  @Test
  void whatCannotLearnIsRefusedWithTheReason() {
    Batch x = LAW.sample(Key.of(5), 50);
    Mlp relu = Mlp.of(Activation.RELU, 2, 8, 1);
    Parameters start = relu.initialize(Init.FAN_IN, Key.of(6));
    assertThatThrownBy(() -> Trainer.of(new ExactTrace()).trainEnergy(relu, start, x, null, KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("derivatives of the score, which are 0 almost everywhere")
        .hasMessageContaining("softplus or silu");
    assertThat(
            Trainer.of(new Denoising(0.5))
                .withEpochs(1)
                .trainEnergy(relu, start, x, null, KEY)
                .history())
        .hasSize(1);
    Mlp two = Mlp.of(Activation.TANH, 2, 8, 2);
    Parameters wide = two.initialize(Init.FAN_IN, Key.of(6));
    assertThatThrownBy(() -> Trainer.of(new ExactTrace()).trainEnergy(two, wide, x, null, KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("an energy has one output");
    Mlp one = Mlp.of(Activation.TANH, 2, 8, 1);
    assertThatThrownBy(() -> Trainer.of(new UsersTrace()).train(one, start, x, null, KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("as many outputs as inputs");
  }

  private record Faulty(int draws) implements Definition {
    @Override
    public String name() {
      return "faulty";
    }

    @Override
    public Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws) {
      return score.apply(x);
    }
  }

  @Test
  void faultyDefinitionsAreNamed() {
    Mlp mlp = Mlp.of(Activation.TANH, 2, 4, 2);
    assertThatThrownBy(() -> TracedEngine.of(new Faulty(0), mlp, Threads.ONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the objective faulty gives [2] for a sample");
    assertThatThrownBy(() -> TracedEngine.of(new Faulty(-1), mlp, Threads.ONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("draws() = -1");
    assertThatThrownBy(() -> new Faulty(1).draw(KEY, 0, Batch.zeros(1, 2), new float[2]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("faulty has draws() = 1 but no draw");
  }
}
