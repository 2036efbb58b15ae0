package score4j.dist;

/// What a normal law becomes when something linear of it is measured.
///
/// ```text
/// y = A·x + n,  n ~ N(0, σ²·I):    y ~ N(A·m, S),   S = A·Σ·Aᵀ + σ²·I
/// x | y ~ N(m + K·(y − A·m), (I − K·A)·Σ·(I − K·A)ᵀ + σ²·K·Kᵀ),   K = Σ·Aᵀ·S⁻¹
/// ```
/// The covariance is in Joseph's form, which stays positive where the short form Σ − K·A·Σ does
/// not.
final class Conditioning {
  private Conditioning() {}

  /// The rows have D numbers, there is at least one, and all are finite.
  static void checkOperator(double[][] a, int dim) {
    if (a.length == 0) {
      throw new IllegalArgumentException("a has no row: measure at least one number");
    }
    for (int i = 0; i < a.length; i++) {
      Checks.length("row %d of a".formatted(i), a[i], dim);
      Checks.finite("row %d of a".formatted(i), a[i]);
    }
  }

  /// The law of y.
  static Gaussian measured(Gaussian x, double[][] a, double noiseStd) {
    double[][] cross = times(a, x.covariance()); // A·Σ, which is (Σ·Aᵀ)ᵀ
    double[][] s = new double[a.length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j <= i; j++) {
        s[i][j] = dot(cross[i], a[j]);
        s[j][i] = s[i][j];
      }
      s[i][i] += noiseStd * noiseStd;
    }
    return Gaussian.full(times(a, x.mean()), s);
  }

  /// The law of x given y.
  ///
  /// @param measured the law of y
  static Gaussian posterior(
      Gaussian x, double[][] a, double[] y, double noiseStd, Gaussian measured) {
    int dim = x.dim();
    double[][] covariance = x.covariance();
    double[][] cross = times(a, covariance);
    // Kᵀ = S⁻¹·A·Σ, column by column; the Hessian of log p(y) is −S⁻¹
    double[][] gain = new double[dim][a.length];
    double[] column = new double[a.length];
    for (int d = 0; d < dim; d++) {
      for (int i = 0; i < a.length; i++) {
        column[i] = -cross[i][d];
      }
      measured.jvp(y, column, gain[d]);
    }
    double[] mean = x.mean();
    double[] middle = measured.mean();
    double[][] rest = new double[dim][dim]; // I − K·A
    for (int d = 0; d < dim; d++) {
      rest[d][d] = 1;
      for (int i = 0; i < a.length; i++) {
        mean[d] += gain[d][i] * (y[i] - middle[i]);
        for (int e = 0; e < dim; e++) {
          rest[d][e] -= gain[d][i] * a[i][e];
        }
      }
    }
    double[][] half = times(rest, covariance);
    double[][] posterior = new double[dim][dim];
    for (int d = 0; d < dim; d++) {
      for (int e = 0; e <= d; e++) {
        posterior[d][e] = dot(half[d], rest[e]) + noiseStd * noiseStd * dot(gain[d], gain[e]);
        posterior[e][d] = posterior[d][e];
      }
    }
    return Gaussian.full(mean, posterior);
  }

  /// The coordinates of x that are not among those chosen, in their order.
  static int[] others(int[] chosen, int dim) {
    boolean[] taken = new boolean[dim];
    for (int c : chosen) {
      if (c < 0 || c >= dim) {
        throw new IllegalArgumentException(
            "coordinates must be from 0 to %d (D − 1) but one is %d".formatted(dim - 1, c));
      }
      if (taken[c]) {
        throw new IllegalArgumentException("coordinate %d is there twice".formatted(c));
      }
      taken[c] = true;
    }
    int[] others = new int[dim - chosen.length];
    int count = 0;
    for (int d = 0; d < dim; d++) {
      if (!taken[d]) {
        others[count++] = d;
      }
    }
    return others;
  }

  /// The law of some coordinates alone.
  static Gaussian marginal(Gaussian x, int[] coordinates) {
    double[] mean = x.mean();
    double[][] covariance = x.covariance();
    return Gaussian.full(select(mean, coordinates), select(covariance, coordinates, coordinates));
  }

  /// The law of some coordinates given the values of others.
  ///
  /// @param known the law of those others
  static Gaussian conditional(
      Gaussian x, int[] free, int[] fixed, double[] values, Gaussian known) {
    double[][] covariance = x.covariance();
    double[][] cross = select(covariance, free, fixed);
    double[] pull = known.score(values); // −Σ⁻¹(values − mean), of the fixed
    double[] mean = select(x.mean(), free);
    double[][] posterior = select(covariance, free, free);
    double[] column = new double[fixed.length];
    for (int i = 0; i < free.length; i++) {
      mean[i] -= dot(cross[i], pull);
      known.jvp(values, cross[i], column); // −Σ⁻¹ of the fixed times the cross covariance
      for (int j = 0; j <= i; j++) {
        posterior[i][j] += dot(cross[j], column);
        posterior[j][i] = posterior[i][j];
      }
    }
    return Gaussian.full(mean, posterior);
  }

  private static double[] select(double[] v, int[] coordinates) {
    double[] selected = new double[coordinates.length];
    for (int i = 0; i < coordinates.length; i++) {
      selected[i] = v[coordinates[i]];
    }
    return selected;
  }

  private static double[][] select(double[][] m, int[] rows, int[] cols) {
    double[][] selected = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      selected[i] = select(m[rows[i]], cols);
    }
    return selected;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double[] times(double[][] a, double[] x) {
    double[] product = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      product[i] = dot(a[i], x);
    }
    return product;
  }

  // a·b, b symmetric
  private static double[][] times(double[][] a, double[][] b) {
    double[][] product = new double[a.length][];
    for (int i = 0; i < a.length; i++) {
      product[i] = times(b, a[i]);
    }
    return product;
  }
}
