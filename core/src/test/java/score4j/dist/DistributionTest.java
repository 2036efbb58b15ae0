package score4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.testing.Allocation;

/// What every law promises. Bounds on sampled means are 6.1 standard errors, a false alarm in 10⁹
/// each.
class DistributionTest {
  static Stream<Distribution> laws() {
    double[][] covariance = {{1.5, 0.4, -0.2}, {0.4, 0.8, 0.1}, {-0.2, 0.1, 0.6}};
    Gaussian full = Gaussian.full(new double[] {1, -2, 0.5}, covariance);
    return Stream.of(
        Gaussian.standard(2),
        Gaussian.isotropic(new double[] {3}, 0.5),
        Gaussian.diagonal(new double[] {1, 0, -1}, new double[] {0.5, 1, 2}),
        full,
        GaussianMixture.univariate(
            new double[] {0.1, 0.9}, new double[] {-3, 3}, new double[] {1, 1}),
        GaussianMixture.of(
            new double[] {0.2, 0.5, 0.3},
            full,
            Gaussian.isotropic(new double[] {0, 0, 0}, 0.7),
            Gaussian.diagonal(new double[] {-1, 1, 0}, new double[] {0.4, 1, 0.8})),
        Ring.of(1, 0.1),
        Ring.of(1, 0.8),
        Ring.of(1, 0.8, Ring.Law.POSITIVE),
        Ring.of(2, 0.5, Ring.Law.RADIAL_GAUSSIAN),
        Empirical.of(Noise.normals(Key.of(80), 40, 2), 0.3),
        Empirical.of(Noise.normals(Key.of(81), 1, 4), 1.2));
  }

  /// Points of the law itself, and some twice as far from the origin.
  private static double[][] points(Distribution law) {
    Batch sample = law.sample(Key.of(82), 20);
    double[][] points = new double[40][law.dim()];
    for (int r = 0; r < 20; r++) {
      for (int i = 0; i < law.dim(); i++) {
        points[r][i] = sample.get(r, i);
        points[20 + r][i] = 2 * sample.get(r, i);
      }
    }
    return points;
  }

  /// Central differences with h: error h²/6·f''' + 2⁻⁵³·|f|/h. With h = 1e-4 times the smallest
  /// length of a law (0.1) the first is below 2e-11·f''', f''' about s·(10)² and s itself ≤ 1e3
  /// (twice out of a thin ring), so 2e-6; the second 1e-16·5e3/1e-5 = 5e-8. 1e-5 of 1 + ‖s‖ leaves
  /// a factor of five.
  @ParameterizedTest
  @MethodSource("laws")
  void theScoreIsTheGradientOfTheLogDensity(Distribution law) {
    double h = 1e-5;
    for (double[] x : points(law)) {
      double[] score = law.score(x);
      double tolerance = 1e-5 * (1 + norm(score));
      for (int i = 0; i < x.length; i++) {
        double difference = law.logDensity(moved(x, i, h)) - law.logDensity(moved(x, i, -h));
        assertThat(score[i]).isCloseTo(difference / (2 * h), within(tolerance));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("laws")
  void theJvpIsTheDerivativeOfTheScore(Distribution law) {
    double h = 1e-5;
    double[] unit = new double[law.dim()];
    double[] column = new double[law.dim()];
    for (double[] x : points(law)) {
      double tolerance = 1e-5 * (1 + norm(law.score(x)) + Math.abs(law.divergence(x)));
      double trace = 0;
      for (int j = 0; j < x.length; j++) {
        Arrays.fill(unit, 0);
        unit[j] = 1;
        law.jvp(x, unit, column);
        double[] plus = law.score(moved(x, j, h));
        double[] minus = law.score(moved(x, j, -h));
        for (int i = 0; i < x.length; i++) {
          assertThat(column[i]).isCloseTo((plus[i] - minus[i]) / (2 * h), within(tolerance));
        }
        trace += column[j];
      }
      // two formulas in double for one number
      assertThat(law.divergence(x))
          .isCloseTo(trace, within(1e-11 * (1 + Math.abs(trace) + square(law.score(x)))));
    }
  }

  @ParameterizedTest
  @MethodSource("laws")
  void theHessianIsLinearAndSymmetric(Distribution law) {
    int dim = law.dim();
    double[] v = new double[dim];
    double[] w = new double[dim];
    double[] sum = new double[dim];
    for (int i = 0; i < dim; i++) {
      v[i] = 1 + i;
      w[i] = 0.5 - i * i;
      sum[i] = 2 * v[i] - w[i];
    }
    double[] hv = new double[dim];
    double[] hw = new double[dim];
    double[] hsum = new double[dim];
    for (double[] x : points(law)) {
      law.jvp(x, v, hv);
      law.jvp(x, w, hw);
      law.jvp(x, sum, hsum);
      double scale = 1 + norm(hv) + norm(hw);
      for (int i = 0; i < dim; i++) {
        assertThat(hsum[i]).isCloseTo(2 * hv[i] - hw[i], within(1e-12 * scale));
      }
      assertThat(dot(hv, w)).isCloseTo(dot(v, hw), within(1e-12 * scale * norm(v) * norm(w)));
    }
  }

  /// The mean of s is 0, and the mean of ∇·s + ‖s‖² is 0: the identity behind score matching, which
  /// holds only if samples, score and divergence belong to one law.
  @ParameterizedTest
  @MethodSource("laws")
  void samplesAndScoreBelongTogether(Distribution law) {
    int n = 50_000;
    Batch x = law.sample(Key.of(83), n);
    Batch s = law.score(x);
    float[] divergence = new float[n];
    law.divergence(x, 0, divergence);
    double[] identity = new double[n];
    for (int r = 0; r < n; r++) {
      double square = 0;
      for (float value : s.row(r)) {
        square += (double) value * value;
      }
      identity[r] = square + divergence[r];
    }
    assertThat(zScore(identity)).isBetween(-6.1, 6.1);
    for (int i = 0; i < law.dim(); i++) {
      double[] column = new double[n];
      for (int r = 0; r < n; r++) {
        column[r] = s.get(r, i);
      }
      assertThat(zScore(column)).isBetween(-6.1, 6.1);
    }
  }

  @ParameterizedTest
  @MethodSource("laws")
  void samplesDependOnKeyAndIndexAlone(Distribution law) {
    Batch many = law.sample(Key.of(84), 30);
    assertThat(law.sample(Key.of(84), 10)).isEqualTo(many.slice(0, 10));
    assertThat(law.sample(Key.of(85), 30)).isNotEqualTo(many);
    assertThat(law.sample(Key.of(84), 0).rows()).isZero();
    assertThatThrownBy(() -> law.sample(Key.of(84), -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @MethodSource("laws")
  void onlyTheRowsAskedForAreWritten(Distribution law) {
    Batch x = law.sample(Key.of(86), 9);
    Batch all = law.score(x);
    Batch out = Batch.zeros(9, law.dim());
    Arrays.fill(out.data(), 99f);
    law.score(x, 2, 5, 0.3, out);
    for (int r = 0; r < 9; r++) {
      for (int i = 0; i < law.dim(); i++) {
        assertThat(out.get(r, i)).isEqualTo(r >= 2 && r < 5 ? all.get(r, i) : 99f);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("laws")
  void threadsDoNotDisturbEachOther(Distribution law) {
    Batch x = law.sample(Key.of(87), 2000);
    Batch expected = law.score(x);
    Batch out = Batch.zeros(2000, law.dim());
    CompletableFuture<?>[] parts = new CompletableFuture<?>[8];
    for (int p = 0; p < 8; p++) {
      int from = p * 250;
      parts[p] = CompletableFuture.runAsync(() -> law.score(x, from, from + 250, 0, out));
    }
    CompletableFuture.allOf(parts).join();
    assertThat(out).isEqualTo(expected);
  }

  /// Two points of D doubles a call, whatever the number of rows.
  @ParameterizedTest
  @MethodSource("laws")
  void batchesOfScoresAllocateTwoPoints(Distribution law) {
    Batch x = law.sample(Key.of(88), 200);
    Batch out = Batch.zeros(200, law.dim());
    long point = 16 + 8L * law.dim() + 8;
    assertThat(Allocation.bytes(() -> law.score(x, out))).isLessThanOrEqualTo(2 * point);
  }

  @ParameterizedTest
  @MethodSource("laws")
  void wrongShapesAreRefused(Distribution law) {
    int dim = law.dim();
    Batch x = Batch.zeros(3, dim);
    Batch wide = Batch.zeros(3, dim + 1);
    assertThatThrownBy(() -> law.score(wide))
        .hasMessageContaining("x has %d columns".formatted(dim + 1));
    assertThatThrownBy(() -> law.score(x, wide))
        .hasMessageContaining("out is 3 × %d".formatted(dim + 1));
    assertThatThrownBy(() -> law.score(x, x)).hasMessageContaining("out shares its array with x");
    assertThatThrownBy(() -> law.score(x, 1, 4, 0, Batch.zeros(3, dim)))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> law.jvp(x, x, 0, x)).hasMessageContaining("shares its array");
    assertThatThrownBy(() -> law.jvp(x, wide, 0, Batch.zeros(3, dim)))
        .hasMessageContaining("v is 3");
    assertThatThrownBy(() -> law.divergence(x, 0, new float[2]))
        .hasMessageContaining("out has 2 places");
    assertThatThrownBy(() -> law.logDensity(x, new double[2]))
        .hasMessageContaining("out has 2 places");
    double[] point = new double[dim];
    double[] longer = new double[dim + 1];
    for (org.assertj.core.api.ThrowableAssert.ThrowingCallable call :
        new org.assertj.core.api.ThrowableAssert.ThrowingCallable[] {
          () -> law.logDensity(longer),
          () -> law.score(longer),
          () -> law.score(point, longer),
          () -> law.divergence(longer),
          () -> law.jvp(longer, point, new double[dim]),
          () -> law.jvp(point, longer, new double[dim]),
          () -> law.jvp(point, new double[dim], longer)
        }) {
      assertThatThrownBy(call)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(
              "has %d coordinates but the law has %d (D)".formatted(dim + 1, dim));
    }
  }

  private static double[] moved(double[] x, int i, double by) {
    double[] moved = x.clone();
    moved[i] += by;
    return moved;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double square(double[] a) {
    return dot(a, a);
  }

  private static double norm(double[] a) {
    return Math.sqrt(square(a));
  }

  /// The mean over its standard error.
  private static double zScore(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return mean / Math.sqrt(squares / (values.length - 1.0) / values.length);
  }
}
