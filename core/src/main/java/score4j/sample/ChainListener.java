package score4j.sample;

import score4j.array.Batch;

/// Sees the chains of a [Sampler] on their way.
@FunctionalInterface
public interface ChainListener {
  /// Called from the thread that runs the sampler, before the first step (`step` = 0), then after
  /// every so many steps, and after the last.
  ///
  /// @param step how many steps have been made, of [Sampler#steps]
  /// @param x the samples as they are now, shared with the chains: copy what is to be kept, and do
  ///     not write
  void state(long step, Batch x);
}
