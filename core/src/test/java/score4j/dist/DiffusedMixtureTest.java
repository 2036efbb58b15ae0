package score4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Marginal;
import score4j.process.VarianceExploding;
import score4j.rng.Key;
import score4j.rng.Noise;

class DiffusedMixtureTest {
  private static final int D = 3;
  private static final GaussianMixture LAW =
      GaussianMixture.of(
          new double[] {0.5, 0.3, 0.2},
          Gaussian.full(new double[] {1, -2, 0.5}, AxesTest.covariance(D, 0.5, 1)),
          Gaussian.full(new double[] {-1, 1, 2}, AxesTest.covariance(D, 1, 2)),
          Gaussian.diagonal(new double[] {3, 0, -3}, new double[] {0.5, 1, 0.1}));

  static List<LinearSde> processes() {
    return List.of(
        LinearSde.varianceExploding(0.01, 50),
        new VarianceExploding(0.05, 10, true),
        LinearSde.variancePreserving(0.1, 20),
        LinearSde.subVariancePreserving(0.1, 20),
        LinearSde.sigmaPower(25),
        LinearSde.of(t -> 0.3 - t, t -> 1 + t));
  }

  /// Points near the law and in its tails, one a row.
  private static Batch points(double scale) {
    Batch x = Noise.normals(Key.of(3), 40, D);
    for (int i = 0; i < x.data().length; i++) {
      x.data()[i] *= (float) (scale * (1 + i / D % 4));
    }
    return x;
  }

  private static double[] point(Batch x, int row) {
    double[] point = new double[x.cols()];
    Rows.read(x, row, point);
    return point;
  }

  /// By axes here, by Cholesky there. Tolerances: covariances of condition 1e3 at t = 0 lose three
  /// of sixteen digits, and the trace squares scores of up to 1e3.
  @ParameterizedTest
  @MethodSource("processes")
  void isTheLawAtEachTime(LinearSde process) {
    DiffusedMixture diffused = LAW.under(process);
    assertThat(diffused.dim()).isEqualTo(D);
    double[] v = {0.3, -1, 0.7};
    for (double t : new double[] {0, 1e-3, 0.1, 0.5, 1}) {
      GaussianMixture law = LAW.at(process, t);
      assertThat(diffused.at(t).mean()).containsExactly(law.mean());
      Batch x = points(1 + process.marginal(t).std());
      for (int r = 0; r < x.rows(); r++) {
        double[] p = point(x, r);
        double size = 0;
        for (int i = 0; i < D; i++) {
          near(diffused.score(p, t)[i], law.score(p)[i], 1e-11);
          size = Math.max(size, Math.abs(law.score(p)[i]));
        }
        near(diffused.logDensity(p, t), law.logDensity(p), 1e-11);
        near(diffused.divergence(p, t), law.divergence(p), 1e-11 * (1 + size));
        double[] product = new double[D];
        law.jvp(p, v, product);
        for (int i = 0; i < D; i++) {
          near(diffused.jvp(p, v, t)[i], product[i], 1e-11 * (1 + size));
        }
      }
    }
  }

  private static void near(double value, double expected, double tolerance) {
    assertThat(value).isCloseTo(expected, within(tolerance * (1 + Math.abs(expected))));
  }

  @ParameterizedTest
  @MethodSource("processes")
  void marginalIsThatOfWhatTheProcessMakesOfTheData(LinearSde process) {
    double t = 0.4;
    Marginal marginal = process.marginal(t);
    double[][] then = LAW.at(process, t).covariance();
    double[][] first = LAW.covariance();
    for (int i = 0; i < D; i++) {
      near(LAW.at(process, t).mean()[i], marginal.meanScale() * LAW.mean()[i], 1e-14);
      for (int j = 0; j < D; j++) {
        double noise = i == j ? marginal.std() * marginal.std() : 0;
        near(
            then[i][j],
            marginal.meanScale() * marginal.meanScale() * first[i][j] + noise,
            1e-13 * (1 + noise));
      }
    }
  }

  /// Tweedie's formula for the mean, and its derivative for the covariance:
  /// E[x₀|x] = (x + σ²s)/α, Cov[x₀|x] = (σ²/α²)(I + σ²H). Both cancel where noise is large.
  @ParameterizedTest
  @MethodSource("processes")
  void posteriorHasTheMomentsOfTweedie(LinearSde process) {
    DiffusedMixture diffused = LAW.under(process);
    for (double t : new double[] {0.01, 0.1, 0.5, 1}) {
      Marginal marginal = process.marginal(t);
      double noise = marginal.std() * marginal.std();
      double ratio = noise / (marginal.meanScale() * marginal.meanScale());
      double rounding = 1e-12 * (1 + ratio);
      Batch x = points(1 + marginal.std());
      for (int r = 0; r < x.rows(); r++) {
        double[] p = point(x, r);
        double[] score = diffused.score(p, t);
        GaussianMixture posterior = diffused.posterior(p, t);
        for (int i = 0; i < D; i++) {
          double mean = (p[i] + noise * score[i]) / marginal.meanScale();
          assertThat(diffused.denoised(p, t)[i])
              .isCloseTo(mean, within(rounding * (1 + Math.abs(p[i]) / marginal.meanScale())));
          near(posterior.mean()[i], diffused.denoised(p, t)[i], 1e-13);
          double[] e = new double[D];
          e[i] = 1;
          double[] column = diffused.jvp(p, e, t);
          for (int j = 0; j < D; j++) {
            assertThat(posterior.covariance()[i][j])
                .isCloseTo(
                    ratio * (e[j] + noise * column[j]),
                    within(1e-12 * (1 + ratio) * (1 + ratio) * (1 + score[j] * score[j])));
          }
        }
      }
    }
  }

  /// log p(x₀ | x) = log p(x₀) + log p(x | x₀) − log p_t(x), where x₀ may well have been: elsewhere
  /// a component of share 0 would count.
  @ParameterizedTest
  @MethodSource("processes")
  void posteriorIsByBayes(LinearSde process) {
    DiffusedMixture diffused = LAW.under(process);
    double t = 0.3;
    Marginal marginal = process.marginal(t);
    Batch x = points(1 + marginal.std());
    for (int r = 0; r < x.rows(); r++) {
      double[] p = point(x, r);
      double[] start = point(diffused.posterior(p, t).sample(Key.of(8).fold(r), 1), 0);
      double[] mean = new double[D];
      for (int i = 0; i < D; i++) {
        mean[i] = marginal.meanScale() * start[i];
      }
      double expected =
          LAW.logDensity(start)
              + Gaussian.isotropic(mean, marginal.std()).logDensity(p)
              - diffused.logDensity(p, t);
      near(diffused.posterior(p, t).logDensity(start), expected, 1e-10);
    }
  }

  @ParameterizedTest
  @MethodSource("processes")
  void batchesAreThePointsRoundedWhateverTheTimesOfTheirRows(LinearSde process) {
    DiffusedMixture diffused = LAW.under(process);
    Batch x = points(2);
    int n = x.rows();
    Batch v = Noise.normals(Key.of(4), n, D);
    double[] times = new double[n];
    for (int r = 0; r < n; r++) {
      times[r] = r < 10 ? 0.25 : r / (double) n; // some alike, some not
    }
    Batch score = Batch.zeros(n, D);
    diffused.score(x, 0, n, times, score);
    Batch again = Batch.zeros(n, D);
    float[] divergence = new float[n];
    diffused.scoreAndDivergence(x, 0, n, times, again, divergence);
    assertThat(again).isEqualTo(score);
    Batch third = Batch.zeros(n, D);
    float[] directions = new float[n * 2 * D];
    for (int r = 0; r < n; r++) {
      System.arraycopy(v.data(), r * D, directions, 2 * r * D, D);
      directions[(2 * r + 1) * D] = 1;
    }
    float[] forms = new float[2 * n];
    diffused.scoreAndForms(x, 0, n, times, directions, 2, third, forms);
    assertThat(third).isEqualTo(score);
    for (int r = 0; r < n; r++) {
      Batch one = x.slice(r, r + 1);
      Batch out = Batch.zeros(1, D);
      diffused.score(one, 0, 1, times[r], out);
      float[] trace = new float[1];
      diffused.divergence(one, times[r], trace);
      assertThat(divergence[r]).isEqualTo(trace[0]);
      double[] log = new double[1];
      diffused.logDensity(one, times[r], log);
      assertThat(log[0]).isEqualTo(diffused.logDensity(point(x, r), times[r]));
      Batch product = Batch.zeros(1, D);
      diffused.jvp(one, v.slice(r, r + 1), times[r], product);
      Batch transposed = Batch.zeros(1, D);
      diffused.vjp(one, v.slice(r, r + 1), times[r], transposed);
      assertThat(transposed).isEqualTo(product);
      double[] exact = diffused.jvp(point(x, r), point(v, r), times[r]);
      double form = 0;
      for (int i = 0; i < D; i++) {
        assertThat(score.get(r, i)).isEqualTo(out.get(0, i));
        assertThat(out.get(0, i)).isEqualTo((float) diffused.score(point(x, r), times[r])[i]);
        assertThat(product.get(0, i)).isEqualTo((float) exact[i]);
        form += exact[i] * v.get(r, i);
      }
      double size = diffused.score(point(x, r), times[r])[0];
      assertThat(forms[2 * r]).isCloseTo((float) form, within((float) (1e-5 * (1 + size * size))));
      double first = diffused.jvp(point(x, r), new double[] {1, 0, 0}, times[r])[0];
      assertThat(forms[2 * r + 1])
          .isCloseTo((float) first, within((float) (1e-5 * (1 + Math.abs(first)))));
    }
  }

  @Test
  void rowsOutsideTheRangeStay() {
    DiffusedMixture diffused = LAW.under(LinearSde.sigmaPower(5));
    Batch x = points(1);
    Batch out = Batch.zeros(x.rows(), D);
    diffused.score(x, 3, 5, 0.5, out);
    double[] times = new double[x.rows()];
    diffused.score(x, 8, 9, times, out);
    for (int r = 0; r < x.rows(); r++) {
      boolean written = r == 3 || r == 4 || r == 8;
      assertThat(out.get(r, 0) != 0).isEqualTo(written);
    }
  }

  @Test
  void farAwayItPullsBackAndANumberThatIsNoneStaysNone() {
    DiffusedMixture diffused = LAW.under(LinearSde.variancePreserving(0.1, 20));
    double[] far = diffused.score(new double[] {1e12, -1e12, 1e12}, 0.5);
    assertThat(far[0]).isNegative().isFinite();
    assertThat(diffused.logDensity(new double[] {1e12, -1e12, 1e12}, 0.5)).isFinite();
    for (double s : diffused.score(new double[] {Double.NaN, 0, 0}, 0.5)) {
      assertThat(s).isNaN();
    }
    assertThat(diffused.divergence(new double[] {Double.NaN, 0, 0}, 0.5)).isNaN();
  }

  @Test
  void aGaussianStaysOne() {
    Gaussian law = Gaussian.full(new double[] {1, 2}, new double[][] {{2, 0.5}, {0.5, 1}});
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    Marginal marginal = process.marginal(0.2);
    Gaussian then = law.at(process, 0.2);
    double square = marginal.meanScale() * marginal.meanScale();
    assertThat(then.covariance()[0][1]).isCloseTo(0.5 * square, within(1e-15));
    assertThat(then.covariance()[0][0])
        .isCloseTo(2 * square + marginal.std() * marginal.std(), within(1e-15));
    double[] x = {0.3, -1};
    assertThat(law.mixture().under(process).score(x, 0.2))
        .containsExactly(then.score(x), within(1e-14));
  }

  @Test
  void badArgumentsAreNamed() {
    DiffusedMixture diffused = LAW.under(LinearSde.variancePreserving(0.1, 20));
    assertThatThrownBy(() -> diffused.score(new double[2], 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x has 2 coordinates but the law has 3");
    assertThatThrownBy(() -> diffused.posterior(new double[3], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("t must be a time with noise");
    Batch x = points(1);
    assertThatThrownBy(() -> diffused.score(x, 0, 1, 0.5, x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("out shares its array with x");
    assertThatThrownBy(() -> diffused.divergence(x, 0.5, new float[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("out has 3 places but x has 40 rows");
    assertThat(diffused)
        .hasToString("DiffusedMixture[%s under %s]".formatted(LAW, diffused.process()));
    assertThat(diffused.law()).isSameAs(LAW);
  }
}
