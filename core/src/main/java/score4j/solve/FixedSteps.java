package score4j.solve;

import java.util.Arrays;

/// What the schemes with given steps share: all samples are at the same time.
final class FixedSteps {
  final int rows;
  final int width;
  final double[] slope;
  private final Ode ode;
  private final double[] t;
  private final int[] samples;

  FixedSteps(Ode ode, int rows, int firstSample) {
    this.ode = ode;
    this.rows = rows;
    width = ode.width();
    t = new double[rows];
    samples = new int[rows];
    Arrays.setAll(samples, r -> firstSample + r);
    slope = new double[rows * width];
  }

  /// F at one time for all rows.
  void derivative(double time, double[] y, double[] dy) {
    Arrays.fill(t, time);
    ode.derivative(rows, samples, t, y, dy);
  }

  /// Shows the states that step `step` led to, if they are finite.
  void arrive(int step, double[] times, double[] y, OdeSolver.Observer observer) {
    for (int r = 0; r < rows; r++) {
      for (int i = r * width; i < (r + 1) * width; i++) {
        if (!Double.isFinite(y[i])) {
          throw new ArithmeticException(
              "sample %d left the finite numbers at step %d, from t = %s to %s (coordinate %d is %s): use more steps"
                  .formatted(samples[r], step, times[step - 1], times[step], i - r * width, y[i]));
        }
      }
      observer.state(samples[r], step, y, r * width);
    }
  }
}
