package score4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.LongToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.testing.Allocation;

class ScheduleTest {
  /// A few roundings of double, relative.
  private static final double TINY = 1e-15;

  @Test
  void constantIsTheSameAtEveryStep() {
    Schedule schedule = Schedule.constant(0.25);
    assertThat(schedule.rate(0)).isEqualTo(0.25);
    assertThat(schedule.rate(Long.MAX_VALUE)).isEqualTo(0.25);
  }

  @Test
  void cosineStartsAtThePeakAndEndsAtTheFloor() {
    Schedule schedule = Schedule.cosine(1e-2, 1e-4, 100);
    assertThat(schedule.rate(0)).isEqualTo(1e-2);
    assertThat(schedule.rate(50)).isCloseTo(0.5 * (1e-2 + 1e-4), within(TINY));
    assertThat(schedule.rate(25))
        .isCloseTo(1e-4 + 0.5 * (1e-2 - 1e-4) * (1 + Math.sqrt(0.5)), within(TINY));
    assertThat(schedule.rate(100)).isEqualTo(1e-4);
    assertThat(schedule.rate(101)).isEqualTo(1e-4);
    assertThat(schedule.rate(Long.MAX_VALUE)).isEqualTo(1e-4);
    for (int k = 0; k < 100; k++) {
      assertThat(schedule.rate(k + 1)).isLessThan(schedule.rate(k));
    }
  }

  @Test
  void exponentialHasItsFactorAfterEveryPeriod() {
    Schedule schedule = Schedule.exponential(0.5, 0.1, 1000);
    assertThat(schedule.rate(0)).isEqualTo(0.5);
    assertThat(schedule.rate(500)).isCloseTo(0.5 * Math.sqrt(0.1), within(TINY));
    assertThat(schedule.rate(1000)).isCloseTo(0.05, within(TINY));
    assertThat(schedule.rate(3000)).isCloseTo(0.0005, within(TINY));
    assertThat(schedule.rate(Long.MAX_VALUE)).isZero();
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void everyRateAgreesWithItsFormula(Schedule schedule, LongToDoubleFunction formula) {
    for (long k = 0; k <= 1000; k++) {
      double expected = formula.applyAsDouble(k);
      // Up to 60 roundings of powers and roots, each 2⁻⁵³ relative, and as many in the formula.
      assertThat(schedule.rate(k)).isCloseTo(expected, within(120 * 0x1p-53));
    }
  }

  static Stream<Arguments> schedules() {
    return Stream.of(
        Arguments.of(
            Schedule.cosine(1, 0.1, 997),
            (LongToDoubleFunction)
                k -> 0.1 + 0.45 * (1 + Math.cos(Math.PI * Math.min(k, 997) / 997.0))),
        Arguments.of(
            Schedule.exponential(1, 0.3, 331),
            (LongToDoubleFunction) k -> Math.pow(0.3, k / 331.0)));
  }

  @Test
  void ratesAllocateNothing() {
    Schedule cosine = Schedule.cosine(1, 0, 1000);
    Schedule exponential = Schedule.exponential(1, 0.5, 100);
    double[] sum = new double[1];
    long bytes =
        Allocation.bytes(
            () -> {
              for (int k = 0; k < 1000; k++) {
                sum[0] += cosine.rate(k) + exponential.rate(k);
              }
            });
    assertThat(bytes).isZero();
  }

  @Test
  void schedulesAreValues() {
    assertThat(Schedule.cosine(1, 0, 5)).isEqualTo(Schedule.cosine(1, 0, 5));
    assertThat(Schedule.constant(1)).isNotEqualTo(Schedule.constant(2));
    assertThat(Schedule.exponential(1, 0.5, 5))
        .hasToString("Exponential[initial=1.0, decay=0.5, every=5]");
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> Schedule.constant(-1)).hasMessageContaining("rate");
    assertThatThrownBy(() -> Schedule.constant(Double.NaN)).hasMessageContaining("rate");
    assertThatThrownBy(() -> Schedule.cosine(1, -1, 5)).hasMessageContaining("floor");
    assertThatThrownBy(() -> Schedule.cosine(Double.POSITIVE_INFINITY, 0, 5))
        .hasMessageContaining("peak");
    assertThatThrownBy(() -> Schedule.cosine(1, 0, 0)).hasMessageContaining("steps");
    assertThatThrownBy(() -> Schedule.exponential(1, 0, 5)).hasMessageContaining("decay");
    assertThatThrownBy(() -> Schedule.exponential(1, 1.1, 5)).hasMessageContaining("decay");
    assertThatThrownBy(() -> Schedule.exponential(1, 0.5, 0)).hasMessageContaining("every");
  }
}
