package score4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.rng.Key;
import score4j.rng.Noise;

class WassersteinTest {
  private static Batch normal(double mean, int key, int rows, int cols) {
    double[] means = new double[cols];
    means[0] = mean;
    return Gaussian.isotropic(means, 1).sample(Key.of(key), rows);
  }

  private static Batch line(float... values) {
    return Batch.wrap(values, values.length, 1);
  }

  @Test
  void movesQuantilesOntoQuantiles() {
    // equal sizes: sorted against sorted
    assertThat(Wasserstein.of(line(3, 1), line(2, 5)).value()).isEqualTo(1.5);
    // halves against thirds: 0→1 and 0→2 (⅓, ⅙), 6→2 and 6→9 (⅙, ⅓)
    assertThat(Wasserstein.of(line(0, 6), line(9, 1, 2)).value())
        .isCloseTo(1 / 3.0 + 2 / 6.0 + 4 / 6.0 + 3 / 3.0, within(1e-15));
    assertThat(Wasserstein.of(line(1, 2, 2), line(2, 1, 2))).isEqualTo(new Estimate(0, 0));
  }

  /// Between sizes 7 and 5: both repeated to 35 and sorted.
  @Test
  void unequalSizesAreThoseOfRepeatedSamples() {
    Batch x = normal(0, 1, 7, 1);
    Batch y = normal(0.3, 2, 5, 1);
    float[] repeatedX = new float[35];
    float[] repeatedY = new float[35];
    for (int i = 0; i < 35; i++) {
      repeatedX[i] = x.get(i % 7, 0);
      repeatedY[i] = y.get(i % 5, 0);
    }
    Arrays.sort(repeatedX);
    Arrays.sort(repeatedY);
    double sum = 0;
    for (int i = 0; i < 35; i++) {
      sum += Math.abs((double) repeatedX[i] - repeatedY[i]);
    }
    assertThat(Wasserstein.of(x, y).value()).isCloseTo(sum / 35, within(1e-14));
    assertThat(Wasserstein.of(y, x).value()).isCloseTo(sum / 35, within(1e-14));
  }

  /// N(0, 1) and N(m, 1) are m apart, and E abs(x) apart from a point at 0; of the samples of
  /// finite size the bias is far below the error where the laws hardly overlap.
  @Test
  void coversTheShiftOfNormalLaws() {
    Calibration.covers(
        3, i -> Wasserstein.of(normal(0, 1000 + i, 50, 1), normal(3, 2000 + i, 80, 1)));
    Estimate large = Wasserstein.of(normal(0, 3, 20_000, 1), normal(1, 4, 30_000, 1));
    assertThat(large.value()).isCloseTo(1, within(4 * large.standardError()));
    // the potential is −x nearly everywhere
    assertThat(large.standardError())
        .isCloseTo(Math.sqrt(1 / 20_000.0 + 1 / 30_000.0), within(2e-4));
  }

  @Test
  void lawsAreGivenByTheirQuantiles() {
    // uniform on (0, 1) from two points ¼ and ¾: every u is ⅛ away on average; midpoints of an even
    // number of parts are exact
    assertThat(Wasserstein.of(line(0.75f, 0.25f), u -> u).value()).isCloseTo(0.125, within(1e-15));
    assertThat(Wasserstein.of(line(4, 2, 3), u -> 1).value()).isEqualTo(2);
    Batch x = Noise.uniforms(Key.of(5), 1000, 1);
    Estimate shifted = Wasserstein.of(x, u -> u - 2);
    assertThat(shifted.value()).isCloseTo(2, within(4 * shifted.standardError()));
    // uniform: std √(1/12)
    assertThat(shifted.standardError()).isCloseTo(Math.sqrt(1 / 12e3), within(5e-4));
  }

  /// Samples of the law itself: √(2/(πn))·∫√(F(1 − F)) with ∫₀¹√(u(1 − u)) du = π/8, as n → ∞.
  @Test
  void dataAgainstTheirLawFallsAsTheRoot() {
    double[] values = new double[200];
    for (int i = 0; i < values.length; i++) {
      values[i] = Wasserstein.of(Noise.uniforms(Key.of(100 + i), 400, 1), u -> u).value();
    }
    Estimate mean = Estimate.mean(values);
    double limit = Math.sqrt(2 / (Math.PI * 400)) * Math.PI / 8;
    // the next order is 1/n of a range of 1
    assertThat(mean.value()).isCloseTo(limit, within(4 * mean.standardError() + 1.0 / 400));
    assertThat(mean.value()).isGreaterThan(0.8 * limit);
  }

  /// Two samples of normal laws: ∫√(F(1 − F)) dx = 1.61, so 1.29·√(1/n + 1/m).
  @Test
  void testsReportTheNullValue() {
    Comparison same = Wasserstein.test(normal(0, 6, 300, 1), normal(0, 7, 200, 1), Key.of(1), 199);
    // samples' own spread, and the heavy tail of such distances, 5 % each
    assertThat(same.nullMean())
        .isCloseTo(1.29 * Math.sqrt(1 / 300.0 + 1 / 200.0), within(0.2 * same.nullMean()));
    assertThat(same.pValue()).isGreaterThan(0.01);
    Comparison shifted =
        Wasserstein.test(normal(0, 8, 100, 1), normal(1, 9, 50, 1), Key.of(2), 999);
    assertThat(shifted.pValue()).isEqualTo(0.001);
  }

  @Test
  void pValuesOfEqualLawsAreUniform() {
    Calibration.isUniform(
        i ->
            Wasserstein.test(
                normal(0, 3000 + i, 25, 1), normal(0, 4000 + i, 40, 1), Key.of(i), 99));
    Calibration.isUniform(
        i ->
            Wasserstein.slicedTest(
                normal(0, 5000 + i, 25, 3), normal(0, 6000 + i, 40, 3), Key.of(i), 8, 99));
  }

  /// A shift by m: m·E abs(θ₁), with E abs(θ₁) = 2/π in the plane and ½ in space.
  @Test
  void slicesOfAShiftAverageItsProjections() {
    for (int dim = 2; dim <= 3; dim++) {
      Batch x = normal(0, 10, 500, dim);
      Batch y = x.copy();
      for (int r = 0; r < 500; r++) {
        y.set(r, 0, y.get(r, 0) + 2);
      }
      Estimate w = Wasserstein.sliced(x, y, Key.of(3), 500);
      double expected = 2 * (dim == 2 ? 2 / Math.PI : 0.5);
      assertThat(w.value()).isCloseTo(expected, within(4 * w.standardError()));
      assertThat(Wasserstein.sliced(x, y, Key.of(3), 500)).isEqualTo(w);
      assertThat(
              Wasserstein.sliced(x.select(Noise.permutation(Key.of(4), 500)), y, Key.of(3), 50)
                  .value())
          .isEqualTo(Wasserstein.sliced(x, y, Key.of(3), 50).value());
    }
  }

  @Test
  void slicesOfTheLineAreTheDistanceItself() {
    Batch x = normal(0, 11, 40, 1);
    Batch y = normal(1, 12, 30, 1);
    Estimate exact = Wasserstein.of(x, y);
    Estimate sliced = Wasserstein.sliced(x, y, Key.of(5), 7);
    assertThat(sliced.value()).isCloseTo(exact.value(), within(1e-14));
    assertThat(sliced.standardError()).isCloseTo(exact.standardError(), within(1e-14));
  }

  @Test
  void badArgumentsAreNamed() {
    Batch x = normal(0, 13, 5, 2);
    assertThatThrownBy(() -> Wasserstein.of(x, x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x has 2 columns but 1 are expected");
    assertThatThrownBy(() -> Wasserstein.sliced(x, Batch.zeros(1, 2), Key.of(0), 5))
        .hasMessageContaining("y has 1 rows but at least 2");
    assertThatThrownBy(() -> Wasserstein.sliced(x, x, Key.of(0), 1))
        .hasMessageContaining("directions must be at least 2 but was 1");
    assertThatThrownBy(() -> Wasserstein.test(line(1, 2), line(1, 2), Key.of(0), 0))
        .hasMessageContaining("permutations must be at least 1");
    assertThatThrownBy(() -> Wasserstein.of(line(1, Float.NaN), line(1, 2)))
        .hasMessageContaining("x must be finite but row 1, column 0 is NaN");
    assertThatThrownBy(() -> Wasserstein.of(line(1, 2), u -> 1 / (u - 0.015625)))
        .hasMessageContaining("quantile must be finite inside (0, 1) but is Infinity at 0.015625");
  }
}
