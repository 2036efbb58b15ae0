package score4j.nn;

import java.util.List;
import score4j.array.Parameters;
import score4j.internal.kernel.Kernels;
import score4j.internal.kernel.Products;

/// The weights of a network in working memory, laid out as the passes of a [Jet] want them, and the
/// layout of a buffer for their gradient.
///
/// Which lanes the vectors run over is decided here, by the network alone: units in general,
/// samples where there is one hidden layer and few units or one coordinate.
///
/// A score of D coordinates is a network of D outputs. Its first D inputs are x; further ones are
/// conditions, which have no tangents.
abstract sealed class Packing permits UnitPacking, SamplePacking, CyclicPacking {
  static final int CHUNK = 64;
  private static final int MOST_PARTS = 16;
  // with more, in two dimensions and above, sums over samples cost more than what the lanes save
  private static final int FEW_UNITS = 16;

  final Mlp mlp;

  /// Where the weights are.
  final Memory memory;

  /// The slices that were last found to be those of the network.
  private List<Parameters.Slice> checked = List.of();

  Packing(Mlp mlp, Memory memory) {
    this.mlp = mlp;
    this.memory = memory;
  }

  /// The layout for a network and what is asked of it, its places reserved.
  static Packing of(Mlp mlp, Forms forms, Memory memory) {
    int dim = mlp.outputs();
    boolean cyclic = mlp.layers() > 1 && forms.isTrace();
    if (cyclic && forms == Forms.CYCLIC_TRACE) {
      return new CyclicPacking(mlp, memory);
    }
    boolean shallow = mlp.layers() == 2 && mlp.inputs() == dim && dim <= Kernels.NARROW;
    if (shallow && (dim == 1 || mlp.sizes().get(1) <= FEW_UNITS)) {
      return new SamplePacking(mlp, memory);
    }
    return cyclic && TraceCost.cyclicIsCheaper(mlp)
        ? new CyclicPacking(mlp, memory)
        : new UnitPacking(mlp, memory);
  }

  /// Refuses parameters of another network.
  @SuppressWarnings("ReferenceEquality") // comparing the slices anew would allocate at every step
  final void check(Parameters parameters) {
    if (parameters.slices() != checked) {
      mlp.requireParameters(parameters);
      checked = parameters.slices();
    }
  }

  /// Whether threads share one tile at a time, and with it one way of the weights to the cache and
  /// one gradient buffer, instead of each having its own. A function of the network and the forms
  /// alone.
  boolean sharesTiles() {
    return false;
  }

  /// How many samples share a gradient buffer, at least, and a shared tile holds, at most: a
  /// function of the network and the forms alone.
  int chunk() {
    return CHUNK;
  }

  /// In how many parts packing and unpacking are divided, for threads to share.
  int parts() {
    return Math.clamp(gradientLength() >> 11, 1, MOST_PARTS);
  }

  /// The length of a gradient buffer.
  abstract int gradientLength();

  /// Sets to 0 what the first tile of a chunk adds to; the rest it overwrites.
  abstract void clear(float[] gradient);

  /// Copies a part of the flat parameters to the working memory.
  abstract void pack(float[] parameters, int part);

  /// Whether [#fold] and [#combine] have anything to do.
  boolean folds() {
    return false;
  }

  /// Computes a part of what depends on weights of several layers, after all parts are packed.
  void fold(Kernels kernels, int part) {}

  /// Adds a part of what was folded in `count` gradient buffers, in their order, before any part is
  /// unpacked.
  void combine(Kernels kernels, float[][] buffers, int count, int part) {}

  /// Adds a part of `count` gradient buffers, in their order, and writes the scaled sum to the flat
  /// gradient. The first buffer is overwritten.
  abstract void unpack(
      Kernels kernels, float[][] buffers, int count, float scale, float[] gradient, int part);

  /// How many samples a tile holds, so that it stays in the second-level cache if the weights do. A
  /// function of the
  /// network and the directions alone, because the order of summation depends on it.
  abstract int capacity(int tangents, Forms forms);

  /// The passes over a tile, their places reserved.
  ///
  /// @param products the products and loops that threads may share
  /// @param capacity the most samples a tile holds
  /// @param tangents K
  abstract Jet jet(Kernels kernels, Products products, int capacity, int tangents, Forms forms);
}
