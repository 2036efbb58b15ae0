package score4j.nn;

import score4j.internal.kernel.Kernels;
import score4j.internal.kernel.Products;

/// Two hidden layers: a bilinear form of their slopes.
///
/// ```text
/// tr = φ′₂ᵀ·M·φ′₁,   M = W₂ ∘ Cᵀ,   C[i,j] = Σ_d W₁[i,d]·W₃[d,j]
/// ∂tr/∂φ′₁ = Mᵀφ′₂;   ∂tr/∂φ′₂ = M·φ′₁;   M̄ = Σ q̄·φ′₂·φ′₁ᵀ
/// W̄₂ += M̄ ∘ Cᵀ;   C̄ᵀ = M̄ ∘ W₂;   W̄₁ += C̄·W₃ᵀ;   W̄₃ += W₁ᵀ·C̄
/// ```
/// - **Cost** per sample: three products with H₁·H₂ numbers; 3·D·H₁·H₂ multiply-adds a step.
final class TwoLayerCycle extends Cycle {
  private final int one;
  private final int two;
  private final int dim;
  // Cᵀ and M, a row for each unit of the second layer; Mᵀ, and later C̄
  private final int ct;
  private final int form;
  private final int transposed;
  private final int zeros;
  // M̄, and later C̄ᵀ
  private final int formBar;

  TwoLayerCycle(UnitPacking net) {
    super(net);
    one = net.width[1];
    two = net.width[2];
    dim = net.dim;
    ct = memory.reserve((long) net.size[2] * one);
    form = memory.reserve((long) net.size[2] * one);
    transposed = memory.reserve((long) net.size[1] * two);
    zeros = memory.reserve(Math.max(one, two));
    formBar = reserveGradient(net.size[2] * one);
  }

  @Override
  int tangents() {
    return 0;
  }

  @Override
  void fold(Kernels kernels, int part) {
    float[] m = memory.floats();
    int from = net.first(net.size[2], part);
    int to = net.first(net.size[2], part + 1);
    int at = from * one;
    kernels.gemm(
        m,
        ct + at,
        one,
        m,
        zeros,
        0,
        m,
        net.weight[3] + from,
        1,
        two,
        m,
        net.transposed[1],
        one,
        to - from,
        one,
        dim);
    kernels.tangents(
        m, form + at, one, 0, m, ct + at, one, 0, m, net.weight[2] + at, one, to - from, 1, one);
    Matrices.transpose(m, transposed, two, m, form, one, from, to, net.size[1]);
  }

  @Override
  void clear(float[] gradient) {}

  @Override
  void combine(Kernels kernels, float[][] buffers, int count, int part) {
    float[] m = memory.floats();
    float[] sum = buffers[0];
    int from = net.first(net.size[2], part);
    int rows = net.first(net.size[2], part + 1) - from;
    int at = from * one;
    for (int b = 1; b < count; b++) {
      kernels.add(sum, formBar + at, buffers[b], formBar + at, rows * one);
    }
    kernels.multiplyAdd(
        sum, net.weightGradient[2] + at, one, sum, formBar + at, one, m, ct + at, one, rows, one);
    kernels.tangents(
        sum,
        formBar + at,
        one,
        0,
        sum,
        formBar + at,
        one,
        0,
        m,
        net.weight[2] + at,
        one,
        rows,
        1,
        one);
    Matrices.transpose(m, transposed, two, sum, formBar, one, from, from + rows, net.size[1]);
  }

  @Override
  void unfold(Kernels kernels, float[] sum, int part) {
    float[] m = memory.floats();
    int unit = net.first(net.size[1], part);
    int units = Kernels.pad(net.first(net.size[1], part + 1) - unit);
    int to = net.weightGradient[1] + unit;
    kernels.gemm(
        sum,
        to,
        one,
        sum,
        to,
        one,
        m,
        net.weight[3],
        two,
        1,
        sum,
        formBar + unit,
        one,
        dim,
        units,
        net.size[2]);
    int row = net.first(dim, part);
    to = net.weightGradient[3] + row * two;
    kernels.gemm(
        sum,
        to,
        two,
        sum,
        to,
        two,
        m,
        net.transposed[1] + row * one,
        one,
        1,
        m,
        transposed,
        two,
        net.first(dim, part + 1) - row,
        two,
        net.size[1]);
  }

  @Override
  Passes passes(Kernels kernels, Products products, int capacity, int[] d1) {
    return new TilePasses(kernels, products, capacity, d1);
  }

  private final class TilePasses implements Passes {
    private final Kernels kernels;
    private final Products products;
    private final int[] d1;
    private final int firstSensitivity;
    private final int secondSensitivity;
    private final int scaled;

    TilePasses(Kernels kernels, Products products, int capacity, int[] d1) {
      this.kernels = kernels;
      this.products = products;
      this.d1 = d1;
      firstSensitivity = memory.reserve((long) capacity * one);
      secondSensitivity = memory.reserve((long) capacity * two);
      scaled = memory.reserve((long) capacity * two);
    }

    @Override
    public void trace(float[] out, int n) {
      float[] m = memory.floats();
      int u = firstSensitivity;
      products.gemm(m, u, one, m, zeros, 0, m, d1[2], two, 1, m, form, one, n, one, net.size[2]);
      kernels.dot(out, 0, 1, m, zeros, 0, m, u, one, m, d1[1], one, n, one);
    }

    @Override
    public void backward(float[] traceBar, int n, boolean first, float[] gradient) {
      float[] m = memory.floats();
      kernels.scaleRows(m, scaled, two, 0, m, d1[2], two, 0, traceBar, 0, n, 1, two);
      products.gemm(
          gradient,
          formBar,
          one,
          first ? m : gradient,
          first ? zeros : formBar,
          first ? 0 : one,
          m,
          scaled,
          1,
          two,
          m,
          d1[1],
          one,
          net.size[2],
          one,
          n);
      products.gemm(
          m,
          secondSensitivity,
          two,
          m,
          zeros,
          0,
          m,
          d1[1],
          one,
          1,
          m,
          transposed,
          two,
          n,
          two,
          net.size[1]);
    }

    @Override
    public int sensitivity(int layer) {
      return layer == 1 ? firstSensitivity : secondSensitivity;
    }

    @Override
    public int stride(int layer) {
      return net.width[layer];
    }

    @Override
    public float[] scale(float[] traceBar) {
      return traceBar;
    }
  }
}
