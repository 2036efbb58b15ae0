package score4j.nn;

import java.util.Arrays;
import java.util.List;
import score4j.array.Parameters;
import score4j.internal.kernel.Kernels;

/// The weights of a network as the kernels want them: rows padded to whole lanes, once in each
/// orientation.
final class PackedMlp {
  final Mlp mlp;

  /// The number of layers L.
  final int layers;

  /// n_l, and n_l padded.
  final int[] size;

  final int[] width;

  /// W_lᵀ, n_{l−1} rows of width_l: what values are multiplied with.
  final float[][] transposed;

  /// W_l, n_l rows of width_{l−1}: what cotangents are multiplied with.
  final float[][] weight;

  /// b_l, width_l.
  final float[][] bias;

  /// Where weight and bias gradients of layer l begin in a gradient buffer, and its length.
  final int[] weightGradient;

  final int[] biasGradient;
  final int gradientLength;

  /// The slices that were last found to be those of the network.
  private List<Parameters.Slice> checked = List.of();

  PackedMlp(Mlp mlp) {
    this.mlp = mlp;
    layers = mlp.layers();
    size = mlp.sizes().stream().mapToInt(Integer::intValue).toArray();
    width = Arrays.stream(size).map(Kernels::pad).toArray();
    transposed = new float[layers + 1][];
    weight = new float[layers + 1][];
    bias = new float[layers + 1][];
    weightGradient = new int[layers + 1];
    biasGradient = new int[layers + 1];
    int length = 0;
    for (int l = 1; l <= layers; l++) {
      transposed[l] = new float[size[l - 1] * width[l]];
      weight[l] = new float[size[l] * width[l - 1]];
      bias[l] = new float[width[l]];
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

  @SuppressWarnings("ReferenceEquality") // comparing the slices anew would allocate at every step
  void pack(Parameters parameters) {
    if (parameters.slices() != checked) {
      mlp.requireParameters(parameters);
      checked = parameters.slices();
    }
    float[] p = parameters.data();
    int offset = 0;
    for (int l = 1; l <= layers; l++) {
      int in = size[l - 1];
      int out = size[l];
      float[] wt = transposed[l];
      for (int o = 0; o < out; o++) {
        System.arraycopy(p, offset + o * in, weight[l], o * width[l - 1], in);
      }
      for (int i = 0; i < in; i++) {
        for (int o = 0; o < out; o++) {
          wt[i * width[l] + o] = p[offset + o * in + i];
        }
      }
      offset += in * out;
      System.arraycopy(p, offset, bias[l], 0, out);
      offset += out;
    }
  }

  /// Scales a gradient and copies it from the padded layout to the flat one.
  void unpack(float[] buffer, float scale, float[] gradient) {
    int offset = 0;
    for (int l = 1; l <= layers; l++) {
      int in = size[l - 1];
      int out = size[l];
      int from = weightGradient[l];
      if (transposedGradient(l)) {
        for (int i = 0; i < in; i++) {
          for (int o = 0; o < out; o++) {
            gradient[offset + o * in + i] = scale * buffer[from + i * width[l] + o];
          }
        }
      } else {
        for (int o = 0; o < out; o++) {
          for (int i = 0; i < in; i++) {
            gradient[offset + o * in + i] = scale * buffer[from + o * width[l - 1] + i];
          }
        }
      }
      offset += in * out;
      for (int o = 0; o < out; o++) {
        gradient[offset + o] = scale * buffer[biasGradient[l] + o];
      }
      offset += out;
    }
  }
}
