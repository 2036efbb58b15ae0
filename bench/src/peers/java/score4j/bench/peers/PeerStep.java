package score4j.bench.peers;

/// One way to a mean loss and its gradient by all parameters.
interface PeerStep {
  /// The loss. The gradient stays where the library has it.
  double lossAndGradient();

  /// The same, and the gradient flat and in the order of the parameters, to compare it.
  double lossAndGradient(float[] gradient);
}
