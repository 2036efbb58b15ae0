package score4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import score4j.Score;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.rng.Key;
import score4j.rng.Noise;

class StandardizerTest {
  /// Normals with means 0, 1000, … and standard deviations 1, 0.1, …
  private static Batch table(int rows) {
    Batch x = Noise.normals(Key.of(60), rows, 4);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < 4; c++) {
        x.set(r, c, (float) (1000.0 * c + x.get(r, c) * Math.pow(10, -c)));
      }
    }
    return x;
  }

  @Test
  void fitIsTheMeanAndThePopulationStandardDeviation() {
    Standardizer s =
        Standardizer.fit(
            Batch.of(new float[] {1, 5}, new float[] {3, 5.5f}, new float[] {8, 4.5f}));
    assertThat(s.mean()).containsExactly(4, 5);
    assertThat(s.std()[0]).isCloseTo(Math.sqrt(26.0 / 3), within(1e-15));
    assertThat(s.std()[1]).isCloseTo(Math.sqrt(0.5 / 3), within(1e-16));
    assertThat(s.cols()).isEqualTo(2);
  }

  @Test
  void appliedTablesHaveMeanZeroAndVarianceOne() {
    Batch x = table(1000);
    Batch y = Standardizer.fit(x).apply(x);
    for (int c = 0; c < 4; c++) {
      double sum = 0;
      double squares = 0;
      for (int r = 0; r < 1000; r++) {
        sum += y.get(r, c);
        squares += (double) y.get(r, c) * y.get(r, c);
      }
      // every number is rounded once, |y| < 4: an error of the mean below 4·2⁻²⁵, of the mean
      // square below 2·16·2⁻²⁵
      assertThat(sum / 1000).isCloseTo(0, within(1.2e-7));
      assertThat(squares / 1000).isCloseTo(1, within(1e-6));
    }
  }

  // s_x = −(x − mean)/std² for N(mean, std²): two roundings to float on the way, of y and of s_y
  @Test
  void undoneScoresAreThoseOfTheTable() {
    Standardizer s = Standardizer.of(new double[] {70, -2}, new double[] {13, 0.05});
    Score score = s.undo(Gaussian.standard(2));
    Batch x = Batch.of(new float[] {83, -2}, new float[] {60, -1.9f}, new float[] {0, 0});
    Batch out = Batch.zeros(3, 2);
    score.score(x, 1, 3, 0, out);
    assertThat(out.row(0)).containsExactly(0, 0);
    for (int r = 1; r < 3; r++) {
      for (int c = 0; c < 2; c++) {
        double expected = -(x.get(r, c) - s.mean()[c]) / (s.std()[c] * s.std()[c]);
        assertThat((double) out.get(r, c))
            .isCloseTo(expected, within(3 * 0x1p-24 * Math.abs(expected)));
      }
    }
    assertThatThrownBy(() -> s.undo(Gaussian.standard(3)))
        .hasMessageContaining("the score has 3 dimensions but 2 columns");
  }

  @Test
  void undoReturnsWhatWasThere() {
    Batch x = table(1000);
    Standardizer s = Standardizer.fit(x);
    Batch back = s.undo(s.apply(x));
    for (int r = 0; r < 1000; r++) {
      for (int c = 0; c < 4; c++) {
        double value = x.get(r, c);
        double bound = 0x1p-24 * (Math.abs(value - s.mean()[c]) + Math.abs(value)) * (1 + 1e-6);
        assertThat((double) back.get(r, c)).isCloseTo(value, within(bound));
      }
    }
  }

  @Test
  void aConstantColumnIsRefusedByName() {
    Batch x = Batch.of(new float[] {1, 2}, new float[] {3, 2});
    assertThatThrownBy(() -> Standardizer.fit(x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "column 1 of data is constant (2.0 in all 2 rows) and cannot be standardised: leave it"
                + " out");
    assertThatThrownBy(() -> Standardizer.fit(x, List.of("length", "width")))
        .hasMessageContaining("column width of data is constant");
  }

  @Test
  void badTablesAreRefused() {
    assertThatThrownBy(() -> Standardizer.fit(Batch.of(new float[] {1})))
        .hasMessageContaining("1 rows");
    assertThatThrownBy(() -> Standardizer.fit(Batch.of(new float[] {1}, new float[] {Float.NaN})))
        .hasMessageContaining("row 1, column 0 is NaN");
    assertThatThrownBy(() -> Standardizer.fit(table(3), List.of("a")))
        .hasMessageContaining("4 columns");
    Standardizer s = Standardizer.fit(table(9));
    assertThatThrownBy(() -> s.apply(Batch.zeros(1, 3))).hasMessageContaining("x has 3 columns");
    assertThatThrownBy(() -> s.undo(Batch.zeros(1, 5))).hasMessageContaining("y has 5 columns");
    assertThatThrownBy(() -> Standardizer.of(new double[] {0}, new double[] {0}))
        .hasMessageContaining("std 0.0");
    assertThatThrownBy(() -> Standardizer.of(new double[] {0}, new double[] {1, 2}))
        .hasMessageContaining("mean has 1 numbers and std 2");
  }

  @Test
  void equalNumbersAreEqual() {
    Standardizer s = Standardizer.fit(table(9));
    assertThat(Standardizer.of(s.mean(), s.std())).isEqualTo(s).hasSameHashCodeAs(s);
    assertThat(Standardizer.of(new double[] {1}, new double[] {2}))
        .isNotEqualTo(s)
        .hasToString("Standardizer[mean=[1.0], std=[2.0]]");
  }
}
