package score4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import score4j.Score;
import score4j.array.Batch;
import score4j.dist.Distribution;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.metric.KernelSteinDiscrepancy.InverseMultiquadric;
import score4j.metric.KernelSteinDiscrepancy.Kernel;
import score4j.rng.Key;
import score4j.rng.Noise;

class KernelSteinDiscrepancyTest {
  private static final Kernel GAUSSIAN = new KernelSteinDiscrepancy.Gaussian(1.2);
  private static final Kernel IMQ = new InverseMultiquadric(0.8);

  private static Gaussian normal(double mean, int dim) {
    double[] means = new double[dim];
    means[0] = mean;
    return Gaussian.isotropic(means, 1);
  }

  private static double kernel(Kernel kernel, double[] x, double[] y) {
    double q = IntStream.range(0, x.length).mapToDouble(c -> (x[c] - y[c]) * (x[c] - y[c])).sum();
    return switch (kernel) {
      case InverseMultiquadric(double c) -> 1 / Math.sqrt(c * c + q);
      case KernelSteinDiscrepancy.Gaussian(double h) -> Math.exp(-q / (2 * h * h));
    };
  }

  /// u by the definition, derivatives of k by central differences of step h.
  private static double definition(Distribution p, Kernel k, double[] x, double[] y, double h) {
    double[] sx = p.score(x);
    double[] sy = p.score(y);
    double u = 0;
    for (int c = 0; c < x.length; c++) {
      double[] up = x.clone();
      double[] down = x.clone();
      up[c] += h;
      down[c] -= h;
      double[] yUp = y.clone();
      double[] yDown = y.clone();
      yUp[c] += h;
      yDown[c] -= h;
      u += sx[c] * sy[c] * kernel(k, x, y);
      u += sx[c] * (kernel(k, x, yUp) - kernel(k, x, yDown)) / (2 * h);
      u += sy[c] * (kernel(k, up, y) - kernel(k, down, y)) / (2 * h);
      u +=
          (kernel(k, up, yUp)
                  - kernel(k, up, yDown)
                  - kernel(k, down, yUp)
                  + kernel(k, down, yDown))
              / (4 * h * h);
    }
    return u;
  }

  @Test
  void equalsTheDefinition() {
    Gaussian p = Gaussian.isotropic(new double[] {0.5, -1, 0.25}, 1);
    Batch x = Gaussian.isotropic(new double[3], 1.3).sample(Key.of(1), 6);
    for (Kernel k : new Kernel[] {GAUSSIAN, IMQ}) {
      double sum = 0;
      for (int i = 0; i < 6; i++) {
        for (int j = 0; j < i; j++) {
          sum += definition(p, k, point(x, i), point(x, j), 1e-4) / 15;
        }
      }
      // differences: h² times fourth derivatives of up to 9/c⁵ = 27, in all three coordinates, and
      // rounding 1e-16/h² = 1e-8; scores are floats of size 3, off by 2e-7
      assertThat(KernelSteinDiscrepancy.of(p, x, k).value()).isCloseTo(sum, within(5e-6));
    }
  }

  private static double[] point(Batch x, int row) {
    return IntStream.range(0, x.cols()).mapToDouble(c -> x.get(row, c)).toArray();
  }

  /// Scores differ by m everywhere: m²·E k(x, x′), and x − x′ is N(0, 2I).
  @Test
  void coversTheClosedFormOfShiftedNormalLaws() {
    double m = 0.7;
    double h = 1.2;
    double gaussian = m * m * Math.pow(1 + 2 / (h * h), -1.5);
    Calibration.covers(
        gaussian,
        i ->
            KernelSteinDiscrepancy.of(
                normal(m, 3), normal(0, 3).sample(Key.of(100 + i), 120), GAUSSIAN));
    // in the plane q = ‖x − x′‖² is exponential of mean 4: E (c² + q)^(−½) by the midpoint rule in
    // v
    // = √(c² + q), ∫ ½ e^(−(v² − c²)/4) dv from c on
    double c = 0.8;
    double sum = 0;
    for (int i = 0; i < 10_000; i++) {
      double v = c + (i + 0.5) * 0.002;
      sum += 0.002 * 0.5 * Math.exp(-(v * v - c * c) / 4);
    }
    double multiquadric = m * m * sum;
    Calibration.covers(
        multiquadric,
        i ->
            KernelSteinDiscrepancy.of(
                normal(m, 2), normal(0, 2).sample(Key.of(400 + i), 120), IMQ));
  }

  @Test
  void rightScoreIsZeroOnAverage() {
    GaussianMixture law =
        GaussianMixture.univariate(
            new double[] {0.3, 0.7}, new double[] {-1, 1}, new double[] {0.5, 1});
    double[] values = new double[200];
    for (int i = 0; i < values.length; i++) {
      values[i] = KernelSteinDiscrepancy.of(law, law.sample(Key.of(700 + i), 40)).value();
    }
    Estimate mean = Estimate.mean(values);
    assertThat(mean.value()).isCloseTo(0, within(4 * mean.standardError()));
    assertThat(mean.standardError()).isLessThan(0.01);
  }

  @Test
  void pValuesOfTheRightScoreAreUniform() {
    for (Kernel k : new Kernel[] {GAUSSIAN, IMQ}) {
      Calibration.isUniform(
          i ->
              KernelSteinDiscrepancy.test(
                  normal(0, 2), normal(0, 2).sample(Key.of(1000 + i), 40), k, Key.of(i), 99));
    }
  }

  @Test
  void wrongScoresAreFound() {
    Batch x = normal(0, 2).sample(Key.of(2), 150);
    assertThat(KernelSteinDiscrepancy.test(normal(0.5, 2), x, IMQ, Key.of(1), 999).pValue())
        .isEqualTo(0.001);
    // the right mean, too wide
    Gaussian wide = Gaussian.isotropic(new double[2], 1.4);
    assertThat(KernelSteinDiscrepancy.test(wide, x, GAUSSIAN, Key.of(2), 999).pValue())
        .isLessThanOrEqualTo(0.01);
  }

  /// Documented: samples of one of two modes twelve standard deviations apart pass.
  @Test
  void weightsOfFarModesAreNotSeen() {
    GaussianMixture two =
        GaussianMixture.univariate(
            new double[] {0.5, 0.5}, new double[] {-6, 6}, new double[] {1, 1});
    Batch one = normal(6, 1).sample(Key.of(3), 200);
    assertThat(KernelSteinDiscrepancy.test(two, one, IMQ, Key.of(3), 199).pValue())
        .isGreaterThan(0.05);
  }

  @Test
  void orderOfRowsDoesNotMatter() {
    Batch x = normal(0, 2).sample(Key.of(4), 50);
    assertThat(
            KernelSteinDiscrepancy.of(normal(1, 2), x.select(Noise.permutation(Key.of(5), 50)))
                .value())
        .isCloseTo(KernelSteinDiscrepancy.of(normal(1, 2), x).value(), within(1e-13));
  }

  @Test
  void badArgumentsAreNamed() {
    Gaussian p = normal(0, 2);
    assertThatThrownBy(() -> KernelSteinDiscrepancy.of(p, Batch.zeros(5, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x has 3 columns but 2 are expected");
    assertThatThrownBy(() -> KernelSteinDiscrepancy.of(p, Batch.zeros(2, 2)))
        .hasMessageContaining("x has 2 rows but at least 3");
    assertThatThrownBy(() -> new InverseMultiquadric(-1)).hasMessageContaining("scale must be");
    assertThatThrownBy(() -> new KernelSteinDiscrepancy.Gaussian(Double.NaN))
        .hasMessageContaining("bandwidth must be finite and above 0 but was NaN");
    assertThatThrownBy(() -> KernelSteinDiscrepancy.test(p, Batch.zeros(5, 2), IMQ, Key.of(0), 0))
        .hasMessageContaining("draws must be at least 1");
    Score broken =
        new Score() {
          @Override
          public int dim() {
            return 1;
          }

          @Override
          public void score(Batch x, int from, int to, double t, Batch out) {
            out.set(3, 0, Float.NaN);
          }
        };
    assertThatThrownBy(() -> KernelSteinDiscrepancy.of(broken, Batch.zeros(5, 1)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("the score is not finite at row 3 of x, where it is [NaN]");
  }
}
