package score4j.nn;

/// The passes of one network, forward with the value and K quadratic forms of its Jacobian and
/// backward to the gradient, made elsewhere than on this processor: what a device has to offer so
/// that [DeviceEngine] computes the loss of any [Head] there.
///
/// F is the network itself, whose first D inputs are x; scalings of a [Conditioning] are not its
/// business. With v_k the directions and J = ∂F/∂x, D × D, the forms of a row are q_k = v_kᵀJv_k as
/// [Forms] says. All arrays are row-major and may be longer than needed; what a method does not
/// write stays as it is, and nothing is kept of what is passed.
///
/// Used by one caller at a time, in this order: [#parameters], then for tile after tile [#forward]
/// and, if its gradient is wanted, [#backward], or [#implicit] for both, and at the end
/// [#gradient].
public interface JetDevice extends AutoCloseable {
  /// Makes devices for networks.
  @FunctionalInterface
  interface Factory {
    /// The passes of a network.
    ///
    /// @param mlp at least as many inputs as outputs D
    /// @param forms which forms
    /// @param tangents K: any for directions, D for the diagonal, 1 for a trace, 0 for none
    JetDevice open(Mlp mlp, Forms forms, int tangents);
  }

  /// The most rows of a tile, at least 16. The same for the same network, because sums are taken
  /// tile by tile.
  int capacity();

  /// Takes the parameters of a call, and starts a new sum of gradients.
  ///
  /// @param flat P numbers in the layout of [Mlp#slices]
  void parameters(float[] flat);

  /// Computes F and q of some rows.
  ///
  /// @param input rows of network inputs, n × inputs
  /// @param directions v, n × K × D; empty unless forms are directional
  /// @param n rows, from 1 to [#capacity]
  /// @param gradientFollows whether [#backward] will be called for these rows
  /// @param output F, n × D
  /// @param forms q, n × K
  void forward(
      float[] input,
      float[] directions,
      int n,
      boolean gradientFollows,
      float[] output,
      float[] forms);

  /// Adds the gradient of Σ (F̄·F + Σ_k q̄_k·q_k) over the rows of the last [#forward].
  ///
  /// @param outputBar F̄, n × D
  /// @param formsBar q̄, n × K
  void backward(float[] outputBar, float[] formsBar, int n);

  /// Computes the sum of ½‖F‖² + w·Σ_k q_k over some rows, and adds its gradient if it is wanted:
  /// nothing but one number has to come back.
  ///
  /// @param input rows of network inputs, n × inputs
  /// @param directions v, n × K × D; empty unless forms are directional
  /// @param n rows, from 1 to [#capacity]
  /// @param weight w
  /// @return the sum, possibly not finite
  double implicit(float[] input, float[] directions, int n, float weight, boolean gradientWanted);

  /// Writes the sum of gradients since [#parameters] times a number.
  ///
  /// @param out P numbers, overwritten
  void gradient(float scale, float[] out);

  /// Gives the memory back. Does nothing the second time.
  @Override
  void close();
}
