package score4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;

class AxesTest {
  /// A covariance G Gᵀ of normal numbers, whose rows shrink by `grade` from one to the next.
  static double[][] covariance(int dim, double grade, long seed) {
    Batch g = Noise.normals(Key.of(seed), dim, dim);
    double[][] covariance = new double[dim][dim];
    for (int i = 0; i < dim; i++) {
      for (int j = 0; j < dim; j++) {
        for (int k = 0; k < dim; k++) {
          covariance[i][j] += (double) g.get(i, k) * g.get(j, k) * Math.pow(grade, i + j);
        }
      }
    }
    return covariance;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 64})
  void axesAreOrthonormalAndMakeTheCovarianceAgain(int dim) {
    double[][] covariance = covariance(dim, 1, dim);
    Axes axes = Gaussian.full(new double[dim], covariance).axes();
    double[] u = axes.directions;
    double scale = Arrays.stream(axes.variances).max().orElseThrow();
    for (int a = 0; a < dim; a++) {
      for (int b = 0; b < dim; b++) {
        double inner = 0;
        double sum = 0;
        for (int i = 0; i < dim; i++) {
          inner += u[a * dim + i] * u[b * dim + i];
          sum += axes.variances[i] * u[i * dim + a] * u[i * dim + b];
        }
        // sums of D terms, each of a few roundings: D·10·2⁻⁵³
        assertThat(inner).isCloseTo(a == b ? 1 : 0, within(dim * 2e-15));
        assertThat(sum).isCloseTo(covariance[a][b], within(dim * 2e-15 * scale));
      }
    }
  }

  /// The determinant is the product of the variances, the trace their sum; with rows from 1 to
  /// 1e-7 the smallest variance is 1e-14 of the largest and still has its digits.
  @Test
  void smallVariancesBesideLargeOnesAreExact() {
    int dim = 8;
    Gaussian law = Gaussian.full(new double[dim], covariance(dim, 0.1, 5));
    double[] variances = law.axes().variances;
    double logDet = Arrays.stream(variances).map(Math::log).sum();
    double expected = 2 * (law.entropy() - 0.5 * dim * (1 + Math.log(2 * Math.PI)));
    assertThat(logDet).isCloseTo(expected, within(1e-11));
    assertThat(Arrays.stream(variances).min().orElseThrow())
        .isLessThan(1e-13 * Arrays.stream(variances).max().orElseThrow());
    // the smallest, by the inverse: tr Σ⁻¹ = Σ 1/λ, of which it has nearly all
    double inverse = Arrays.stream(variances).map(v -> 1 / v).sum();
    assertThat(inverse).isCloseTo(-law.divergence(new double[dim]), within(1e-9 * inverse));
  }

  @Test
  void coordinatesAndSumsAlongTheAxesUndoEachOther() {
    for (Gaussian law :
        new Gaussian[] {
          Gaussian.full(new double[3], covariance(3, 1, 9)),
          Gaussian.diagonal(new double[3], new double[] {1, 2, 3})
        }) {
      double[] v = {0.3, -2, 5};
      double[] c = new double[5];
      law.axes().along(v, c, 2);
      double[] back = {0, 1, 1, 1};
      law.axes().add(2, c, 2, back, 1);
      assertThat(back).containsExactly(new double[] {0, 1.6, -3, 11}, within(1e-14));
    }
  }
}
