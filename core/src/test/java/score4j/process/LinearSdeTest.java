package score4j.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.golden.Golden;

class LinearSdeTest {
  static List<Golden.Case> golden() {
    return Golden.load("sde").cases();
  }

  private static LinearSde process(Golden.Case c) {
    return switch (c.text("sde.type")) {
      case "ve" ->
          LinearSde.varianceExploding(c.number("sde.sigma_min"), c.number("sde.sigma_max"));
      case "ve_pow" -> LinearSde.sigmaPower(c.number("sde.sigma"));
      case "vp" -> LinearSde.variancePreserving(c.number("sde.beta_min"), c.number("sde.beta_max"));
      case "subvp" ->
          LinearSde.subVariancePreserving(c.number("sde.beta_min"), c.number("sde.beta_max"));
      default -> throw new IllegalArgumentException(c + " is of no known type");
    };
  }

  static List<LinearSde> processes() {
    return List.of(
        LinearSde.varianceExploding(0.01, 50),
        new VarianceExploding(0.05, 10, true),
        LinearSde.variancePreserving(0.1, 20),
        LinearSde.subVariancePreserving(0.1, 20),
        LinearSde.sigmaPower(25),
        LinearSde.of(t -> Math.sin(5 * t), t -> 0.1 + t * t));
  }

  private static void near(double value, double expected, double relative) {
    assertThat(value).isCloseTo(expected, within(relative * Math.abs(expected)));
  }

  // a few roundings of exp, expm1 and √: 1e-12 covers an exponent of 10, which magnifies them
  @ParameterizedTest
  @MethodSource("golden")
  void agreesWithTheKnownValues(Golden.Case c) {
    LinearSde process = process(c);
    double[] times = c.doubles("t");
    assertThat(times).isNotEmpty();
    for (int i = 0; i < times.length; i++) {
      double t = times[i];
      near(process.marginal(t).meanScale(), c.doubles("expect.mean_coef")[i], 1e-13);
      near(process.marginal(t).std(), c.doubles("expect.std")[i], 1e-12);
      near(process.driftCoefficient(t), c.doubles("expect.drift_coef")[i], 1e-13);
      near(process.diffusion(t), c.doubles("expect.g")[i], 1e-12);
      if (process instanceof VarianceExploding ve) {
        VarianceExploding smoothed = new VarianceExploding(ve.sigmaMin(), ve.sigmaMax(), true);
        near(smoothed.marginal(t).std(), c.doubles("expect.std_with_sigma_min")[i], 1e-12);
        near(smoothed.diffusion(t), c.doubles("expect.g")[i], 1e-12);
      }
    }
  }

  /// Central differences of step 1e-5: h²·|f‴|/6, where f‴ ≤ (2·ln r)³·f = 5e3·f at worst, and
  /// rounding 1e-16·f/h.
  @ParameterizedTest
  @MethodSource("processes")
  void ratesAreTheSlopes(LinearSde process) {
    double h = 1e-5;
    for (double t : new double[] {0.01, 0.2, 0.5, 0.99}) {
      Moments before = process.moments(t - h);
      Moments at = process.moments(t);
      Moments after = process.moments(t + h);
      assertThat(at.logMeanScaleRate())
          .isCloseTo((after.logMeanScale() - before.logMeanScale()) / (2 * h), within(1e-9));
      assertThat(at.varianceRate())
          .isCloseTo(
              (after.variance() - before.variance()) / (2 * h), within(1e-6 * (at.variance() + 1)));
    }
  }

  /// From drift and diffusion alone, by the classical Runge-Kutta scheme in 2000 steps: m′ = a,
  /// v′ = 2av + g². Its error, h⁴ = 6e-14 times fifth derivatives (2·ln r)⁵/120 = 1e3.
  @ParameterizedTest
  @MethodSource("processes")
  void momentsSolveTheirEquations(LinearSde process) {
    int steps = 2000;
    double h = 1.0 / steps;
    double m = 0;
    double v = process.moments(0).variance();
    for (int i = 0; i < steps; i++) {
      double t = i * h;
      double a = process.driftCoefficient(t);
      double b = process.driftCoefficient(t + h / 2);
      double c = process.driftCoefficient(t + h);
      double g = square(process.diffusion(t));
      double gb = square(process.diffusion(t + h / 2));
      double gc = square(process.diffusion(t + h));
      m += h / 6 * (a + 4 * b + c);
      double k1 = 2 * a * v + g;
      double k2 = 2 * b * (v + h / 2 * k1) + gb;
      double k3 = 2 * b * (v + h / 2 * k2) + gb;
      double k4 = 2 * c * (v + h * k3) + gc;
      v += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
      if (i % 100 == 99) {
        Moments at = process.moments(t + h);
        assertThat(at.logMeanScale()).isCloseTo(m, within(1e-12 * (1 + Math.abs(m))));
        near(at.variance(), v, 1e-9);
      }
    }
  }

  private static double square(double x) {
    return x * x;
  }

  /// Rounding adds up over 4096 cells: 1e-12 relative, from the smallest times on.
  @Test
  void ownDriftAndDiffusionGiveTheMarginalsOfTheKnown() {
    for (LinearSde known :
        List.of(
            LinearSde.variancePreserving(0.1, 20),
            LinearSde.subVariancePreserving(0.1, 20),
            LinearSde.sigmaPower(25),
            LinearSde.varianceExploding(0.01, 50))) {
      LinearSde own = LinearSde.of(known::driftCoefficient, known::diffusion);
      for (double t : new double[] {1e-7, 1e-5, 1e-3, 0.00123, 0.1, 1 / 3.0, 0.5, 0.999, 1}) {
        near(own.marginal(t).std(), known.marginal(t).std(), 1e-12);
        near(own.marginal(t).meanScale(), known.marginal(t).meanScale(), 1e-12);
        near(own.diffusion(t), known.diffusion(t), 1e-14);
        // 2·a·v + g², which cancel where the variance has settled
        double g = known.diffusion(t);
        assertThat(own.moments(t).varianceRate())
            .isCloseTo(known.moments(t).varianceRate(), within(1e-12 * g * g));
      }
      assertThat(own.marginal(0).std()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("processes")
  void timeOfUndoesTheNoiseLevel(LinearSde process) {
    for (double t : new double[] {1e-4, 0.03, 0.5, 0.97, 1}) {
      double level = process.marginal(t).noiseLevel();
      assertThat(process.timeOf(level)).isCloseTo(t, within(1e-12));
    }
    assertThat(process.timeOf(process.marginal(0).noiseLevel())).isCloseTo(0, within(1e-12));
    double most = process.marginal(1).noiseLevel();
    assertThatThrownBy(() -> process.timeOf(1.01 * most))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("noiseLevel must be between");
    assertThatThrownBy(() -> process.timeOf(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @MethodSource("processes")
  void driftIsTheCoefficientTimesX(LinearSde process) {
    double[] x = {1, -2, 3};
    double[] out = new double[3];
    process.drift(x, 0.3, out);
    double a = process.driftCoefficient(0.3);
    assertThat(out).containsExactly(a, -2 * a, 3 * a);
    assertThat(process.driftDivergence(x, 0.3)).isEqualTo(3 * a);
    assertThat(process.priorStd()).isEqualTo(process.marginal(1).std());
    assertThat(process.earliestTime()).isBetween(0.0, 0.01);
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> LinearSde.varianceExploding(1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sigmaMin must be above 0 and sigmaMax finite and above that")
        .hasMessageContaining("1.0 and 1.0");
    assertThatThrownBy(() -> LinearSde.variancePreserving(0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("betaMin");
    assertThatThrownBy(() -> LinearSde.subVariancePreserving(1, Double.POSITIVE_INFINITY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("betaMax");
    assertThatThrownBy(() -> LinearSde.sigmaPower(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sigma must be finite and above 1");
    assertThatThrownBy(() -> LinearSde.of(t -> 0, t -> 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("variance at t = 1");
    assertThatThrownBy(() -> LinearSde.of(t -> 0, t -> t < 0.1 ? 0 : 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there must be noise at t = 0.001");
    assertThatThrownBy(() -> LinearSde.of(t -> 1 / t, t -> 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("driftCoefficient must be finite on [0, 1] but is Infinity at t = 0");
    assertThatThrownBy(() -> LinearSde.of(t -> 0, t -> Math.sqrt(0.5 - t)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("diffusion must be finite on [0, 1] but is NaN");
  }

  /// Constant β is the Ornstein–Uhlenbeck process: α = exp(−βt/2), σ² = 1 − exp(−βt).
  @Test
  void constantBetaIsOrnsteinUhlenbeck() {
    LinearSde process = LinearSde.variancePreserving(3, 3);
    assertThat(process.marginal(0.5).meanScale()).isCloseTo(Math.exp(-0.75), within(1e-15));
    assertThat(process.marginal(0.5).std()).isCloseTo(Math.sqrt(-Math.expm1(-1.5)), within(1e-15));
    assertThat(process.diffusion(0.2)).isCloseTo(Math.sqrt(3), within(1e-15));
  }
}
