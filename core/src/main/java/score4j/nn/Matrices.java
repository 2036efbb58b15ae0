package score4j.nn;

/// Copies of matrices with rows and columns exchanged, in blocks whose rows and columns both stay
/// in the cache.
final class Matrices {
  private static final int BLOCK = 16;

  private Matrices() {}

  /// `y[j, i] = x[i, j]` for the rows `from` ≤ i < `to` of x.
  ///
  /// @param ys distance between rows of y, xs of x
  static void transpose(
      float[] y, int yo, int ys, float[] x, int xo, int xs, int from, int to, int columns) {
    for (int i0 = from; i0 < to; i0 += BLOCK) {
      for (int j0 = 0; j0 < columns; j0 += BLOCK) {
        int i1 = Math.min(to, i0 + BLOCK);
        int j1 = Math.min(columns, j0 + BLOCK);
        for (int j = j0; j < j1; j++) {
          int row = yo + j * ys;
          for (int i = i0; i < i1; i++) {
            y[row + i] = x[xo + i * xs + j];
          }
        }
      }
    }
  }

  /// `y[i, j] = scale·x[j, i]` for the rows `from` ≤ i < `to` of y.
  ///
  /// @param ys distance between rows of y, xs of x
  static void scaledTranspose(
      float[] y,
      int yo,
      int ys,
      float[] x,
      int xo,
      int xs,
      float scale,
      int from,
      int to,
      int columns) {
    for (int i0 = from; i0 < to; i0 += BLOCK) {
      for (int j0 = 0; j0 < columns; j0 += BLOCK) {
        int i1 = Math.min(to, i0 + BLOCK);
        int j1 = Math.min(columns, j0 + BLOCK);
        for (int i = i0; i < i1; i++) {
          int row = yo + i * ys;
          for (int j = j0; j < j1; j++) {
            y[row + j] = scale * x[xo + j * xs + i];
          }
        }
      }
    }
  }
}
