package score4j.optim;

/// The learning rate as a function of the step.
///
/// Any function will do: `step -> 1e-3 / (1 + step)`.
@FunctionalInterface
public interface Schedule {
  /// The rate of a step.
  ///
  /// @param step the number of steps made before it: 0 for the first
  double rate(long step);

  /// The same rate at every step.
  ///
  /// @throws IllegalArgumentException if the rate is negative or not finite
  static Schedule constant(double rate) {
    return new Constant(rate);
  }

  /// From `peak` down to `floor` along half a cosine over `steps` steps, and `floor` from there on.
  ///
  /// ```text
  /// η(k) = floor + ½ (peak − floor)(1 + cos(π·min(k, steps)/steps))
  ///                                             Loshchilov & Hutter 2017, arXiv:1608.03983
  /// ```
  ///
  /// @throws IllegalArgumentException if a rate is negative or not finite, or `steps < 1`
  static Schedule cosine(double peak, double floor, long steps) {
    return new Cosine(peak, floor, steps);
  }

  /// Multiplied by `decay` over every `every` steps, smoothly.
  ///
  /// ```text
  /// η(k) = initial · decay^(k/every)
  /// ```
  ///
  /// @param decay more than 0 and at most 1
  /// @throws IllegalArgumentException if a number is out of range
  static Schedule exponential(double initial, double decay, long every) {
    return new Exponential(initial, decay, every);
  }

  /// See [#constant].
  ///
  /// @param value the rate
  record Constant(double value) implements Schedule {
    /// Checks the rate.
    public Constant {
      requireRate("rate", value);
    }

    @Override
    public double rate(long step) {
      return value;
    }
  }

  /// See [#cosine].
  ///
  /// @param peak the rate of the first step
  /// @param floor the rate from step `steps` on
  /// @param steps the length of the way down
  record Cosine(double peak, double floor, long steps) implements Schedule {
    /// Checks the ranges.
    public Cosine {
      requireRate("peak", peak);
      requireRate("floor", floor);
      requireSteps("steps", steps);
    }

    @Override
    public double rate(long step) {
      if (step >= steps) {
        return floor;
      }
      double half = Powers.cosine(Math.PI / 2 * step / steps);
      double share = half * half; // ½(1 + cos 2y) = cos² y
      return share * peak + (1 - share) * floor;
    }
  }

  /// See [#exponential].
  ///
  /// @param initial the rate of the first step
  /// @param decay the factor over `every` steps
  /// @param every a number of steps
  record Exponential(double initial, double decay, long every) implements Schedule {
    /// Checks the ranges.
    public Exponential {
      requireRate("initial", initial);
      if (!(decay > 0 && decay <= 1)) {
        throw new IllegalArgumentException(
            "decay must be more than 0 and at most 1 but was %s".formatted(decay));
      }
      requireSteps("every", every);
    }

    @Override
    public double rate(long step) {
      double whole = Powers.power(decay, step / every);
      return initial * whole * Powers.root(decay, (double) (step % every) / every);
    }
  }

  private static void requireRate(String name, double rate) {
    if (!(rate >= 0) || rate > Float.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%s must be finite and at least 0 but was %s".formatted(name, rate));
    }
  }

  private static void requireSteps(String name, long steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("%s must be at least 1 but was %d".formatted(name, steps));
    }
  }
}
