package score4j.train;

import java.util.List;
import java.util.function.Function;

/// What a training gives back.
///
/// @param <N> what was trained
/// @param network what was learned: the weights after the epoch with the least held-out loss if
///     the trainer has patience, otherwise after the last; averaged where there is an average
/// @param history one report an epoch
/// @param epoch the epoch whose weights the network has
public record Trained<N>(N network, List<EpochReport> history, int epoch) {
  /// Keeps a copy of the history.
  public Trained {
    history = List.copyOf(history);
  }

  <M> Trained<M> map(Function<N, M> make) {
    return new Trained<>(make.apply(network), history, epoch);
  }

  /// The report of the epoch whose weights the network has.
  public EpochReport report() {
    return history.get(epoch - 1);
  }
}
