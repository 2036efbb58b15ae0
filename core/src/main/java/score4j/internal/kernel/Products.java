package score4j.internal.kernel;

/// The matrix product and loops over independent rows, run by one thread or shared by several.
public sealed interface Products permits Kernels, SharedProducts {
  /// `C[i,j] = init[i,j] + Σ_p A[i,p]·B[p,j]`, one fma per term in the order of p.
  ///
  /// @param is distance between rows of `init`: 0 repeats one row (a bias); `init = c`
  ///     accumulates
  /// @param ar distance between rows of A
  /// @param ac distance between columns of A, so that a transposed A needs no copy
  /// @param n number of columns, a multiple of [Kernels#ALIGN]
  void gemm(
      float[] c,
      int co,
      int ldc,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ar,
      int ac,
      float[] b,
      int bo,
      int ldb,
      int m,
      int n,
      int k);

  /// Runs `body` once for every row: for all of 0 … n − 1 at once, or for ranges of them on several
  /// threads.
  void rows(int n, Rows body);

  /// The body of a loop over rows that do not depend on each other.
  @FunctionalInterface
  interface Rows {
    /// Does rows `from` … `to − 1`.
    void run(int from, int to);
  }
}
