package score4j.optim;

/// Gradient descent with a given rate.
///
/// ```text
/// p ← p − η·g
/// ```
public record GradientDescent() implements Optimizer {
  @Override
  public OptimizerState init(int size) {
    return OptimizerState.zeros(size, 0);
  }

  @Override
  public void update(
      OptimizerState state, float[] parameters, float[] gradient, double learningRate) {
    OptimizerState.check(state, 0, parameters, gradient, learningRate);
    state.advance();
    float rate = (float) learningRate;
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] -= rate * gradient[i];
    }
  }
}
