package score4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.testing.Allocation;

class EmaTest {
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 0.9, 0.999})
  void equalsItsWeightedMeanOfAllWeightsSeen(double decay) {
    Ema ema = new Ema(decay);
    OptimizerState state = ema.init(1);
    int steps = 300;
    float[] seen = new float[steps];
    for (int t = 1; t <= steps; t++) {
      seen[t - 1] = (float) Math.sin(0.1 * t);
      ema.update(state, new float[] {seen[t - 1]});
      double expected = 0;
      double weight = 1; // of the weights of step i: w_i Π_{j>i} (1 − w_j)
      for (int i = t; i >= 1; i--) {
        double w = Math.max(1 - decay, 10.0 / (i + 9));
        expected += weight * w * seen[i - 1];
        weight *= 1 - w;
      }
      // All numbers are at most 1. A step rounds the difference, the weight, the product and the
      // sum: at most 2⁻²⁴·(1 + 6w) in all, and forgets by 1 − w with w ≥ 10/309: 2⁻²⁴·(31 + 6).
      assertThat((double) state.moment(0)[0]).isCloseTo(expected, within(37 * 0x1p-24));
    }
    assertThat(state.step()).isEqualTo(steps);
  }

  @Test
  void theFirstWeightsAreTheFirstAverage() {
    OptimizerState state = new Ema(0.999).init(2);
    new Ema(0.999).update(state, new float[] {3, -0.1f});
    assertThat(state.moment(0)).containsExactly(3, -0.1f);
  }

  @Test
  void constantWeightsStayExactly() {
    Ema ema = new Ema(0.99);
    OptimizerState state = ema.init(1);
    for (int i = 0; i < 1000; i++) {
      ema.update(state, new float[] {0.3f});
      assertThat(state.moment(0)[0]).isEqualTo(0.3f);
    }
  }

  @Test
  void updateAllocatesNothing() {
    Ema ema = new Ema(0.99);
    OptimizerState state = ema.init(100);
    float[] p = new float[100];
    assertThat(Allocation.bytes(() -> ema.update(state, p))).isZero();
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new Ema(1)).hasMessageContaining("decay");
    assertThatThrownBy(() -> new Ema(-0.1)).hasMessageContaining("decay");
    Ema ema = new Ema(0.5);
    assertThatThrownBy(() -> ema.update(ema.init(2), new float[3]))
        .hasMessageContaining("parameters has 3");
  }
}
