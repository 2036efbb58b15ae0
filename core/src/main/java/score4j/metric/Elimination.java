package score4j.metric;

/// Gaussian elimination with partial pivoting.
final class Elimination {
  /// A pivot this small says that digits are lost: scores are floats.
  private static final double LEAST_PIVOT = 1e-6;

  private Elimination() {}

  /// The solution of K equations whose coefficients are of size 1.
  ///
  /// @param a K rows of K coefficients and the right side; overwritten
  /// @return K numbers, or none if a pivot is below 10⁻⁶
  static double[] solve(double[][] a) {
    int k = a.length;
    for (int c = 0; c < k; c++) {
      int best = c;
      for (int r = c + 1; r < k; r++) {
        if (Math.abs(a[r][c]) > Math.abs(a[best][c])) {
          best = r;
        }
      }
      double[] pivot = a[best];
      a[best] = a[c];
      a[c] = pivot;
      if (!(Math.abs(pivot[c]) >= LEAST_PIVOT)) {
        return new double[0];
      }
      for (int r = c + 1; r < k; r++) {
        double factor = a[r][c] / pivot[c];
        for (int m = c; m <= k; m++) {
          a[r][m] -= factor * pivot[m];
        }
      }
    }
    double[] v = new double[k];
    for (int r = k - 1; r >= 0; r--) {
      double sum = a[r][k];
      for (int m = r + 1; m < k; m++) {
        sum -= a[r][m] * v[m];
      }
      v[r] = sum / a[r][r];
    }
    return v;
  }
}
