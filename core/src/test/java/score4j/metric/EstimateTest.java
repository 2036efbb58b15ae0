package score4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import score4j.rng.Key;
import score4j.rng.Noise;

class EstimateTest {
  @Test
  void meanHasTheStandardErrorOfTheMean() {
    Estimate estimate = Estimate.mean(new double[] {1, 2, 6});
    assertThat(estimate.value()).isEqualTo(3);
    assertThat(estimate.standardError()).isCloseTo(Math.sqrt(7.0 / 3), within(1e-15));
    assertThat(Estimate.mean(new double[] {5, 5, 5})).isEqualTo(new Estimate(5, 0));
  }

  /// Of 1000 means of 50 normals 95.4 % lie within two true standard errors; estimated ones, t with
  /// 49 degrees of freedom, cover 94.9 % (binomial standard deviation 0.7 %, so ± 4.3 % is 1e-9).
  @Test
  void twoStandardErrorsCoverTheTruthNineteenTimesOfTwenty() {
    int covered = 0;
    for (int trial = 0; trial < 1000; trial++) {
      float[] z = new float[50];
      Noise.normals(Key.of(110), trial, 0, 50, 1, z, 0);
      double[] values = new double[50];
      for (int i = 0; i < 50; i++) {
        values[i] = 3 + 2 * z[i];
      }
      Estimate estimate = Estimate.mean(values);
      covered += Math.abs(estimate.value() - 3) < 2 * estimate.standardError() ? 1 : 0;
    }
    assertThat(covered).isBetween(949 - 43, 949 + 43);
  }

  @Test
  void oneValueHasNoStandardError() {
    Estimate estimate = Estimate.mean(new double[] {4});
    assertThat(estimate.value()).isEqualTo(4);
    assertThat(estimate.standardError()).isNaN();
    assertThatThrownBy(() -> Estimate.mean(new double[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("values is empty");
  }

  @Test
  void printsBothNumbers() {
    assertThat(new Estimate(49.4839, 0.0312)).hasToString("49.4839 ± 0.031");
  }
}
