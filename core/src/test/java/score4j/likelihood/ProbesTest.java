package score4j.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import score4j.array.Batch;
import score4j.dist.DiffusedMixture;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.rng.ProbeLaw;
import score4j.solve.Tolerance;

/// The divergence by random directions, against the exact one along the same paths.
class ProbesTest {
  private static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 20);

  /// A linear score: at every time J = −(α²Σ + σ²I)⁻¹.
  private static GaussianMixture gaussian(double[][] covariance) {
    return GaussianMixture.of(
        new double[] {1}, Gaussian.full(new double[covariance.length], covariance));
  }

  private static final double[][] CORRELATED = {{1, 0.6, 0.3}, {0.6, 0.8, 0.1}, {0.3, 0.1, 0.5}};

  private static FlowLikelihood likelihood() {
    return FlowLikelihood.of(PROCESS)
        .withEarliest(0)
        .withErrorEstimate(false)
        .withTolerance(Tolerance.of(1e-4));
  }

  private static FlowLikelihood probes(int count, ProbeLaw law) {
    return likelihood().withDivergence(new Divergence.Hutchinson(count, law));
  }

  /// Probes of length √D see the trace of a multiple of I exactly, any number of them: nothing is
  /// forgotten when dividing by their number or their length.
  @ParameterizedTest
  @EnumSource(names = {"RADEMACHER", "SPHERE"})
  void probesOfFixedLengthAreExactWhereTheFieldIsIsotropic(ProbeLaw law) {
    DiffusedMixture score =
        gaussian(new double[][] {{0.5, 0, 0}, {0, 0.5, 0}, {0, 0, 0.5}}).under(PROCESS);
    Batch x = score.law().sample(Key.of(1), 50);
    double[] exact = likelihood().encode(score, x).logDensity();
    for (int count : new int[] {1, 2, 3, 8}) {
      FlowDensities found = probes(count, law).encode(score, x, 0, Key.of(2));
      for (int i = 0; i < exact.length; i++) {
        // same path, same divergence to within the rounding of the probes, so the same steps
        assertThat(found.logDensity()[i]).isCloseTo(exact[i], within(1e-5));
        if (count > 1) {
          assertThat(found.standardError()[i]).isLessThan(1e-5);
        } else {
          assertThat(found.standardError()[i]).isNaN();
        }
      }
    }
    assertThat(likelihood().encode(score, x).standardError()).containsOnly(0);
  }

  /// On a linear field with a trace that is known, the mean over samples is right for any number
  /// and kind of probes, the reported standard error is the true one, and the variance is that of
  /// the formula.
  @ParameterizedTest
  @CsvSource({
    "1, RADEMACHER",
    "3, RADEMACHER",
    "1, GAUSSIAN",
    "3, GAUSSIAN",
    "1, SPHERE",
    "3, SPHERE"
  })
  void probesAreUnbiasedAndSayHowFarOffTheyAre(int count, ProbeLaw law) {
    DiffusedMixture score = gaussian(CORRELATED).under(PROCESS);
    int n = 800;
    Batch x = score.law().sample(Key.of(1), n);
    double[] exact = likelihood().encode(score, x).logDensity();
    FlowDensities found = probes(count, law).encode(score, x, 0, Key.of(count));
    double mean = 0;
    double square = 0;
    double reported = 0;
    for (int i = 0; i < n; i++) {
      double error = found.logDensity()[i] - exact[i];
      mean += error / n;
      square += error * error / n;
      reported += found.standardError()[i] * found.standardError()[i] / n;
    }
    double se = Math.sqrt(square / n);
    // z = 5: one false alarm in 1.7 million for each of these numbers
    assertThat(mean).as("mean %.2e ± %.2e", mean, se).isCloseTo(0, within(5 * se));
    double expected = variance(law) / count;
    // The variance of a variance is (kurtosis − 1)/n of its square; the kurtosis of a quadratic
    // form
    // of normals is at most 15, of bounded ones less.
    double spread = 5 * Math.sqrt(14.0 / n);
    assertThat(square)
        .as("variance %.4f of %d %s probes, by the formula %.4f", square, count, law, expected)
        .isCloseTo(expected, within(spread * expected));
    if (count > 1) {
      assertThat(reported)
          .as("reported variance %.4f, true %.4f", reported, square)
          .isCloseTo(square, within(2 * spread * expected));
    }
  }

  /// For a Gaussian the path does not matter: ∫ ½g²·vᵀΛ_t v dt = vᵀMv with M = ½·(log Σ₁ − log Σ₀)
  /// less what f gives, in the axes of Σ; its variance is that of the quadratic form.
  private static double variance(ProbeLaw law) {
    double[][] m = halfLogRatio();
    double squares = 0;
    double diagonal = 0;
    double trace = 0;
    for (int i = 0; i < 3; i++) {
      trace += m[i][i];
      diagonal += m[i][i] * m[i][i];
      for (int j = 0; j < 3; j++) {
        squares += m[i][j] * m[i][j];
      }
    }
    return switch (law) {
      case RADEMACHER -> 2 * (squares - diagonal);
      case GAUSSIAN -> 2 * squares;
      case SPHERE -> 2 * 3.0 / 5 * (squares - trace * trace / 3);
    };
  }

  /// ∫ ½g²·(α²Σ + σ²I)⁻¹ dt, by Simpson's rule.
  private static double[][] halfLogRatio() {
    int cells = 2000;
    double[][] sum = new double[3][3];
    for (int c = 0; c <= cells; c++) {
      double t = (double) c / cells;
      double weight = (c == 0 || c == cells ? 1 : c % 2 == 1 ? 4 : 2) / (3.0 * cells);
      double g = PROCESS.diffusion(t);
      Gaussian law = Gaussian.full(new double[3], CORRELATED).at(PROCESS, t);
      for (int j = 0; j < 3; j++) {
        double[] unit = new double[3];
        unit[j] = 1;
        double[] column = new double[3];
        law.jvp(new double[3], unit, column);
        for (int i = 0; i < 3; i++) {
          sum[i][j] -= weight * 0.5 * g * g * column[i];
        }
      }
    }
    return sum;
  }

  @Test
  void varianceFallsAsOneOverTheNumberOfProbes() {
    GaussianMixture law =
        GaussianMixture.of(
            new double[] {0.5, 0.5},
            Gaussian.full(new double[] {-1, 0, 1}, CORRELATED),
            Gaussian.isotropic(new double[] {1, 1, 0}, 0.4));
    DiffusedMixture score = law.under(PROCESS);
    int n = 600;
    Batch x = law.sample(Key.of(1), n);
    double[] exact = likelihood().encode(score, x).logDensity();
    double[] scaled = new double[3];
    int[] counts = {1, 4, 16};
    for (int k = 0; k < 3; k++) {
      double[] found =
          probes(counts[k], ProbeLaw.RADEMACHER).encode(score, x, 0, Key.of(20 + k)).logDensity();
      for (int i = 0; i < n; i++) {
        scaled[k] += counts[k] * Math.pow(found[i] - exact[i], 2) / n;
      }
    }
    // each has a relative standard error of √((kurtosis − 1)/n) ≤ √(14/600) = 0.15; z = 5
    for (int k = 1; k < 3; k++) {
      assertThat(scaled[k] / scaled[0])
          .as("M·variance: %.4f, %.4f, %.4f", scaled[0], scaled[1], scaled[2])
          .isCloseTo(1, within(5 * 0.15 * Math.sqrt(2)));
    }
  }

  /// The first probes of many are those of few, and addresses are by sample.
  @Test
  void aProbeBelongsToItsSample() {
    DiffusedMixture score = gaussian(CORRELATED).under(PROCESS);
    Batch x = Batch.zeros(3, 3);
    double[] at = probes(1, ProbeLaw.GAUSSIAN).encode(score, x, 40, Key.of(1)).logDensity();
    double[] later = probes(1, ProbeLaw.GAUSSIAN).encode(score, x, 41, Key.of(1)).logDensity();
    assertThat(at[1]).isEqualTo(later[0]).isNotEqualTo(at[0]);
    assertThat(at[2]).isEqualTo(later[1]);
    double[] other = probes(1, ProbeLaw.GAUSSIAN).encode(score, x, 40, Key.of(2)).logDensity();
    assertThat(other[0]).isNotEqualTo(at[0]);
  }
}
