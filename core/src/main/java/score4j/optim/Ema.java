package score4j.optim;

/// An exponential moving average of the weights, which settles where the weights themselves still
/// rattle.
///
/// ```text
/// a ← a + w (p − a),   w = max(1 − d, 10/(t + 9)),   t = 1, 2, … the number of the update
/// ```
/// The first weights are the first average (w = 1). From there the average looks back over about a
/// tenth of the run, so it never clings to the start, until that is 1/(1 − d) steps; from then on
/// it is the plain average of decay d.
///
/// - **Error**: float arithmetic; a difference p − a below about 2⁻²⁵·|a|/w no longer moves a.
///
/// @param decay d, from 0 (the last weights) to less than 1
public record Ema(double decay) {
  /// Checks 0 ≤ d < 1.
  public Ema {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException(
          "decay must be at least 0 and less than 1 but was %s".formatted(decay));
    }
  }

  /// The state before the first weights; the average will be its moment 0.
  public OptimizerState init(int size) {
    return OptimizerState.zeros(size, 1);
  }

  /// Takes the next weights into the average, `state.moment(0)`. Allocates nothing.
  ///
  /// @throws IllegalArgumentException if the number of parameters is not the state's
  public void update(OptimizerState state, float[] parameters) {
    OptimizerState.check(state, 1, parameters, parameters, 0);
    long t = state.advance();
    float[] average = state.moment(0);
    float weight = (float) Math.max(1 - decay, 10.0 / (t + 9));
    for (int i = 0; i < average.length; i++) {
      average[i] += weight * (parameters[i] - average[i]);
    }
  }
}
