package score4j.gpu;

import java.util.Collections;
import java.util.List;
import score4j.nn.Mlp;

/// The sizes that the kernels of tangents and gradients go by; jet.cuh explains them.
final class JetSizes {
  /// The most blocks that have partial gradients of their own.
  static final int MOST_BLOCKS = 264;

  /// The largest size of a network that goes by tiles.
  static final int MOST_WIDTH = 128;

  private static final int COLUMNS = 64;
  private static final int STRIDE = 68;
  private static final int MOST_TANGENTS = 15;
  private static final int LEAST_SPAN = 256;

  /// The most units of a layer, and columns of a matrix: a grid's second dimension counts 128 of
  /// them at a time.
  private static final int MOST_UNITS = 65_535 * 128;

  private final List<Integer> sizes;

  /// Tangents K.
  final int tangents;

  /// Layers L.
  final int layers;

  /// Inputs n₀.
  final int inputs;

  /// Outputs D.
  final int dim;

  /// How many rows a matrix between layers may need; inputs have one of ones, for biases.
  final int widest;

  JetSizes(Mlp mlp, int tangents) {
    sizes = mlp.sizes();
    this.tangents = tangents;
    layers = mlp.layers();
    inputs = mlp.inputs();
    dim = mlp.outputs();
    int most = inputs + 1;
    for (int l = 1; l <= layers; l++) {
      most = Math.max(most, size(l));
    }
    widest = pad(most);
    if (widest > MOST_UNITS) {
      throw new IllegalArgumentException(
          "a layer of %,d is above %,d, the most of jet_weights: use the cpu backend"
              .formatted(most, MOST_UNITS));
    }
  }

  /// n_l.
  int size(int l) {
    return sizes.get(l);
  }

  static int pad(int n) {
    return (n + 3) & ~3;
  }

  /// Particles of a tile.
  int particles() {
    int groups = Math.max(1, Math.ceilDiv(tangents, MOST_TANGENTS));
    return COLUMNS / (1 + Math.ceilDiv(tangents, groups));
  }

  /// The largest of the sizes.
  int largest() {
    return Collections.max(sizes);
  }

  private long tileRows() {
    int most = inputs + 1;
    for (int l = 1; l < layers; l++) {
      most = Math.max(most, pad(size(l)));
    }
    return (long) most + pad(dim);
  }

  private long hiddenRows() {
    long rows = 0;
    for (int l = 1; l < layers; l++) {
      rows += pad(size(l));
    }
    return rows;
  }

  /// Bytes of shared memory for values and tangents.
  long forwardShared() {
    return 4 * STRIDE * tileRows();
  }

  /// Bytes of shared memory for gradients.
  long gradientShared() {
    return 4 * STRIDE * (tileRows() + hiddenRows());
  }

  /// Columns of a matrix between layers.
  int columns(int n) {
    long columns = KernelPlan.pad4((long) n * (1 + tangents));
    if (columns > MOST_UNITS) {
      throw new IllegalArgumentException(
          "%,d rows of 1 + %,d columns are more than %,d, the most of dense: use fewer probes"
              .formatted(n, tangents, MOST_UNITS));
    }
    return (int) columns;
  }

  /// Rows of all matrices that the way by layers needs.
  long layerRows(boolean gradient) {
    long hidden = gradient ? hiddenRows() : layers > 1 ? widest : 0;
    return (gradient ? 2L : 1L) * widest + pad(dim) + hidden;
  }

  /// How many columns have a partial gradient of their own.
  int span(int columns) {
    int span = Math.ceilDiv(columns, mostSplits());
    return Math.max(LEAST_SPAN, (span + 15) & ~15);
  }

  /// How many partial gradients keep a card busy, where each layer is made by blocks of 128².
  private int mostSplits() {
    int tiles = 1;
    for (int l = 1; l <= layers; l++) {
      tiles = Math.max(tiles, Math.ceilDiv(size(l), 128) * Math.ceilDiv(size(l - 1), 128));
    }
    return Math.ceilDiv(MOST_BLOCKS, tiles);
  }

  int splits(int columns) {
    return Math.ceilDiv(columns, span(columns));
  }

  /// How many partial gradients there are of n rows.
  int parts(int n, boolean tiles) {
    return tiles ? Math.min(Math.ceilDiv(n, particles()), MOST_BLOCKS) : splits(columns(n));
  }

  /// At least as many as there are for any batch of at most n rows.
  int mostParts(int n, boolean tiles) {
    return tiles ? parts(n, true) : Math.min(mostSplits(), Math.ceilDiv(columns(n), LEAST_SPAN));
  }

  /// How many numbers the weights are, both ways round.
  long packed() {
    long floats = 0;
    for (int l = 1; l <= layers; l++) {
      floats += (size(l - 1) + 1L) * pad(size(l)) + (long) size(l) * pad(size(l - 1));
    }
    return floats;
  }

  /// Where Wᵀ of a layer begins.
  long forward(int layer) {
    long at = 0;
    for (int l = 1; l < layer; l++) {
      at += (size(l - 1) + 1L) * pad(size(l));
    }
    return at;
  }

  /// Where the bias of a layer begins.
  long bias(int layer) {
    return forward(layer) + (long) size(layer - 1) * pad(size(layer));
  }

  /// Where W of a layer begins.
  long backward(int layer) {
    long at = forward(layers + 1);
    for (int l = 1; l < layer; l++) {
      at += (long) size(l) * pad(size(l - 1));
    }
    return at;
  }

  /// Where a layer begins in the flat parameters.
  long flat(int layer) {
    long at = 0;
    for (int l = 1; l < layer; l++) {
      at += (size(l - 1) + 1L) * size(l);
    }
    return at;
  }
}
