package score4j.nn;

import java.util.Arrays;
import score4j.internal.kernel.Kernels;
import score4j.internal.kernel.Products;

/// The weights of one hidden layer for lanes that are samples: W₁ and its bias side by side, W₂,
/// and C, which makes the Jacobian a product with the slopes of the activations.
///
/// ```text
/// ∂s_d/∂x_e = Σ_j C[de, j]·φ′_j,   C[de, j] = W₂[d, j]·W₁[j, e]
/// ```
final class SamplePacking extends Packing {
  // the cost of a sample is small, and so must be the share of what a chunk costs
  private static final int CHUNK = 256;

  /// D and the number of hidden units H.
  final int dim;

  final int hidden;

  /// Where [W₁ b₁] begins, H × (D + 1); W₂, D × H; b₂, D; C, D² × H.
  final int first;

  final int second;
  final int bias;
  final int product;

  /// Where the gradients of the same begin in a gradient buffer.
  final int firstGradient;

  final int secondGradient;
  final int biasGradient;
  final int productGradient;

  SamplePacking(Mlp mlp, Memory memory) {
    super(mlp, memory);
    dim = mlp.inputs();
    hidden = mlp.sizes().get(1);
    first = memory.reserve((long) hidden * (dim + 1));
    second = memory.reserve((long) dim * hidden);
    bias = memory.reserve(dim);
    product = memory.reserve((long) dim * dim * hidden);
    firstGradient = 0;
    secondGradient = hidden * (dim + 1);
    biasGradient = secondGradient + dim * hidden;
    productGradient = biasGradient + dim;
  }

  @Override
  int chunk() {
    return CHUNK;
  }

  @Override
  int gradientLength() {
    return productGradient + dim * dim * hidden;
  }

  @Override
  void clear(float[] gradient) {
    Arrays.fill(gradient, 0f);
  }

  // parameters: W₁ [H × D], b₁ [H], W₂ [D × H], b₂ [D]
  @Override
  void pack(float[] parameters, int part) {
    float[] m = memory.floats();
    int b1 = hidden * dim;
    int w2 = b1 + hidden;
    for (int j = unit(part); j < unit(part + 1); j++) {
      int row = first + j * (dim + 1);
      System.arraycopy(parameters, j * dim, m, row, dim);
      m[row + dim] = parameters[b1 + j];
      for (int d = 0; d < dim; d++) {
        float w = parameters[w2 + d * hidden + j];
        m[second + d * hidden + j] = w;
        for (int e = 0; e < dim; e++) {
          m[product + (d * dim + e) * hidden + j] = w * m[row + e];
        }
      }
    }
    if (part == 0) {
      System.arraycopy(parameters, w2 + dim * hidden, m, bias, dim);
    }
  }

  @Override
  void unpack(
      Kernels kernels, float[][] buffers, int count, float scale, float[] gradient, int part) {
    float[] sum = buffers[0];
    int from = unit(part);
    int units = unit(part + 1) - from;
    for (int c = 1; c < count; c++) {
      float[] buffer = buffers[c];
      add(kernels, sum, buffer, firstGradient + from * (dim + 1), units * (dim + 1));
      for (int row = 0; row < dim; row++) {
        add(kernels, sum, buffer, secondGradient + row * hidden + from, units);
      }
      for (int row = 0; row < dim * dim; row++) {
        add(kernels, sum, buffer, productGradient + row * hidden + from, units);
      }
      if (part == 0) {
        add(kernels, sum, buffer, biasGradient, dim);
      }
    }
    int b1 = hidden * dim;
    int w2 = b1 + hidden;
    for (int j = from; j < from + units; j++) {
      for (int e = 0; e < dim; e++) {
        gradient[j * dim + e] = scale * firstGradient(sum, j, e);
      }
      gradient[b1 + j] = scale * sum[firstGradient + j * (dim + 1) + dim];
      for (int d = 0; d < dim; d++) {
        gradient[w2 + d * hidden + j] = scale * secondGradient(sum, d, j);
      }
    }
    if (part == 0) {
      for (int d = 0; d < dim; d++) {
        gradient[w2 + dim * hidden + d] = scale * sum[biasGradient + d];
      }
    }
  }

  private static void add(Kernels kernels, float[] sum, float[] buffer, int at, int length) {
    kernels.add(sum, at, buffer, at, length);
  }

  // W̄₁[j,e] + Σ_d C̄[de,j]·W₂[d,j]
  private float firstGradient(float[] buffer, int j, int e) {
    float[] m = memory.floats();
    float sum = buffer[firstGradient + j * (dim + 1) + e];
    for (int d = 0; d < dim; d++) {
      sum += buffer[productGradient + (d * dim + e) * hidden + j] * m[second + d * hidden + j];
    }
    return sum;
  }

  // W̄₂[d,j] + Σ_e C̄[de,j]·W₁[j,e]
  private float secondGradient(float[] buffer, int d, int j) {
    float[] m = memory.floats();
    float sum = buffer[secondGradient + d * hidden + j];
    for (int e = 0; e < dim; e++) {
      sum += buffer[productGradient + (d * dim + e) * hidden + j] * m[first + j * (dim + 1) + e];
    }
    return sum;
  }

  private int unit(int part) {
    return (int) ((long) hidden * part / parts());
  }

  @Override
  int capacity(int tangents, Forms forms) {
    // activations and two derivatives in 768 kB, in whole lanes
    return Math.clamp((1 << 16) / hidden & -Kernels.ALIGN, Kernels.ALIGN, CHUNK);
  }

  @Override
  Jet jet(Kernels kernels, Products products, int capacity, int tangents, Forms forms) {
    if (forms.isTrace()) {
      Jet diagonal = jet(kernels, products, capacity, dim, Forms.DIAGONAL);
      return dim == 1 ? diagonal : new TraceJet(diagonal, dim, capacity);
    }
    return new SampleJet(this, kernels, capacity, tangents, forms == Forms.DIAGONAL);
  }
}
