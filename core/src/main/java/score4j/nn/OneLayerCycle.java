package score4j.nn;

import java.util.Arrays;
import score4j.internal.kernel.Kernels;
import score4j.internal.kernel.Products;

/// One hidden layer: a dot product.
///
/// ```text
/// tr = Σ_k c_k·φ′_k,   c_k = Σ_d W₁[k,d]·W₂[d,k]
/// ```
/// - **Cost** per sample: H multiply-adds, as many again in reverse; 3·D·H a step.
final class OneLayerCycle extends Cycle {
  private final int c;
  private final int cBar;
  private final int width;
  private final int dim;

  OneLayerCycle(UnitPacking net) {
    super(net);
    width = net.width[1];
    dim = net.dim;
    c = memory.reserve(width);
    cBar = reserveGradient(width);
  }

  @Override
  int tangents() {
    return 0;
  }

  @Override
  void fold(Kernels kernels, int part) {
    float[] m = memory.floats();
    int from = net.first(net.size[1], part);
    int n = Kernels.pad(net.first(net.size[1], part + 1) - from);
    Arrays.fill(m, c + from, c + from + n, 0f);
    kernels.multiplyAdd(
        m, c + from, 0, m, net.transposed[1] + from, width, m, net.weight[2] + from, width, dim, n);
  }

  @Override
  void clear(float[] gradient) {
    Arrays.fill(gradient, cBar, cBar + width, 0f);
  }

  @Override
  void combine(Kernels kernels, float[][] buffers, int count, int part) {
    int from = net.first(net.size[1], part);
    int n = Kernels.pad(net.first(net.size[1], part + 1) - from);
    for (int b = 1; b < count; b++) {
      kernels.add(buffers[0], cBar + from, buffers[b], cBar + from, n);
    }
  }

  // W̄₁[k,d] += c̄_k·W₂[d,k];   W̄₂[d,k] += c̄_k·W₁[k,d]
  @Override
  void unfold(Kernels kernels, float[] sum, int part) {
    float[] m = memory.floats();
    int unit = net.first(net.size[1], part);
    int units = Kernels.pad(net.first(net.size[1], part + 1) - unit);
    kernels.multiplyAdd(
        sum,
        net.weightGradient[1] + unit,
        width,
        sum,
        cBar + unit,
        0,
        m,
        net.weight[2] + unit,
        width,
        dim,
        units);
    int row = net.first(dim, part);
    kernels.multiplyAdd(
        sum,
        net.weightGradient[2] + row * width,
        width,
        sum,
        cBar,
        0,
        m,
        net.transposed[1] + row * width,
        width,
        net.first(dim, part + 1) - row,
        width);
  }

  @Override
  Passes passes(Kernels kernels, Products products, int capacity, int[] d1) {
    int zero = memory.reserve(1);
    return new Passes() {
      @Override
      public void trace(float[] out, int n) {
        float[] m = memory.floats();
        kernels.dot(out, 0, 1, m, zero, 0, m, d1[1], width, m, c, 0, n, width);
      }

      @Override
      public void backward(float[] traceBar, int n, boolean first, float[] gradient) {
        kernels.sumScaledRows(
            gradient, cBar, memory.floats(), d1[1], width, traceBar, 0, 1, n, width);
      }

      @Override
      public int sensitivity(int layer) {
        return c;
      }

      @Override
      public int stride(int layer) {
        return 0;
      }

      @Override
      public float[] scale(float[] traceBar) {
        return traceBar;
      }
    };
  }
}
