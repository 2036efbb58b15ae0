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
}
