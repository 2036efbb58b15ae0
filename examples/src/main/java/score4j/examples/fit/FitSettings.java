package score4j.examples.fit;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import score4j.Threads;
import score4j.array.Batch;
import score4j.nn.Activation;
import score4j.objective.Objective;

/// How to learn the score of a table.
///
/// @param task what to learn, given the standardised rows to learn from: noise may depend on them
/// @param hidden units of the hidden layers
/// @param activation the function between layers
/// @param epochs passes over the rows
/// @param patience stop after so many epochs without a better held-out loss; 0 for never
/// @param batch rows a step
/// @param learningRate of Adam at the start; it falls along a cosine to a hundredth of that
/// @param heldOut share of the rows to judge by
/// @param threads who computes; the result does not depend on it
public record FitSettings(
    Function<Batch, Task> task,
    List<Integer> hidden,
    Activation activation,
    int epochs,
    int patience,
    int batch,
    double learningRate,
    double heldOut,
    Threads threads) {
  /// Keeps a list of its own.
  public FitSettings {
    Objects.requireNonNull(task, "task");
    hidden = List.copyOf(hidden);
  }

  /// How to learn the score of the data alone.
  ///
  /// @param objective the loss
  public FitSettings(
      Objective objective,
      List<Integer> hidden,
      Activation activation,
      int epochs,
      int patience,
      int batch,
      double learningRate,
      double heldOut,
      Threads threads) {
    this(
        rows -> Task.of(objective),
        hidden,
        activation,
        epochs,
        patience,
        batch,
        learningRate,
        heldOut,
        threads);
  }
}
