package score4j.nn;

import java.util.List;
import score4j.array.Parameters;
import score4j.internal.kernel.Kernels;

/// The weights of a network in working memory, laid out as the passes of a [Jet] want them, and the
/// layout of a buffer for their gradient.
///
/// Which lanes the vectors run over is decided here, by the network alone: units in general,
/// samples where there is one hidden layer and few units or one coordinate.
abstract sealed class Packing permits UnitPacking, SamplePacking {
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

  /// The layout for a network, its places reserved.
  static Packing of(Mlp mlp, Memory memory) {
    int dim = mlp.inputs();
    boolean shallow = mlp.layers() == 2 && mlp.outputs() == dim && dim <= Kernels.NARROW;
    return shallow && (dim == 1 || mlp.sizes().get(1) <= FEW_UNITS)
        ? new SamplePacking(mlp, memory)
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

  /// In how many parts packing and unpacking are divided, for threads to share.
  final int parts() {
    return Math.clamp(gradientLength() >> 11, 1, MOST_PARTS);
  }

  /// The length of a gradient buffer.
  abstract int gradientLength();

  /// Sets to 0 what the first tile of a chunk adds to; the rest it overwrites.
  abstract void clear(float[] gradient);

  /// Copies a part of the flat parameters to the working memory.
  abstract void pack(float[] parameters, int part);

  /// Adds a part of `count` gradient buffers, in their order, and writes the scaled sum to the flat
  /// gradient. The first buffer is overwritten.
  abstract void unpack(
      Kernels kernels, float[][] buffers, int count, float scale, float[] gradient, int part);

  /// Whether a [Jet] can do without directions that are the unit vectors.
  abstract boolean sharesBasis();

  /// How many samples a tile holds, so that it stays in the second-level cache. A function of the
  /// network and the directions alone, because the order of summation depends on it.
  abstract int capacity(int tangents, boolean basis);

  /// The passes of one thread, their places reserved.
  ///
  /// @param capacity the most samples a tile holds
  /// @param tangents K
  /// @param basis whether the directions are the unit vectors
  abstract Jet jet(Kernels kernels, int capacity, int tangents, boolean basis);
}
