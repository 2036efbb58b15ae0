package score4j.optim;

/// Gradient descent with heavy-ball momentum, in PyTorch's form: the velocity is a sum of
/// gradients, and the rate is applied to it afterwards.
///
/// ```text
/// v ← μ·v + g
/// p ← p − η·v          Polyak 1964; a steady gradient moves p by η·g/(1 − μ) a step
/// ```
///
/// @param momentum μ, from 0 (plain gradient descent) to less than 1
public record Momentum(double momentum) implements Optimizer {
  /// Checks 0 ≤ μ < 1.
  public Momentum {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "momentum must be at least 0 and less than 1 but was %s".formatted(momentum));
    }
  }

  @Override
  public OptimizerState init(int size) {
    return OptimizerState.zeros(size, 1);
  }

  @Override
  public void update(
      OptimizerState state, float[] parameters, float[] gradient, double learningRate) {
    OptimizerState.check(state, 1, parameters, gradient, learningRate);
    state.advance();
    float[] velocity = state.moment(0);
    float mu = (float) momentum;
    float rate = (float) learningRate;
    for (int i = 0; i < parameters.length; i++) {
      float v = mu * velocity[i] + gradient[i];
      velocity[i] = v;
      parameters[i] -= rate * v;
    }
  }
}
