package score4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import score4j.array.Batch;
import score4j.rng.Key;

class GaussianMixtureTest {
  private static GaussianMixture uneven() {
    return GaussianMixture.univariate(
        new double[] {0.1, 0.9}, new double[] {-3, 3}, new double[] {1, 1});
  }

  private static GaussianMixture even() {
    return GaussianMixture.univariate(
        new double[] {0.5, 0.5}, new double[] {-2, 2}, new double[] {1, 1});
  }

  /// ∫ p·f by the trapezoidal rule, whose error for such integrands falls like exp(−2π²σ²/h²): none
  /// is left at h = 0.01 for σ ≥ 0.1.
  private static double expectation(
      Distribution law, java.util.function.ToDoubleFunction<double[]> f) {
    double h = 0.01;
    double sum = 0;
    for (int i = -15_000; i <= 15_000; i++) {
      double[] x = {i * h};
      sum += Math.exp(law.logDensity(x)) * f.applyAsDouble(x) * h;
    }
    return sum;
  }

  private static double square(Distribution law, double[] x) {
    double s = law.score(x)[0];
    return s * s;
  }

  private static void hasScoreOfSize(Distribution law, double expected, double entropy) {
    assertThat(expectation(law, x -> 1)).isCloseTo(1, within(1e-12));
    // six digits are printed: within one unit of the last
    assertThat(expectation(law, x -> square(law, x))).isCloseTo(expected, within(1e-6));
    // and by parts: E ∇·s = −E s²
    assertThat(-expectation(law, law::divergence)).isCloseTo(expected, within(1e-6));
    assertThat(-expectation(law, law::logDensity)).isCloseTo(entropy, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({
    "0, .978773, 1.741819", "0.1, .968264, 1.746686", "0.25, .916137, 1.771408",
        "0.5, .763874, 1.849793",
    "1, .437006, 2.065257", "2, .152389, 2.433272", "5, .034373, 3.105866", "10, .009594, 3.742268"
  })
  void theUnevenMixtureHasItsKnownNumbers(double sigma, double square, double entropy) {
    hasScoreOfSize(uneven().smoothed(sigma), square, entropy);
  }

  @ParameterizedTest
  @CsvSource({
    "0, .725610, 2.051659", "0.1, .714802, 2.055260", "0.25, .662090, 2.073317",
        "0.5, .517886, 2.128161",
    "1, .268982, 2.265584", "2, .116999, 2.512172", "5, .033341, 3.119509", "10, .009524, 3.745918"
  })
  void theEvenMixtureHasItsKnownNumbers(double sigma, double square, double entropy) {
    hasScoreOfSize(even().smoothed(sigma), square, entropy);
  }

  @Test
  void otherMixturesHaveTheirKnownNumbers() {
    double[] ones = {1, 1, 1};
    double[] weights = {0.1, 0.4, 0.5};
    GaussianMixture three = GaussianMixture.univariate(weights, new double[] {-6, -2, 1}, ones);
    hasScoreOfSize(three, .498328, 2.190253);
    GaussianMixture plotted = GaussianMixture.univariate(weights, new double[] {-7, -2, 3}, ones);
    assertThat(expectation(plotted, x -> square(plotted, x))).isCloseTo(.848120, within(1e-6));
    GaussianMixture narrow =
        GaussianMixture.univariate(
            new double[] {0.3, 0.7}, new double[] {-1, 1}, new double[] {0.2, 1});
    assertThat(expectation(narrow, x -> square(narrow, x))).isCloseTo(5.990625, within(1e-6));
    // the Fisher divergence of the one from the other, 0.850, is more than that of no score at all,
    // 0.249
    assertThat(expectation(three, x -> 0.5 * Math.pow(plotted.score(x)[0] - three.score(x)[0], 2)))
        .isCloseTo(0.850, within(5.1e-4));
  }

  @Test
  void farAwayTheScorePullsBackAndTheLogDensityIsFinite() {
    GaussianMixture law = uneven();
    for (double x : new double[] {40, 1e3, 1e6, 1e10, Float.MAX_VALUE}) {
      for (double sign : new double[] {-1, 1}) {
        double[] point = {sign * x};
        // beyond both means, the nearer component alone: score mean − x
        double mean = x < 1e15 ? 3 * sign : 0; // a double that large has no room for the mean
        assertThat(law.score(point)[0]).isCloseTo(mean - sign * x, within(1e-12 * x));
        assertThat(law.logDensity(point))
            .isFinite()
            .isCloseTo(-0.5 * Math.pow(x - Math.abs(mean), 2), within(3.3 + 1e-12 * x * x));
        if (x <= 1e10) {
          assertThat(law.divergence(point)).isCloseTo(-1, within(1e-6));
        }
      }
    }
  }

  /// The count of a component is binomial; 6.1 standard errors.
  @Test
  void componentsComeAsOftenAsTheLawSays() {
    int n = 200_000;
    GaussianMixture law =
        GaussianMixture.univariate(
            new double[] {0.1, 0.6, 0.3}, new double[] {-100, 0, 100}, new double[] {1, 2, 3});
    Batch x = law.sample(Key.of(95), n);
    int[] counts = new int[3];
    double[] squares = new double[3];
    for (int r = 0; r < n; r++) {
      int k = x.get(r, 0) < -50 ? 0 : x.get(r, 0) < 50 ? 1 : 2;
      counts[k]++;
      squares[k] += Math.pow(x.get(r, 0) - law.components().get(k).mean()[0], 2);
    }
    for (int k = 0; k < 3; k++) {
      double w = law.weights()[k];
      assertThat(counts[k] / (double) n).isCloseTo(w, within(6.1 * Math.sqrt(w * (1 - w) / n)));
      double variance = Math.pow(k + 1, 2);
      assertThat(squares[k] / counts[k])
          .isCloseTo(variance, within(6.1 * variance * Math.sqrt(2.0 / counts[k])));
    }
  }

  @Test
  void momentsAreThoseOfTheLaw() {
    assertThat(uneven().mean()[0]).isCloseTo(2.4, within(1e-15));
    assertThat(even().covariance()[0][0]).isCloseTo(5, within(1e-15));
    GaussianMixture law =
        GaussianMixture.of(
            new double[] {0.25, 0.75},
            Gaussian.standard(2),
            Gaussian.full(new double[] {4, 8}, new double[][] {{2, 1}, {1, 3}}));
    assertThat(law.mean()).containsExactly(new double[] {3, 6}, within(1e-15));
    // Σ wₖΣₖ + w₀w₁·(4, 8)ᵀ(4, 8)
    assertThat(law.covariance()[0])
        .containsExactly(new double[] {1.75 + 3, 0.75 + 6}, within(1e-14));
    assertThat(law.covariance()[1])
        .containsExactly(new double[] {0.75 + 6, 2.5 + 12}, within(1e-14));
  }

  @Test
  void weightsAreNormalised() {
    GaussianMixture law =
        GaussianMixture.univariate(
            new double[] {0.3333333, 0.6666666}, new double[] {0, 1}, new double[] {1, 1});
    assertThat(law.weights()[0] + law.weights()[1]).isCloseTo(1, within(1e-15));
    assertThat(law.components()).hasSize(2);
    assertThat(law)
        .hasToString(
            "GaussianMixture[weights=[%s, %s], components=[%s, %s]]"
                .formatted(
                    law.weights()[0],
                    law.weights()[1],
                    law.components().get(0),
                    law.components().get(1)));
  }

  @Test
  void badArgumentsAreNamed() {
    Gaussian one = Gaussian.standard(1);
    assertThatThrownBy(() -> GaussianMixture.of(new double[0]))
        .hasMessageContaining("0 weights and 0 components");
    assertThatThrownBy(() -> GaussianMixture.of(new double[] {1}, one, one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 weights and 2 components");
    assertThatThrownBy(() -> GaussianMixture.of(new double[] {0.5, 0.6}, one, one))
        .hasMessageContaining("must add up to 1: divide them by their sum");
    assertThatThrownBy(() -> GaussianMixture.of(new double[] {0, 1}, one, one))
        .hasMessageContaining("weight 0 must be finite and above 0 but was 0.0");
    assertThatThrownBy(() -> GaussianMixture.of(new double[] {0.5, 0.5}, one, Gaussian.standard(2)))
        .hasMessageContaining("component 1 has 2 dimensions but component 0 has 1");
    assertThatThrownBy(
            () ->
                GaussianMixture.univariate(new double[] {1}, new double[] {1, 2}, new double[] {1}))
        .hasMessageContaining("1 weights, 2 means and 1 stds");
  }
}
