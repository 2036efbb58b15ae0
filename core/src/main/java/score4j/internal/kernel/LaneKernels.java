package score4j.internal.kernel;

/// The steps of traced programs: lanes are samples, so that a value of n numbers a sample is n rows
/// of lanes. Two twins that give the same bits, as [Kernels] has.
///
/// A run of `n` floats is a multiple of [Kernels#ALIGN]. An operand that repeats has a mask: float
/// j of the run is taken from place `j & mask`, so −1 reads on, and 15 repeats 16 floats.
public sealed interface LaneKernels permits ScalarLaneKernels, VectorLaneKernels {
  /// `y[j] = f(x[j])`. A result may overwrite its operand.
  void map(Elementary f, float[] y, int yo, float[] x, int xo, int n);

  /// `y[j] = f(a[j & am], b[j & bm])`. The result may overwrite an operand that does not repeat.
  void zip(Pair f, float[] y, int yo, float[] a, int ao, int am, float[] b, int bo, int bm, int n);

  /// `y[j] = c[j & cm] + a[j & am]·b[j & bm]` by one fma; minus the product if `negated`.
  void multiplyAdd(
      boolean negated,
      float[] y,
      int yo,
      float[] a,
      int ao,
      int am,
      float[] b,
      int bo,
      int bm,
      float[] c,
      int co,
      int cm,
      int n);

  /// `y[j] = c[j & cm] ≠ 0 ? a[j & am] : b[j & bm]`.
  void select(
      float[] y,
      int yo,
      float[] c,
      int co,
      int cm,
      float[] a,
      int ao,
      int am,
      float[] b,
      int bo,
      int bm,
      int n);

  /// Matrix products lane by lane: `y[i,j][l] = init + Σ_p a[i,p][l & am]·b[p,j][l & bm]`, one fma
  /// per term in the order of p, `init` y itself or 0.
  ///
  /// @param yr distance between rows of y, `yc` between columns; likewise for a and b
  /// @param lanes how many lanes each entry has, a multiple of [Kernels#ALIGN]
  void products(
      boolean accumulate,
      float[] y,
      int yo,
      int yr,
      int yc,
      float[] a,
      int ao,
      int ar,
      int ac,
      int am,
      float[] b,
      int bo,
      int br,
      int bc,
      int bm,
      int m,
      int n,
      int k,
      int lanes);

  /// `y[j, i] = x[i, j]` for `rows` × `cols` numbers of x.
  ///
  /// @param ys distance between rows of y
  /// @param xs distance between rows of x
  void transpose(float[] y, int yo, int ys, float[] x, int xo, int xs, int rows, int cols);

  /// `y[j] = x[j]ᵖ` for a fixed p: whole p up to 64 by multiplication, within p roundings; others
  /// through `double`, within 1 ulp. Many times slower than the rest.
  default void power(float[] y, int yo, float[] x, int xo, double p, int n) {
    for (int j = 0; j < n; j++) {
      y[yo + j] = Functions.power(x[xo + j], p);
    }
  }

  /// Functions of one number. Errors in ulps: exp 1, log 2, log1p 2, expm1 2, erf 2, sin and cos 2,
  /// where an ulp near their zeros is that of max(2⁻²⁴, 2⁻³⁶·|x|); the others are rounded once.
  enum Elementary {
    /// −x.
    NEG,
    /// eˣ; 0 and ∞ where a float runs out.
    EXP,
    /// The natural logarithm; −∞ at 0, NaN below.
    LOG,
    /// log(1 + x); −∞ at −1, NaN below.
    LOG1P,
    /// eˣ − 1.
    EXPM1,
    /// The square root.
    SQRT,
    /// 1/x.
    RECIPROCAL,
    /// The sine of any number: beyond 30,000 through `double`, slowly.
    SIN,
    /// The cosine, likewise.
    COS,
    /// 2/√π ∫₀ˣ e^(−t²) dt.
    ERF,
    /// 1 for x > 0, else 0.
    STEP,
    /// |x|.
    ABS,
    /// −1, 0 or 1.
    SIGN
  }

  /// Functions of two numbers, each rounded once.
  enum Pair {
    /// a + b.
    ADD,
    /// a − b.
    SUB,
    /// a·b.
    MUL,
    /// a/b.
    DIV,
    /// a·b, but 0 where a is 0.
    SCALE,
    /// The smaller; NaN if one is.
    MIN,
    /// The greater; NaN if one is.
    MAX,
    /// 1 where a > b, else 0.
    GREATER
  }
}
