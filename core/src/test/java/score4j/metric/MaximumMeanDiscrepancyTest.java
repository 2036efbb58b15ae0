package score4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.rng.Key;
import score4j.rng.Noise;

class MaximumMeanDiscrepancyTest {
  private static Batch normal(double mean, int key, int rows, int cols) {
    double[] means = new double[cols];
    means[0] = mean;
    return Gaussian.isotropic(means, 1).sample(Key.of(key), rows);
  }

  /// The definition, over all ordered pairs.
  private static double definition(Batch x, Batch y, double h) {
    return mean(x, x, h, true) + mean(y, y, h, true) - 2 * mean(x, y, h, false);
  }

  private static double mean(Batch a, Batch b, double h, boolean same) {
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < a.rows(); i++) {
      for (int j = 0; j < b.rows(); j++) {
        if (!(same && i == j)) {
          double square = 0;
          for (int c = 0; c < a.cols(); c++) {
            square += Math.pow((double) a.get(i, c) - b.get(j, c), 2);
          }
          sum += Math.exp(-square / (2 * h * h));
          pairs++;
        }
      }
    }
    return sum / pairs;
  }

  @Test
  void equalsTheDefinition() {
    Batch x = normal(0, 1, 13, 3);
    Batch y = normal(1, 2, 7, 3);
    for (double h : new double[] {0.3, 1, 5}) {
      // sums of some 100 terms of up to 1, in double
      assertThat(MaximumMeanDiscrepancy.of(x, y, h).value())
          .isCloseTo(definition(x, y, h), within(1e-14));
    }
  }

  /// δ = x − y of two N(·, I) is N(m, 2I), and E exp(−‖δ‖²/(2h²)) = (1 +
  /// 2/h²)^(−D/2)·exp(−‖m‖²/(2h² + 4)).
  @Test
  void coversTheClosedFormOfNormalLaws() {
    double h = 1.5;
    double m = 0.8;
    double truth = 2 * Math.pow(1 + 2 / (h * h), -1) * (1 - Math.exp(-m * m / (2 * h * h + 4)));
    Calibration.covers(
        truth,
        i -> MaximumMeanDiscrepancy.of(normal(0, 1000 + i, 60, 2), normal(m, 2000 + i, 90, 2), h));
    Estimate large = MaximumMeanDiscrepancy.of(normal(0, 3, 2000, 2), normal(m, 4, 1500, 2), h);
    assertThat(large.value()).isCloseTo(truth, within(4 * large.standardError()));
    assertThat(large.standardError()).isLessThan(0.1 * truth);
  }

  /// The jackknife by leaving rows out in fact: sums over both samples of (n − 1)/n·Σ (U₋ᵢ −
  /// mean)².
  @Test
  void standardErrorIsTheJackknife() {
    Batch x = normal(0, 16, 9, 2);
    Batch y = normal(1, 17, 6, 2);
    double variance = 0;
    for (int sample = 0; sample < 2; sample++) {
      int n = sample == 0 ? 9 : 6;
      double[] without = new double[n];
      for (int i = 0; i < n; i++) {
        int left = i;
        int[] rows = IntStream.range(0, n).filter(r -> r != left).toArray();
        without[i] =
            definition(sample == 0 ? x.select(rows) : x, sample == 0 ? y : y.select(rows), 1);
      }
      // the squared standard error of the mean is Σ (…)²/(n(n − 1))
      variance += Math.pow((n - 1) * Estimate.mean(without).standardError(), 2);
    }
    assertThat(MaximumMeanDiscrepancy.of(x, y, 1).standardError())
        .isCloseTo(Math.sqrt(variance), within(1e-13));
  }

  /// The mean over 200 pairs of samples is 0 within four of its standard errors: no bias, where the
  /// V-statistic has (1 − E k)(1/n + 1/m) = 0.056.
  @Test
  void dataAgainstDataIsZeroOnAverage() {
    double[] values = new double[200];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          MaximumMeanDiscrepancy.of(normal(0, 3000 + i, 30, 2), normal(0, 4000 + i, 20, 2), 1)
              .value();
    }
    Estimate mean = Estimate.mean(values);
    assertThat(mean.value()).isCloseTo(0, within(4 * mean.standardError()));
    assertThat(mean.standardError()).isLessThan(0.003);
  }

  @Test
  void pValuesOfEqualLawsAreUniform() {
    Calibration.isUniform(
        i ->
            MaximumMeanDiscrepancy.test(
                normal(0, 5000 + i, 20, 2), normal(0, 6000 + i, 30, 2), Key.of(i), 99));
  }

  @Test
  void unlikeLawsAreToldApart() {
    Comparison shifted =
        MaximumMeanDiscrepancy.test(normal(0, 5, 100, 2), normal(1, 6, 80, 2), Key.of(1), 999);
    assertThat(shifted.pValue()).isEqualTo(0.001);
    assertThat(shifted.estimate().value()).isGreaterThan(10 * shifted.nullStd());
    // the same mean and variance, another shape
    Batch signs = Noise.uniforms(Key.of(7), 200, 1);
    for (int r = 0; r < 200; r++) {
      signs.set(r, 0, signs.get(r, 0) < 0.5f ? -1 : 1);
    }
    assertThat(
            MaximumMeanDiscrepancy.test(signs, normal(0, 8, 200, 1), 0.5, Key.of(2), 199).pValue())
        .isEqualTo(0.005);
  }

  /// Every permutation's statistic is that of the rows rearranged so, and the p-value counts them.
  @Test
  void pValueCountsRearrangedSamples() {
    Batch x = normal(0, 9, 12, 2);
    Batch y = normal(0.7, 10, 8, 2);
    Batch all = Batch.zeros(20, 2);
    System.arraycopy(x.data(), 0, all.data(), 0, 24);
    System.arraycopy(y.data(), 0, all.data(), 24, 16);
    double observed = MaximumMeanDiscrepancy.of(x, y, 1).value();
    int reached = 0;
    double[] draws = new double[99];
    for (int b = 0; b < 99; b++) {
      int[] order = Noise.permutation(Key.of(3).fold(b), 20);
      draws[b] =
          MaximumMeanDiscrepancy.of(
                  all.select(Arrays.copyOfRange(order, 8, 20)),
                  all.select(Arrays.copyOf(order, 8)),
                  1)
              .value();
      reached += draws[b] >= observed ? 1 : 0;
    }
    Comparison test = MaximumMeanDiscrepancy.test(x, y, 1, Key.of(3), 99);
    assertThat(test.pValue()).isEqualTo((1 + reached) / 100.0).isGreaterThan(0.01);
    assertThat(test.estimate()).isEqualTo(MaximumMeanDiscrepancy.of(x, y, 1));
    // kernel values are rounded to 2⁻³⁰
    assertThat(test.nullMean()).isCloseTo(Arrays.stream(draws).average().orElse(0), within(1e-9));
  }

  /// Each sample repeats one point, so many permutations part the rows as they were, and such ties
  /// count as reached.
  @Test
  void tiesCountAsReached() {
    Batch x = Batch.of(new float[] {0.1f}, new float[] {0.1f}, new float[] {0.1f});
    Batch y = Batch.of(new float[] {0.7f}, new float[] {0.7f}, new float[] {0.7f});
    // 2 of the 20 ways to choose three rows part them by value; the p-value of all ways is 0.1
    double p = MaximumMeanDiscrepancy.test(x, y, 0.3, Key.of(4), 9999).pValue();
    assertThat(p).isCloseTo(0.1, within(4 * Math.sqrt(0.1 * 0.9 / 9999)));
  }

  @Test
  void orderOfRowsDoesNotMatter() {
    Batch x = normal(0, 11, 50, 3);
    Batch y = normal(0.5, 12, 40, 3);
    Batch reordered = x.select(Noise.permutation(Key.of(5), 50));
    assertThat(MaximumMeanDiscrepancy.medianDistance(reordered, y))
        .isEqualTo(MaximumMeanDiscrepancy.medianDistance(x, y));
    assertThat(MaximumMeanDiscrepancy.of(reordered, y).value())
        .isCloseTo(MaximumMeanDiscrepancy.of(x, y).value(), within(1e-14));
    assertThat(MaximumMeanDiscrepancy.of(y, x).value())
        .isCloseTo(MaximumMeanDiscrepancy.of(x, y).value(), within(1e-14));
  }

  @Test
  void medianDistanceIsTheMedianOfAllPairs() {
    Batch x = normal(0, 13, 17, 2);
    Batch y = normal(3, 14, 12, 2);
    double[] distances = new double[29 * 28 / 2];
    Batch all = Batch.zeros(29, 2);
    System.arraycopy(x.data(), 0, all.data(), 0, 34);
    System.arraycopy(y.data(), 0, all.data(), 34, 24);
    int k = 0;
    for (int i = 0; i < 29; i++) {
      for (int j = 0; j < i; j++) {
        distances[k++] =
            Math.hypot(
                (double) all.get(i, 0) - all.get(j, 0), (double) all.get(i, 1) - all.get(j, 1));
      }
    }
    Arrays.sort(distances);
    assertThat(MaximumMeanDiscrepancy.medianDistance(x, y))
        .isCloseTo(distances[(distances.length - 1) / 2], within(1e-6));
  }

  @Test
  void badArgumentsAreNamed() {
    Batch x = normal(0, 15, 5, 2);
    assertThatThrownBy(() -> MaximumMeanDiscrepancy.of(x, Batch.zeros(5, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("y has 1 columns but 2 are expected");
    assertThatThrownBy(() -> MaximumMeanDiscrepancy.of(x, Batch.zeros(2, 2)))
        .hasMessage("y has 2 rows but at least 3 are needed: give more samples");
    assertThatThrownBy(() -> MaximumMeanDiscrepancy.of(Batch.zeros(0, 2), x))
        .hasMessage("x has no row: give at least 3 samples");
    assertThatThrownBy(() -> MaximumMeanDiscrepancy.of(x, x, 0))
        .hasMessageContaining("bandwidth must be finite and above 0");
    assertThatThrownBy(() -> MaximumMeanDiscrepancy.of(Batch.zeros(4, 2), Batch.zeros(4, 2)))
        .hasMessageContaining("median distance is 0: pass a bandwidth");
    assertThatThrownBy(() -> MaximumMeanDiscrepancy.test(x, x, Key.of(0), 0))
        .hasMessageContaining("permutations must be at least 1");
    assertThatThrownBy(
            () ->
                MaximumMeanDiscrepancy.test(
                    Batch.zeros(65_536, 1), Batch.zeros(3, 1), 1, Key.of(0), 9))
        .hasMessageContaining("a permutation test takes at most 65536");
    Batch broken = x.copy();
    broken.set(4, 1, Float.POSITIVE_INFINITY);
    assertThatThrownBy(() -> MaximumMeanDiscrepancy.of(x, broken))
        .hasMessageContaining("y must be finite but row 4, column 1 is Infinity");
  }
}
