package score4j.solve;

/// A scheme that follows the solutions of an [Ode] from a time to another, later or earlier.
///
/// **Same bits**: what becomes of a sample depends on that sample alone, not on the samples beside
/// it, so batches may be split and shared among threads at will. The state is `double` throughout.
public sealed interface OdeSolver permits Euler, Heun, Rk45 {
  /// Sees states on the way.
  @FunctionalInterface
  interface Observer {
    /// Called when a sample has come to a time, in the order of times for each sample. States lie
    /// in an array of the solver: copy what is to be kept, and do not write.
    ///
    /// @param sample the number of the sample
    /// @param time which of the times, from 1 on
    /// @param y where the W numbers of its state begin at `offset`
    void state(int sample, int time, double[] y, int offset);
  }

  /// Follows `rows` samples from the first of the times to the last.
  ///
  /// @param times strictly rising or falling: the fixed schemes step from each to the next, the
  ///     adaptive one chooses its steps and interpolates at those between
  /// @param y the states, rows × W row-major: where they begin, and where they are afterwards
  /// @param firstSample the number of the sample in the first row, as told to `ode`, to the
  ///     observer and in errors
  /// @throws IllegalArgumentException if the times are not in order or `y` is too short
  /// @throws ArithmeticException if a sample leaves the finite numbers or cannot be followed; names
  ///     it. `y` is then of no use.
  Effort solve(Ode ode, double[] times, double[] y, int rows, int firstSample, Observer observer);

  /// Follows samples 0 to `rows` − 1 unseen.
  ///
  /// @throws IllegalArgumentException if the times are not in order or `y` is too short
  /// @throws ArithmeticException if a sample leaves the finite numbers or cannot be followed
  default Effort solve(Ode ode, double[] times, double[] y, int rows) {
    return solve(ode, times, y, rows, 0, (sample, time, state, offset) -> {});
  }
}
