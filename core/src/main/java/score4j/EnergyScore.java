package score4j;

import score4j.array.Batch;

/// A score that is the gradient of an energy, s = −∇E, so that its density is known up to a factor:
/// p(x) ∝ exp(−E(x)). Differences of energies are what a sampler needs to reject proposals.
public interface EnergyScore extends Score {
  /// Writes E(xᵢ) = −log p(xᵢ) + a constant that nobody needs to know, in nats.
  ///
  /// @param x samples, B × D
  /// @param out at least B numbers
  void energy(Batch x, float[] out);
}
