package score4j.nn;

import java.util.Arrays;
import score4j.internal.kernel.Kernels;

/// The passes with lanes that are samples, for one hidden layer between few coordinates.
///
/// ```text
/// forward    z = W₁·x + b₁;   a = φ(z);   s = W₂·a + b₂
///            J = C·φ′(z);   C[de,j] = W₂[d,j]·W₁[j,e]
/// forms      q_k = v_kᵀ·J·v_k
/// backward   J̄ = Σ_k q̄_k·v_k·v_kᵀ;   z̄ = φ′(z)·(W₂ᵀ·s̄) + φ″(z)·(Cᵀ·J̄)
///            W̄₂ += s̄·aᵀ;   C̄ += J̄·φ′(z)ᵀ;   W̄₁ += z̄·xᵀ;   b̄₁ += z̄;   b̄₂ += s̄
/// ```
/// No tangent passes through the network: the Jacobian has few entries and each is a product with
/// the slopes. Matrices have a row for each unit or coordinate and a column for each sample; sums
/// over samples run on 16 virtual lanes. Columns beyond n hold no samples: their cotangents are 0.
///
/// Units go through in blocks whose cotangents stay in the first-level cache.
final class SampleJet implements Jet {
  private static final int BLOCK = 16;

  private final SamplePacking net;
  private final Kernels kernels;
  private final Memory memory;
  private final int dim;
  private final int hidden;
  private final int tangents;
  private final boolean basis;
  // the rows of J that are wanted: the diagonal, or all
  private final int entries;
  private final int entryStride;
  // distance between rows of all matrices
  private final int ld;
  // where each matrix begins in the memory: x over a row of ones; φ, φ′, φ″; s, J and their
  // cotangents; a block of z, of ā, of φ̄′ and of z̄
  private final int x;
  private final int a;
  private final int d1;
  private final int d2;
  private final int s;
  private final int jacobian;
  private final int sBar;
  private final int jacobianBar;
  private final int z;
  private final int aBar;
  private final int slopeBar;
  private final int zBar;
  private final int zeros;

  SampleJet(SamplePacking net, Kernels kernels, int capacity, int tangents, boolean basis) {
    this.net = net;
    this.kernels = kernels;
    this.tangents = tangents;
    this.basis = basis;
    memory = net.memory;
    dim = net.dim;
    hidden = net.hidden;
    ld = Kernels.pad(capacity);
    entries = tangents == 0 ? 0 : basis ? dim : dim * dim;
    entryStride = (basis ? dim + 1 : 1) * hidden;
    x = reserve(dim + 1);
    a = reserve(hidden);
    d1 = reserve(hidden);
    d2 = reserve(tangents == 0 ? 0 : hidden);
    s = reserve(dim);
    jacobian = reserve(entries);
    sBar = reserve(dim);
    jacobianBar = reserve(entries);
    z = reserve(BLOCK);
    aBar = reserve(BLOCK);
    slopeBar = reserve(BLOCK);
    zBar = reserve(BLOCK);
    zeros = reserve(1);
  }

  private int reserve(int rows) {
    return memory.reserve((long) rows * ld);
  }

  @Override
  public void forward(float[] input, float[] directions, int n, int order) {
    float[] m = memory.floats();
    int columns = Kernels.pad(n);
    columns(input, dim, n, x);
    Arrays.fill(m, x + dim * ld, x + dim * ld + columns, 1f);
    for (int d = 0; d < dim; d++) {
      Arrays.fill(m, s + d * ld, s + d * ld + columns, m[net.bias + d]);
    }
    Arrays.fill(m, jacobian, jacobian + entries * ld, 0f);
    for (int j = 0; j < hidden; j += BLOCK) {
      int units = Math.min(BLOCK, hidden - j);
      int at = j * ld;
      multiply(m, z, zeros, 0, net.first + j * (dim + 1), dim + 1, 1, x, units, columns, dim + 1);
      kernels.activate(
          net.mlp.activation().function(),
          order,
          m,
          z,
          m,
          a + at,
          ld,
          m,
          d1 + at,
          m,
          d2 + at,
          ld,
          units,
          columns);
      multiply(m, s, s, ld, net.second + j, hidden, 1, a + at, dim, columns, units);
      multiply(
          m,
          jacobian,
          jacobian,
          ld,
          net.product + j,
          entryStride,
          1,
          d1 + at,
          entries,
          columns,
          units);
    }
  }

  /// C = init + A·B for matrices with a column for each sample.
  private void multiply(
      float[] m,
      int c,
      int init,
      int initStride,
      int weights,
      int rowStride,
      int columnStride,
      int b,
      int rows,
      int columns,
      int sum) {
    kernels.gemm(
        m,
        c,
        ld,
        m,
        init,
        initStride,
        m,
        weights,
        rowStride,
        columnStride,
        m,
        b,
        ld,
        rows,
        columns,
        sum);
  }

  // rows of samples become columns, and columns beyond the last 0
  private void columns(float[] from, int rows, int n, int to) {
    float[] m = memory.floats();
    if (rows == 1) {
      System.arraycopy(from, 0, m, to, n);
      Arrays.fill(m, to + n, to + Kernels.pad(n), 0f);
      return;
    }
    for (int d = 0; d < rows; d++) {
      int row = to + d * ld;
      for (int t = 0; t < n; t++) {
        m[row + t] = from[t * rows + d];
      }
      Arrays.fill(m, row + n, row + Kernels.pad(n), 0f);
    }
  }

  private void rows(int from, int rows, int n, float[] to) {
    float[] m = memory.floats();
    if (rows == 1) {
      System.arraycopy(m, from, to, 0, n);
      return;
    }
    for (int d = 0; d < rows; d++) {
      for (int t = 0; t < n; t++) {
        to[t * rows + d] = m[from + d * ld + t];
      }
    }
  }

  @Override
  public void score(float[] out, int n) {
    rows(s, dim, n, out);
  }

  @Override
  public void derivatives(float[] directions, float[] out, int n) {
    float[] m = memory.floats();
    for (int t = 0; t < n; t++) {
      for (int k = 0; k < tangents; k++) {
        int v = (t * tangents + k) * dim;
        for (int d = 0; d < dim; d++) {
          float sum = 0;
          for (int e = 0; e < dim; e++) {
            sum += m[jacobian + (d * dim + e) * ld + t] * directions[v + e];
          }
          out[v + d] = sum;
        }
      }
    }
  }

  @Override
  public void forms(float[] forms, float[] directions, int n) {
    if (basis) {
      rows(jacobian, dim, n, forms);
      return;
    }
    float[] m = memory.floats();
    for (int t = 0; t < n; t++) {
      for (int k = 0; k < tangents; k++) {
        int v = (t * tangents + k) * dim;
        float form = 0;
        for (int d = 0; d < dim; d++) {
          for (int e = 0; e < dim; e++) {
            form += m[jacobian + (d * dim + e) * ld + t] * (directions[v + d] * directions[v + e]);
          }
        }
        forms[t * tangents + k] = form;
      }
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
    float[] m = memory.floats();
    int columns = Kernels.pad(n);
    columns(scoreBar, dim, n, sBar);
    if (basis) {
      columns(formsBar, dim, n, jacobianBar);
    } else if (tangents > 0) {
      jacobianCotangents(directions, formsBar, n);
    }
    int ones = x + dim * ld;
    sum(gradient, net.biasGradient, 1, sBar, ones, dim, columns);
    if (dim == 1 && tangents > 0) {
      kernels.shallowPullback(
          m,
          a,
          d1,
          d2,
          ld,
          x,
          sBar,
          jacobianBar,
          net.second,
          net.product,
          zBar,
          gradient,
          net.firstGradient,
          net.secondGradient,
          net.productGradient,
          hidden,
          columns);
      return;
    }
    for (int j = 0; j < hidden; j += BLOCK) {
      int units = Math.min(BLOCK, hidden - j);
      int at = j * ld;
      multiply(m, aBar, zeros, 0, net.second + j, 1, hidden, sBar, units, columns, dim);
      if (tangents == 0) {
        kernels.tangents(m, zBar, ld, 0, m, aBar, ld, 0, m, d1 + at, ld, units, 1, columns);
      } else {
        multiply(
            m,
            slopeBar,
            zeros,
            0,
            net.product + j,
            1,
            entryStride,
            jacobianBar,
            units,
            columns,
            entries);
        kernels.sumOfProducts(
            m, zBar, m, d1 + at, m, aBar, m, d2 + at, m, slopeBar, ld, units, columns);
      }
      for (int e = 0; e <= dim; e++) {
        int to = net.firstGradient + j * (dim + 1) + e;
        sum(gradient, to, dim + 1, zBar, x + e * ld, units, columns);
      }
      for (int d = 0; d < dim; d++) {
        sum(
            gradient,
            net.secondGradient + d * hidden + j,
            1,
            a + at,
            sBar + d * ld,
            units,
            columns);
      }
      for (int i = 0; i < entries; i++) {
        int to = net.productGradient + i * entryStride + j;
        sum(gradient, to, 1, d1 + at, jacobianBar + i * ld, units, columns);
      }
    }
  }

  // adds Σ_t rows[i,t]·row[t] to `units` places of the gradient
  private void sum(
      float[] gradient, int to, int stride, int rows, int row, int units, int columns) {
    float[] m = memory.floats();
    kernels.dot(gradient, to, stride, gradient, to, stride, m, rows, ld, m, row, 0, units, columns);
  }

  private void jacobianCotangents(float[] directions, float[] formsBar, int n) {
    float[] m = memory.floats();
    Arrays.fill(m, jacobianBar, jacobianBar + entries * ld, 0f);
    for (int t = 0; t < n; t++) {
      for (int k = 0; k < tangents; k++) {
        int v = (t * tangents + k) * dim;
        float bar = formsBar[t * tangents + k];
        for (int d = 0; d < dim; d++) {
          for (int e = 0; e < dim; e++) {
            m[jacobianBar + (d * dim + e) * ld + t] +=
                bar * (directions[v + d] * directions[v + e]);
          }
        }
      }
    }
  }

  @Override
  public void inputCotangents(float[] w, float[] out, int n) {
    float[] m = memory.floats();
    int columns = Kernels.pad(n);
    columns(w, dim, n, sBar);
    // the inputs are no longer needed, so x̄ takes their place
    Arrays.fill(m, x, x + dim * ld, 0f);
    for (int j = 0; j < hidden; j += BLOCK) {
      int units = Math.min(BLOCK, hidden - j);
      multiply(m, aBar, zeros, 0, net.second + j, 1, hidden, sBar, units, columns, dim);
      kernels.tangents(m, zBar, ld, 0, m, aBar, ld, 0, m, d1 + j * ld, ld, units, 1, columns);
      multiply(m, x, x, ld, net.first + j * (dim + 1), 1, dim + 1, zBar, dim, columns, units);
    }
    rows(x, dim, n, out);
  }
}
