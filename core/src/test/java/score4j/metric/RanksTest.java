package score4j.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RanksTest {
  @Test
  void equalNumbersKeepTheirOrderAndShareTheirRank() {
    double[] values = {3, -1, 3, 0.5, -1, 3, Double.NEGATIVE_INFINITY};
    assertThat(Ranks.order(values)).containsExactly(6, 1, 4, 3, 0, 2, 5);
    assertThat(Ranks.average(values)).containsExactly(6, 2.5, 6, 4, 2.5, 6, 1);
    assertThat(Ranks.order(new double[0])).isEmpty();
    // as Double.compare has it, and yet equal
    assertThat(Ranks.order(new double[] {0.0, -0.0})).containsExactly(1, 0);
    assertThat(Ranks.average(new double[] {0.0, -0.0})).containsExactly(1.5, 1.5);
  }
}
