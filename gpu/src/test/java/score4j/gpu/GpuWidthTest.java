package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.backend.Backend;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.LossEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.Sliced;
import score4j.rng.Key;
import score4j.rng.Noise;

/// Networks with more units, or coordinates, than a grid's second dimension has blocks, which is
/// 65,535.
///
/// Sums have n = 65,541 terms at most and differ by some √n·u, u = 2⁻²⁴, of the largest; the bounds
/// are four times that.
@Card
class GpuWidthTest {
  private static final int MANY = 65_541;
  private static final double BOUND = 1024 * 0x1p-24;

  private static Backend cpu;
  private static Backend gpu;

  @BeforeAll
  static void open() {
    cpu = Backend.cpu(Threads.of(2));
    gpu = Backend.open("gpu", Threads.of(2));
  }

  @AfterAll
  static void close() {
    if (gpu != null) {
      gpu.close();
    }
  }

  /// Units are counted by the passes forward and back.
  @Test
  void gradientsOfManyUnitsAreTheProcessorsWithinRounding() {
    Mlp mlp = Mlp.of(Activation.TANH, 2, MANY, 2);
    Parameters parameters = GpuScoreTest.parameters(mlp);
    Batch x = Noise.normals(Key.of(2), 3, 2);
    float[] expected = new float[parameters.size()];
    float[] gradient = new float[parameters.size()];
    try (LossEngine own = cpu.lossEngine(mlp, Conditioning.none(), Sliced.of(1));
        LossEngine card = gpu.lossEngine(mlp, Conditioning.none(), Sliced.of(1))) {
      double loss = own.lossAndGradient(parameters, x, 0, Key.of(5), expected);
      assertThat(card.lossAndGradient(parameters, x, 0, Key.of(5), gradient))
          .isCloseTo(loss, within(BOUND * Math.abs(loss)));
    }
    assertClose(gradient, expected);
  }

  /// Coordinates are counted where inputs are laid out.
  @Test
  void formsOfManyCoordinatesAreTheProcessorsAndScoresToTheBit() {
    Mlp mlp = Mlp.of(Activation.TANH, MANY, 2, MANY);
    ScoreNetwork network = ScoreNetwork.of(mlp, GpuScoreTest.parameters(mlp));
    Batch x = Noise.normals(Key.of(2), 3, MANY);
    float[] v = Noise.normals(Key.of(9), 3, MANY).data();
    Batch expected = Batch.zeros(3, MANY);
    Batch actual = Batch.zeros(3, MANY);
    float[] ownForms = new float[3];
    float[] forms = new float[3];
    try (GpuScore score = (GpuScore) gpu.score(network)) {
      GpuScoreTest.assertSame(score.score(x), network.score(x), mlp);
      double[] t = {0.1, 0.5, 0.9};
      network.scoreAndForms(x, 0, 3, t, v, 1, expected, ownForms);
      score.scoreAndForms(x, 0, 3, t, v, 1, actual, forms);
    }
    GpuScoreTest.assertSame(actual, expected, mlp);
    assertClose(forms, ownForms);
  }

  private static void assertClose(float[] actual, float[] expected) {
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs((double) actual[i] - expected[i]));
    }
    assertThat(worst).isLessThan(BOUND * largest);
  }
}
