package score4j.gpu;

import java.util.List;
import score4j.nn.Mlp;

/// Which kernels compute the scores and chains of a network on a card, and which limit kept it from
/// faster ones.
///
/// In the order of preference, as the network's sizes and the card's shared memory allow:
///
/// ```text
/// shallow_chain_1 … 4   one hidden layer, no conditions, D = 1, or D ≤ 4 and at most 16 units
/// shallow_chain_units   the same for D = 1 where the layer is wide and the batch small
/// score_chain_s         widths and D up to 128, weights in shared memory
/// score_chain_g         widths and D up to 128
/// score_chain_w         widths and D up to 256
/// layers                anything: a launch for each layer and step
/// ```
/// All but the last make whole chains in one launch. All compute the same bits.
///
/// @param kernel its name, or `layers`
/// @param block threads of a block
/// @param rows of the batch that a block takes
/// @param shared bytes of shared memory of a block
/// @param limit why not a faster one, or "" if there is none
public record KernelPlan(String kernel, int block, int rows, int shared, String limit) {
  /// The most coordinates of networks whose sums the processor takes in another order.
  static final int NARROW = 4;

  private static final String LAYERS = "layers";
  private static final String UNITS = "shallow_chain_units";
  private static final int FEW_UNITS = 16;
  private static final int WIDE_LAYER = 128;
  private static final int SHALLOW_ROWS = 128;

  /// How many blocks of 128 rows each multiprocessor should have before units are not shared.
  private static final int FULL = 4;

  private static final int UNITS_SHARED = 4 * (17 * 260 + 11 * 16);
  private static final int TILE = 64;
  private static final int STATE_STRIDE = 65;

  /// Whether whole chains are made in one launch.
  public boolean fused() {
    return !kernel.equals(LAYERS);
  }

  /// The kernels for a network and a batch.
  ///
  /// @param n rows of the batch
  public static KernelPlan of(Mlp mlp, Device device, long n) {
    int room = device.sharedPerBlock();
    if (isShallow(mlp)) {
      return shallow(mlp, device, n, room);
    }
    List<Integer> sizes = mlp.sizes();
    int widest = sizes.stream().skip(1).mapToInt(Integer::intValue).max().orElseThrow();
    if (widest > 256) {
      return layers("a layer of %d is above 256, the most of score_chain_w".formatted(widest));
    }
    long base = 4L * (actFloats(mlp) + pad4((long) STATE_STRIDE * mlp.outputs()));
    if (widest > 128) {
      return base <= room
          ? new KernelPlan(
              "score_chain_w",
              256,
              TILE,
              (int) base,
              "a layer of %d is above 128, the most of score_chain_s".formatted(widest))
          : layers(memory("score_chain_w", base, room));
    }
    long all = base + 4 * packedFloats(mlp);
    if (all <= room) {
      return new KernelPlan("score_chain_s", 128, TILE, (int) all, "");
    }
    return base <= room
        ? new KernelPlan("score_chain_g", 128, TILE, (int) base, memory("score_chain_s", all, room))
        : layers(memory("score_chain_g", base, room));
  }

  private static KernelPlan shallow(Mlp mlp, Device device, long n, int room) {
    int dim = mlp.outputs();
    int hidden = mlp.sizes().get(1);
    long shared = 4 * (hidden * pad4(2L * dim + 1) + 4);
    boolean fills = n >= (long) FULL * SHALLOW_ROWS * device.multiprocessors();
    if (dim == 1 && (shared > room || (hidden >= WIDE_LAYER && !fills))) {
      return new KernelPlan(
          UNITS,
          128,
          16,
          UNITS_SHARED,
          shared > room ? memory("shallow_chain_1", shared, room) : "");
    }
    return new KernelPlan("shallow_chain_" + dim, SHALLOW_ROWS, SHALLOW_ROWS, (int) shared, "");
  }

  private static KernelPlan layers(String limit) {
    return new KernelPlan(LAYERS, 256, 1, 32_768, limit);
  }

  /// That a kernel takes more shared memory than there is.
  static String memory(String kernel, long wanted, int room) {
    return "%s takes %,d bytes of shared memory and a block may have %,d"
        .formatted(kernel, wanted, room);
  }

  /// Whether the processor computes this network by samples and not by units: another order of
  /// summation, which its kernels follow.
  static boolean isShallow(Mlp mlp) {
    int dim = mlp.outputs();
    return mlp.layers() == 2
        && mlp.inputs() == dim
        && dim <= NARROW
        && (dim == 1 || mlp.sizes().get(1) <= FEW_UNITS);
  }

  /// How many numbers the weights are as kernels have them; [#weightFloats] and the bias of each
  /// layer.
  static long packedFloats(Mlp mlp) {
    long floats = 0;
    for (int l = 1; l <= mlp.layers(); l++) {
      floats += weightFloats(mlp, l) + pad4(mlp.sizes().get(l));
    }
    return floats;
  }

  /// How many numbers W of a layer is: transposed, [in][out padded to 4], or as it is, [out][in
  /// padded to 4], if it is narrow.
  static long weightFloats(Mlp mlp, int layer) {
    long in = mlp.sizes().get(layer - 1);
    long out = mlp.sizes().get(layer);
    return isNarrow(mlp, layer) ? out * pad4(in) : in * pad4(out);
  }

  /// Whether a layer is the last one and has few outputs, whose sums have an order of their own.
  static boolean isNarrow(Mlp mlp, int layer) {
    return layer == mlp.layers() && mlp.outputs() <= NARROW;
  }

  /// The numbers of one tile of activations: a row for each input, and for each output of a layer
  /// that is not narrow, padded to a multiple of 4.
  static long actFloats(Mlp mlp) {
    long rows = mlp.inputs();
    for (int l = 1; l <= mlp.layers(); l++) {
      if (!isNarrow(mlp, l)) {
        rows = Math.max(rows, pad4(mlp.sizes().get(l)));
      }
    }
    return TILE * rows;
  }

  static long pad4(long n) {
    return (n + 3) & ~3L;
  }

  /// One line, such as `score_chain_s: whole chains in one launch, 100,880 bytes of shared memory a
  /// block` or `layers: a launch for each layer and step, because …`.
  @Override
  public String toString() {
    String what =
        fused()
            ? "whole chains in one launch, %,d bytes of shared memory a block".formatted(shared)
            : "a launch for each layer and step";
    return kernel + ": " + what + (limit.isEmpty() ? "" : ", because " + limit);
  }
}
