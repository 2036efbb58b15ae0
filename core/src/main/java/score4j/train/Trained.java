package score4j.train;

import java.util.List;
import score4j.nn.ScoreNetwork;

/// What a training gives back.
///
/// @param network the learned score: the weights after the epoch with the least held-out loss if
///     the trainer has patience, otherwise after the last; averaged where there is an average
/// @param history one report an epoch
/// @param epoch the epoch whose weights the network has
public record Trained(ScoreNetwork network, List<EpochReport> history, int epoch) {
  /// Keeps a copy of the history.
  public Trained {
    history = List.copyOf(history);
  }

  /// The report of the epoch whose weights the network has.
  public EpochReport report() {
    return history.get(epoch - 1);
  }
}
