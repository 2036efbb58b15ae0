package score4j.train;

/// What an epoch came to.
///
/// @param epoch the number of the epoch, 1 for the first
/// @param step how many steps have been made in all, this epoch's included
/// @param loss the mean over the epoch's samples of the loss that each had in its minibatch, that
///     is *before* the step it took part in, in nats per sample
/// @param heldOutLoss the loss on the held-out samples *after* the epoch, with the averaged weights
///     where there is an average; NaN if it was not evaluated
public record EpochReport(int epoch, long step, double loss, double heldOutLoss) {
  /// Whether the held-out loss was evaluated after this epoch.
  public boolean evaluated() {
    return !Double.isNaN(heldOutLoss);
  }
}
