package score4j.internal.kernel;

import static score4j.internal.kernel.RegisterBlocks.L;
import static score4j.internal.kernel.RegisterBlocks.S;

import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/// The matrix product out of [RegisterBlocks].
///
/// Column panels of 4 vectors (2 where there are 16 registers) stay in the first-level cache while
/// the rows of A pass by; what is left of the columns takes narrower panels, what is left of the
/// rows blocks of 2 and 1.
///
/// Where the rows of B lie far apart, a panel would be spread over many pages and few sets of the
/// cache: there [#DEPTH] rows of it at a time are copied together, and the sums go on from C. Sums
/// stay in the order of p, and storing one between two terms rounds nothing.
final class VectorGemm {
  /// How many rows of a panel are copied together: 32 kB of 4 vectors of 16.
  private static final int DEPTH = 128;

  /// From so many rows of A on a copy pays.
  private static final int COPIED_FOR = 24;

  /// From this distance between rows of B on.
  private static final int FAR = 192;

  private static final Aligned.Places PANELS = new Aligned.Places(DEPTH * 4 * L);

  private VectorGemm() {}

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
    boolean copies = ldb >= FAR && m >= COPIED_FOR;
    Aligned.@Nullable Place place = copies ? PANELS.mine() : null;
    int j = 0;
    while (j < n) {
      int vectors = L == 16 && j + 4 * L <= n ? 4 : j + 2 * L <= n ? 2 : 1;
      if (place != null) {
        copied(
            place.floats,
            place.at,
            vectors,
            c,
            co + j,
            ldc,
            init,
            io + j,
            is,
            a,
            ao,
            ar,
            ac,
            b,
            bo + j,
            ldb,
            m,
            k);
      } else {
        panel(vectors, c, co + j, ldc, init, io + j, is, a, ao, ar, ac, b, bo + j, ldb, m, k);
      }
      j += vectors * L;
    }
  }

  private static void copied(
      float[] panel,
      int at,
      int vectors,
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
      int k) {
    int width = vectors * L;
    int p = 0;
    do {
      int depth = Math.min(DEPTH, k - p);
      copy(panel, at, width, b, bo + p * ldb, ldb, depth);
      boolean begins = p == 0;
      panel(
          vectors,
          c,
          co,
          ldc,
          begins ? init : c,
          begins ? io : co,
          begins ? is : ldc,
          a,
          ao + p * ac,
          ar,
          ac,
          panel,
          at,
          width,
          m,
          depth);
      p += depth;
    } while (p < k);
  }

  private static void copy(
      float[] panel, int to, int width, float[] b, int bo, int ldb, int depth) {
    for (int p = 0; p < depth; p++) {
      for (int j = 0; j < width; j += L) {
        FloatVector.fromArray(S, b, bo + j).intoArray(panel, to);
        to += L;
      }
      bo += ldb;
    }
  }

  private static void panel(
      int vectors,
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
      int k) {
    switch (vectors) {
      case 4 -> panel4(c, co, ldc, init, io, is, a, ao, ar, ac, b, bo, ldb, m, k);
      case 2 -> panel2(c, co, ldc, init, io, is, a, ao, ar, ac, b, bo, ldb, m, k);
      default -> panel1(c, co, ldc, init, io, is, a, ao, ar, ac, b, bo, ldb, m, k);
    }
  }

  private static void panel4(
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
      int k) {
    int i = 0;
    for (; i + 6 <= m; i += 6) {
      RegisterBlocks.block6x4(
          c, co + i * ldc, ldc, init, io + i * is, is, a, ao + i * ar, ar, ac, b, bo, ldb, k);
    }
    for (; i + 2 <= m; i += 2) {
      RegisterBlocks.block2x4(
          c, co + i * ldc, ldc, init, io + i * is, is, a, ao + i * ar, ar, ac, b, bo, ldb, k);
    }
    if (i < m) {
      RegisterBlocks.block1x4(
          c, co + i * ldc, ldc, init, io + i * is, is, a, ao + i * ar, ar, ac, b, bo, ldb, k);
    }
  }

  private static void panel2(
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
      int k) {
    int i = 0;
    for (; L == 16 && i + 12 <= m; i += 12) {
      RegisterBlocks.block12x2(
          c, co + i * ldc, ldc, init, io + i * is, is, a, ao + i * ar, ar, ac, b, bo, ldb, k);
    }
    for (; i + 6 <= m; i += 6) {
      RegisterBlocks.block6x2(
          c, co + i * ldc, ldc, init, io + i * is, is, a, ao + i * ar, ar, ac, b, bo, ldb, k);
    }
    for (; i + 2 <= m; i += 2) {
      RegisterBlocks.block2x2(
          c, co + i * ldc, ldc, init, io + i * is, is, a, ao + i * ar, ar, ac, b, bo, ldb, k);
    }
    if (i < m) {
      RegisterBlocks.block1x2(
          c, co + i * ldc, ldc, init, io + i * is, is, a, ao + i * ar, ar, ac, b, bo, ldb, k);
    }
  }

  private static void panel1(
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
      int k) {
    int i = 0;
    for (; i + 12 <= m; i += 12) {
      RegisterBlocks.block12x1(
          c, co + i * ldc, ldc, init, io + i * is, is, a, ao + i * ar, ar, ac, b, bo, ldb, k);
    }
    for (; i + 6 <= m; i += 6) {
      RegisterBlocks.block6x1(
          c, co + i * ldc, ldc, init, io + i * is, is, a, ao + i * ar, ar, ac, b, bo, ldb, k);
    }
    for (; i + 2 <= m; i += 2) {
      RegisterBlocks.block2x1(
          c, co + i * ldc, ldc, init, io + i * is, is, a, ao + i * ar, ar, ac, b, bo, ldb, k);
    }
    if (i < m) {
      RegisterBlocks.block1x1(
          c, co + i * ldc, ldc, init, io + i * is, is, a, ao + i * ar, ar, ac, b, bo, ldb, k);
    }
  }
}
