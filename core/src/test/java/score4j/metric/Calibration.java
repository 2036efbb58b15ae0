package score4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.IntFunction;

/// What every test must do where there is no difference: reject as often as it says.
final class Calibration {
  private static final int TRIALS = 200;

  private Calibration() {}

  /// 200 comparisons of equal laws. Rejections at 5 % are binomial with mean 10: fewer than 1 or
  /// more than 23 happen once in 10⁴. Uniform p-values average ½ with standard deviation
  /// 0.289/√200; four of those are 0.082 (once in 16,000).
  static void isUniform(IntFunction<Comparison> trial) {
    int rejected = 0;
    double sum = 0;
    for (int i = 0; i < TRIALS; i++) {
      double p = trial.apply(i).pValue();
      assertThat(p).isGreaterThan(0).isLessThanOrEqualTo(1);
      rejected += p <= 0.05 ? 1 : 0;
      sum += p;
    }
    assertThat(rejected).isBetween(1, 23);
    assertThat(sum / TRIALS).isCloseTo(0.5, within(0.082 + 0.005)); // steps of 1/100 add half of it
  }

  /// Estimates of a known number within two standard errors 19 times of 20: of 200, 190 are
  /// expected with standard deviation 3.1; from 172 to 200 allows for four and 3 % off by estimated
  /// errors.
  static void covers(double truth, IntFunction<Estimate> trial) {
    int covered = 0;
    for (int i = 0; i < TRIALS; i++) {
      Estimate e = trial.apply(i);
      covered += Math.abs(e.value() - truth) < 2 * e.standardError() ? 1 : 0;
    }
    assertThat(covered).isBetween(172, 200);
  }
}
