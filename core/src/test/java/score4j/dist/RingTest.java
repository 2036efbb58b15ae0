package score4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import score4j.array.Batch;
import score4j.rng.Key;

class RingTest {
  /// ∫ f·p over the plane, from circles: 2πρ·p(ρ)·f by the midpoint rule on (0, R + 12 std). The
  /// integrand of EXACT is even and smooth in ρ where f is, so the rule is exact to rounding; that
  /// of the others ends at 0 with a value of e^(−R²/2std²) or less, where the rule has an error of
  /// h²/24 times the slope there.
  private static double expectation(Ring law, int steps, ToDoubleFunction<double[]> f) {
    double h = (law.radius() + 12 * law.std()) / steps;
    double sum = 0;
    for (int i = 0; i < steps; i++) {
      double rho = (i + 0.5) * h;
      double[] x = {rho * 0.6, rho * -0.8};
      sum += 2 * Math.PI * rho * Math.exp(law.logDensity(x)) * f.applyAsDouble(x) * h;
    }
    return sum;
  }

  private static double square(double[] s) {
    return s[0] * s[0] + s[1] * s[1];
  }

  /// Half of these, −J*, are printed with three or four decimals. The midpoints start at 5e-4, far
  /// outside the guard; what lies nearer to the centre adds 2·n(0)/distance, 2e-12 at the guard of
  /// the first and nothing to the others.
  @ParameterizedTest
  @CsvSource({
    "1, .1, 98.968, .0005",
    "2, .1, 99.748, .0011",
    "3, .1, 99.888, .0011",
    "5, .1, 99.960, .0011",
    "5, .2, 24.9598, .0001"
  })
  void theScoreHasItsKnownSize(double radius, double std, double expected, double printed) {
    Ring law = Ring.of(radius, std);
    assertThat(expectation(law, 2000, x -> square(law.score(x))))
        .isCloseTo(expected, within(printed));
    assertThat(-expectation(law, 2000, law::divergence)).isCloseTo(expected, within(printed));
  }

  @ParameterizedTest
  @EnumSource(Ring.Law.class)
  void theDensityIntegratesToOne(Ring.Law which) {
    for (double std : new double[] {0.1, 0.5, 1, 2}) {
      // the slope of 2πρp at 0 is at most 1/std²: (1 + 12 std)²/steps²/24/std² is below 1e-9
      assertThat(expectation(Ring.of(1, std, which), 200_000, x -> 1)).isCloseTo(1, within(1e-9));
    }
  }

  /// E ρ and E ρ² by quadrature against samples; 6.1 standard errors.
  @ParameterizedTest
  @EnumSource(Ring.Law.class)
  void samplesHaveTheRadiusAndEveryAngle(Ring.Law which) {
    int n = 100_000;
    Ring law = Ring.of(1, 0.7, which);
    double[] moments = new double[5];
    for (int k = 1; k <= 4; k++) {
      int power = k;
      moments[k] = expectation(law, 200_000, x -> Math.pow(Math.hypot(x[0], x[1]), power));
    }
    Batch x = law.sample(Key.of(97), n);
    double[] sums = new double[3];
    double cos = 0;
    double sin = 0;
    double cos2 = 0;
    double sin2 = 0;
    for (int r = 0; r < n; r++) {
      double rho = Math.hypot(x.get(r, 0), x.get(r, 1));
      sums[1] += rho;
      sums[2] += rho * rho;
      double angle = Math.atan2(x.get(r, 1), x.get(r, 0));
      cos += Math.cos(angle);
      sin += Math.sin(angle);
      cos2 += Math.cos(2 * angle);
      sin2 += Math.sin(2 * angle);
    }
    for (int k = 1; k <= 2; k++) {
      double error = Math.sqrt((moments[2 * k] - moments[k] * moments[k]) / n);
      assertThat(sums[k] / n).isCloseTo(moments[k], within(6.1 * error));
    }
    for (double sum : new double[] {cos, sin, cos2, sin2}) {
      assertThat(sum / n).isCloseTo(0, within(6.1 * Math.sqrt(0.5 / n)));
    }
  }

  /// The signed radius of EXACT is N(R, std²): E ρ² = R² + std².
  @Test
  void theExactLawHasTheMomentsOfItsRadius() {
    Ring law = Ring.of(1, 0.7);
    assertThat(expectation(law, 2000, x -> square(x))).isCloseTo(1.49, within(1e-12));
  }

  @ParameterizedTest
  @EnumSource(Ring.Law.class)
  void theCentreIsGuarded(Ring.Law which) {
    Ring law = Ring.of(1, 0.1, which);
    double[] product = new double[2];
    for (double[] x : new double[][] {{0, 0}, {-0.0, 0}, {1.3e-15, -1.3e-15}, {9e-10, 0}}) {
      assertThat(law.score(x)).containsExactly(new double[] {0, 0}, within(0.0));
      assertThat(law.divergence(x)).isZero();
      law.jvp(x, new double[] {1, 2}, product);
      assertThat(product).containsExactly(0, 0);
      assertThat(law.logDensity(x)).isFinite().isEqualTo(law.logDensity(new double[] {0, 1e-9}));
    }
    Batch grid = Batch.zeros(1, 2);
    assertThat(law.score(grid).data()).containsExactly(0f, 0f);
    // outside the guard the three differ as they should
    double h = law.score(new double[] {1e-3, 0})[0];
    if (which == Ring.Law.RADIAL_GAUSSIAN) {
      assertThat(h).isCloseTo(99.9, within(1e-9));
    } else {
      assertThat(h)
          .isCloseTo(
              (which == Ring.Law.POSITIVE ? 99.9 : 100 * Math.tanh(0.1) - 0.1) - 1000,
              within(1e-9));
    }
  }

  @Test
  void onTheRingTheScoreIsTheAreaTerm() {
    // at ρ = R the pull of EXACT is 0 up to 1 − tanh(R²/std²) = 1 − tanh(100), which is 0 in double
    assertThat(Ring.of(1, 0.1).score(new double[] {0, 1}))
        .containsExactly(new double[] {0, -1}, within(0.0));
    assertThat(Ring.of(1, 0.1, Ring.Law.POSITIVE).score(new double[] {0, 1}))
        .containsExactly(new double[] {0, -1}, within(0.0));
    assertThat(Ring.of(1, 0.1, Ring.Law.RADIAL_GAUSSIAN).score(new double[] {0, 1}))
        .containsExactly(new double[] {0, 0}, within(0.0));
    // (R/ρ − 1)·x is RADIAL_GAUSSIAN at std = 1
    assertThat(Ring.of(2, 1, Ring.Law.RADIAL_GAUSSIAN).score(new double[] {3, 4}))
        .containsExactly(new double[] {(2 / 5.0 - 1) * 3, (2 / 5.0 - 1) * 4}, within(1e-15));
  }

  @Test
  void accessorsAndPrintingNameTheLaw() {
    Ring law = Ring.of(2, 0.5, Ring.Law.POSITIVE);
    assertThat(law.radius()).isEqualTo(2);
    assertThat(law.std()).isEqualTo(0.5);
    assertThat(law.law()).isEqualTo(Ring.Law.POSITIVE);
    assertThat(law).hasToString("Ring[radius=2.0, std=0.5, law=POSITIVE]");
    assertThat(Ring.of(2, 0.5).law()).isEqualTo(Ring.Law.EXACT);
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> Ring.of(0, 1))
        .hasMessage("radius must be finite and above 0 but was 0.0");
    assertThatThrownBy(() -> Ring.of(1, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("std must be finite and above 0 but was -1.0");
    assertThatThrownBy(() -> Ring.of(1, Double.NaN)).hasMessageContaining("NaN");
  }
}
