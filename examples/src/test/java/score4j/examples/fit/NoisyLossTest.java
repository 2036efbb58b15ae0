package score4j.examples.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.examples.fit.NoiseLevels.Emphasis;
import score4j.metric.Estimate;
import score4j.objective.DiffusionDenoising;
import score4j.objective.ExactTrace;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;
import score4j.rng.Key;
import score4j.rng.Noise;

/// A standard normal law stays one under a variance preserving process, so every loss is known.
class NoisyLossTest {
  private static final int DIM = 3;
  private static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 20);
  private static final Batch ROWS = Noise.normals(Key.of(1), 4000, DIM);
  private static final DifferentiableScore TRUTH = Gaussian.standard(DIM).mixture().under(PROCESS);

  private static double meanOverTime(DoubleUnaryOperator ofTime) {
    double from = PROCESS.earliestTime();
    double sum = 0;
    int cells = 20_000;
    for (int i = 0; i < cells; i++) {
      sum += ofTime.applyAsDouble(from + (1 - from) * (i + 0.5) / cells) / cells;
    }
    return sum;
  }

  private static void near(Estimate loss, double expected) {
    // 4 standard errors are missed once in 16,000 such checks
    assertThat(loss.value())
        .as("%s, %s expected", loss, expected)
        .isCloseTo(expected, within(4 * loss.standardError() + 1e-6));
  }

  @Test
  void denoisingOfTheTruthIsWhatNoiseLeavesUnexplained() {
    // λ·½(D/σ² − E‖s‖²) with λ = σ² and E‖s‖² = D
    NoiseLevels levels = NoiseLevels.of(PROCESS);
    DiffusionDenoising objective =
        (DiffusionDenoising) levels.denoising(Emphasis.VARIANCE).objective();
    double expected = meanOverTime(t -> 0.5 * DIM * (1 - Math.pow(PROCESS.marginal(t).std(), 2)));
    near(NoisyLoss.of(TRUTH, objective, ROWS, Key.of(2), 2), expected);
    near(NoisyLoss.of(TRUTH, objective.withControlVariate(true), ROWS, Key.of(2), 2), expected);
  }

  @Test
  void exactTraceOfTheTruthIsMinusHalfItsSquare() {
    Task task = NoiseLevels.of(PROCESS).implicit(new ExactTrace(), Emphasis.VARIANCE);
    double expected = meanOverTime(t -> -0.5 * DIM * Math.pow(PROCESS.marginal(t).std(), 2));
    near(NoisyLoss.of(TRUTH, task.objective(), ROWS, Key.of(3), 2), expected);
  }

  /// The law of the times undoes itself: every emphasis but EDM has the mean over uniform times.
  @Test
  void importanceDrawsHaveTheMeanOfUniformTimes() {
    Task task = NoiseLevels.of(PROCESS).implicit(new ExactTrace(), Emphasis.LIKELIHOOD);
    double expected = meanOverTime(t -> -0.5 * DIM * Math.pow(PROCESS.diffusion(t), 2));
    near(NoisyLoss.of(TRUTH, task.objective(), ROWS, Key.of(4), 2), expected);
  }

  @Test
  void aLadderHasItsLevelsAlone() {
    SigmaLadder ladder = SigmaLadder.geometric(2, 1, 2);
    Task task = NoiseLevels.of(ladder).implicit(new ExactTrace(), Emphasis.UNIFORM);
    DifferentiableScore truth = Gaussian.standard(DIM).mixture().under(ladder.process());
    // −½E‖s‖² = −½D/(1 + σ²) at σ = 1 and 2, half each
    near(
        NoisyLoss.of(truth, task.objective(), ROWS, Key.of(5), 2),
        -0.25 * DIM * (1.0 / 2 + 1.0 / 5));
  }

  @Test
  void anotherScoreIsWorse() {
    DiffusionDenoising objective =
        (DiffusionDenoising) NoiseLevels.of(PROCESS).denoising(Emphasis.EDM).objective();
    DifferentiableScore wide = Gaussian.isotropic(new double[DIM], 1.5).mixture().under(PROCESS);
    assertThat(NoisyLoss.of(wide, objective, ROWS, Key.of(6), 2).value())
        .isGreaterThan(NoisyLoss.of(TRUTH, objective, ROWS, Key.of(6), 2).value());
  }

  @Test
  void objectivesOfTheDataAloneAreRefused() {
    assertThatThrownBy(() -> NoisyLoss.of(TRUTH, new ExactTrace(), ROWS, Key.of(7), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("many noise levels");
  }
}
