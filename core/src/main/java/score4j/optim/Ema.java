package score4j.optim;

/// An exponential moving average of the weights, which settles where the weights themselves still
/// rattle.
///
/// ```text
/// a_t = Σᵢ₌₁ᵗ (1 − d) dᵗ⁻ⁱ pᵢ / (1 − dᵗ)
/// as a recursion: a ← a + w (p − a),  w = (1 − d)/(1 − dᵗ)
/// ```
/// The division by 1 − dᵗ makes it a true average of the weights seen so far, from the first on (w
/// = 1 there): it does not remember what the average held before, and a short run is averaged
/// evenly instead of clinging to its start. About the last 1/(1 − d) steps count.
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
    float weight = (float) ((1 - decay) / (1 - Powers.power(decay, t)));
    for (int i = 0; i < average.length; i++) {
      average[i] += weight * (parameters[i] - average[i]);
    }
  }
}
