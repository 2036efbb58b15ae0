package score4j.process;

import java.util.ArrayList;
import java.util.List;

/// The times at which a sampler looks at a process, from where it starts to where it ends.
///
/// @param times at least two, strictly falling (noise to data) or strictly rising, from 0 to 1
public record TimeGrid(List<Double> times) {
  /// Checks the order.
  public TimeGrid {
    times = List.copyOf(times);
    if (times.size() < 2) {
      throw new IllegalArgumentException(
          "times must be at least two but are %s: give where to start and where to end"
              .formatted(times));
    }
    boolean falling = times.getLast() < times.getFirst();
    for (int i = 0; i < times.size(); i++) {
      double t = times.get(i);
      if (!(t >= 0 && t <= 1)) {
        throw new IllegalArgumentException(
            "times must be from 0 (data) to 1 (noise) but time %d is %s".formatted(i, t));
      }
      if (i > 0 && (falling ? t >= times.get(i - 1) : t <= times.get(i - 1))) {
        throw new IllegalArgumentException(
            "times must fall, or rise, from each to the next but time %d is %s after %s"
                .formatted(i, t, times.get(i - 1)));
      }
    }
  }

  /// Equal steps of time.
  public static TimeGrid uniform(double from, double to, int steps) {
    requireSteps(steps);
    List<Double> times = new ArrayList<>();
    for (int i = 0; i <= steps; i++) {
      times.add(i == steps ? to : from + (to - from) * i / steps);
    }
    return new TimeGrid(times);
  }

  /// Equal steps of time from noise to data: from 1 to the earliest time of the process.
  public static TimeGrid of(LinearSde process, int steps) {
    return uniform(1, process.earliestTime(), steps);
  }

  /// Equal steps of the logarithm of the noise level σ/α: each step takes away the same share of
  /// the noise. Both ends must have noise.
  public static TimeGrid logNoise(LinearSde process, double from, double to, int steps) {
    return power(process, from, to, steps, 0);
  }

  /// Steps that shorten towards the data, as fit for few steps of a second-order scheme.
  ///
  /// ```text
  /// (σ/α)^(1/ρ) in equal steps                              Karras et al. 2022, equation 5
  /// ```
  ///
  /// @param rho ρ, at least 1; 7 is usual
  public static TimeGrid karras(LinearSde process, double from, double to, int steps, double rho) {
    if (!(rho >= 1) || Double.isInfinite(rho)) {
      throw new IllegalArgumentException(
          "rho must be finite and at least 1 but was %s: 7 is usual".formatted(rho));
    }
    return power(process, from, to, steps, 1 / rho);
  }

  // equal steps of the noise level to a power, of its logarithm for the power 0
  private static TimeGrid power(
      LinearSde process, double from, double to, int steps, double power) {
    requireSteps(steps);
    double first = process.marginal(from).noiseLevel();
    double last = process.marginal(to).noiseLevel();
    if (power == 0 && !(Math.min(first, last) > 0)) {
      throw new IllegalArgumentException(
          "there is no noise at t = %s, whose logarithm the grid would end at: stop at %s"
              .formatted(Math.min(from, to), Math.max(1e-5, process.earliestTime())));
    }
    List<Double> times = new ArrayList<>();
    times.add(from);
    for (int i = 1; i < steps; i++) {
      double u = (double) i / steps;
      double level =
          power == 0
              ? StrictMath.exp((1 - u) * StrictMath.log(first) + u * StrictMath.log(last))
              : StrictMath.pow(
                  (1 - u) * StrictMath.pow(first, power) + u * StrictMath.pow(last, power),
                  1 / power);
      times.add(process.timeOf(level));
    }
    times.add(to);
    return new TimeGrid(times);
  }

  private static void requireSteps(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps must be at least 1 but was %d".formatted(steps));
    }
  }

  /// How many steps lie between the times.
  public int steps() {
    return times.size() - 1;
  }

  /// Time i, from 0 to [#steps].
  public double time(int i) {
    return times.get(i);
  }

  /// The same times the other way round.
  public TimeGrid reversed() {
    return new TimeGrid(times.reversed());
  }
}
