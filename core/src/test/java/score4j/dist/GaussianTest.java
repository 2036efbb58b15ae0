package score4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import score4j.array.Batch;
import score4j.golden.Golden;
import score4j.rng.Key;
import score4j.rng.Noise;

class GaussianTest {
  private static final double[][] COVARIANCE = {{2, 0.6, -0.3}, {0.6, 1, 0.2}, {-0.3, 0.2, 0.5}};

  @Test
  void theScoreOfTheLineIsWhatTheTextbookSays() {
    Gaussian law = Gaussian.isotropic(new double[] {3}, 2);
    assertThat(law.score(new double[] {3})).containsExactly(0);
    assertThat(law.score(new double[] {3 + 3 * 2})).containsExactly(-3.0 / 2);
    assertThat(law.score(new double[] {3 - 3 * 2})).containsExactly(3.0 / 2);
    assertThat(law.logDensity(new double[] {3}))
        .isCloseTo(-Math.log(2 * Math.sqrt(2 * Math.PI)), within(1e-15));
    assertThat(law.divergence(new double[] {7})).isEqualTo(-0.25);
  }

  @Test
  void theThreeCovariancesAgree() {
    double[] mean = {1, -1};
    Gaussian isotropic = Gaussian.isotropic(mean, 1.5);
    Gaussian diagonal = Gaussian.diagonal(mean, new double[] {1.5, 1.5});
    Gaussian full = Gaussian.full(mean, new double[][] {{2.25, 0}, {0, 2.25}});
    double[] x = {0.3, 5};
    for (Gaussian other : new Gaussian[] {diagonal, full}) {
      assertThat(other.logDensity(x)).isCloseTo(isotropic.logDensity(x), within(1e-14));
      assertThat(other.score(x)).containsExactly(isotropic.score(x), within(1e-15));
      assertThat(other.divergence(x)).isCloseTo(isotropic.divergence(x), within(1e-15));
      assertThat(other.mean()).containsExactly(isotropic.mean());
      assertThat(other.covariance()[0]).containsExactly(isotropic.covariance()[0], within(1e-15));
      assertThat(other.sample(Key.of(1), 5)).isEqualTo(isotropic.sample(Key.of(1), 5));
    }
  }

  /// Each entry of the sample covariance has standard error √((cᵢᵢcⱼⱼ + cᵢⱼ²)/n); 6.1 of them, 1e-9
  /// a check.
  @Test
  void samplesHaveMeanAndCovariance() {
    int n = 200_000;
    Gaussian law = Gaussian.full(new double[] {1, -2, 30}, COVARIANCE);
    Batch x = law.sample(Key.of(90), n);
    for (int i = 0; i < 3; i++) {
      double mean = 0;
      for (int r = 0; r < n; r++) {
        mean += x.get(r, i) - law.mean()[i];
      }
      assertThat(mean / n).isCloseTo(0, within(6.1 * Math.sqrt(COVARIANCE[i][i] / n)));
      for (int j = 0; j <= i; j++) {
        double product = 0;
        for (int r = 0; r < n; r++) {
          product += (x.get(r, i) - law.mean()[i]) * (x.get(r, j) - law.mean()[j]);
        }
        double error =
            Math.sqrt((COVARIANCE[i][i] * COVARIANCE[j][j] + Math.pow(COVARIANCE[i][j], 2)) / n);
        assertThat(product / n).isCloseTo(COVARIANCE[i][j], within(6.1 * error));
      }
    }
  }

  @Test
  void accessorsGiveBackWhatWasGiven() {
    Gaussian law = Gaussian.full(new double[] {1, -2, 30}, COVARIANCE);
    assertThat(law.mean()).containsExactly(1, -2, 30);
    for (int i = 0; i < 3; i++) {
      assertThat(law.covariance()[i]).containsExactly(COVARIANCE[i], within(1e-15));
    }
    assertThat(Gaussian.standard(2))
        .hasToString("Gaussian[mean=[0.0, 0.0], covariance=[[1.0, 0.0], [0.0, 1.0]]]");
  }

  @Test
  void fitIsTheSampleMeanAndThePopulationCovariance() {
    Gaussian fit =
        Gaussian.fit(Batch.of(new float[] {0, 1}, new float[] {2, 1}, new float[] {4, 4}));
    assertThat(fit.mean()).containsExactly(2, 2);
    assertThat(fit.covariance()[0]).containsExactly(new double[] {8.0 / 3, 2}, within(1e-14));
    assertThat(fit.covariance()[1]).containsExactly(new double[] {2, 2}, within(1e-14));
  }

  /// Golden values of the score matching loss ½s² + s' of N(mu, sigma²) and of its minimiser over
  /// both, which is the fit. Float data and double sums of at most a few hundred terms: 1e-12.
  @Test
  void fitMinimisesTheScoreMatchingLoss() {
    Golden.Case header = Golden.load("distributions").header();
    int cases = header.size("gaussian_model");
    assertThat(cases).isGreaterThan(1);
    for (int k = 0; k < cases; k++) {
      Golden.Case c = header.at("gaussian_model", k);
      float[] data = c.floats("x");
      Gaussian law =
          Gaussian.isotropic(new double[] {c.number("mu")}, Math.exp(c.number("log_sigma")));
      assertThat(loss(law, data)).isCloseTo(c.number("expect.loss"), within(1e-12 * 10));
      Gaussian fit = Gaussian.fit(Batch.wrap(data, data.length, 1));
      assertThat(fit.mean()[0]).isCloseTo(c.number("expect.argmin_mu"), within(1e-12));
      assertThat(Math.sqrt(fit.covariance()[0][0]))
          .isCloseTo(c.number("expect.argmin_sigma"), within(1e-12));
      assertThat(loss(fit, data)).isLessThan(c.number("expect.loss"));
    }
  }

  private static double loss(Gaussian law, float[] data) {
    double sum = 0;
    for (float x : data) {
      double s = law.score(new double[] {x})[0];
      sum += 0.5 * s * s + law.divergence(new double[] {x});
    }
    return sum / data.length;
  }

  @Test
  void smoothedAddsTheVariance() {
    Gaussian law = Gaussian.full(new double[] {1, -2, 30}, COVARIANCE).smoothed(0.5);
    assertThat(law.covariance()[0]).containsExactly(new double[] {2.25, 0.6, -0.3}, within(1e-15));
    Gaussian diagonal = Gaussian.diagonal(new double[] {0, 1}, new double[] {3, 1}).smoothed(4);
    assertThat(diagonal.covariance()[0]).containsExactly(25, 0);
    assertThat(Gaussian.standard(1).smoothed(0).covariance()[0]).containsExactly(1);
    assertThatThrownBy(() -> law.smoothed(-1))
        .hasMessageContaining("sigma must be finite and at least 0 but was -1.0");
  }

  @Test
  void badArgumentsAreNamed() {
    double[] zero = {0, 0};
    assertThatThrownBy(() -> Gaussian.standard(0)).hasMessageContaining("dim must be at least 1");
    assertThatThrownBy(() -> Gaussian.isotropic(new double[0], 1))
        .hasMessageContaining("mean is empty");
    assertThatThrownBy(() -> Gaussian.isotropic(zero, 0))
        .hasMessageContaining("std must be finite and above 0 but was 0.0");
    assertThatThrownBy(() -> Gaussian.isotropic(new double[] {0, Double.NaN}, 1))
        .hasMessageContaining("mean must be finite but number 1 is NaN");
    assertThatThrownBy(() -> Gaussian.diagonal(zero, new double[] {1}))
        .hasMessageContaining("std has 1");
    assertThatThrownBy(() -> Gaussian.full(zero, new double[][] {{1, 0}}))
        .hasMessageContaining("covariance has 1 rows");
    assertThatThrownBy(() -> Gaussian.full(zero, new double[][] {{1, 0}, {0}}))
        .hasMessageContaining("row 1 of covariance has 1");
    assertThatThrownBy(() -> Gaussian.full(zero, new double[][] {{1, 0.5}, {0.4, 1}}))
        .hasMessageContaining("must be symmetric but entry (1, 0) is 0.4 and (0, 1) is 0.5");
    assertThatThrownBy(() -> Gaussian.full(zero, new double[][] {{1, 1}, {1, 1}}))
        .hasMessageContaining("not positive definite: leave out coordinate 1");
    assertThatThrownBy(() -> Gaussian.full(zero, new double[][] {{1, 2}, {2, 1}}))
        .hasMessageContaining("not positive definite");
    assertThatThrownBy(() -> Gaussian.fit(Batch.zeros(2, 2)))
        .hasMessageContaining("takes at least 3");
    Batch dependent = Noise.normals(Key.of(91), 50, 3);
    for (int r = 0; r < 50; r++) {
      dependent.set(r, 2, dependent.get(r, 0));
    }
    assertThatThrownBy(() -> Gaussian.fit(dependent)).hasMessageContaining("coordinate 2");
  }
}
