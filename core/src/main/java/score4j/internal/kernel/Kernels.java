package score4j.internal.kernel;

/// The seam between the library and the arithmetic: two twins, plain Java and the Vector API,
/// that give the same bits.
///
/// Matrices are row-major slices of `float[]`: an offset, a distance between rows, and a distance
/// between columns where that is not 1. Columns that lanes run over come in whole groups of
/// [#ALIGN], padded by whoever owns the array. Every method is free of allocation after a thread's
/// first call and checks its arguments with `assert` only.
public sealed interface Kernels extends Products permits ScalarKernels, VectorKernels {
  /// Padded widths are multiples of this many floats, and sums across lanes run on this many
  /// virtual lanes.
  int ALIGN = 16;

  /// Outputs of a layer up to this many are computed by [#dot], one at a time; wider layers by
  /// [#gemm].
  int NARROW = 4;

  /// The least multiple of [#ALIGN] that is not below `n`.
  static int pad(int n) {
    return (n + ALIGN - 1) & -ALIGN;
  }

  /// `scalar`, or `vector-` and the number of bits of a vector.
  String name();

  /// The kernels whose lanes are samples.
  LaneKernels lanes();

  /// The kernels that make noise.
  NoiseKernels noise();

  @Override
  default void rows(int n, Rows body) {
    body.run(0, n);
  }

  /// `y[i] = init[i] + Σ_j a[i,j]·b[i,j]` for `rows` rows: 16 virtual lanes, lane l summing j ≡ l
  /// (mod 16) in order, added as the tree l + 8, l + 4, l + 2, l + 1, and `init` last.
  ///
  /// @param ys distance between results
  /// @param is distance between initial values: 0 repeats one; `init = y` accumulates
  /// @param as distance between rows of a
  /// @param bs distance between rows of b: 0 takes every row times one vector
  /// @param n length of a row, a multiple of [#ALIGN]
  void dot(
      float[] y,
      int yo,
      int ys,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int as,
      float[] b,
      int bo,
      int bs,
      int rows,
      int n);

  /// a = φ(z), and with `order` 1 or 2 also d1 = φ′(z) and d2 = φ″(z), for `rows` rows of `n`
  /// numbers.
  ///
  /// Errors of (φ, φ′, φ″) in units of 2⁻²⁴·max(1, |value|): tanh 6, 12, 24; sigmoid 4, 4, 2;
  /// softplus 3, 4, 4; silu 4, 4, 6; gelu 4, 4, 4; relu 0. Down to z = −86 sigmoid is within 8 ulp
  /// and softplus within 2; below, both stay at 4.5e-38.
  ///
  /// @param function which φ
  /// @param order 0, 1 or 2: the highest derivative wanted; arrays of higher ones are not touched
  /// @param as distance between rows of a, and of z
  /// @param ds distance between rows of d1, and of d2
  void activate(
      Function function,
      int order,
      float[] z,
      int zo,
      float[] a,
      int ao,
      int as,
      float[] d1,
      int d1o,
      float[] d2,
      int d2o,
      int ds,
      int rows,
      int n);

  /// Tangents through an activation: `aDot[t,k,j] = d1[t,j]·zDot[t,k,j]`.
  ///
  /// @param as distance between samples of aDot; tangents are `ak` apart
  /// @param zs distance between samples of zDot, 0 when all samples share their tangents;
  ///     tangents are `zk` apart
  void tangents(
      float[] aDot,
      int ao,
      int as,
      int ak,
      float[] zDot,
      int zo,
      int zs,
      int zk,
      float[] d1,
      int dOff,
      int ds,
      int samples,
      int k,
      int n);

  /// Cotangents through an activation, in place. With ā, ǡ_k in `g` on entry and z̄, ż̄_k on
  /// return: z̄ = φ″·Σ_k ż_k·ǡ_k + φ′·ā and ż̄_k = φ′·ǡ_k.
  ///
  /// @param g value row of sample t at `go + t·gs`, its tangent row i at `gt + t·gts + i·gtk`
  void pullback(
      float[] g,
      int go,
      int gs,
      int gt,
      int gts,
      int gtk,
      float[] zDot,
      int zo,
      int zs,
      int zk,
      float[] d1,
      int d1o,
      float[] d2,
      int d2o,
      int ds,
      int samples,
      int k,
      int n);

  /// `y[t,k,j] = scale[t,k]·x[t,k,j]`: the cotangents of the last layer's tangents.
  ///
  /// @param xs distance between samples of x, 0 when all samples share them; tangents are `xk`
  ///     apart
  /// @param scale at `so + t·k + i`
  void scaleRows(
      float[] y,
      int yo,
      int ys,
      int yk,
      float[] x,
      int xo,
      int xs,
      int xk,
      float[] scale,
      int so,
      int samples,
      int k,
      int n);

  /// `y[j] += Σ_t x[t,j]`, in the order of t.
  void sumRows(float[] y, int yo, float[] x, int xo, int xs, int rows, int n);

  /// `y[j] += Σ_t scale[t]·x[t,j]`, one fma per term in the order of t.
  void sumScaledRows(
      float[] y, int yo, float[] x, int xo, int xs, float[] scale, int so, int ss, int rows, int n);

  /// `y[i,j] = a[i,j]·b[i,j] + c[i,j]·d[i,j]`, the second product added by fma.
  ///
  /// @param stride distance between rows, the same for all five
  void sumOfProducts(
      float[] y,
      int yo,
      float[] a,
      int ao,
      float[] b,
      int bo,
      float[] c,
      int co,
      float[] d,
      int dOff,
      int stride,
      int rows,
      int n);

  /// `y[i,j] = a[i,j]·b[i,j] + y[i,j]`, one fma, row after row.
  ///
  /// @param ys distance between rows of y: 0 sums all rows in one
  /// @param as distance between rows of a: 0 repeats one
  /// @param bs distance between rows of b
  void multiplyAdd(
      float[] y,
      int yo,
      int ys,
      float[] a,
      int ao,
      int as,
      float[] b,
      int bo,
      int bs,
      int rows,
      int n);

  /// Cotangents through an activation whose slopes matter, in place: with ā in `g` on entry and z̄
  /// on return, `z̄[t,j] = d2[t,j]·(scale[so+t]·e[t,j]) + d1[t,j]·ā[t,j]`, the first product added
  /// by fma.
  ///
  /// @param ds distance between rows of g, d1 and d2
  /// @param es distance between rows of e: 0 repeats one
  void slopePullback(
      float[] g,
      int go,
      float[] d1,
      int d1o,
      float[] d2,
      int d2o,
      int ds,
      float[] e,
      int eo,
      int es,
      float[] scale,
      int so,
      int rows,
      int n);

  /// The reverse pass of one hidden layer between one input and one output, lanes over samples, one
  /// row for each unit j:
  ///
  /// ```text
  /// z̄ = d1·(w_j·s̄) + d2·(c_j·q̄)        the second product added by fma
  /// first[2j] += Σ_t z̄·x;   first[2j+1] += Σ_t z̄
  /// second[j] += Σ_t a·s̄;   product[j] += Σ_t d1·q̄
  /// ```
  /// Sums over samples as in [#dot]. Everything but the gradient lies in `m`.
  ///
  /// @param a where φ begins, d1 and d2 where φ′ and φ″ do; rows are `ld` apart
  /// @param x where x begins, followed by a row of ones; s̄ and q̄ likewise
  /// @param w where w begins, c likewise
  /// @param scratch where there is room for a row
  /// @param n number of samples, a multiple of [#ALIGN]
  void shallowPullback(
      float[] m,
      int a,
      int d1,
      int d2,
      int ld,
      int x,
      int sBar,
      int qBar,
      int w,
      int c,
      int scratch,
      float[] gradient,
      int first,
      int second,
      int product,
      int units,
      int n);

  /// `y[j] += x[j]`.
  void add(float[] y, int yo, float[] x, int xo, int n);

  /// The activations a kernel knows.
  enum Function {
    /// tanh z.
    TANH,
    /// 1/(1 + e⁻ᶻ).
    SIGMOID,
    /// log(1 + eᶻ).
    SOFTPLUS,
    /// z·sigmoid(z).
    SILU,
    /// z·Φ(z), Φ the standard normal distribution function.
    GELU,
    /// max(z, 0), with derivative 0 at 0.
    RELU
  }
}
