package score4j.solve;

/// The right-hand side of dy/dt = F(t, y), for many samples at once, each at a time of its own.
///
/// The derivative of a row must depend on that row's sample, time and state alone, so that results
/// do not depend on which rows are asked for together.
public interface Ode {
  /// How many numbers the state of one sample has, W.
  int width();

  /// How many of them, from the first on, the error of a step is measured by. The others are
  /// carried along: integrals that nothing depends on.
  default int controlled() {
    return width();
  }

  /// How many rows a solver that has many should ask for at once; see [#derivative].
  default int rowsAtOnce() {
    return 256;
  }

  /// Writes F(tᵣ, yᵣ) into row r of `dy` for `0 ≤ r < rows`.
  ///
  /// The arrays may be longer than that; what lies behind is of no meaning and must stay.
  ///
  /// @param samples which sample each row is, so that a right-hand side can keep things by sample
  /// @param t the time of each row
  /// @param y states, rows × W, row-major
  /// @param dy where the derivatives go, rows × W
  void derivative(int rows, int[] samples, double[] t, double[] y, double[] dy);
}
