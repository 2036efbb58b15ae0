package score4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;

class EmpiricalTest {
  private static GaussianMixture mixture(Batch data, double sigma) {
    Gaussian[] components = new Gaussian[data.rows()];
    double[] weights = new double[data.rows()];
    Arrays.fill(weights, 1.0 / data.rows());
    for (int k = 0; k < components.length; k++) {
      double[] mean = new double[data.cols()];
      for (int i = 0; i < mean.length; i++) {
        mean[i] = data.get(k, i);
      }
      components[k] = Gaussian.isotropic(mean, sigma);
    }
    return GaussianMixture.of(weights, components);
  }

  /// Two programs for one law in double: 1e-12 relative to the largest terms, ‖x − xₖ‖²/sigma² for
  /// the log density and ‖x − xₖ‖/sigma² for the score.
  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.2, 1, 30})
  void itIsTheMixtureCentredOnTheRows(double sigma) {
    Batch data = Noise.normals(Key.of(98), 60, 3);
    Empirical law = Empirical.of(data, sigma);
    GaussianMixture mixture = mixture(data, sigma);
    Batch x = law.sample(Key.of(99), 30);
    double[] v = {1, -2, 0.5};
    double[] a = new double[3];
    double[] b = new double[3];
    for (int r = 0; r < 60; r++) {
      double far = r < 30 ? 1 : 10;
      double[] point = {far * x.get(r % 30, 0), far * x.get(r % 30, 1), far * x.get(r % 30, 2)};
      double distance = 3 + Math.abs(point[0]) + Math.abs(point[1]) + Math.abs(point[2]);
      double scale = distance / sigma / sigma;
      assertThat(law.logDensity(point))
          .isCloseTo(mixture.logDensity(point), within(1e-12 * (1 + distance * scale)));
      assertThat(law.score(point)).containsExactly(mixture.score(point), within(1e-12 * scale));
      // weights of competing rows are off by the error of the log density, times the square of
      // score differences
      double loose = 1e-12 * (1 + distance * scale) * (scale * scale + scale);
      assertThat(law.divergence(point)).isCloseTo(mixture.divergence(point), within(loose));
      law.jvp(point, v, a);
      mixture.jvp(point, v, b);
      assertThat(a).containsExactly(b, within(3 * loose));
    }
  }

  @Test
  void oneRowIsANormalLaw() {
    Empirical law = Empirical.of(Batch.of(new float[] {1, 2}), 0.5);
    Gaussian gaussian = Gaussian.isotropic(new double[] {1, 2}, 0.5);
    double[] x = {3, -4};
    assertThat(law.logDensity(x)).isCloseTo(gaussian.logDensity(x), within(1e-12));
    assertThat(law.score(x)).containsExactly(gaussian.score(x));
    assertThat(law.divergence(x)).isEqualTo(gaussian.divergence(x));
  }

  @Test
  void theScorePointsAtTheBestDenoiser() {
    // far from all but one row, x + sigma²·s is that row
    Empirical law =
        Empirical.of(Batch.of(new float[] {0, 0}, new float[] {100, 0}, new float[] {0, 100}), 2);
    double[] s = law.score(new double[] {97, 3});
    assertThat(97 + 4 * s[0]).isCloseTo(100, within(1e-12));
    assertThat(3 + 4 * s[1]).isCloseTo(0, within(1e-12));
  }

  @Test
  void nothingUnderflowsFarAway() {
    Empirical law = Empirical.of(Noise.normals(Key.of(100), 1000, 2), 0.01);
    double[] x = {1e6, -1e6};
    assertThat(law.logDensity(x)).isFinite();
    // pulled back to a row within 5 of the origin
    double[] s = law.score(x);
    assertThat(x[0] + 1e-4 * s[0]).isBetween(-5.0, 5.0);
    assertThat(x[1] + 1e-4 * s[1]).isBetween(-5.0, 5.0);
  }

  /// Rows are drawn equally often (χ² with 9 degrees of freedom passes 62 once in 10⁹) and smoothed
  /// by sigma (6.1 standard errors).
  @Test
  void samplesAreRowsPlusNoise() {
    int n = 100_000;
    Batch data = Batch.zeros(10, 1);
    for (int k = 0; k < 10; k++) {
      data.set(k, 0, 100f * k);
    }
    Batch x = Empirical.of(data, 2).sample(Key.of(101), n);
    int[] counts = new int[10];
    double squares = 0;
    for (int r = 0; r < n; r++) {
      int k = Math.round(x.get(r, 0) / 100);
      counts[k]++;
      squares += Math.pow(x.get(r, 0) - 100 * k, 2);
    }
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += Math.pow(count - n / 10.0, 2) / (n / 10.0);
    }
    assertThat(chiSquare).isLessThan(62);
    assertThat(squares / n).isCloseTo(4, within(6.1 * 4 * Math.sqrt(2.0 / n)));
  }

  @Test
  void theTableIsCopied() {
    Batch data = Batch.of(new float[] {1}, new float[] {2});
    Empirical law = Empirical.of(data, 1);
    double before = law.logDensity(new double[] {0});
    data.set(0, 0, 50);
    assertThat(law.logDensity(new double[] {0})).isEqualTo(before);
    assertThat(law.count()).isEqualTo(2);
    assertThat(law.sigma()).isEqualTo(1);
    assertThat(law).hasToString("Empirical[2 × 1, sigma=1.0]");
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> Empirical.of(Batch.zeros(0, 2), 1))
        .hasMessageContaining("data has no row");
    assertThatThrownBy(() -> Empirical.of(Batch.zeros(1, 2), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sigma must be finite and above 0 but was 0.0");
    assertThatThrownBy(() -> Empirical.of(Batch.of(new float[] {Float.POSITIVE_INFINITY}), 1))
        .hasMessageContaining("row 0, column 0 is Infinity");
  }
}
