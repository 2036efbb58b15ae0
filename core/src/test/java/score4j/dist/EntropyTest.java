package score4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.array.Batch;
import score4j.metric.Estimate;
import score4j.process.LinearSde;
import score4j.rng.Key;

/// Entropy and Fisher information. The tables print six digits and one entropy of 3.7459185 as
/// 3.745918: within one unit of the last.
class EntropyTest {
  private static final double PRINTED = 1e-6;

  private static GaussianMixture mixture(double... values) {
    int n = values.length / 3;
    double[] weights = new double[n];
    double[] means = new double[n];
    double[] stds = new double[n];
    for (int k = 0; k < n; k++) {
      weights[k] = values[3 * k];
      means[k] = values[3 * k + 1];
      stds[k] = values[3 * k + 2];
    }
    return GaussianMixture.univariate(weights, means, stds);
  }

  private static GaussianMixture uneven() {
    return mixture(0.1, -3, 1, 0.9, 3, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "0, .978773, 1.741819, .725610, 2.051659",
    "0.1, .968264, 1.746686, .714802, 2.055260",
    "0.25, .916137, 1.771408, .662090, 2.073317",
    "0.5, .763874, 1.849793, .517886, 2.128161",
    "1, .437006, 2.065257, .268982, 2.265584",
    "2, .152389, 2.433272, .116999, 2.512172",
    "5, .034373, 3.105866, .033341, 3.119509",
    "10, .009594, 3.742268, .009524, 3.745918"
  })
  void smoothedMixturesHaveTheirKnownNumbers(
      double sigma, double square, double entropy, double evenSquare, double evenEntropy) {
    assertThat(uneven().smoothed(sigma).fisherInformation()).isCloseTo(square, within(PRINTED));
    assertThat(uneven().smoothed(sigma).entropy()).isCloseTo(entropy, within(PRINTED));
    GaussianMixture even = mixture(0.5, -2, 1, 0.5, 2, 1).smoothed(sigma);
    assertThat(even.fisherInformation()).isCloseTo(evenSquare, within(PRINTED));
    assertThat(even.entropy()).isCloseTo(evenEntropy, within(PRINTED));
  }

  @ParameterizedTest
  @CsvSource({
    ".1, .946722, .968454, 1.740386",
    ".25, .723657, .882937, 1.721495",
    ".5, .281183, .821633, 1.527671",
    ".75, .058664, .988978, 1.424482",
    "1, .006572, .999860, 1.419008"
  })
  void theVariancePreservingProcessHasItsKnownNumbers(
      double t, double meanScale, double square, double entropy) {
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    assertThat(process.marginal(t).meanScale()).isCloseTo(meanScale, within(PRINTED));
    GaussianMixture law = uneven().at(process, t);
    assertThat(law.fisherInformation()).isCloseTo(square, within(PRINTED));
    assertThat(law.entropy()).isCloseTo(entropy, within(PRINTED));
  }

  /// dH/dσ² = ½·E‖s‖²; a central difference of step h² = 1e-4 errs by h⁴·|H‴|/6 ≈ 1e-8 relatively
  /// and rounds by 1e-15/1e-4.
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 1, 3})
  void entropyGrowsByHalfTheFisherInformation(double sigma) {
    double variance = sigma * sigma;
    double h = 1e-4 * variance;
    GaussianMixture law = mixture(0.3, -1, 0.2, 0.7, 1, 1);
    double slope =
        (law.smoothed(Math.sqrt(variance + h)).entropy()
                - law.smoothed(Math.sqrt(variance - h)).entropy())
            / (2 * h);
    double square = law.smoothed(sigma).fisherInformation();
    assertThat(slope).isCloseTo(0.5 * square, within(1e-7 * square + 1e-14 / h));
  }

  @Test
  void gaussiansHaveTheirClosedForms() {
    double std = 0.3;
    Gaussian law = Gaussian.isotropic(new double[] {7}, std);
    double entropy = 0.5 * Math.log(2 * Math.PI * Math.E * std * std);
    assertThat(law.entropy()).isCloseTo(entropy, within(1e-14));
    assertThat(law.mixture().entropy()).isCloseTo(entropy, within(1e-13));
    assertThat(law.mixture().fisherInformation()).isCloseTo(1 / (std * std), within(1e-12));
    Gaussian full = Gaussian.full(new double[2], new double[][] {{2, 1}, {1, 3}});
    assertThat(full.entropy())
        .isCloseTo(Math.log(2 * Math.PI * Math.E) + 0.5 * Math.log(5), within(1e-14));
  }

  /// Far apart and of scales 1e6 apart, nothing overlaps: H = Σ wₖ(Hₖ − log wₖ), J = Σ wₖ/σₖ².
  @Test
  void scalesThatDifferAreNoTrouble() {
    GaussianMixture law = mixture(0.25, 0, 1e-3, 0.75, 1e5, 1e3);
    double entropy =
        0.5 * Math.log(2 * Math.PI * Math.E)
            + 0.25 * (Math.log(1e-3) - Math.log(0.25))
            + 0.75 * (Math.log(1e3) - Math.log(0.75));
    assertThat(law.entropy()).isCloseTo(entropy, within(1e-11));
    assertThat(law.fisherInformation()).isCloseTo(0.25e6, within(1e-6));
  }

  /// A narrow law inside a wide one, by the trapezoidal rule with a step of a 50th of the narrow
  /// one, which has no error left for functions as smooth as these.
  @Test
  void oneInsideTheOtherAgreesWithAFineGrid() {
    GaussianMixture law = mixture(0.3, 0.1, 0.01, 0.7, 0, 1);
    double h = 2e-4;
    double entropy = 0;
    double square = 0;
    for (int i = -60_000; i <= 60_000; i++) {
      double[] x = {i * h};
      double p = Math.exp(law.logDensity(x));
      entropy -= p * h * law.logDensity(x);
      square += p * h * law.score(x)[0] * law.score(x)[0];
    }
    assertThat(law.entropy()).isCloseTo(entropy, within(1e-11));
    assertThat(law.fisherInformation()).isCloseTo(square, within(1e-10 * square));
  }

  /// In more dimensions by samples: of a product of two laws, the sum. z = 5.
  @Test
  void inMoreDimensionsSamplesEstimateIt() {
    Gaussian[] components = new Gaussian[2];
    for (int k = 0; k < 2; k++) {
      components[k] = Gaussian.diagonal(new double[] {6 * k - 3, 1}, new double[] {1, 0.5});
    }
    GaussianMixture plane = GaussianMixture.of(new double[] {0.1, 0.9}, components);
    Batch x = plane.sample(Key.of(6), 20_000);
    double[] values = plane.logDensity(x);
    for (int r = 0; r < values.length; r++) {
      values[r] = -values[r];
    }
    Estimate entropy = Estimate.mean(values);
    double exact = uneven().entropy() + Gaussian.isotropic(new double[1], 0.5).entropy();
    assertThat(entropy.value()).isCloseTo(exact, within(5 * entropy.standardError()));
    assertThatThrownBy(plane::entropy)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one dimension but D = 2");
    assertThatThrownBy(plane::fisherInformation).isInstanceOf(IllegalArgumentException.class);
  }
}
