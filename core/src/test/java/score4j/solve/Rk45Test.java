package score4j.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.testing.Allocation;
import score4j.testing.Slope;

class Rk45Test {
  private static final OdeSolver.Observer NOBODY = (sample, time, state, offset) -> {};

  private static Rk45 at(double tolerance) {
    return Rk45.of(Tolerance.of(tolerance));
  }

  /// y and its integral by time, and a coordinate that shakes, each sample faster than the one
  /// before it.
  private static final Ode OSCILLATORS =
      new Ode() {
        @Override
        public int width() {
          return 3;
        }

        @Override
        public int controlled() {
          return 2;
        }

        @Override
        public void derivative(int rows, int[] samples, double[] t, double[] y, double[] dy) {
          for (int r = 0; r < rows; r++) {
            double rate = 1 + samples[r];
            dy[3 * r] = -rate * y[3 * r + 1];
            dy[3 * r + 1] = rate * y[3 * r];
            dy[3 * r + 2] = y[3 * r] + Math.cos(t[r]);
          }
        }
      };

  private static double[] oscillators(int rows) {
    double[] y = new double[3 * rows];
    for (int r = 0; r < rows; r++) {
      y[3 * r] = 1;
    }
    return y;
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-4, 1e-6, 1e-8, 1e-10})
  void everySampleIsWithinItsToleranceInBothDirections(double tolerance) {
    int rows = 20;
    for (double to : new double[] {3, -3}) {
      double[] y = oscillators(rows);
      Effort effort = at(tolerance).solve(OSCILLATORS, new double[] {0, to}, y, rows);
      for (int r = 0; r < rows; r++) {
        double rate = 1 + r;
        // A rotation does not grow errors, so they add up: at most the tolerance for each
        // coordinate (|y| ≤ 1: twice the number) and step.
        double bound = 2 * 2 * tolerance * effort.accepted()[r];
        assertThat(y[3 * r]).isCloseTo(Math.cos(rate * to), within(bound));
        assertThat(y[3 * r + 1]).isCloseTo(Math.sin(rate * to), within(bound));
        assertThat(y[3 * r + 2])
            .isCloseTo(Math.sin(rate * to) / rate + Math.sin(to), within(3 * bound));
        assertThat(effort.evaluations()[r])
            .isEqualTo(2 + 6 * (effort.accepted()[r] + effort.rejected()[r]));
      }
      // the slow ones do not pay for the fast ones
      assertThat(effort.accepted()[19]).isGreaterThan(5 * effort.accepted()[0]);
    }
  }

  @Test
  void errorIsProportionalToToleranceAndStepsToItsFifthRoot() {
    double[] tolerances =
        IntStream.range(0, 13).mapToDouble(i -> Math.pow(10, -4 - i / 2.0)).toArray();
    double[] errors = new double[tolerances.length];
    double[] steps = new double[tolerances.length];
    for (int i = 0; i < tolerances.length; i++) {
      int rows = 10;
      double[] y = oscillators(rows);
      Effort effort = at(tolerances[i]).solve(OSCILLATORS, new double[] {0, 6}, y, rows);
      for (int r = 0; r < rows; r++) {
        double phase = 6 * (1 + r);
        errors[i] += Math.hypot(y[3 * r] - Math.cos(phase), y[3 * r + 1] - Math.sin(phase)) / rows;
        steps[i] += (double) effort.accepted()[r] / rows;
      }
    }
    Slope error = Slope.logLog(tolerances, errors);
    assertThat(error.value()).as("error ∝ tolerance^%s", error).isCloseTo(1, within(0.1));
    Slope work = Slope.logLog(tolerances, steps);
    assertThat(work.value()).as("steps ∝ tolerance^%s", work).isCloseTo(-0.2, within(0.03));
  }

  @Test
  void aSampleDoesNotDependOnThoseBesideIt() {
    int rows = 13;
    double[] times = {0, 2};
    double[] together = oscillators(rows);
    Effort effort = at(1e-6).solve(OSCILLATORS, times, together, rows);
    for (int split = 0; split <= rows; split++) {
      double[] first = oscillators(split);
      double[] second = oscillators(rows - split);
      Effort a = at(1e-6).solve(OSCILLATORS, times, first, split, 0, NOBODY);
      Effort b = at(1e-6).solve(OSCILLATORS, times, second, rows - split, split, NOBODY);
      assertThat(first).containsExactly(Arrays.copyOf(together, 3 * split));
      assertThat(second).containsExactly(Arrays.copyOfRange(together, 3 * split, 3 * rows));
      assertThat(Effort.join(List.of(a, b))).isEqualTo(effort).hasSameHashCodeAs(effort);
    }
  }

  // more than go together: those that wait are let in as others arrive
  @Test
  void aQueueOfSamplesArrivesAsEachWouldAlone() {
    int rows = 700;
    double[] times = {0, 0.5, 2};
    double[] y = oscillators(rows);
    int[] looks = new int[rows];
    Ode repeated =
        new Ode() {
          @Override
          public int width() {
            return 3;
          }

          @Override
          public int controlled() {
            return 2;
          }

          @Override
          public void derivative(int n, int[] samples, double[] t, double[] state, double[] dy) {
            int[] like = Arrays.stream(samples).map(sample -> sample % 13).toArray();
            OSCILLATORS.derivative(n, like, t, state, dy);
          }
        };
    Effort effort =
        at(1e-6)
            .solve(repeated, times, y, rows, 0, (sample, time, state, offset) -> looks[sample]++);
    double[] alone = oscillators(13);
    Effort each = at(1e-6).solve(OSCILLATORS, times, alone, 13);
    for (int r = 0; r < rows; r++) {
      int like = r % 13;
      assertThat(Arrays.copyOfRange(y, 3 * r, 3 * r + 3))
          .as("sample %d", r)
          .containsExactly(Arrays.copyOfRange(alone, 3 * like, 3 * like + 3));
      assertThat(effort.evaluations()[r]).isEqualTo(each.evaluations()[like]);
      assertThat(looks[r]).isEqualTo(2);
    }
  }

  // beyond a pole the difference of infinities is no number, of either sign by the machine
  @Test
  void aStepIntoAPoleShrinks() {
    double[] y = {1};
    Ode pole = Fields.each(1, (t, v) -> t < 0.3 ? 1 / (0.3 - t) : Double.NEGATIVE_INFINITY);
    assertThatThrownBy(
            () -> new Rk45(Tolerance.of(1e-6), 10_000).solve(pole, new double[] {0, 1}, y, 1))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("the step of sample 0 vanished at t = 0.29");
  }

  // whichever went together, and although others fail first
  @Test
  void ofManyThatCannotBeFollowedTheFirstIsNamed() {
    int rows = 600;
    double[] y = new double[rows];
    for (int r = 0; r < rows; r++) {
      y[r] = r < 400 ? 0.1 : 2 + r;
    }
    Ode explosive = Fields.each(1, (t, v) -> v * v);
    assertThatThrownBy(() -> at(1e-6).solve(explosive, new double[] {0, 1}, y, rows))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("sample 400 ");
  }

  @Test
  void onlySamplesOnTheirWayAreEvaluated() {
    int rows = 10;
    int[] calls = {0, 0};
    Ode counted =
        new Ode() {
          @Override
          public int width() {
            return 3;
          }

          @Override
          public void derivative(int n, int[] samples, double[] t, double[] y, double[] dy) {
            calls[0]++;
            calls[1] += n;
            OSCILLATORS.derivative(n, samples, t, y, dy);
          }
        };
    Effort effort = at(1e-6).solve(counted, new double[] {0, 2}, oscillators(rows), rows);
    assertThat(calls[1]).isEqualTo(Arrays.stream(effort.evaluations()).sum());
    // as many calls as the slowest sample needs
    assertThat(calls[0]).isEqualTo(Arrays.stream(effort.evaluations()).max().orElseThrow());
  }

  @Test
  void statesBetweenStepsAreInterpolatedAndLookingChangesNothing() {
    int rows = 5;
    double[] alone = oscillators(rows);
    Effort effort = at(1e-7).solve(OSCILLATORS, new double[] {0, 2}, alone, rows);
    double[] times = IntStream.rangeClosed(0, 100).mapToDouble(i -> i / 50.0).toArray();
    int[] last = new int[rows];
    double[] worst = new double[1];
    double[] y = oscillators(rows);
    Effort watched =
        at(1e-7)
            .solve(
                OSCILLATORS,
                times,
                y,
                rows,
                0,
                (sample, time, state, offset) -> {
                  assertThat(time).isEqualTo(last[sample] + 1);
                  last[sample] = time;
                  double phase = (1 + sample) * times[time];
                  worst[0] = Math.max(worst[0], Math.abs(state[offset] - Math.cos(phase)));
                });
    assertThat(y).containsExactly(alone);
    assertThat(watched).isEqualTo(effort);
    assertThat(last).containsOnly(100);
    // The steps add up to at most 2e-7 each; the interpolant, of order 4 where the steps are of 5,
    // errs by (hω)⁵/5!·O(0.1) with hω ≈ 0.2: 1e-6.
    assertThat(worst[0]).isLessThan(2e-6 + 2e-7 * effort.accepted()[rows - 1]);
  }

  @Test
  void backAgainIsWhereItBegan() {
    double[] y = {0.05, 0.5, 0.95};
    double[] start = y.clone();
    at(1e-9).solve(Fields.LOGISTIC, new double[] {0, 4}, y, 3);
    at(1e-9).solve(Fields.LOGISTIC, new double[] {4, 0}, y, 3);
    for (int r = 0; r < 3; r++) {
      // backwards the logistic grows an error by up to e⁴ = 55
      assertThat(y[r]).isCloseTo(start[r], within(55 * 50 * 1e-9));
    }
  }

  @Test
  void aStepTooLongIsUndone() {
    // nothing happens, so steps grow, until the derivative jumps
    Ode jump = Fields.each(1, (t, y) -> t < 0.5 ? 0 : 1);
    double[] y = {1};
    Effort effort = at(1e-8).solve(jump, new double[] {0, 1}, y, 1);
    assertThat(effort.rejected()[0]).isPositive();
    assertThat(y[0]).isCloseTo(1.5, within(1e-6));
  }

  @Test
  void aConstantTakesAFewSteps() {
    double[] y = {3, 0};
    Effort effort = at(1e-6).solve(Fields.each(1, (t, v) -> 0), new double[] {1, 0}, y, 2);
    assertThat(y).containsExactly(3, 0);
    assertThat(effort.accepted()[0]).isLessThan(10);
    assertThat(at(1e-6).solve(Fields.LOGISTIC, new double[] {0, 1}, new double[0], 0).samples())
        .isZero();
  }

  @Test
  void whatCannotBeFollowedIsNamed() {
    double[] y = {0.1, 2};
    double[] times = {0, 1};
    // y = 1/(1/y0 − t) is infinite at t = 0.5
    Ode explosive = Fields.each(1, (t, v) -> v * v);
    assertThatThrownBy(() -> at(1e-6).solve(explosive, times, y.clone(), 2, 40, NOBODY))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("sample 41");
    Ode broken = Fields.each(1, (t, v) -> t > 0.5 && v > 1 ? Double.NaN : 1);
    assertThatThrownBy(() -> at(1e-6).solve(broken, times, y.clone(), 2))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("the step of sample 0 vanished at t = 0.89");
    assertThatThrownBy(() -> at(1e-6).solve(Fields.each(1, (t, v) -> 1 / t), times, y.clone(), 2))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("the derivative of sample 0 is not finite at its start");
    assertThatThrownBy(
            () -> new Rk45(Tolerance.of(1e-10), 5).solve(OSCILLATORS, times, oscillators(2), 2))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageStartingWith("sample 0 came only to t = "); // the first of both
    assertThatThrownBy(() -> new Rk45(Tolerance.of(1), 0)).hasMessageStartingWith("maxSteps");
    assertThatThrownBy(() -> new Tolerance(-1, 1)).hasMessageStartingWith("relative");
    assertThatThrownBy(() -> new Tolerance(1e-3, 0)).hasMessageStartingWith("relative");
  }

  @Test
  void stepsAllocateNothing() {
    double[] times = {0, 3};
    double[] start = oscillators(8);
    double[] y = start.clone();
    Runnable rough =
        () -> {
          System.arraycopy(start, 0, y, 0, y.length);
          at(1e-2).solve(OSCILLATORS, times, y, 8);
        };
    Runnable fine =
        () -> {
          System.arraycopy(start, 0, y, 0, y.length);
          at(1e-9).solve(OSCILLATORS, times, y, 8);
        };
    assertThat(Allocation.bytes(fine)).isEqualTo(Allocation.bytes(rough));
  }
}
