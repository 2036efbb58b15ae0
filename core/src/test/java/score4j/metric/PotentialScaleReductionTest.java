package score4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PotentialScaleReductionTest {
  /// Halves (0 1) (2 3) (1 0) (3 2): W = ½, means ½ 5⁄2 ½ 5⁄2 of variance 4/3; var⁺ = ¼ + 4/3.
  @Test
  void followsItsFormula() {
    double[][] chains = {{0, 1, 2, 3}, {1, 0, 3, 2}};
    assertThat(PotentialScaleReduction.of(chains))
        .isCloseTo(Math.sqrt((0.25 + 4 / 3.0) / 0.5), within(1e-15));
    // the middle of an odd number of steps is left out
    double[][] odd = {{0, 1, 99, 2, 3}, {1, 0, -7, 3, 2}};
    assertThat(PotentialScaleReduction.of(odd)).isEqualTo(PotentialScaleReduction.of(chains));
  }

  /// R² − 1 of M half chains of N steps is (F − 1)/N with F nearly chi-square over M − 1: at most
  /// 5/N here, but once in 10⁵.
  @Test
  void chainsOfOneLawAgree() {
    double[][] chains = EffectiveSampleSizeTest.autoregressive(0, 4, 4000, 11);
    assertThat(PotentialScaleReduction.of(chains)).isBetween(1 - 1 / 2000.0, 1 + 5 / 2000.0);
    assertThat(PotentialScaleReduction.rankNormalized(chains))
        .isBetween(1 - 1 / 2000.0, 1 + 5 / 2000.0);
  }

  /// Of two chains of variance 1, shifted by m: half chains' means have variance m²/3.
  @Test
  void shiftedChainsDoNot() {
    double[][] chains = EffectiveSampleSizeTest.autoregressive(0, 2, 4000, 12);
    for (int i = 0; i < 4000; i++) {
      chains[1][i] += 3;
    }
    // standard errors of the shift, 0.02, and of W, 2 %
    assertThat(PotentialScaleReduction.of(chains)).isCloseTo(Math.sqrt(1 + 3), within(0.08));
    assertThat(PotentialScaleReduction.rankNormalized(chains)).isGreaterThan(1.5);
  }

  @Test
  void driftShowsInASingleChain() {
    double[][] chain = EffectiveSampleSizeTest.autoregressive(0, 1, 2000, 13);
    for (int i = 0; i < 2000; i++) {
      chain[0][i] += 0.002 * i;
    }
    // halves are 2 apart, of variance 1 + 2²/12: √(1 + 2/1.33)
    assertThat(PotentialScaleReduction.of(chain)).isCloseTo(Math.sqrt(2.5), within(0.08));
  }

  /// The same place, widths 1 and 5: plain R-hat is near 1 and the ranks tell.
  @Test
  void ranksFindDifferentWidths() {
    double[][] chains = EffectiveSampleSizeTest.autoregressive(0, 2, 4000, 14);
    for (int i = 0; i < 4000; i++) {
      chains[1][i] *= 5;
    }
    assertThat(PotentialScaleReduction.of(chains)).isLessThan(1.01);
    assertThat(PotentialScaleReduction.rankNormalized(chains)).isGreaterThan(1.2);
  }

  /// Cauchy values z/z′ shifted by 2: their variance hides the shift, and their ranks give several
  /// times the 0.01 that is asked for.
  @Test
  void ranksNeedNoVariance() {
    double[][] above = EffectiveSampleSizeTest.autoregressive(0, 2, 1000, 15);
    double[][] below = EffectiveSampleSizeTest.autoregressive(0, 2, 1000, 16);
    for (int i = 0; i < 1000; i++) {
      above[0][i] /= below[0][i];
      above[1][i] = above[1][i] / below[1][i] + 2;
    }
    assertThat(PotentialScaleReduction.of(above)).isLessThan(1.05);
    assertThat(PotentialScaleReduction.rankNormalized(above)).isGreaterThan(1.05);
  }

  @Test
  void constantChainsHaveNone() {
    assertThat(PotentialScaleReduction.of(new double[2][8])).isNaN();
    assertThat(PotentialScaleReduction.rankNormalized(new double[2][8])).isNaN();
    double[][] apart = new double[2][8];
    Arrays.fill(apart[1], 1);
    assertThat(PotentialScaleReduction.of(apart)).isInfinite();
  }

  @Test
  void normalQuantiles() {
    double[] p = {0.5, 0.75, 0.9, 0.975, 0.995, 0.999, 1e-12};
    double[] z = {
      0,
      0.6744897501960817,
      1.2815515655446004,
      1.959963984540054,
      2.5758293035489004,
      3.090232306167813,
      -7.034483825301132
    };
    for (int i = 0; i < p.length; i++) {
      assertThat(PotentialScaleReduction.normalQuantile(p[i])).isCloseTo(z[i], within(1e-6));
      assertThat(PotentialScaleReduction.normalQuantile(1 - p[i])).isCloseTo(-z[i], within(1e-4));
    }
  }
}
