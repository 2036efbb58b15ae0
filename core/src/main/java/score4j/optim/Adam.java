package score4j.optim;

/// Adam: steps of about the learning rate in every parameter, whatever the scale of its gradient.
///
/// ```text
/// m ← m + (1 − β₁)(g − m)                  the same as β₁·m + (1 − β₁)·g
/// v ← v + (1 − β₂)(g² − v)
/// p ← p − η · m̂ / (√v̂ + ε),   m̂ = m/(1 − β₁ᵗ),   v̂ = v/(1 − β₂ᵗ)
///                                                   Kingma & Ba 2015, Algorithm 1, arXiv:1412.6980
/// ```
/// t is the true number of the step, 1 for the first, so the first step has size η wherever |g| ≫
/// ε. ε stands outside the root.
///
/// - **Error**: float arithmetic. The bias corrections are computed in double, with the
///   same bits on every machine. A gradient beyond 1.8e19 in size overflows v and
///   turns its parameter into NaN.
///
/// @param beta1 β₁, the decay of the mean gradient, from 0 to less than 1
/// @param beta2 β₂, the decay of the mean square, from 0 to less than 1
/// @param epsilon ε > 0
public record Adam(double beta1, double beta2, double epsilon) implements Optimizer {
  /// Checks the ranges.
  public Adam {
    if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException(
          "beta1 and beta2 must be at least 0 and less than 1 but were %s and %s"
              .formatted(beta1, beta2));
    }
    if (!((float) epsilon > 0) || epsilon > Float.MAX_VALUE) {
      throw new IllegalArgumentException(
          "epsilon must be a positive number that a float can hold but was %s: use 1e-8"
              .formatted(epsilon));
    }
  }

  /// β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
  public static Adam standard() {
    return new Adam(0.9, 0.999, 1e-8);
  }

  @Override
  public OptimizerState init(int size) {
    return OptimizerState.zeros(size, 2);
  }

  @Override
  public void update(
      OptimizerState state, float[] parameters, float[] gradient, double learningRate) {
    OptimizerState.check(state, 2, parameters, gradient, learningRate);
    long t = state.advance();
    float[] mean = state.moment(0);
    float[] square = state.moment(1);
    float rate1 = (float) (1 - beta1);
    float rate2 = (float) (1 - beta2);
    float step = (float) (learningRate / (1 - Powers.power(beta1, t)));
    float root = (float) (1 / Math.sqrt(1 - Powers.power(beta2, t)));
    float eps = (float) epsilon;
    for (int i = 0; i < parameters.length; i++) {
      float g = gradient[i];
      float m = mean[i] + rate1 * (g - mean[i]);
      float v = square[i] + rate2 * (g * g - square[i]);
      mean[i] = m;
      square[i] = v;
      parameters[i] -= step * m / ((float) Math.sqrt(v) * root + eps);
    }
  }
}
