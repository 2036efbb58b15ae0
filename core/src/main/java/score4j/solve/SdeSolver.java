package score4j.solve;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import score4j.array.Batch;
import score4j.rng.Key;

/// A scheme for stochastic differential equations whose noise does not depend on the state,
/// dx = f(x, t) dt + g(t) dw, in the sense of Itô and Stratonovich alike.
///
/// **Same bits**: the noise of step k and sample i is that of [score4j.rng.Noise#normals] under the
/// key, so batches may be split at will. The state is `double` throughout.
public sealed interface SdeSolver permits EulerMaruyama, StochasticHeun {
  /// Follows one path of one coordinate in equal steps with noise that is given, without
  /// allocating.
  ///
  /// @param drift f(x, t)
  /// @param diffusion g(t)
  /// @param start the state at the time `from`
  /// @param z standard normal noise; as many numbers as there are steps
  /// @param path where the states go, one more: the start, then the state after every step
  /// @throws IllegalArgumentException if `z` is empty or `path` is too short
  void path(
      DoubleBinaryOperator drift,
      DoubleUnaryOperator diffusion,
      double from,
      double to,
      double start,
      float[] z,
      double[] path);

  /// Follows samples in place from the first of the times to the last.
  ///
  /// @param times strictly rising, or strictly falling: then h is negative and its root that of
  ///     its size
  /// @param x B samples, where they begin and where they are afterwards
  /// @param firstSample the number of the sample in the first row
  /// @throws IllegalArgumentException if the times are not in order
  /// @throws ArithmeticException if a sample is not finite at the end; names the key and the row
  void solve(
      Drift drift,
      DoubleUnaryOperator diffusion,
      double[] times,
      Batch x,
      long firstSample,
      Key key);
}
