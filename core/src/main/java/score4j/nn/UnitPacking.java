package score4j.nn;

import java.util.Arrays;
import score4j.internal.kernel.Kernels;
import score4j.internal.kernel.Products;

/// The weights for lanes that are units: rows padded to whole lanes, once in each orientation.
final class UnitPacking extends Packing {
  // half a megabyte, and two
  private static final int OUTGROWN = 1 << 17;
  private static final int SHARED = 1 << 19;

  /// The number of layers L.
  final int layers;

  /// D: the outputs, and the first of the inputs.
  final int dim;

  /// n_l, and n_l padded.
  final int[] size;

  final int[] width;

  /// Where W_lᵀ begins, n_{l−1} rows of width_l: what values are multiplied with.
  final int[] transposed;

  /// Where W_l begins, n_l rows of width_{l−1}: what cotangents are multiplied with.
  final int[] weight;

  /// Where b_l begins, width_l.
  final int[] bias;

  /// Where weight and bias gradients of layer l begin in a gradient buffer, and its length.
  final int[] weightGradient;

  final int[] biasGradient;
  private final int gradientLength;

  UnitPacking(Mlp mlp, Memory memory) {
    super(mlp, memory);
    layers = mlp.layers();
    size = mlp.sizes().stream().mapToInt(Integer::intValue).toArray();
    dim = mlp.outputs();
    width = Arrays.stream(size).map(Kernels::pad).toArray();
    transposed = new int[layers + 1];
    weight = new int[layers + 1];
    bias = new int[layers + 1];
    weightGradient = new int[layers + 1];
    biasGradient = new int[layers + 1];
    int length = 0;
    for (int l = 1; l <= layers; l++) {
      transposed[l] = memory.reserve((long) size[l - 1] * width[l]);
      weight[l] = memory.reserve((long) size[l] * width[l - 1]);
      bias[l] = memory.reserve(width[l]);
      weightGradient[l] = length;
      length += transposedGradient(l) ? size[l - 1] * width[l] : size[l] * width[l - 1];
      biasGradient[l] = length;
      length += width[l];
    }
    gradientLength = length;
  }

  /// Whether the gradient of W_l is laid out as its transpose: so for the first layer, where
  /// lanes over the few inputs would be mostly padding.
  boolean transposedGradient(int l) {
    return l == 1 && layers > 1;
  }

  /// Whether weights are too many for the second-level cache.
  static boolean outgrowsCache(int weights) {
    return weights > OUTGROWN;
  }

  /// Whether so many are worth one tile of all threads.
  static boolean sharesTiles(int weights) {
    return weights > SHARED;
  }

  /// How many samples share a gradient buffer of so many.
  static int chunk(int weights) {
    return sharesTiles(weights) ? 4 * CHUNK : outgrowsCache(weights) ? 2 * CHUNK : CHUNK;
  }

  @Override
  boolean sharesTiles() {
    return sharesTiles(gradientLength);
  }

  @Override
  int chunk() {
    return chunk(gradientLength);
  }

  @Override
  int gradientLength() {
    return gradientLength;
  }

  @Override
  int capacity(int tangents, Forms forms) {
    return UnitJet.capacity(this, forms.isTrace() ? dim : tangents, gradientLength);
  }

  @Override
  Jet jet(Kernels kernels, Products products, int capacity, int tangents, Forms forms) {
    if (forms.isTrace()) {
      Jet diagonal = jet(kernels, products, capacity, dim, Forms.DIAGONAL);
      return new TraceJet(diagonal, dim, capacity);
    }
    return new UnitJet(this, kernels, products, capacity, tangents, forms == Forms.DIAGONAL, null);
  }

  // only the biases: the weights of a first tile are overwritten
  @Override
  void clear(float[] gradient) {
    for (int l = 1; l <= layers; l++) {
      Arrays.fill(gradient, biasGradient[l], biasGradient[l] + width[l], 0f);
    }
  }

  @Override
  void pack(float[] parameters, int part) {
    float[] m = memory.floats();
    int offset = 0;
    for (int l = 1; l <= layers; l++) {
      int in = size[l - 1];
      int out = size[l];
      int from = first(out, part);
      int to = first(out, part + 1);
      for (int o = from; o < to; o++) {
        System.arraycopy(parameters, offset + o * in, m, weight[l] + o * width[l - 1], in);
      }
      Matrices.transpose(m, transposed[l], width[l], parameters, offset, in, from, to, in);
      offset += in * out;
      System.arraycopy(parameters, offset + from, m, bias[l] + from, to - from);
      offset += out;
    }
  }

  @Override
  void unpack(
      Kernels kernels, float[][] buffers, int count, float scale, float[] gradient, int part) {
    float[] sum = buffers[0];
    int offset = 0;
    for (int l = 1; l <= layers; l++) {
      int in = size[l - 1];
      int out = size[l];
      int from = first(out, part);
      int to = first(out, part + 1);
      int start = weightGradient[l];
      for (int c = 1; c < count; c++) {
        float[] buffer = buffers[c];
        if (transposedGradient(l)) {
          for (int i = 0; i < in; i++) {
            int at = start + i * width[l] + from;
            kernels.add(sum, at, buffer, at, to - from);
          }
        } else {
          int at = start + from * width[l - 1];
          kernels.add(sum, at, buffer, at, (to - from) * width[l - 1]);
        }
        kernels.add(sum, biasGradient[l] + from, buffer, biasGradient[l] + from, to - from);
      }
      if (transposedGradient(l)) {
        Matrices.scaledTranspose(gradient, offset, in, sum, start, width[l], scale, from, to, in);
      } else {
        for (int o = from; o < to; o++) {
          for (int i = 0; i < in; i++) {
            gradient[offset + o * in + i] = scale * sum[start + o * width[l - 1] + i];
          }
        }
      }
      offset += in * out;
      for (int o = from; o < to; o++) {
        gradient[offset + o] = scale * sum[biasGradient[l] + o];
      }
      offset += out;
    }
  }

  /// The first of a layer's outputs that belongs to a part: whole groups of lanes, as even as can
  /// be.
  int first(int out, int part) {
    return Math.min(out, Kernels.pad((int) ((long) out * part / parts())));
  }
}
