package score4j.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.testing.Allocation;

class FixedStepsTest {
  static List<OdeSolver> solvers() {
    return List.of(new Euler(), new Heun());
  }

  private static double[] grid(double from, double to, int steps) {
    return IntStream.rangeClosed(0, steps)
        .mapToDouble(i -> from + (to - from) * i / steps)
        .toArray();
  }

  private static double error(OdeSolver solver, double from, double to, int steps) {
    double[] y = {0.2};
    solver.solve(Fields.LOGISTIC, grid(from, to, steps), y, 1);
    return y[0] - Fields.logistic(0.2, to - from);
  }

  @ParameterizedTest
  @MethodSource("solvers")
  void halvingTheStepDividesTheErrorByTwoToTheOrder(OdeSolver solver) {
    int order = solver instanceof Heun ? 2 : 1;
    for (double to : new double[] {2, -2}) {
      // The ratio is 2^order·(1 + O(h)); at h = 2/256 the next term is below 2%.
      double ratio = error(solver, 0, to, 256) / error(solver, 0, to, 512);
      assertThat(Math.log(ratio) / Math.log(2))
          .as("order of %s towards %s", solver, to)
          .isCloseTo(order, within(0.03));
    }
  }

  @Test
  void stepsAreThoseOfTheFormulas() {
    Ode ode = Fields.each(2, (t, y) -> t * y);
    double[] euler = {1, 2};
    new Euler().solve(ode, new double[] {1, 1.5}, euler, 1);
    assertThat(euler).containsExactly(1.5, 3);
    double[] heun = {1, 2};
    // k1 = 1, guess 1.5, k2 = 2.25: 1 + 0.5·1.625
    new Heun().solve(ode, new double[] {1, 1.5}, heun, 1);
    assertThat(heun).containsExactly(1.8125, 3.625);
  }

  @ParameterizedTest
  @MethodSource("solvers")
  void theObserverSeesEveryTime(OdeSolver solver) {
    List<String> seen = new ArrayList<>();
    double[] y = {1, 2, 3, 4};
    Effort effort =
        solver.solve(
            Fields.each(2, (t, v) -> 0),
            new double[] {0, 1, 3},
            y,
            2,
            7,
            (sample, time, state, offset) -> seen.add(sample + " " + time + " " + state[offset]));
    assertThat(seen).containsExactly("7 1 1.0", "8 1 3.0", "7 2 1.0", "8 2 3.0");
    assertThat(effort.accepted()).containsExactly(2, 2);
    assertThat(effort.evaluations()[1]).isEqualTo(solver instanceof Heun ? 4 : 2);
  }

  @ParameterizedTest
  @MethodSource("solvers")
  void whatCannotBeFollowedIsNamed(OdeSolver solver) {
    double[] y = {0, 2};
    Ode ode = Fields.each(1, (t, v) -> v == 0 ? 0 : Math.exp(v * v * v));
    assertThatThrownBy(
            () -> solver.solve(ode, grid(0, 1, 10), y, 2, 5, (sample, time, state, offset) -> {}))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageStartingWith("sample 6 left the finite numbers at step ");
    assertThatThrownBy(() -> solver.solve(ode, new double[] {0, 1, 1}, y, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("time 2 is 1.0");
    assertThatThrownBy(() -> solver.solve(ode, new double[] {0}, y, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("times must be at least two");
    assertThatThrownBy(() -> solver.solve(ode, new double[] {0, 1}, y, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("y has 2 places");
  }

  @ParameterizedTest
  @MethodSource("solvers")
  void stepsAllocateNothing(OdeSolver solver) {
    double[] y = new double[64];
    double[] few = grid(0, 1, 10);
    double[] many = grid(0, 1, 1000);
    long base = Allocation.bytes(() -> solver.solve(Fields.LOGISTIC, few, y, 64));
    assertThat(Allocation.bytes(() -> solver.solve(Fields.LOGISTIC, many, y, 64))).isEqualTo(base);
  }
}
