package score4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExponentialTest {
  // twice the error that was measured at 10⁷ points: 2 ulp up to ½ and above 0, 2.3e-16 below
  @Test
  void agreesWithTheJdk() {
    for (int i = -40_000; i <= 40_000; i++) {
      double x = i * 1e-3 * (1 + 1e-9 * i);
      double expected = StrictMath.expm1(x);
      double tolerated = x < -0.5 ? 5e-16 : 4 * Math.ulp(expected);
      assertThat(Math.abs(Exponential.expm1(x) - expected))
          .as("at %s", x)
          .isLessThanOrEqualTo(tolerated);
    }
  }

  @Test
  void keepsSmallNumbersAndTheEnds() {
    for (double x : new double[] {0.0, 1e-300, -1e-20, 1e-9}) {
      assertThat(Exponential.expm1(x)).isEqualTo(StrictMath.expm1(x));
    }
    assertThat(Exponential.expm1(-800)).isEqualTo(-1);
    assertThat(Exponential.expm1(800)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(Exponential.expm1(Double.NaN)).isNaN();
  }
}
