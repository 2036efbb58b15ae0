package score4j.solve;

import java.util.Objects;

/// What schemes check about their arguments.
final class Arguments {
  private Arguments() {}

  static void check(Ode ode, double[] times, double[] y, int rows) {
    Objects.requireNonNull(ode, "ode");
    checkTimes(times);
    if (rows < 0 || (long) rows * ode.width() > y.length) {
      throw new IllegalArgumentException(
          "y has %d places but %d rows of %d numbers do not fit: pass a longer array"
              .formatted(y.length, rows, ode.width()));
    }
  }

  static void checkTimes(double[] times) {
    if (times.length < 2) {
      throw new IllegalArgumentException(
          "times must be at least two but there are %d: give where to start and where to end"
              .formatted(times.length));
    }
    boolean falling = times[times.length - 1] < times[0];
    for (int i = 0; i < times.length; i++) {
      boolean ordered = i == 0 || (falling ? times[i] < times[i - 1] : times[i] > times[i - 1]);
      if (!Double.isFinite(times[i]) || !ordered) {
        throw new IllegalArgumentException(
            "times must be finite and rise, or fall, from each to the next but time %d is %s"
                .formatted(i, times[i]));
      }
    }
  }

  static void checkPath(float[] z, double[] path) {
    if (z.length < 1) {
      throw new IllegalArgumentException("z is empty: give one number for each step");
    }
    if (path.length <= z.length) {
      throw new IllegalArgumentException(
          "path has %d places but %d steps make %d states: pass a longer array"
              .formatted(path.length, z.length, z.length + 1));
    }
  }
}
