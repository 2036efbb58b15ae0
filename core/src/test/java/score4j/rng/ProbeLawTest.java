package score4j.rng;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeLawTest {
  /// E[v vᵀ] = I within 6.1 standard errors (1e-9 a check; 36 checks a law). Var(vᵢvⱼ) is at most 1
  /// and Var(vᵢ²) at most 2, both reached by the Gaussian.
  @ParameterizedTest
  @EnumSource(ProbeLaw.class)
  void probesHaveTheIdentityAsSecondMoment(ProbeLaw law) {
    for (int cols : new int[] {1, 2, 5}) {
      int rows = 200_000;
      float[] v = new float[rows * cols];
      law.fill(Key.of(50), 6, 0, rows, cols, v, 0);
      for (int i = 0; i < cols; i++) {
        double sum = 0;
        for (int r = 0; r < rows; r++) {
          sum += v[r * cols + i];
        }
        assertThat(sum / rows).isBetween(-6.1 / Math.sqrt(rows), 6.1 / Math.sqrt(rows));
        for (int j = 0; j <= i; j++) {
          double product = 0;
          for (int r = 0; r < rows; r++) {
            product += (double) v[r * cols + i] * v[r * cols + j];
          }
          double bound = 6.1 * Math.sqrt((i == j ? 2.0 : 1.0) / rows);
          assertThat(product / rows - (i == j ? 1 : 0))
              .as("%s %d %d", law, i, j)
              .isBetween(-bound, bound);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 8, 31, 1000})
  void sphereProbesHaveNormRootD(int cols) {
    int rows = 2000;
    float[] v = new float[rows * cols];
    ProbeLaw.SPHERE.fill(Key.of(51), 0, 0, rows, cols, v, 0);
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int c = 0; c < cols; c++) {
        sum += (double) v[r * cols + c] * v[r * cols + c];
      }
      // each coordinate is rounded once, relative 2⁻²⁴, so the norm is off by at most that share
      assertThat(Math.sqrt(sum / cols)).isBetween(1 - 0x1p-23, 1 + 0x1p-23);
    }
  }

  @Test
  void inOneDimensionTheSphereIsPlusOrMinusOne() {
    float[] v = new float[10_000];
    ProbeLaw.SPHERE.fill(Key.of(52), 0, 0, v.length, 1, v, 0);
    for (float value : v) {
      assertThat(Math.abs(value)).isEqualTo(1f);
    }
  }

  @Test
  void rademacherProbesAreSigns() {
    float[] v = new float[999];
    ProbeLaw.RADEMACHER.fill(Key.of(53), 0, 0, 111, 9, v, 0);
    for (float value : v) {
      assertThat(Math.abs(value)).isEqualTo(1f);
    }
  }

  @Test
  void gaussianProbesAreTheNormals() {
    float[] v = new float[35];
    float[] z = new float[35];
    ProbeLaw.GAUSSIAN.fill(Key.of(54), 2, 9, 7, 5, v, 0);
    Noise.normals(Key.of(54), 2, 9, 7, 5, z, 0);
    assertThat(v).isEqualTo(z);
  }

  @Test
  void sphereProbesOfNoLengthGetADirection() {
    // find nothing by chance here: the guard is reached through the package
    float[] v = {0f, 0f, 5f};
    ProbeLaw.toSphere(v, 0, 2);
    assertThat(v).isEqualTo(new float[] {(float) Math.sqrt(2), 0f, 5f});
    Arrays.fill(v, -0f);
    ProbeLaw.toSphere(v, 1, 1);
    assertThat(v[1]).isEqualTo(1f);
  }
}
