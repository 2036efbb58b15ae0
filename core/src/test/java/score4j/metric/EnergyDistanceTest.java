package score4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.rng.Key;
import score4j.rng.Noise;

class EnergyDistanceTest {
  private static Batch normal(double mean, int key, int rows) {
    return Gaussian.isotropic(new double[] {mean}, 1).sample(Key.of(key), rows);
  }

  @Test
  void equalsTheDefinition() {
    Batch x = Batch.of(new float[] {0}, new float[] {1}, new float[] {3});
    Batch y = Batch.of(new float[] {2}, new float[] {2}, new float[] {6});
    // cross distances 2 2 6 1 1 5 1 1 3 → 22/9; within 1 3 2 → 2 and 0 4 4 → 8/3
    assertThat(EnergyDistance.of(x, y).value()).isCloseTo(44.0 / 9 - 2 - 8.0 / 3, within(1e-15));
    // in the plane: 3-4-5
    Batch a = Batch.of(new float[] {0, 0}, new float[] {0, 0}, new float[] {0, 0});
    Batch b = Batch.of(new float[] {3, 4}, new float[] {3, 4}, new float[] {3, 4});
    assertThat(EnergyDistance.of(a, b)).isEqualTo(new Estimate(10, 0));
  }

  /// X − Y ~ N(1, 2) has E abs = (2/√π)·e^(−1/4) + erf(½), X − X′ has 2/√π: E = 0.5418065777 for
  /// laws one apart.
  @Test
  void coversTheClosedFormOfNormalLaws() {
    double truth = 0.5418065777;
    Calibration.covers(
        truth, i -> EnergyDistance.of(normal(0, 1000 + i, 50), normal(1, 2000 + i, 80)));
    Estimate large = EnergyDistance.of(normal(0, 1, 2000), normal(1, 2, 1500));
    assertThat(large.value()).isCloseTo(truth, within(4 * large.standardError()));
    assertThat(large.standardError()).isLessThan(0.1 * truth);
  }

  @Test
  void pValuesOfEqualLawsAreUniform() {
    Calibration.isUniform(
        i -> EnergyDistance.test(normal(0, 3000 + i, 30), normal(0, 4000 + i, 20), Key.of(i), 99));
  }

  @Test
  void unlikeLawsAreToldApart() {
    Comparison test = EnergyDistance.test(normal(0, 3, 60), normal(1.5, 4, 90), Key.of(1), 999);
    assertThat(test.pValue()).isEqualTo(0.001);
    assertThat(test.nullMean()).isCloseTo(0, within(4 * test.nullStd() / Math.sqrt(999)));
    assertThat(test.toString()).contains("null").contains("p = 0.001");
  }

  /// A greater unit of length is a greater distance, and no other p-value: 2¹⁰ is exact.
  @Test
  void scalesWithTheUnit() {
    Batch x = normal(0, 5, 20);
    Batch y = normal(0.4, 6, 25);
    Comparison test = EnergyDistance.test(x, y, Key.of(2), 199);
    Comparison scaled = EnergyDistance.test(times(x, 1024), times(y, 1024), Key.of(2), 199);
    assertThat(scaled.estimate().value()).isEqualTo(1024 * test.estimate().value());
    assertThat(scaled.pValue()).isEqualTo(test.pValue()).isGreaterThan(0.005);
    Comparison tiny = EnergyDistance.test(times(x, 0x1p-60f), times(y, 0x1p-60f), Key.of(2), 199);
    assertThat(tiny.pValue()).isEqualTo(test.pValue());
  }

  private static Batch times(Batch x, float factor) {
    Batch scaled = x.copy();
    for (int i = 0; i < scaled.data().length; i++) {
      scaled.data()[i] *= factor;
    }
    return scaled;
  }

  @Test
  void orderOfRowsDoesNotMatter() {
    Batch x = normal(0, 7, 30);
    Batch y = normal(1, 8, 40);
    assertThat(EnergyDistance.of(y.select(Noise.permutation(Key.of(3), 40)), x).value())
        .isCloseTo(EnergyDistance.of(x, y).value(), within(1e-14));
  }

  /// Nothing differs at all: every permutation repeats the 0.
  @Test
  void equalRowsHaveNoDistance() {
    Comparison test = EnergyDistance.test(Batch.zeros(5, 2), Batch.zeros(4, 2), Key.of(4), 99);
    assertThat(test).isEqualTo(new Comparison(new Estimate(0, 0), 0, 0, 1));
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> EnergyDistance.of(Batch.zeros(3, 2), Batch.zeros(3, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("y has 1 columns");
    assertThatThrownBy(() -> EnergyDistance.of(Batch.zeros(2, 2), Batch.zeros(3, 2)))
        .hasMessageContaining("x has 2 rows but at least 3");
  }
}
