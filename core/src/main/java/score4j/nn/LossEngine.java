package score4j.nn;

import java.util.List;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.rng.Key;

/// The loss of a model as a function of its parameters: what a training steps down.
///
/// Used by one caller at a time; [#close] ends its threads.
public interface LossEngine extends AutoCloseable {
  /// The number of coordinates D of a sample.
  int dim();

  /// What the parameters are.
  List<Parameters.Slice> slices();

  /// The mean loss over a batch that is part of a greater whole under one key, in nats per sample,
  /// and its gradient.
  ///
  /// @param x samples, B × D, at least one
  /// @param firstSample the number of the first row in the whole: row i draws from (key,
  ///     firstSample + i)
  /// @param gradient overwritten with ∂loss/∂parameters, flat [P] in the layout of the parameters
  /// @return the loss, possibly not finite
  /// @throws IllegalArgumentException if a shape does not fit
  double lossAndGradient(
      Parameters parameters, Batch x, long firstSample, Key key, float[] gradient);

  /// The mean loss over a batch, in nats per sample; its rows are samples 0, 1, … of the key.
  ///
  /// @throws IllegalArgumentException if a shape does not fit
  double loss(Parameters parameters, Batch x, Key key);

  /// The loss of each sample of a batch that is part of a greater whole under one key.
  ///
  /// @param firstSample the number of the first row in the whole
  /// @param perSample at least B numbers
  /// @throws IllegalArgumentException if a shape does not fit
  void losses(Parameters parameters, Batch x, long firstSample, Key key, float[] perSample);

  /// Does what makes a long run faster and a short one slower; nothing by default.
  ///
  /// @param x any samples
  default void warmUp(Parameters parameters, Batch x, Key key) {}

  @Override
  void close();
}
