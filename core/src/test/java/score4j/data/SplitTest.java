package score4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import score4j.array.Batch;
import score4j.rng.Key;

class SplitTest {
  private static Batch numbered(int rows) {
    Batch x = Batch.zeros(rows, 2);
    for (int r = 0; r < rows; r++) {
      x.set(r, 0, r);
      x.set(r, 1, -r);
    }
    return x;
  }

  @Test
  void everyRowIsInOnePart() {
    Split split = Split.of(numbered(101), 0.2, Key.of(70));
    assertThat(split.heldOut().rows()).isEqualTo(20);
    assertThat(split.train().rows()).isEqualTo(81);
    boolean[] seen = new boolean[101];
    for (Batch part : new Batch[] {split.train(), split.heldOut()}) {
      float before = -1;
      for (int r = 0; r < part.rows(); r++) {
        assertThat(part.get(r, 0)).isGreaterThan(before);
        assertThat(part.get(r, 1)).isEqualTo(-part.get(r, 0));
        before = part.get(r, 0);
        assertThat(seen[(int) before]).isFalse();
        seen[(int) before] = true;
      }
    }
    assertThat(seen).containsOnly(true);
  }

  @Test
  void theKeyDecides() {
    assertThat(Split.of(numbered(50), 0.3, Key.of(1)))
        .isEqualTo(Split.of(numbered(50), 0.3, Key.of(1)));
    assertThat(Split.of(numbered(50), 0.3, Key.of(1)).heldOut())
        .isNotEqualTo(Split.of(numbered(50), 0.3, Key.of(2)).heldOut());
  }

  @Test
  void emptyPartsAreRefused() {
    for (double fraction : new double[] {0, 1, -0.1, 1.5, Double.NaN}) {
      assertThatThrownBy(() -> Split.of(numbered(10), fraction, Key.of(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("between 0 and 1 but was " + fraction);
    }
    assertThatThrownBy(() -> Split.of(numbered(10), 0.01, Key.of(1)))
        .hasMessageContaining("0.01 of 10 rows leaves 0 to hold out and 10 to learn from");
    assertThatThrownBy(() -> Split.of(numbered(10), 0.99, Key.of(1)))
        .hasMessageContaining("leaves 10");
    assertThatThrownBy(() -> new Split(numbered(3), Batch.zeros(3, 1)))
        .hasMessageContaining("heldOut has 1 columns");
  }
}
