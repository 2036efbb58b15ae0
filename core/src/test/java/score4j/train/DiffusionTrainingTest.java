package score4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Score;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.dist.DiffusedMixture;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.metric.FisherDivergence;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.DiffusionDenoising;
import score4j.objective.DiffusionImplicit;
import score4j.objective.ExactTrace;
import score4j.objective.Objective;
import score4j.objective.Sliced;
import score4j.optim.Schedule;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;
import score4j.rng.Key;

/// Every objective over many times learns the score of the data under noise, under every process,
/// and with its sign.
///
/// The data are standardised, so the scaling alone makes the score that of N(0, I) under the
/// process, which is right at large noise: what is learned shows where σ/α is .15, .3 and .6. There
/// the untrained network has a Fisher divergence of .4 to 3 nats; after 1200 steps at most a fifth
/// of it is left. Under three keys it was 2 to 10 %.
class DiffusionTrainingTest {
  private static final double[] LEVELS = {0.15, 0.3, 0.6};

  // mean 0, and variance .8² + .6² = 1 in both coordinates
  private static final GaussianMixture LAW =
      GaussianMixture.of(
          new double[] {0.5, 0.5},
          Gaussian.isotropic(new double[] {-0.8, 0.8}, 0.6),
          Gaussian.isotropic(new double[] {0.8, -0.8}, 0.6));

  static Stream<Arguments> objectives() {
    LinearSde vp = LinearSde.variancePreserving(0.1, 20);
    LinearSde ve = LinearSde.varianceExploding(0.01, 10);
    LinearSde subVp = LinearSde.subVariancePreserving(0.1, 20);
    SigmaLadder ladder = SigmaLadder.geometric(5, 0.1, 20);
    return Stream.of(
        Arguments.of("σ² under VP", DiffusionDenoising.of(vp), vp),
        Arguments.of("EDM under VE", DiffusionDenoising.edm(ve, 1), ve),
        Arguments.of(
            "likelihood under sub-VP",
            DiffusionDenoising.likelihood(subVp).withControlVariate(true),
            subVp),
        Arguments.of(
            "control variate under σᵗ",
            DiffusionDenoising.of(LinearSde.sigmaPower(25)).withControlVariate(true),
            LinearSde.sigmaPower(25)),
        Arguments.of("ladder", DiffusionDenoising.of(ladder), ladder.process()),
        Arguments.of("exact under VP", DiffusionImplicit.of(new ExactTrace(), vp), vp),
        Arguments.of("sliced under VE", DiffusionImplicit.of(Sliced.of(1), ve), ve),
        Arguments.of(
            "exact on a ladder", DiffusionImplicit.of(new ExactTrace(), ladder), ladder.process()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("objectives")
  void learnsTheScoreAtEveryNoise(String name, Objective objective, LinearSde process) {
    Conditioning conditioning = Conditioning.of(process);
    Mlp mlp = Mlp.of(Activation.SILU, 2 + conditioning.inputs(), 32, 32, 2);
    Key key = Key.of(1);
    Batch data = LAW.sample(key.fold(1), 10_240);
    Trainer trainer =
        Trainer.of(objective)
            .withEpochs(30)
            .withSchedule(Schedule.cosine(3e-3, 1e-5, 1200))
            .withEmaDecay(0);
    Parameters start = mlp.initialize(Init.GLOROT_UNIFORM, key.fold(2));
    Score untrained = ScoreNetwork.of(mlp, conditioning, start);
    Score trained = trainer.train(mlp, conditioning, start, data, null, key.fold(3)).network();
    DiffusedMixture truth = LAW.under(process);
    for (double level : LEVELS) {
      double t = process.timeOf(level);
      Batch x = truth.at(t).sample(key.fold(4), 2000);
      double before = FisherDivergence.of(untrained.at(t), truth.at(t), x).value();
      double after = FisherDivergence.of(trained.at(t), truth.at(t), x).value();
      assertThat(after)
          .as("%s at σ/α = %s: %s before", name, level, before)
          .isLessThan(0.2 * before);
    }
  }
}
