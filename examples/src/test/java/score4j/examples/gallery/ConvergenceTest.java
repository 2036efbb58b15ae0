package score4j.examples.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ConvergenceTest {
  private static final double[] SIZE = {1, 2, 4, 8};

  @Test
  void powerLawHasItsExponentAndNoInterval() {
    Convergence.Fit fit = Convergence.of("", SIZE, new double[] {3, 12, 48, 192}).fit();
    assertThat(fit.slope()).isCloseTo(2, within(1e-12));
    assertThat(fit.reach()).isCloseTo(0, within(1e-6));
    assertThat(fit.atOne()).isCloseTo(3, within(1e-12));
  }

  @Test
  void scatterGivesTheIntervalOfStudentsLaw() {
    // log₂ of the errors is 0, 2, 1, 3 at 0, 1, 2, 3: slope 0.8, residual sum 1.8, Σ(x − x̄)² = 5,
    // so the standard error is √(1.8/2/5) and the quantile for 2 degrees of freedom 9.925
    Convergence.Fit fit = Convergence.of("", SIZE, new double[] {1, 4, 2, 8}).fit();
    assertThat(fit.slope()).isCloseTo(0.8, within(1e-12));
    assertThat(fit.reach()).isCloseTo(9.925 * Math.sqrt(0.18), within(1e-9));
  }

  @Test
  void noiseOfTheErrorsGivesTheIntervalWhateverTheScatter() {
    // equal weights 1/0.01: standard error 0.1/√(5·ln²2)
    Convergence.Fit fit =
        new Convergence("", SIZE, new double[] {1, 2, 4, 8}, new double[] {.1, .1, .1, .1}).fit();
    assertThat(fit.slope()).isCloseTo(1, within(1e-12));
    assertThat(fit.reach()).isCloseTo(2.576 * 0.1 / Math.sqrt(5) / Math.log(2), within(1e-9));
  }
}
