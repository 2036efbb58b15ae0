package score4j.optim;

/// A rule that moves parameters against a gradient.
///
/// The rule is a value without memory; what it remembers between steps is an [OptimizerState], made
/// by [#init] and changed by [#update]. One rule serves any number of runs at once, each with a
/// state of its own.
///
/// ```java
/// OptimizerState state = optimizer.init(parameters.length);
/// optimizer.update(state, parameters, gradient, 1e-3); // once a step; allocates nothing
/// ```
public interface Optimizer {
  /// The state before the first step.
  ///
  /// @param size the number of parameters P
  OptimizerState init(int size);

  /// Makes one step: overwrites `parameters`, counts one step in `state`, allocates nothing.
  ///
  /// @param state made by [#init] of an equal optimiser
  /// @param parameters P numbers, overwritten
  /// @param gradient P numbers, the gradient of a loss that is to fall; must not share its array
  ///     with `parameters`
  /// @param learningRate the rate of this step
  /// @throws IllegalArgumentException if a length is not P, or the rate is negative or not finite
  void update(OptimizerState state, float[] parameters, float[] gradient, double learningRate);
}
