package score4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import score4j.Score;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.dist.Ring;
import score4j.rng.Key;

class FisherDivergenceTest {
  private static Gaussian normal(double mean, double std) {
    return Gaussian.isotropic(new double[] {mean}, std);
  }

  /// The same vector at every point.
  private static Score constant(float... value) {
    return new Score() {
      @Override
      public int dim() {
        return value.length;
      }

      @Override
      public void score(Batch x, int from, int to, double t, Batch out) {
        for (int r = from; r < to; r++) {
          System.arraycopy(value, 0, out.data(), r * value.length, value.length);
        }
      }
    };
  }

  /// Scores m − x and −x differ by m everywhere: m²/2 without any error on points where float
  /// arithmetic is exact.
  @Test
  void shiftedNormalLawsAreHalfTheSquareOfTheShiftApart() {
    Batch x = Batch.zeros(101, 1);
    for (int r = 0; r < 101; r++) {
      x.set(r, 0, (r - 50) / 16f);
    }
    for (double m : new double[] {0, 0.5, -3, 7}) {
      assertThat(FisherDivergence.of(normal(0, 1), normal(m, 1), x))
          .isEqualTo(new Estimate(m * m / 2, 0));
    }
  }

  /// Under N(0, a²), scores −x/b² and −x/a²: F = ½a²(1/a² − 1/b²)²; the estimate is within 4 of its
  /// standard errors, which a right program misses once in 16,000.
  @ParameterizedTest
  @CsvSource({"1, 2", "2, 1", "0.5, 0.6", "3, 3.1"})
  void normalLawsOfDifferentVariance(double a, double b) {
    Batch x = normal(0, a).sample(Key.of(111), 40_000);
    Estimate f = FisherDivergence.of(normal(0, b), normal(0, a), x);
    double expected = 0.5 * a * a * Math.pow(1 / (a * a) - 1 / (b * b), 2);
    assertThat(f.value()).isCloseTo(expected, within(4 * f.standardError()));
    // the square of a normal has variance 2: the standard error is expected·√(2/n), itself known to
    // 2·√(1/n)
    assertThat(f.standardError())
        .isCloseTo(
            expected * Math.sqrt(2.0 / 40_000), within(0.05 * expected * Math.sqrt(2.0 / 40_000)));
  }

  @Test
  void dimensionsAdd() {
    Gaussian a = Gaussian.diagonal(new double[] {0, 0, 0}, new double[] {1, 1, 1});
    Gaussian b = Gaussian.diagonal(new double[] {1, -2, 0.5}, new double[] {1, 1, 1});
    Estimate f = FisherDivergence.of(b, a, a.sample(Key.of(112), 100));
    // floats of size 5 differ by numbers of size 2: relative 2⁻²²
    assertThat(f.value()).isCloseTo(0.5 * (1 + 4 + 0.25), within(1e-5));
  }

  @Test
  void noScoreAtAllIsHalfTheScoreOfTheLawAway() {
    Ring ring = Ring.of(1, 0.1);
    Estimate f = FisherDivergence.of(constant(0, 0), ring, ring.sample(Key.of(113), 100_000));
    assertThat(f.value()).isCloseTo(49.484, within(4 * f.standardError()));
    assertThat(f.standardError()).isLessThan(0.5);
    GaussianMixture mixture =
        GaussianMixture.univariate(
            new double[] {0.1, 0.9}, new double[] {-3, 3}, new double[] {1, 1});
    f = FisherDivergence.of(constant(0), mixture, mixture.sample(Key.of(114), 100_000));
    assertThat(f.value()).isCloseTo(0.4893865, within(4 * f.standardError()));
  }

  @Test
  void theTruthIsNoDistanceFromItself() {
    Ring ring = Ring.of(1, 0.1);
    assertThat(FisherDivergence.of(ring, ring, ring.sample(Key.of(115), 10)))
        .isEqualTo(new Estimate(0, 0));
  }

  /// Scores −x/b² and −x: ½x²(1 − 1/b²)², which falls as the density rises; weighted by rows the
  /// deciles make the whole.
  @Test
  void decilesAreOrderedAndAddUp() {
    Gaussian truth = normal(0, 1);
    Gaussian model = normal(0, 2);
    Batch x = truth.sample(Key.of(118), 1003);
    List<FisherDivergence.Decile> deciles = FisherDivergence.byDecile(model, truth, x);
    assertThat(deciles).hasSize(10);
    double sum = 0;
    int rows = 0;
    for (int k = 0; k < 10; k++) {
      FisherDivergence.Decile d = deciles.get(k);
      assertThat(d.rows()).isBetween(100, 101);
      rows += d.rows();
      sum += d.rows() * d.divergence().value();
      assertThat(d.from()).isLessThanOrEqualTo(d.to());
      // log p = −½x² − ½log 2π, so the bounds of a decile bound its terms, up to float scores
      double c = -Math.log(2 * Math.PI) / 2;
      assertThat(d.divergence().value())
          .isBetween((c - d.to()) * 0.5625 - 1e-5, (c - d.from()) * 0.5625 + 1e-5);
      if (k > 0) {
        assertThat(d.from()).isGreaterThanOrEqualTo(deciles.get(k - 1).to());
      }
    }
    assertThat(rows).isEqualTo(1003);
    assertThat(sum / rows).isCloseTo(FisherDivergence.of(model, truth, x).value(), within(1e-12));
    assertThat(FisherDivergence.byDecile(model, truth, x, truth.logDensity(x))).isEqualTo(deciles);
  }

  @Test
  void badDecilesAreNamed() {
    Gaussian law = normal(0, 1);
    assertThatThrownBy(() -> FisherDivergence.byDecile(law, law, Batch.zeros(9, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x has 9 rows but at least 10 are needed: give more samples");
    assertThatThrownBy(() -> FisherDivergence.byDecile(law, law, Batch.zeros(10, 1), new double[9]))
        .hasMessageContaining("logDensity has 9 numbers but x has 10 rows");
    double[] infinite = new double[10];
    infinite[4] = Double.NEGATIVE_INFINITY;
    assertThatThrownBy(() -> FisherDivergence.byDecile(law, law, Batch.zeros(10, 1), infinite))
        .hasMessageContaining("number 4 is -Infinity");
  }

  @Test
  void badArgumentsAreNamed() {
    Ring ring = Ring.of(1, 0.1);
    assertThatThrownBy(() -> FisherDivergence.of(ring, normal(0, 1), Batch.zeros(2, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x has 2 columns but 1 are expected");
    assertThatThrownBy(() -> FisherDivergence.of(ring, ring, Batch.zeros(0, 2)))
        .hasMessageContaining("x has no row");
    assertThatThrownBy(() -> FisherDivergence.of(constant(1, Float.NaN), ring, Batch.zeros(2, 2)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage(
            "a score is not finite at row 0 of x, where the model says [1.0, NaN] and the truth"
                + " [0.0, 0.0]");
  }
}
