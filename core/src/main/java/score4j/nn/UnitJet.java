package score4j.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import score4j.internal.kernel.Kernels;
import score4j.internal.kernel.Products;

/// The passes with lanes that are units.
///
/// ```text
/// forward    z = W·a + b;   ż_k = W·ȧ_k;   a′ = φ(z);   ȧ′_k = φ′(z)·ż_k     a₀ = x, ȧ₀ = v_k
/// last       s = W·a + b;   q_k = v_kᵀ·W·ȧ_k = (Wᵀv_k)·ȧ_k
/// backward   ā = Wᵀ·s̄;     ǡ_k = q̄_k·Wᵀv_k
///            z̄ = φ′(z)·ā′ + φ″(z)·Σ_k ż_k·ǡ′_k;   ż̄_k = φ′(z)·ǡ′_k
///            ā = Wᵀ·z̄;     ǡ_k = Wᵀ·ż̄_k;   W̄ += z̄·aᵀ + Σ_k ż̄_k·ȧ_kᵀ;   b̄ += z̄
/// ```
/// Tangents never pass through the last layer: q_k needs only u_k = Wᵀv_k, which for a unit
/// vector is a row of W. A unit vector costs nothing in the first layer either: ż_k is a column
/// of W there, the same for all samples.
///
/// A matrix of activations holds the n value rows of the tile and then its n·K tangent rows,
/// sample by sample.
///
/// With a [Cycle] there are no tangents: the one form is the trace, and it reaches the gradient
/// through the slopes of the hidden layers, z̄ = φ′(z)·ā′ + φ″(z)·q̄·∂tr/∂φ′.
final class UnitJet implements Jet {
  private final UnitPacking net;
  private final Kernels kernels;
  private final Products products;
  private final int layers;
  private final int tangents;
  private final boolean basis;
  private final Memory memory;
  // where each matrix begins in the memory
  private final int zeros;
  // per hidden layer: a and ȧ; ż (and z before its activation); φ′(z); φ″(z)
  private final int[] a;
  private final int[] z;
  private final int[] d1;
  private final int[] d2;
  // Wᵀv_k of the last layer, one row for each sample and direction
  private final int u;
  // cotangents of the layer at hand and of the next
  private final int gBar;
  private final int gNext;
  private final int wide;
  private final float[] scaled;
  private final Cycle.@Nullable Passes cycle;
  private final boolean overwrites;
  private final Products.Rows activate = this::activate;
  private final Products.Rows copyOut = this::copyOut;
  private final Products.Rows scaleDirections = this::scaleDirections;
  private final Products.Rows pullback = this::pullback;
  private final Products.Rows biasGradient = this::biasGradient;
  private final Products.Rows lastBiasGradient = this::lastBiasGradient;
  // the call at hand, for loops over its rows
  private int samples;
  private int order;
  private int layer;
  private int g;
  private float[] out = {};
  private float[] directions = {};
  private float[] scoreBar = {};
  private float[] formsBar = {};
  private float[] gradient = {};

  /// @param capacity the most samples a tile holds
  /// @param tangents K
  /// @param basis whether the directions are the unit vectors
  /// @param cycle the way to the trace, in the place of tangents
  UnitJet(
      UnitPacking net,
      Kernels kernels,
      Products products,
      int capacity,
      int tangents,
      boolean basis,
      @Nullable Cycle cycle) {
    this.net = net;
    this.kernels = kernels;
    this.products = products;
    this.tangents = tangents;
    this.basis = basis;
    layers = net.layers;
    long rows = capacity * (1L + tangents);
    int widest = widestHidden(net);
    int inputs = net.width[0];
    memory = net.memory;
    zeros = memory.reserve(Math.max(widest, Math.max(inputs, net.width[net.layers])));
    a = new int[layers];
    z = new int[layers];
    d1 = new int[layers];
    d2 = new int[layers];
    for (int l = 1; l < layers; l++) {
      a[l] = memory.reserve(rows * net.width[l]);
      z[l] = memory.reserve((l == 1 && basis ? capacity : rows) * net.width[l]);
      d1[l] = memory.reserve((long) capacity * net.width[l]);
      d2[l] = memory.reserve(tangents > 0 || cycle != null ? (long) capacity * net.width[l] : 0);
    }
    // a net of one layer keeps its padded inputs and directions
    a[0] = memory.reserve(layers == 1 ? rows * net.width[0] : 0);
    u = memory.reserve(basis ? 0 : (long) capacity * tangents * net.width[layers - 1]);
    // only without tangents do cotangents go on to the inputs
    int bars = tangents == 0 ? Math.max(widest, inputs) : widest;
    gBar = memory.reserve(rows * bars);
    gNext = memory.reserve(rows * bars);
    wide = memory.reserve((long) capacity * net.width[layers]);
    scaled = new float[basis ? 0 : capacity * tangents * net.size[layers]];
    this.cycle = cycle == null ? null : cycle.passes(kernels, products, capacity, d1);
    overwrites = cycle == null || !cycle.addsToHidden();
  }

  /// How many samples a tile should hold. A function of the network and K alone, because the order
  /// of summation depends on it.
  ///
  /// As many as stay in the second-level cache, unless the weights do not: then the more samples
  /// share one way of the weights and their gradient to the cache, the better.
  ///
  /// @param weights how many numbers a gradient buffer has
  static int capacity(UnitPacking net, int tangents, int weights) {
    long perSample = 0;
    for (int l = 1; l < net.layers; l++) {
      perSample += net.width[l] * (tangents == 0 ? 4L : 4L + 3L * tangents);
    }
    perSample += net.width[0] + net.width[net.layers];
    // 768 kB of a usual megabyte or two; 64 samples fill the registers' blocks well enough
    int capacity =
        Math.clamp(
            (UnitPacking.outgrowsCache(weights) ? 1 << 22 : 3 << 16) / perSample,
            1,
            UnitPacking.chunk(weights));
    long rows = capacity * (1L + tangents);
    long widest = Math.max(widestHidden(net), Math.max(net.width[0], net.width[net.layers]));
    if (rows * widest > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%d directional derivatives of a network of sizes %s do not fit an array: use a sliced objective with few probes"
              .formatted(tangents, net.mlp.sizes()));
    }
    return capacity;
  }

  private static int widestHidden(UnitPacking net) {
    int widest = 0;
    for (int l = 1; l < net.layers; l++) {
      widest = Math.max(widest, net.width[l]);
    }
    return widest;
  }

  @Override
  public void forward(float[] input, float[] directions, int n, int order) {
    samples = n;
    this.order = order;
    int dim = net.dim;
    int inputs = net.size[0];
    if (layers == 1) {
      spread(input, inputs, n, a[0]);
      if (!basis) {
        spread(directions, dim, n * tangents, a[0] + n * net.width[0]);
      }
      return;
    }
    float[] m = memory.floats();
    for (int l = 1; l < layers; l++) {
      int width = net.width[l];
      int below = net.width[l - 1];
      int w = net.transposed[l];
      if (l == 1) {
        products.gemm(
            m, z[l], width, m, net.bias[l], 0, input, 0, inputs, 1, m, w, width, n, width, inputs);
        if (!basis) {
          products.gemm(
              m,
              z[l] + n * width,
              width,
              m,
              zeros,
              0,
              directions,
              0,
              dim,
              1,
              m,
              w,
              width,
              n * tangents,
              width,
              dim);
        }
      } else {
        int in = net.size[l - 1];
        products.gemm(
            m, z[l], width, m, net.bias[l], 0, m, a[l - 1], below, 1, m, w, width, n, width, in);
        products.gemm(
            m,
            z[l] + n * width,
            width,
            m,
            zeros,
            0,
            m,
            a[l - 1] + n * below,
            below,
            1,
            m,
            w,
            width,
            n * tangents,
            width,
            in);
      }
      layer = l;
      products.rows(n, activate);
    }
  }

  // φ of the layer at hand and its derivatives, and the tangents behind it
  private void activate(int from, int to) {
    float[] m = memory.floats();
    int l = layer;
    int width = net.width[l];
    int at = from * width;
    int n = to - from;
    kernels.activate(
        net.mlp.activation().function(),
        order,
        m,
        z[l] + at,
        m,
        a[l] + at,
        width,
        m,
        d1[l] + at,
        m,
        d2[l] + at,
        width,
        n,
        width);
    if (tangents > 0) {
      int stride = zDotStride(l);
      kernels.tangents(
          m,
          a[l] + samples * width + tangents * at,
          tangents * width,
          width,
          m,
          zDot(l) + from * stride,
          stride,
          width,
          m,
          d1[l] + at,
          width,
          n,
          tangents,
          width);
    }
  }

  // with unit vectors the first layer's ż_k is row k of its transposed weights, for every sample
  private int zDot(int l) {
    return l == 1 && basis ? net.transposed[1] : z[l] + samples * net.width[l];
  }

  private int zDotStride(int l) {
    return l == 1 && basis ? 0 : tangents * net.width[l];
  }

  private void spread(float[] from, int length, int rows, int to) {
    float[] m = memory.floats();
    for (int r = 0; r < rows; r++) {
      int row = to + r * net.width[0];
      System.arraycopy(from, r * length, m, row, length);
      // where the row of another tile may have had conditions
      Arrays.fill(m, row + length, row + net.width[0], 0f);
    }
  }

  @Override
  public void score(float[] out, int n) {
    output(out, 0, n, true);
  }

  @Override
  public void derivatives(float[] directions, float[] out, int n) {
    output(out, n, n * tangents, false);
  }

  // the last layer on `rows` rows of the last activations: values with the bias, tangents without
  private void output(float[] out, int first, int rows, boolean bias) {
    int dim = net.size[layers];
    int in = net.size[layers - 1];
    int below = net.width[layers - 1];
    float[] m = memory.floats();
    int from = a[layers - 1] + first * below;
    if (dim <= Kernels.NARROW) {
      for (int o = 0; o < dim; o++) {
        int init = bias ? net.bias[layers] + o : zeros;
        kernels.dot(
            out,
            o,
            dim,
            m,
            init,
            0,
            m,
            from,
            below,
            m,
            net.weight[layers] + o * below,
            0,
            rows,
            below);
      }
    } else {
      int width = net.width[layers];
      int init = bias ? net.bias[layers] : zeros;
      products.gemm(
          m,
          wide,
          width,
          m,
          init,
          0,
          m,
          from,
          below,
          1,
          m,
          net.transposed[layers],
          width,
          rows,
          width,
          in);
      this.out = out;
      products.rows(rows, copyOut);
    }
  }

  private void copyOut(int from, int to) {
    int dim = net.size[layers];
    for (int r = from; r < to; r++) {
      System.arraycopy(memory.floats(), wide + r * net.width[layers], out, r * dim, dim);
    }
  }

  @Override
  public void forms(float[] forms, float[] directions, int n) {
    int dim = net.size[layers];
    int below = net.width[layers - 1];
    float[] m = memory.floats();
    if (cycle != null) {
      cycle.trace(forms, n);
    } else if (basis && layers == 1) {
      for (int t = 0; t < n; t++) {
        for (int k = 0; k < tangents; k++) {
          forms[t * tangents + k] = m[net.weight[1] + k * below + k];
        }
      }
    } else if (basis) {
      for (int k = 0; k < tangents; k++) {
        kernels.dot(
            forms,
            k,
            tangents,
            m,
            zeros,
            0,
            m,
            a[layers - 1] + (n + k) * below,
            tangents * below,
            m,
            net.weight[layers] + k * below,
            0,
            n,
            below);
      }
    } else {
      int rows = n * tangents;
      products.gemm(
          m,
          u,
          below,
          m,
          zeros,
          0,
          directions,
          0,
          dim,
          1,
          m,
          net.weight[layers],
          below,
          rows,
          below,
          dim);
      kernels.dot(
          forms, 0, 1, m, zeros, 0, m, a[layers - 1] + n * below, below, m, u, below, rows, below);
    }
  }

  @Override
  public void backward(
      float[] input,
      float[] directions,
      float[] scoreBar,
      float[] formsBar,
      int n,
      boolean first,
      float[] gradient) {
    int dim = net.size[layers];
    int below = net.width[layers - 1];
    int rows = n * (1 + tangents);
    float[] m = memory.floats();
    this.directions = directions;
    this.scoreBar = scoreBar;
    this.formsBar = formsBar;
    this.gradient = gradient;
    int activations = a[layers - 1];
    int weight = net.weightGradient[layers];
    boolean overwrite = first && overwrites;
    products.gemm(
        gradient,
        weight,
        below,
        overwrite ? m : gradient,
        overwrite ? zeros : weight,
        overwrite ? 0 : below,
        scoreBar,
        0,
        1,
        dim,
        m,
        activations,
        below,
        dim,
        below,
        n);
    if (basis && layers == 1) {
      for (int t = 0; t < n; t++) {
        for (int k = 0; k < tangents; k++) {
          gradient[weight + k * below + k] += formsBar[t * tangents + k];
        }
      }
    } else if (basis) {
      for (int k = 0; k < tangents; k++) {
        kernels.sumScaledRows(
            gradient,
            weight + k * below,
            m,
            activations + (n + k) * below,
            tangents * below,
            formsBar,
            k,
            tangents,
            n,
            below);
      }
    } else if (tangents > 0) {
      products.rows(n * tangents, scaleDirections);
      products.gemm(
          gradient,
          weight,
          below,
          gradient,
          weight,
          below,
          scaled,
          0,
          1,
          dim,
          m,
          activations + n * below,
          below,
          dim,
          below,
          n * tangents);
    }
    products.rows(dim, lastBiasGradient);
    if (layers == 1) {
      return;
    }
    int g = gBar;
    int next = gNext;
    products.gemm(
        m, g, below, m, zeros, 0, scoreBar, 0, dim, 1, m, net.weight[layers], below, n, below, dim);
    if (tangents > 0) {
      kernels.scaleRows(
          m,
          g + n * below,
          tangents * below,
          below,
          m,
          basis ? net.weight[layers] : u,
          basis ? 0 : tangents * below,
          below,
          formsBar,
          0,
          n,
          tangents,
          below);
    }
    if (cycle != null) {
      cycle.backward(formsBar, n, first, gradient);
    }
    for (int l = layers - 1; l >= 1; l--) {
      int width = net.width[l];
      layer = l;
      this.g = g;
      products.rows(n, pullback);
      products.rows(width / Kernels.ALIGN, biasGradient);
      weight = net.weightGradient[l];
      if (l > 1) {
        below = net.width[l - 1];
        products.gemm(
            gradient,
            weight,
            below,
            overwrite ? m : gradient,
            overwrite ? zeros : weight,
            overwrite ? 0 : below,
            m,
            g,
            1,
            width,
            m,
            a[l - 1],
            below,
            net.size[l],
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
            net.weight[l],
            below,
            rows,
            below,
            net.size[l]);
        int swap = g;
        g = next;
        next = swap;
      } else {
        firstLayer(input, directions, g, n, overwrite, gradient, weight, width);
      }
    }
  }

  private void lastBiasGradient(int from, int to) {
    int dim = net.size[layers];
    int bias = net.biasGradient[layers];
    for (int t = 0; t < samples; t++) {
      for (int d = from; d < to; d++) {
        gradient[bias + d] += scoreBar[t * dim + d];
      }
    }
  }

  private void scaleDirections(int from, int to) {
    int dim = net.size[layers];
    for (int r = from; r < to; r++) {
      for (int d = 0; d < dim; d++) {
        scaled[r * dim + d] = formsBar[r] * directions[r * dim + d];
      }
    }
  }

  // cotangents through the activation of the layer at hand, in place
  private void pullback(int from, int to) {
    float[] m = memory.floats();
    int l = layer;
    int width = net.width[l];
    int at = from * width;
    if (cycle != null) {
      int stride = cycle.stride(l);
      kernels.slopePullback(
          m,
          g + at,
          m,
          d1[l] + at,
          m,
          d2[l] + at,
          width,
          m,
          cycle.sensitivity(l) + from * stride,
          stride,
          cycle.scale(formsBar),
          from,
          to - from,
          width);
    } else {
      int stride = zDotStride(l);
      kernels.pullback(
          m,
          g + at,
          width,
          g + samples * width + tangents * at,
          tangents * width,
          width,
          m,
          zDot(l) + from * stride,
          stride,
          width,
          m,
          d1[l] + at,
          m,
          d2[l] + at,
          width,
          to - from,
          tangents,
          width);
    }
  }

  // by lanes of units, whose sums run over all samples
  private void biasGradient(int from, int to) {
    int at = from * Kernels.ALIGN;
    int columns = (to - from) * Kernels.ALIGN;
    int bias = net.biasGradient[layer] + at;
    kernels.sumRows(gradient, bias, memory.floats(), g + at, net.width[layer], samples, columns);
  }

  private void firstLayer(
      float[] input,
      float[] directions,
      int g,
      int n,
      boolean overwrite,
      float[] gradient,
      int weight,
      int width) {
    int dim = net.dim;
    int inputs = net.size[0];
    float[] m = memory.floats();
    products.gemm(
        gradient,
        weight,
        width,
        overwrite ? m : gradient,
        overwrite ? zeros : weight,
        overwrite ? 0 : width,
        input,
        0,
        1,
        inputs,
        m,
        g,
        width,
        inputs,
        width,
        n);
    if (basis) {
      for (int k = 0; k < tangents; k++) {
        kernels.sumRows(
            gradient, weight + k * width, m, g + (n + k) * width, tangents * width, n, width);
      }
    } else if (tangents > 0) {
      products.gemm(
          gradient,
          weight,
          width,
          gradient,
          weight,
          width,
          directions,
          0,
          1,
          dim,
          m,
          g + n * width,
          width,
          dim,
          width,
          n * tangents);
    }
  }

  @Override
  public void inputCotangents(float[] w, float[] out, int n) {
    int dim = net.size[layers];
    int below = net.width[layers - 1];
    float[] m = memory.floats();
    int g = gBar;
    int next = gNext;
    products.gemm(
        m, g, below, m, zeros, 0, w, 0, dim, 1, m, net.weight[layers], below, n, below, dim);
    for (int l = layers - 1; l >= 1; l--) {
      int width = net.width[l];
      below = net.width[l - 1];
      kernels.pullback(m, g, width, 0, 0, 0, m, 0, 0, 0, m, d1[l], m, d2[l], width, n, 0, width);
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
          net.weight[l],
          below,
          n,
          below,
          net.size[l]);
      int swap = g;
      g = next;
      next = swap;
    }
    for (int t = 0; t < n; t++) {
      System.arraycopy(m, g + t * below, out, t * net.dim, net.dim);
    }
  }
}
