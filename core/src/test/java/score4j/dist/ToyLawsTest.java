package score4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import score4j.array.Batch;
import score4j.rng.Key;

class ToyLawsTest {
  @Test
  void moonsLieOnTheirCircles() {
    int n = 4000;
    Batch x = new TwoMoons(0).sample(Key.of(1), n);
    int upper = 0;
    for (int r = 0; r < n; r++) {
      double first = Math.hypot(x.get(r, 0), x.get(r, 1));
      double second = Math.hypot(x.get(r, 0) - 1, x.get(r, 1) - 0.5);
      assertThat(Math.min(Math.abs(first - 1), Math.abs(second - 1))).isLessThan(1e-6);
      // the circles meet, the moons do not
      boolean isUpper = Math.abs(first - 1) < 1e-6 && x.get(r, 1) >= 0;
      upper += isUpper ? 1 : 0;
      assertThat(isUpper || x.get(r, 1) <= 0.5).isTrue();
    }
    // binomial, 5 standard errors
    assertThat(upper / (double) n).isCloseTo(0.5, within(5 * 0.5 / Math.sqrt(n)));
    assertThat(new TwoMoons(0.1).sample(Key.of(1), 10))
        .isEqualTo(new TwoMoons(0.1).sample(Key.of(1), 20).slice(0, 10));
    assertThatThrownBy(() -> new TwoMoons(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void boardIsEvenOnItsDarkFields() {
    int n = 8000;
    Checkerboard board = new Checkerboard(4, 8);
    Batch x = board.sample(Key.of(1), n);
    int[] counts = new int[16];
    for (int r = 0; r < n; r++) {
      double[] point = {x.get(r, 0), x.get(r, 1)};
      assertThat(board.logDensity(point)).isEqualTo(-Math.log(32));
      counts[(int) ((point[0] + 4) / 2) + 4 * (int) ((point[1] + 4) / 2)]++;
    }
    for (int field = 0; field < 16; field++) {
      double expected = (field % 4 + field / 4) % 2 == 0 ? n / 8.0 : 0;
      // binomial, 5 standard errors
      assertThat((double) counts[field]).isCloseTo(expected, within(5 * Math.sqrt(expected)));
    }
    assertThat(board.logDensity(new double[] {-1, -3})).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(board.logDensity(new double[] {5, 5})).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThatThrownBy(() -> new Checkerboard(3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fields must be even");
  }
}
