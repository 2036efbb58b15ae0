package score4j.examples.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;

class QuadratureTest {
  private static final Quadrature LINE = new Quadrature(-12, 12, 4801);
  private static final GaussianMixture LAW =
      GaussianMixture.univariate(new double[] {.1, .9}, new double[] {-3, 3}, new double[] {1, 1});

  // points and scores pass through float: 2⁻²⁴ of 12 for the points, times the slope of the score,
  // and as much again for the score
  private static final double FLOAT = 4e-6;

  @Test
  void momentsOfAGaussianAreExact() {
    double[] p = LINE.density(Gaussian.isotropic(new double[] {0.5}, 1.5));
    assertThat(LINE.integral(p)).isCloseTo(1, within(FLOAT));
    assertThat(LINE.moment(p, 1)).isCloseTo(0.5, within(FLOAT));
    assertThat(LINE.moment(p, 2)).isCloseTo(0.25 + 2.25, within(10 * FLOAT));
  }

  @Test
  void densityIsRecoveredFromItsScore() {
    double[] p = LINE.density(LAW);
    double[] recovered = LINE.recover(LAW);
    // trapezoid: h²/12 · range · max of s'' = 0.005² / 12 · 24 · 10
    assertThat(LINE.totalVariation(p, recovered)).isLessThan(5e-4);
    assertThat(LINE.massBelowZero(recovered)).isCloseTo(0.101080, within(5e-4));
  }

  @Test
  void scoreFarTooLargeDoesNotOverflow() {
    double[] p = LINE.recover(LAW.times(1000));
    assertThat(Arrays.stream(p).allMatch(Double::isFinite)).isTrue();
    assertThat(LINE.integral(p)).isCloseTo(1, within(1e-9));
  }

  @Test
  void leastLossIsMinusHalfTheMeanSquareOfTheScore() {
    double[] p = LINE.density(LAW);
    double[] s = LINE.score(LAW);
    // the known value of this mixture, to the six digits it was computed with
    assertThat(LINE.implicitLoss(s, LINE.slope(LAW), p)).isCloseTo(-0.489386, within(FLOAT));
    double[] zero = new double[s.length];
    assertThat(LINE.divergence(zero, s, p)).isCloseTo(0.489386, within(FLOAT));
  }
}
