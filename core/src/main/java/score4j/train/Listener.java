package score4j.train;

import score4j.array.Parameters;

/// Sees a training on its way. All calls come from the thread that called [Trainer#train].
public interface Listener {
  /// A listener that does nothing.
  Listener NONE = new Listener() {};

  /// Called once a step, when its loss and gradient are known and before the parameters move.
  ///
  /// @param step the number of steps made before it: 0 for the first
  /// @param loss the mean loss of its minibatch
  default void step(long step, double loss) {}

  /// Called after every epoch.
  ///
  /// @param report what the epoch came to
  /// @param current the weights now, the averaged ones where there is an average; shared with the
  ///     training: copy what is to be kept, and do not write
  /// @return whether to go on; false ends the training here
  default boolean epoch(EpochReport report, Parameters current) {
    return true;
  }
}
