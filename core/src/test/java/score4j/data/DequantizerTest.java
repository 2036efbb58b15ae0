package score4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;

class DequantizerTest {
  @Test
  void noiseSpreadsEachNumberOverItsStep() {
    int rows = 20_000;
    Batch x = Batch.zeros(rows, 3);
    for (int r = 0; r < rows; r++) {
      x.set(r, 0, 7);
      x.set(r, 1, -2.5f);
      x.set(r, 2, 0.1f);
    }
    double[] step = {1, 0.5, 0};
    Batch y = Dequantizer.uniform(x, step, Key.of(61));
    for (int c = 0; c < 2; c++) {
      double sum = 0;
      double squares = 0;
      for (int r = 0; r < rows; r++) {
        double u = (y.get(r, c) - x.get(r, c)) / step[c];
        assertThat(u).isBetween(-0.5, 0.5);
        sum += u;
        squares += u * u;
      }
      // uniform on ±½: variance 1/12, that of the square 1/180; 6.1 standard errors, 1e-9 a check
      assertThat(sum / rows).isBetween(-6.1 / Math.sqrt(12.0 * rows), 6.1 / Math.sqrt(12.0 * rows));
      double bound = 6.1 / Math.sqrt(180.0 * rows);
      assertThat(squares / rows - 1.0 / 12).isBetween(-bound, bound);
    }
    assertThat(y.column(2)).isEqualTo(x.column(2));
    assertThat(Dequantizer.uniform(x, step, Key.of(61))).isEqualTo(y);
    assertThat(Dequantizer.uniform(x, step, Key.of(62))).isNotEqualTo(y);
  }

  private static Batch column(double... values) {
    Batch x = Batch.zeros(values.length, 1);
    for (int i = 0; i < values.length; i++) {
      x.set(i, 0, (float) values[i]);
    }
    return x;
  }

  @Test
  void stepsAreFound() {
    assertThat(Dequantizer.detectSteps(column(79, 54, 74, 62, 85))).containsExactly(1);
    assertThat(Dequantizer.detectSteps(column(3.6, 1.8, 3.333, 2.283, 4.533)))
        .containsExactly(0.001);
    assertThat(Dequantizer.detectSteps(column(-20.42, -20.62, -26, -17.97))).containsExactly(0.01);
    assertThat(Dequantizer.detectSteps(column(4.8, 4.2, 5.4, 4.1, 4))).containsExactly(0.1);
    assertThat(Dequantizer.detectSteps(column(0.5, 1, 2.5, 3))).containsExactly(0.5);
    assertThat(Dequantizer.detectSteps(column(400, 200, -1000))).containsExactly(200);
    assertThat(Dequantizer.detectSteps(column(0, 1))).containsExactly(1);
    assertThat(Dequantizer.detectSteps(column(1e-5, 3e-5))).containsExactly(1e-5);
    assertThat(Dequantizer.detectSteps(column(3e30, 1e30))).containsExactly(1e30);
  }

  @Test
  void everyDecimalStepIsFound() {
    for (int digits = 0; digits <= 4; digits++) {
      Batch x = Batch.zeros(300, 1);
      for (int i = 0; i < 300; i++) {
        x.set(i, 0, (float) ((i * 37 - 5000) / Math.pow(10, digits)));
      }
      assertThat(Dequantizer.detectSteps(x)).containsExactly(1 / Math.pow(10, digits));
    }
  }

  @Test
  void continuousAndConstantColumnsHaveNone() {
    assertThat(Dequantizer.detectSteps(Noise.normals(Key.of(63), 50, 3))).containsExactly(0, 0, 0);
    assertThat(Dequantizer.detectSteps(column(0, 0, 0))).containsExactly(0);
    assertThat(Dequantizer.detectSteps(column(5))).containsExactly(0);
    assertThat(Dequantizer.detectSteps(Batch.zeros(0, 2))).containsExactly(0, 0);
  }

  @Test
  void badStepsAreRefused() {
    assertThatThrownBy(() -> Dequantizer.uniform(column(1, 2), new double[] {1, 1}, Key.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("step has 2 numbers but x has 1 columns");
    assertThatThrownBy(() -> Dequantizer.uniform(column(1, 2), new double[] {-1}, Key.of(1)))
        .hasMessageContaining("step of column 0 must be finite and at least 0 but was -1.0");
    assertThatThrownBy(() -> Dequantizer.detectSteps(column(1, Double.NaN)))
        .hasMessageContaining("NaN");
  }
}
