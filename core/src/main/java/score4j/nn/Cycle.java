package score4j.nn;

import score4j.internal.kernel.Kernels;
import score4j.internal.kernel.Products;

/// The trace of the Jacobian as a function of the slopes of the hidden layers.
///
/// ```text
/// tr ∂s/∂x = tr(W_L Φ_{L−1} W_{L−1} … Φ₁ W₁) = tr(Φ_{L−1} W_{L−1} … Φ₁ C),   C = W₁·W_L
/// ```
/// with `Φ_l = diag φ′(z_l)`: the trace of a product does not change when its factors rotate. After
/// C is folded, once a step, the dimension D is gone: one hidden layer leaves a dot product of its
/// slopes with the diagonal of C, two a bilinear form of their slopes, and more a trace over the
/// narrowest of them instead of over the inputs.
///
/// This is the part that all threads share: what is folded from the weights, and where the
/// gradient of it is summed. [Passes] is the part of one tile.
abstract sealed class Cycle permits OneLayerCycle, TwoLayerCycle, DeepCycle {
  final UnitPacking net;
  final Memory memory;
  private int length;

  Cycle(UnitPacking net) {
    this.net = net;
    memory = net.memory;
    length = net.gradientLength();
  }

  /// The way for a network of at least one hidden layer, its places reserved.
  static Cycle of(UnitPacking net) {
    return switch (net.layers) {
      case 2 -> new OneLayerCycle(net);
      case 3 -> new TwoLayerCycle(net);
      default -> new DeepCycle(net);
    };
  }

  /// Room in a gradient buffer behind that of the network.
  final int reserveGradient(int n) {
    int start = length;
    length += n;
    return start;
  }

  /// The length of a gradient buffer.
  final int gradientLength() {
    return length;
  }

  /// Folds a part of the weights, after all parts of them are packed.
  abstract void fold(Kernels kernels, int part);

  /// Sets to 0 what the first tile of a chunk adds to.
  abstract void clear(float[] gradient);

  /// Whether tiles add to the gradients of the weights between hidden layers, too.
  boolean addsToHidden() {
    return false;
  }

  /// Sums a part of what is folded over all buffers into the first, in their order.
  abstract void combine(Kernels kernels, float[][] buffers, int count, int part);

  /// Takes a part of the gradient of C apart: adds to that of W₁ and W_L in the first buffer, after
  /// all parts are combined.
  abstract void unfold(Kernels kernels, float[] sum, int part);

  /// K: how many directional derivatives a sample takes, 0 where there are none.
  abstract int tangents();

  /// The passes over a tile, their places reserved.
  ///
  /// @param products the products that threads may share
  /// @param d1 where φ′ of each hidden layer begins
  abstract Passes passes(Kernels kernels, Products products, int capacity, int[] d1);

  /// The passes over one tile, after the values and slopes of the hidden layers are
  /// there.
  interface Passes {
    /// Writes the trace of each sample.
    void trace(float[] out, int n);

    /// Computes the sensitivities and adds the gradient of Σ q̄·tr by the weights, after [#trace].
    ///
    /// @param traceBar q̄, n
    /// @param first whether the buffer is but cleared
    void backward(float[] traceBar, int n, boolean first, float[] gradient);

    /// Where `∂tr/∂φ′` of a hidden layer begins, after [#backward]; rows are [#stride] apart.
    int sensitivity(int layer);

    /// 0 where all samples share one row.
    int stride(int layer);

    /// What the sensitivities of the samples are to be multiplied with.
    float[] scale(float[] traceBar);
  }
}
