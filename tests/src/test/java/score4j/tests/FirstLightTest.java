package score4j.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.internal.kernel.KernelChoice;
import score4j.io.Checkpoint;
import score4j.metric.Estimate;
import score4j.metric.FisherDivergence;
import score4j.nn.Activation;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.Denoising;
import score4j.objective.ExactTrace;
import score4j.objective.Explicit;
import score4j.objective.Objective;
import score4j.objective.Sliced;
import score4j.optim.Schedule;
import score4j.rng.Key;
import score4j.sample.Langevin;
import score4j.train.Trainer;

/// Samples in, score learned, file written and read, samples out. Runs in a virtual machine with
/// the vector module and in one without.
class FirstLightTest {
  private static final Key KEY = Key.of(2);
  private static final double[] MEAN = {1, -0.5};
  private static final double[] STD = {1, 0.5};
  private static final Gaussian TRUTH = Gaussian.diagonal(MEAN, STD);

  @TempDir private Path folder;

  @Test
  void theKernelsOfThisJvmRun() {
    String wanted = Objects.requireNonNull(System.getProperty("score.require"));
    String running = KernelChoice.kernels().name();
    System.out.println("kernels: " + running);
    assertThat(running).startsWith(wanted);
  }

  static Stream<Objective> objectives() {
    // smoothing by σ = 0.05 moves this score by less than 1%
    return Stream.of(new ExactTrace(), Sliced.of(1), new Denoising(0.05), new Explicit(TRUTH));
  }

  private static ScoreNetwork learn(Objective objective) {
    Mlp mlp = Mlp.of(Activation.TANH, 2, 24, 2);
    return Trainer.of(objective)
        .withSchedule(Schedule.cosine(1e-2, 1e-4, 1600))
        .withBatchSize(250)
        .withEpochs(100)
        .train(
            mlp,
            mlp.initialize(Init.GLOROT_UNIFORM, KEY.fold(1)),
            TRUTH.sample(KEY.fold(2), 4000),
            null,
            KEY.fold(3))
        .network();
  }

  /// The score s = 0 has ½·E‖s*‖² = ½·Σ 1/σᵢ² = 2.5. A learner that has found the law has a few
  /// percent of that.
  @ParameterizedTest
  @MethodSource("objectives")
  void everyObjectiveLearnsTheScore(Objective objective) {
    Batch fresh = TRUTH.sample(KEY.fold(4), 4000);
    Estimate divergence = FisherDivergence.of(learn(objective), TRUTH, fresh);
    System.out.println(objective.name() + ": Fisher divergence " + divergence);
    assertThat(divergence.value()).isBetween(0.0, 0.1);
  }

  @Test
  void fileGivesTheSameScore() throws IOException {
    ScoreNetwork network = learn(new ExactTrace());
    Path file = folder.resolve("gaussian.safetensors");
    Checkpoint.write(
        file, new Checkpoint(network.mlp(), network.parameters(), Map.of("law", "gaussian")));
    Checkpoint read = Checkpoint.read(file);
    Batch x = TRUTH.sample(KEY.fold(5), 100);
    ScoreNetwork again = ScoreNetwork.of(read.mlp(), read.parameters());
    assertThat(again.score(x)).isEqualTo(network.score(x));
    assertThat(read.metadata()).containsEntry("law", "gaussian");
  }

  /// From a start far outside, 500 steps of 0.02 are 10 units of time against a slowest relaxation
  /// of σ² = 1: e⁻¹⁰ of the start is left. 3000 particles have a standard error of σ/√3000 in the
  /// mean and σ/√6000 in the standard deviation; five of them (false alarm 10⁻⁶), the step's own
  /// bias ε/(2σ²)·½ = 2% of σ in the narrow coordinate, and an error of the learned score of 0.05 σ
  /// make the bound.
  @Test
  void learnedScoreSamplesTheLaw() {
    ScoreNetwork network = learn(new ExactTrace());
    int n = 3000;
    Batch start = Gaussian.isotropic(new double[] {0, 0}, 2).sample(KEY.fold(6), n);
    Batch end = Langevin.of(0.02, 500).sample(network, start, KEY.fold(7));
    for (int c = 0; c < 2; c++) {
      double mean = 0;
      double square = 0;
      for (float value : end.column(c)) {
        mean += value / n;
        square += (double) value * value / n;
      }
      double std = Math.sqrt(square - mean * mean);
      double error = STD[c] * (5 / Math.sqrt(n) + 0.05);
      assertThat(mean).as("mean of column %d", c).isBetween(MEAN[c] - error, MEAN[c] + error);
      assertThat(std).as("std of column %d", c).isBetween(0.9 * STD[c], 1.1 * STD[c]);
    }
  }
}
