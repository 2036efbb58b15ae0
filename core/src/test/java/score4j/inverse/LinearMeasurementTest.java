package score4j.inverse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import score4j.DifferentiableScore;
import score4j.Score;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.rng.Key;
import score4j.rng.Noise;

class LinearMeasurementTest {
  private static final double[][] A = {{1, 0.5, 0}, {0.2, -1, 2}};
  private static final double[] Y = {0.7, 1.9};
  private static final GaussianMixture PRIOR =
      GaussianMixture.of(
          new double[] {0.4, 0.6},
          Gaussian.full(
              new double[] {1, -2, 0.5}, new double[][] {{1, 0.3, 0}, {0.3, 2, 0.5}, {0, 0.5, 1}}),
          Gaussian.diagonal(new double[] {-1, 1, 2}, new double[] {0.5, 1, 2}));

  /// Aᵀ(y − A·x)/σ² as it stands; 1e-6 is rounding to float.
  @Test
  void likelihoodIsTheFormula() {
    double noise = 0.3;
    DifferentiableScore likelihood = LinearMeasurement.of(A, Y, noise).likelihood();
    assertThat(likelihood.dim()).isEqualTo(3);
    Batch x = Noise.normals(Key.of(1), 20, 3);
    Batch v = Noise.normals(Key.of(2), 20, 3);
    Batch score = likelihood.score(x);
    Batch jvp = Batch.zeros(20, 3);
    likelihood.jvp(x, v, 0, jvp);
    Batch vjp = Batch.zeros(20, 3);
    likelihood.vjp(x, v, 0, vjp);
    assertThat(vjp).isEqualTo(jvp);
    float[] divergence = new float[20];
    likelihood.divergence(x, 0, divergence);
    for (int r = 0; r < 20; r++) {
      double trace = 0;
      for (int d = 0; d < 3; d++) {
        double s = 0;
        double j = 0;
        for (int i = 0; i < 2; i++) {
          double residual = Y[i];
          double along = 0;
          for (int e = 0; e < 3; e++) {
            residual -= A[i][e] * x.get(r, e);
            along += A[i][e] * v.get(r, e);
          }
          s += A[i][d] * residual / (noise * noise);
          j -= A[i][d] * along / (noise * noise);
          trace -= A[i][d] * A[i][d] / (noise * noise);
        }
        assertThat(score.get(r, d)).isCloseTo((float) s, within(1e-6f * (1 + (float) Math.abs(s))));
        assertThat(jvp.get(r, d)).isCloseTo((float) j, within(1e-6f * (1 + (float) Math.abs(j))));
      }
      assertThat(divergence[r]).isCloseTo((float) trace, within(1e-4f));
    }
  }

  /// Bayes' rule as a sum of scores: the posterior of a mixture is known.
  @Test
  void priorPlusLikelihoodIsThePosterior() {
    double noise = 0.5;
    LinearMeasurement measurement = LinearMeasurement.of(A, Y, noise);
    Score posterior = PRIOR.plus(measurement.likelihood());
    GaussianMixture exact = PRIOR.posterior(A, Y, noise);
    Batch x = Noise.normals(Key.of(3), 50, 3);
    Batch score = posterior.score(x);
    for (int r = 0; r < 50; r++) {
      double[] point = {x.get(r, 0), x.get(r, 1), x.get(r, 2)};
      double[] s = exact.score(point);
      for (int d = 0; d < 3; d++) {
        assertThat((double) score.get(r, d)).isCloseTo(s[d], within(1e-5 * (1 + Math.abs(s[d]))));
      }
    }
  }

  @Test
  void coordinatesAreTheMatrixThatPicksThem() {
    LinearMeasurement picked =
        LinearMeasurement.ofCoordinates(3, new int[] {2, 0}, new double[] {4, 5}, 0.2);
    LinearMeasurement dense =
        LinearMeasurement.of(new double[][] {{0, 0, 1}, {1, 0, 0}}, new double[] {4, 5}, 0.2);
    Batch x = Noise.normals(Key.of(4), 10, 3);
    assertThat(picked.likelihood().score(x)).isEqualTo(dense.likelihood().score(x));
    assertThat(picked.rank()).isEqualTo(2);
    assertThat(picked).hasToString("LinearMeasurement[rank=2, dim=3, noiseStd=0.2]");
  }

  /// The same number measured twice is one measured better: two of noise σ, one of noise σ/√2 of
  /// their mean.
  @Test
  void whatIsMeasuredTwiceCountsOnce() {
    LinearMeasurement twice =
        LinearMeasurement.of(
            new double[][] {{1, 2, 3}, {1, 2, 3}, {2, 4, 6}}, new double[] {1, 2, 5}, 0.3);
    assertThat(twice.rank()).isEqualTo(1);
    // Σ aᵢyᵢ/Σ aᵢ² = (1 + 2 + 10)/6
    LinearMeasurement once =
        LinearMeasurement.of(
            new double[][] {{1, 2, 3}}, new double[] {13 / 6.0}, 0.3 / Math.sqrt(6));
    Batch x = Noise.normals(Key.of(5), 10, 3);
    Batch s = twice.likelihood().score(x);
    Batch expected = once.likelihood().score(x);
    for (int i = 0; i < 30; i++) {
      assertThat(s.data()[i])
          .isCloseTo(expected.data()[i], within(1e-6f * (1 + Math.abs(expected.data()[i]))));
    }
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> LinearMeasurement.of(A, new double[1], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a has 2 rows and y 1 numbers");
    assertThatThrownBy(() -> LinearMeasurement.of(new double[][] {{1, 2}, {1}}, Y, 1))
        .hasMessageContaining("row 1 of a has 1 numbers but row 0 has 2");
    assertThatThrownBy(() -> LinearMeasurement.of(new double[2][3], Y, 1))
        .hasMessageContaining("a is 0");
    assertThatThrownBy(() -> LinearMeasurement.of(A, Y, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("noiseStd");
    assertThatThrownBy(() -> LinearMeasurement.of(A, Y, 0).likelihood())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("guidance and inpainting take exact values");
    assertThatThrownBy(() -> LinearMeasurement.ofCoordinates(3, new int[] {1, 1}, new double[2], 1))
        .hasMessageContaining("each once");
    assertThatThrownBy(() -> LinearMeasurement.ofCoordinates(3, new int[0], new double[0], 1))
        .hasMessageContaining("at least one");
  }
}
