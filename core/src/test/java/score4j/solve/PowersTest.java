package score4j.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PowersTest {
  @Test
  void areAsCloseAsTheySay() {
    for (int i = -20_000; i <= 20_000; i++) {
      double y = i * 1.23e-3;
      double x = StrictMath.pow(2, y);
      assertThat(Powers.exp2(y) / x).as("2^%s", y).isCloseTo(1, within(4e-6));
      assertThat(Powers.log2(x)).as("log2 of %s", x).isCloseTo(y, within(1.5e-5));
    }
  }

  // an error that is not a number makes the step shrink as far as it may
  @Test
  void whatIsNotFiniteIsLarge() {
    assertThat(Powers.log2(Double.NaN)).isGreaterThanOrEqualTo(1024);
    assertThat(Powers.log2(Double.POSITIVE_INFINITY)).isGreaterThanOrEqualTo(1024);
    assertThat(Powers.exp2(-0.2 * 1024.6)).isBetween(0.0, 1e-60);
  }
}
