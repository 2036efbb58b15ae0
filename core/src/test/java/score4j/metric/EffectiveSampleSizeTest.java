package score4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.rng.Key;
import score4j.rng.Noise;

class EffectiveSampleSizeTest {
  /// Stationary chains x′ = ρx + √(1 − ρ²)·z of variance 1.
  static double[][] autoregressive(double rho, int chains, int steps, int key) {
    double[][] x = new double[chains][steps];
    for (int c = 0; c < chains; c++) {
      float[] z = new float[steps];
      Noise.normals(Key.of(key), 0, (long) c * steps, steps, 1, z, 0);
      x[c][0] = z[0];
      for (int i = 1; i < steps; i++) {
        x[c][i] = rho * x[c][i - 1] + Math.sqrt(1 - rho * rho) * z[i];
      }
    }
    return x;
  }

  /// n(1 − ρ)/(1 + ρ). The sum of correlations up to a window of about 5 τ has a relative standard
  /// error of √(4·window/n) (Sokal): 5 % at ρ = 0.9, where 4 of those are allowed; less elsewhere.
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3, 0.7, 0.9})
  void autoregressiveChainsAreWorthTheirClosedForm(double rho) {
    int steps = 40_000;
    double expected = 4 * steps * (1 - rho) / (1 + rho);
    double window = Math.max(2, 5 * (1 + rho) / (1 - rho));
    assertThat(EffectiveSampleSize.of(autoregressive(rho, 4, steps, 1)))
        .isCloseTo(expected, within(4 * Math.sqrt(4 * window / (4.0 * steps)) * expected));
    assertThat(EffectiveSampleSize.of(autoregressive(rho, 1, 4 * steps, 2)))
        .isCloseTo(expected, within(4 * Math.sqrt(4 * window / (4.0 * steps)) * expected));
  }

  /// Alternating chains are worth more than independent ones: ρ = −0.5 three times as much.
  @Test
  void alternatingChainsAreWorthMore() {
    double[][] chains = autoregressive(-0.5, 2, 20_000, 3);
    assertThat(EffectiveSampleSize.of(chains)).isCloseTo(120_000, within(0.1 * 120_000));
  }

  /// Means of 200 chains of 1000 steps have the error that each of them states, √((1 + ρ)/((1 −
  /// ρ)·n)) = 0.0548 at ρ = ½, on average within 5 %, and cover the truth.
  @Test
  void meansHaveTheirStandardErrors() {
    Calibration.covers(0, i -> EffectiveSampleSize.mean(autoregressive(0.5, 2, 500, 100 + i)));
    double sum = 0;
    for (int i = 0; i < 50; i++) {
      sum += EffectiveSampleSize.mean(autoregressive(0.5, 2, 500, 100 + i)).standardError() / 50;
    }
    assertThat(sum).isCloseTo(Math.sqrt(3 / 1000.0), within(0.05 * Math.sqrt(3 / 1000.0)));
  }

  /// Two chains that sit ten standard deviations apart have seen about two places.
  @Test
  void chainsThatDisagreeAreWorthLittle() {
    double[][] chains = autoregressive(0, 2, 1000, 4);
    for (int i = 0; i < 1000; i++) {
      chains[1][i] += 10;
    }
    assertThat(EffectiveSampleSize.of(chains)).isLessThan(10);
  }

  @Test
  void constantChainsHaveNoSize() {
    assertThat(EffectiveSampleSize.of(new double[2][10])).isNaN();
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> EffectiveSampleSize.of(new double[0][]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("chains is empty");
    assertThatThrownBy(() -> EffectiveSampleSize.of(new double[2][3]))
        .hasMessageContaining("chains have 3 steps but at least 4");
    assertThatThrownBy(() -> EffectiveSampleSize.of(new double[][] {{1, 2, 3, 4}, {1, 2, 3}}))
        .hasMessageContaining("chain 1 has 3 steps but chain 0 has 4");
    assertThatThrownBy(
            () -> EffectiveSampleSize.of(new double[][] {{1, 2, 3, 4}, {1, 2, Double.NaN, 3}}))
        .hasMessageContaining("step 2 of chain 1 is NaN");
  }
}
