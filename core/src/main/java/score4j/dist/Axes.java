package score4j.dist;

import java.util.Arrays;

/// The principal axes of a normal law, Σ = Σᵢ λᵢ·uᵢuᵢᵀ.
///
/// The arrays are shared and not to be written to.
final class Axes {
  /// λ, D numbers above 0.
  final double[] variances;

  /// u₁ … u_D, orthonormal, one after another; empty where they are the coordinates.
  final double[] directions;

  private Axes(double[] variances, double[] directions) {
    this.variances = variances;
    this.directions = directions;
  }

  /// The coordinates themselves.
  static Axes coordinates(double[] variances) {
    return new Axes(variances, new double[0]);
  }

  /// The axes of L Lᵀ by rotating the columns of L, two at a time, until all are orthogonal: then
  /// they are √λᵢ·uᵢ. Small variances beside large ones come out as exact as L holds them.
  ///
  /// Hestenes 1958; Demmel & Veselić 1992 for the error.
  ///
  /// @param factor L, D × D row-major
  static Axes of(double[] factor, int dim) {
    double[] columns = new double[dim * dim]; // of L, one after another
    for (int i = 0; i < dim; i++) {
      for (int j = 0; j < dim; j++) {
        columns[j * dim + i] = factor[i * dim + j];
      }
    }
    boolean rotated = true;
    // quadratic at the end: ten sweeps are plenty
    for (int sweep = 0; rotated && sweep < 60; sweep++) {
      rotated = false;
      for (int p = 0; p < dim; p++) {
        for (int q = p + 1; q < dim; q++) {
          rotated |= rotate(columns, p * dim, q * dim, dim);
        }
      }
    }
    double[] variances = new double[dim];
    for (int i = 0; i < dim; i++) {
      variances[i] = dot(columns, i * dim, i * dim, dim);
      double length = Math.sqrt(variances[i]);
      for (int j = 0; j < dim; j++) {
        columns[i * dim + j] /= length;
      }
    }
    return new Axes(variances, columns);
  }

  // makes two columns orthogonal; false if they were
  private static boolean rotate(double[] columns, int p, int q, int dim) {
    double pp = dot(columns, p, p, dim);
    double qq = dot(columns, q, q, dim);
    double pq = dot(columns, p, q, dim);
    if (Math.abs(pq) <= 0x1p-52 * Math.sqrt(pp * qq)) {
      return false;
    }
    double zeta = (qq - pp) / (2 * pq);
    double tangent = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.hypot(1, zeta));
    double cosine = 1 / Math.hypot(1, tangent);
    double sine = cosine * tangent;
    for (int i = 0; i < dim; i++) {
      double a = columns[p + i];
      double b = columns[q + i];
      columns[p + i] = cosine * a - sine * b;
      columns[q + i] = sine * a + cosine * b;
    }
    return true;
  }

  private static double dot(double[] a, int p, int q, int dim) {
    double sum = 0;
    for (int i = 0; i < dim; i++) {
      sum += a[p + i] * a[q + i];
    }
    return sum;
  }

  /// Writes the coordinates of v along the axes, uᵢ·v, into `out` from `start` on.
  void along(double[] v, double[] out, int start) {
    int dim = variances.length;
    if (directions.length == 0) {
      System.arraycopy(v, 0, out, start, dim);
      return;
    }
    for (int i = 0; i < dim; i++) {
      double sum = 0;
      for (int j = 0; j < dim; j++) {
        sum += directions[i * dim + j] * v[j];
      }
      out[start + i] = sum;
    }
  }

  /// Adds factor·Σᵢ cᵢ·uᵢ to `out`, c from `start` on.
  void add(double factor, double[] c, int start, double[] out, int outStart) {
    int dim = variances.length;
    for (int i = 0; i < dim; i++) {
      double scaled = factor * c[start + i];
      if (directions.length == 0) {
        out[outStart + i] += scaled;
        continue;
      }
      for (int j = 0; j < dim; j++) {
        out[outStart + j] += scaled * directions[i * dim + j];
      }
    }
  }

  /// The normal law of that mean with these axes and other variances.
  Gaussian gaussian(double[] mean, double[] variances) {
    int dim = mean.length;
    if (directions.length == 0) {
      return Gaussian.diagonal(mean, Arrays.stream(variances).map(Math::sqrt).toArray());
    }
    double[][] covariance = new double[dim][dim];
    for (int a = 0; a < dim; a++) {
      for (int b = 0; b <= a; b++) {
        double sum = 0;
        for (int i = 0; i < dim; i++) {
          sum += variances[i] * directions[i * dim + a] * directions[i * dim + b];
        }
        covariance[a][b] = sum;
        covariance[b][a] = sum;
      }
    }
    return Gaussian.full(mean, covariance);
  }
}
