package score4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Marginal;
import score4j.rng.Key;

class ConditioningTest {
  private static final int D = 4;
  private static final GaussianMixture PRIOR =
      GaussianMixture.of(
          new double[] {0.4, 0.35, 0.25},
          Gaussian.full(new double[] {1, -2, 0.5, 0}, AxesTest.covariance(D, 0.7, 1)),
          Gaussian.full(new double[] {-1, 1, 2, 3}, AxesTest.covariance(D, 1, 2)),
          Gaussian.diagonal(new double[] {2, 0, -1, 1}, new double[] {0.5, 1, 0.3, 2}));
  private static final double[][] A = {{1, 0.5, 0, -1}, {0, 1, 2, 0.25}};
  private static final double[] Y = {0.7, 1.9};

  private static double[] point(Batch x, int row) {
    double[] point = new double[x.cols()];
    Rows.read(x, row, point);
    return point;
  }

  private static double[] times(double[][] a, double[] x) {
    double[] y = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      for (int d = 0; d < x.length; d++) {
        y[i] += a[i][d] * x[d];
      }
    }
    return y;
  }

  /// log p(x | y) = log p(x) + log p(y | x) − log p(y), at any x. Small noise makes p(y | x) large
  /// and sensitive: its exponent is (residual/noise)², of up to 1e4 here.
  @ParameterizedTest
  @ValueSource(doubles = {0.03, 0.3, 3})
  void posteriorIsByBayes(double noise) {
    GaussianMixture posterior = PRIOR.posterior(A, Y, noise);
    double evidence = PRIOR.measured(A, noise).logDensity(Y);
    Batch x = posterior.sample(Key.of(1), 50);
    for (int r = 0; r < x.rows(); r++) {
      double[] p = point(x, r);
      double likelihood = Gaussian.isotropic(times(A, p), noise).logDensity(Y);
      assertThat(posterior.logDensity(p))
          .isCloseTo(PRIOR.logDensity(p) + likelihood - evidence, within(1e-9));
    }
  }

  /// With y = α·x₀ + σ·z for A = α·I: two ways to one law.
  @Test
  void posteriorUnderAProcessIsOneOfThem() {
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    double t = 0.3;
    Marginal marginal = process.marginal(t);
    double[][] a = new double[D][D];
    for (int d = 0; d < D; d++) {
      a[d][d] = marginal.meanScale();
    }
    double[] x = {0.2, -0.4, 1, 0.3};
    GaussianMixture one = PRIOR.posterior(a, x, marginal.std());
    GaussianMixture other = PRIOR.under(process).posterior(x, t);
    assertThat(one.weights()).containsExactly(other.weights(), within(1e-13));
    assertThat(one.mean()).containsExactly(other.mean(), within(1e-13));
    for (int d = 0; d < D; d++) {
      assertThat(one.covariance()[d]).containsExactly(other.covariance()[d], within(1e-12));
    }
  }

  /// p(x) = p(known)·p(others | known).
  @Test
  void marginalAndConditionalMakeTheJoint() {
    int[] known = {2, 0};
    Batch x = PRIOR.sample(Key.of(2), 50);
    for (int r = 0; r < x.rows(); r++) {
      double[] p = point(x, r);
      double[] values = {p[2], p[0]};
      double joint =
          PRIOR.marginal(known).logDensity(values)
              + PRIOR.conditional(known, values).logDensity(new double[] {p[1], p[3]});
      assertThat(joint).isCloseTo(PRIOR.logDensity(p), within(1e-11));
    }
  }

  /// Measuring coordinates with little noise tends to knowing them, in error like its square.
  @Test
  void littleNoiseIsNearlyNone() {
    double[][] a = {{0, 0, 1, 0}, {1, 0, 0, 0}};
    double[] values = {0.5, -0.5};
    GaussianMixture known = PRIOR.conditional(new int[] {2, 0}, values);
    GaussianMixture measured = PRIOR.posterior(a, values, 1e-4).marginal(1, 3);
    assertThat(measured.mean()).containsExactly(known.mean(), within(1e-6));
    assertThat(measured.covariance()[0]).containsExactly(known.covariance()[0], within(1e-6));
    assertThat(PRIOR.measured(a, 0).mean()).containsExactly(PRIOR.marginal(2, 0).mean());
  }

  @Test
  void componentsThatCannotHaveMadeTheValueAreLeftOut() {
    GaussianMixture apart =
        GaussianMixture.of(
            new double[] {0.5, 0.5},
            Gaussian.isotropic(new double[] {-100, 0}, 1),
            Gaussian.isotropic(new double[] {100, 5}, 1));
    GaussianMixture law = apart.conditional(new int[] {0}, new double[] {99});
    assertThat(law.components()).hasSize(1);
    assertThat(law.mean()).containsExactly(5);
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> PRIOR.posterior(A, Y, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("noiseStd must be finite and above 0");
    assertThatThrownBy(() -> PRIOR.posterior(A, new double[3], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("y has 3 numbers but a has 2 rows");
    assertThatThrownBy(() -> PRIOR.measured(new double[][] {{1, 2}}, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("row 0 of a has 2 coordinates");
    assertThatThrownBy(() -> PRIOR.measured(new double[0][], 1)).hasMessageContaining("no row");
    assertThatThrownBy(() -> PRIOR.measured(A, -1)).hasMessageContaining("noiseStd");
    assertThatThrownBy(() -> PRIOR.marginal(0, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("coordinates must be from 0 to 3");
    assertThatThrownBy(() -> PRIOR.marginal()).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PRIOR.conditional(new int[] {1, 1}, new double[2]))
        .hasMessageContaining("coordinate 1 is there twice");
    assertThatThrownBy(() -> PRIOR.conditional(new int[] {0, 1, 2, 3}, new double[4]))
        .hasMessageContaining("4 coordinates of 4 (D) are known");
    assertThatThrownBy(() -> PRIOR.conditional(new int[] {0}, new double[] {Double.NaN}))
        .hasMessageContaining("values must be finite");
  }
}
