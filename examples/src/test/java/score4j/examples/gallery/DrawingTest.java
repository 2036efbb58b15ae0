package score4j.examples.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DrawingTest {
  @Test
  void aucCountsPairsInOrderAndHalfOfTies() {
    // of 2 × 3 pairs 5 > 4, 5 > 1, 2 > 1 are in order, 5 = 5 is a tie
    assertThat(Drawing.auc(new double[] {5, 2}, new double[] {4, 5, 1})).isEqualTo(3.5 / 6);
    assertThat(Drawing.auc(new double[] {1}, new double[] {0})).isEqualTo(1);
  }
}
