package score4j.nn;

import java.util.Arrays;
import score4j.internal.kernel.Kernels;
import score4j.internal.kernel.Products;

/// Three hidden layers and more: the trace over the units of one of them, c, instead of over the
/// inputs.
///
/// ```text
/// tr = Σ_k φ′_c[k]·q_k,   q_k = e_kᵀ·W_c·Φ_{c−1} … Φ₁·C·Φ_{L−1} … Φ_{c+1}·W_{c+1}·e_k
/// ```
/// Directional derivatives of a network that begins and ends at layer c, with C = W₁·W_L in the
/// place where the inputs and outputs were: like those of [UnitJet] the first and the last of its
/// matrices cost next to nothing. c is chosen so that this is cheapest, the narrowest layer as a
/// rule.
/// - **Cost** per sample: H_c directional derivatives through the L − 3 other matrices;
///   3·D·H₁·H_{L−1} a step.
final class DeepCycle extends Cycle {
  // hidden layers in the order in which they are gone through, from c on
  private final int[] order;
  private final int nodes;
  private final int tangents;
  private final int inner;
  private final int outer;
  private final int dim;
  // C, a row for each unit of the first layer, and its transpose
  private final int c;
  private final int ct;
  // the same of the gradient
  private final int cBar;
  private final int ctBar;
  private final int zeros;
  private final int cGradient;
  // gradient of the first matrix on the way, a row for each unit of layer c
  private final int startGradient;

  DeepCycle(UnitPacking net) {
    super(net);
    nodes = net.layers - 1;
    order = new int[nodes];
    int cut = cut(net);
    for (int p = 0; p < nodes; p++) {
      order[p] = (cut - 1 + p) % nodes + 1;
    }
    tangents = net.size[cut];
    inner = net.width[1];
    outer = net.width[nodes];
    dim = net.dim;
    c = memory.reserve((long) net.size[1] * outer);
    ct = memory.reserve((long) net.size[nodes] * inner);
    cBar = memory.reserve((long) net.size[1] * outer);
    ctBar = memory.reserve((long) net.size[nodes] * inner);
    int widest = 0;
    for (int l = 1; l <= nodes; l++) {
      widest = Math.max(widest, net.width[l]);
    }
    zeros = memory.reserve(widest);
    cGradient = reserveGradient(net.size[1] * outer);
    startGradient = reserveGradient(tangents * net.width[order[1]]);
  }

  /// The hidden layer from which the way around costs least.
  private static int cut(UnitPacking net) {
    int best = 1;
    for (int cut = 2; cut < net.layers; cut++) {
      if (products(net, cut) < products(net, best)) {
        best = cut;
      }
    }
    return best;
  }

  /// The multiply-adds of one sample's way around from a layer: all but the first and last matrix.
  static double products(UnitPacking net, int cut) {
    int nodes = net.layers - 1;
    double sum = 0;
    for (int p = 1; p < nodes - 1; p++) {
      double in = net.width[(cut - 1 + p) % nodes + 1];
      double out = net.width[(cut + p) % nodes + 1];
      sum += net.size[cut] * in * out;
    }
    return sum;
  }

  @Override
  int tangents() {
    return tangents;
  }

  /// The multiply-adds of one sample's way around.
  double products() {
    return products(net, order[0]);
  }

  // whether the matrix behind place p on the way is C
  private boolean folded(int p) {
    return order[p] == nodes;
  }

  @Override
  boolean addsToHidden() {
    return true;
  }

  @Override
  void fold(Kernels kernels, int part) {
    float[] m = memory.floats();
    int from = net.first(net.size[1], part);
    int to = net.first(net.size[1], part + 1);
    kernels.gemm(
        m,
        c + from * outer,
        outer,
        m,
        zeros,
        0,
        m,
        net.weight[1] + from * net.width[0],
        net.width[0],
        1,
        m,
        net.weight[net.layers],
        outer,
        to - from,
        outer,
        dim);
    Matrices.transpose(m, ct, inner, m, c, outer, from, to, net.size[nodes]);
  }

  @Override
  void clear(float[] gradient) {
    Arrays.fill(gradient, 0f);
  }

  // one part does it all: beside the directional derivatives it is nothing
  @Override
  void combine(Kernels kernels, float[][] buffers, int count, int part) {
    if (part > 0) {
      return;
    }
    float[] m = memory.floats();
    float[] sum = buffers[0];
    for (int b = 1; b < count; b++) {
      kernels.add(sum, cGradient, buffers[b], cGradient, gradientLength() - cGradient);
    }
    int next = net.width[order[1]];
    int columns = net.size[order[1]];
    if (folded(0)) {
      System.arraycopy(sum, startGradient, m, ctBar, tangents * next);
      Matrices.transpose(m, cBar, outer, m, ctBar, inner, 0, tangents, columns);
    } else {
      int to = net.weightGradient[order[1]];
      int width = net.width[order[0]];
      for (int j = 0; j < columns; j++) {
        for (int k = 0; k < tangents; k++) {
          sum[to + j * width + k] += sum[startGradient + k * next + j];
        }
      }
      System.arraycopy(sum, cGradient, m, cBar, net.size[1] * outer);
      Matrices.transpose(m, ctBar, inner, m, cBar, outer, 0, net.size[1], net.size[nodes]);
    }
  }

  // W̄₁ += C̄·W_Lᵀ;   W̄_L += W₁ᵀ·C̄
  @Override
  void unfold(Kernels kernels, float[] sum, int part) {
    float[] m = memory.floats();
    int unit = net.first(net.size[1], part);
    int units = Kernels.pad(net.first(net.size[1], part + 1) - unit);
    int to = net.weightGradient[1] + unit;
    kernels.gemm(
        sum,
        to,
        inner,
        sum,
        to,
        inner,
        m,
        net.weight[net.layers],
        outer,
        1,
        m,
        ctBar + unit,
        inner,
        dim,
        units,
        net.size[nodes]);
    int row = net.first(dim, part);
    to = net.weightGradient[net.layers] + row * outer;
    kernels.gemm(
        sum,
        to,
        outer,
        sum,
        to,
        outer,
        m,
        net.transposed[1] + row * inner,
        inner,
        1,
        m,
        cBar,
        outer,
        net.first(dim, part + 1) - row,
        outer,
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
    // by place on the way: ż (not at the first, where it is shared) and φ′·ż, a row for each
    // sample and direction
    private final int[] z;
    private final int[] a;
    // ∂tr/∂φ′, by layer
    private final int[] sensitivity;
    private final int forms;
    private final int formsBar;
    private final int gBar;
    private final int gNext;
    private final int constantOnes;
    private final float[] q;
    private final float[] qBar;
    private final float[] ones;

    TilePasses(Kernels kernels, Products products, int capacity, int[] d1) {
      this.kernels = kernels;
      this.products = products;
      this.d1 = d1;
      long rows = (long) capacity * tangents;
      z = new int[nodes];
      a = new int[nodes];
      sensitivity = new int[nodes + 1];
      int widest = 0;
      for (int p = 1; p < nodes; p++) {
        int width = net.width[order[p]];
        z[p] = p == 1 ? 0 : memory.reserve(rows * width);
        a[p] = memory.reserve(rows * width);
        widest = Math.max(widest, width);
      }
      for (int l = 1; l <= nodes; l++) {
        sensitivity[l] = memory.reserve((long) capacity * net.width[l]);
      }
      gBar = memory.reserve(rows * widest);
      gNext = memory.reserve(rows * widest);
      constantOnes = memory.reserve((long) capacity * widest);
      int width = net.width[order[0]];
      forms = memory.reserve((long) capacity * width);
      formsBar = memory.reserve((long) capacity * width);
      q = new float[capacity * tangents];
      qBar = new float[capacity * tangents];
      ones = new float[capacity];
      Arrays.fill(ones, 1f);
    }

    // the matrix behind place p, a row for each unit of the layer before it
    private int forward(int p) {
      return folded(p) ? ct : net.transposed[order[p] + 1];
    }

    // the same, a row for each unit of the layer behind it
    private int reverse(int p) {
      return folded(p) ? c : net.weight[order[p] + 1];
    }

    // where the gradient of the same is summed
    private int gradient(int p) {
      return folded(p) ? cGradient : net.weightGradient[order[p] + 1];
    }

    private int zDot(int p) {
      return p == 1 ? forward(0) : z[p];
    }

    private int zStride(int p) {
      return p == 1 ? 0 : tangents * net.width[order[p]];
    }

    @Override
    public void trace(float[] out, int n) {
      float[] m = memory.floats();
      int rows = n * tangents;
      for (int p = 1; p < nodes; p++) {
        int width = net.width[order[p]];
        if (p > 1) {
          int below = net.width[order[p - 1]];
          products.gemm(
              m,
              z[p],
              width,
              m,
              zeros,
              0,
              m,
              a[p - 1],
              below,
              1,
              m,
              forward(p - 1),
              width,
              rows,
              width,
              net.size[order[p - 1]]);
        }
        kernels.tangents(
            m,
            a[p],
            tangents * width,
            width,
            m,
            zDot(p),
            zStride(p),
            width,
            m,
            d1[order[p]],
            width,
            n,
            tangents,
            width);
      }
      int last = net.width[order[nodes - 1]];
      for (int k = 0; k < tangents; k++) {
        kernels.dot(
            q,
            k,
            tangents,
            m,
            zeros,
            0,
            m,
            a[nodes - 1] + k * last,
            tangents * last,
            m,
            reverse(nodes - 1) + k * last,
            0,
            n,
            last);
      }
      int width = net.width[order[0]];
      for (int t = 0; t < n; t++) {
        System.arraycopy(q, t * tangents, m, forms + t * width, tangents);
      }
      kernels.dot(out, 0, 1, m, zeros, 0, m, d1[order[0]], width, m, forms, width, n, width);
    }

    @Override
    public void backward(float[] traceBar, int n, boolean first, float[] gradient) {
      float[] m = memory.floats();
      int rows = n * tangents;
      int width = net.width[order[0]];
      // q̄_k = q̄·φ′_c[k], and ∂tr/∂φ′_c[k] = q_k
      kernels.scaleRows(m, formsBar, width, 0, m, d1[order[0]], width, 0, traceBar, 0, n, 1, width);
      kernels.scaleRows(
          m, sensitivity[order[0]], width, 0, m, forms, width, 0, traceBar, 0, n, 1, width);
      for (int t = 0; t < n; t++) {
        System.arraycopy(m, formsBar + t * width, qBar, t * tangents, tangents);
      }
      int g = gBar;
      int next = gNext;
      int last = net.width[order[nodes - 1]];
      for (int k = 0; k < tangents; k++) {
        kernels.sumScaledRows(
            gradient,
            gradient(nodes - 1) + k * last,
            m,
            a[nodes - 1] + k * last,
            tangents * last,
            qBar,
            k,
            tangents,
            n,
            last);
      }
      kernels.scaleRows(
          m, g, tangents * last, last, m, reverse(nodes - 1), 0, last, qBar, 0, n, tangents, last);
      for (int p = nodes - 1; p >= 1; p--) {
        int layer = order[p];
        width = net.width[layer];
        int values = sensitivity[layer];
        Arrays.fill(m, values, values + n * width, 0f);
        Arrays.fill(m, constantOnes, constantOnes + n * width, 1f);
        // with 1 for φ″ and 0 for ā, what comes out is Σ_k ż_k·ǡ_k
        kernels.pullback(
            m,
            values,
            width,
            g,
            tangents * width,
            width,
            m,
            zDot(p),
            zStride(p),
            width,
            m,
            d1[layer],
            m,
            constantOnes,
            width,
            n,
            tangents,
            width);
        if (p > 1) {
          int below = net.width[order[p - 1]];
          int to = gradient(p - 1);
          products.gemm(
              gradient,
              to,
              below,
              gradient,
              to,
              below,
              m,
              g,
              1,
              width,
              m,
              a[p - 1],
              below,
              net.size[layer],
              below,
              rows);
          products.gemm(
              m,
              next,
              below,
              m,
              zeros,
              0,
              m,
              g,
              width,
              1,
              m,
              reverse(p - 1),
              below,
              rows,
              below,
              net.size[layer]);
          int swap = g;
          g = next;
          next = swap;
        } else {
          for (int k = 0; k < tangents; k++) {
            kernels.sumRows(
                gradient, startGradient + k * width, m, g + k * width, tangents * width, n, width);
          }
        }
      }
    }

    @Override
    public int sensitivity(int layer) {
      return sensitivity[layer];
    }

    @Override
    public int stride(int layer) {
      return net.width[layer];
    }

    // they hold it already
    @Override
    public float[] scale(float[] traceBar) {
      return ones;
    }
  }
}
