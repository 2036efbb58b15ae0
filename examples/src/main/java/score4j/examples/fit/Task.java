package score4j.examples.fit;

import java.util.Objects;
import score4j.nn.Conditioning;
import score4j.objective.Objective;

/// What a network is to learn: the loss, and what it is told beside x.
///
/// @param objective the loss
/// @param conditioning what the network is told; [Conditioning#none] for the score of the data
/// alone
public record Task(Objective objective, Conditioning conditioning) {
  /// Checks that nothing is null.
  public Task {
    Objects.requireNonNull(objective, "objective");
    Objects.requireNonNull(conditioning, "conditioning");
  }

  /// The score of the data alone, at no noise or the one level of the objective.
  public static Task of(Objective objective) {
    return new Task(objective, Conditioning.none());
  }
}
