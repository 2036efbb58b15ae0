package score4j.internal.kernel;

import static score4j.internal.kernel.Fma.fma;

/// The matrix product as plain Java that C2 makes vectors of: it does where all indices of a loop
/// are the same, because arrays are the same or have nothing in common, and not where one is `ci +
/// j` and another `bp + j`. So [#WIDTH] columns of C and [#DEPTH] rows of B at a time are copied to
/// arrays of their own.
final class ScalarGemm {
  private static final int WIDTH = 128;
  private static final int DEPTH = 128;
  private static final ThreadLocal<ScalarGemm> MINE = ThreadLocal.withInitial(ScalarGemm::new);

  private final float[] sum = new float[WIDTH];
  private final float[][] rows = new float[DEPTH][WIDTH];

  static void gemm(
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
      int k) {
    if (m == 0) {
      return;
    }
    ScalarGemm mine = MINE.get();
    for (int j = 0; j < n; j += WIDTH) {
      int width = Math.min(WIDTH, n - j);
      int p = 0;
      do {
        int depth = Math.min(DEPTH, k - p);
        for (int q = 0; q < depth; q++) {
          System.arraycopy(b, bo + (p + q) * ldb + j, mine.rows[q], 0, width);
        }
        for (int i = 0; i < m; i++) {
          if (p == 0) {
            System.arraycopy(init, io + i * is + j, mine.sum, 0, width);
          } else {
            System.arraycopy(c, co + i * ldc + j, mine.sum, 0, width);
          }
          mine.row(a, ao + i * ar + p * ac, ac, width, depth);
          System.arraycopy(mine.sum, 0, c, co + i * ldc + j, width);
        }
        p += depth;
      } while (p < k);
    }
  }

  // sum[j] += Σ_p a[p]·rows[p][j], one fma per term in the order of p
  private void row(float[] a, int ao, int ac, int width, int depth) {
    int p = 0;
    for (; p + 4 <= depth; p += 4) {
      int at = ao + p * ac;
      four(
          sum,
          a[at],
          rows[p],
          a[at + ac],
          rows[p + 1],
          a[at + 2 * ac],
          rows[p + 2],
          a[at + 3 * ac],
          rows[p + 3],
          width);
    }
    for (; p < depth; p++) {
      one(sum, a[ao + p * ac], rows[p], width);
    }
  }

  private static void four(
      float[] sum,
      float a0,
      float[] b0,
      float a1,
      float[] b1,
      float a2,
      float[] b2,
      float a3,
      float[] b3,
      int width) {
    for (int j = 0; j < width; j++) {
      sum[j] = fma(a3, b3[j], fma(a2, b2[j], fma(a1, b1[j], fma(a0, b0[j], sum[j]))));
    }
  }

  private static void one(float[] sum, float a, float[] b, int width) {
    for (int j = 0; j < width; j++) {
      sum[j] = fma(a, b[j], sum[j]);
    }
  }
}
