package score4j.inverse;

import java.util.Arrays;

/// Rotates the rows of a matrix, two at a time, until all are orthogonal: the singular value
/// decomposition A = U·S·Vᵀ without U, of which Uᵀ·A = S·Vᵀ is left (Hestenes 1958).
final class OrthogonalRows {
  private OrthogonalRows() {}

  /// Makes the rows orthogonal and rotates the numbers that go with them.
  static void rotate(double[][] rows, double[] values) {
    boolean rotated = true;
    for (int sweep = 0; rotated && sweep < 60; sweep++) {
      rotated = false;
      for (int p = 0; p < rows.length; p++) {
        for (int q = p + 1; q < rows.length; q++) {
          rotated |= rotate(rows, values, p, q);
        }
      }
    }
  }

  // false if the two were orthogonal
  private static boolean rotate(double[][] rows, double[] values, int p, int q) {
    double pp = dot(rows[p], rows[p]);
    double qq = dot(rows[q], rows[q]);
    double pq = dot(rows[p], rows[q]);
    if (Math.abs(pq) <= 0x1p-50 * Math.sqrt(pp * qq)) {
      return false;
    }
    double zeta = (qq - pp) / (2 * pq);
    double tangent = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.hypot(1, zeta));
    double cosine = 1 / Math.hypot(1, tangent);
    double sine = cosine * tangent;
    for (int d = 0; d < rows[p].length; d++) {
      double a = rows[p][d];
      double b = rows[q][d];
      rows[p][d] = cosine * a - sine * b;
      rows[q][d] = sine * a + cosine * b;
    }
    double a = values[p];
    double b = values[q];
    values[p] = cosine * a - sine * b;
    values[q] = sine * a + cosine * b;
    // of two parallel rows one is left with rounding, which is parallel again: 0 ends that
    for (int r : new int[] {p, q}) {
      if (dot(rows[r], rows[r]) <= 1e-30 * (pp + qq)) {
        Arrays.fill(rows[r], 0);
      }
    }
    return true;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
