package score4j.inverse;

import java.util.Arrays;
import score4j.DifferentiableScore;

/// Numbers y that were measured of an unknown x: linear in x, with normal noise.
///
/// ```text
/// y = A·x + n,   n ~ N(0, σ²·I)          A is M × D
/// ```
/// Inside, rows of A and numbers of y are rotated by the orthogonal matrix that makes A·Aᵀ
/// diagonal, which changes neither the noise nor what is known of x; every formula is then one
/// number a row. Rows that become 0 told nothing and are gone.
///
/// Immutable: all methods may be called from several threads.
public final class LinearMeasurement {
  private final int dim;
  private final double noiseStd;
  private final double[] rows; // orthogonal, M × D; empty where they are coordinates
  private final int[] coordinates;
  private final double[] values;
  private final double[] squares; // of the length of each row

  private LinearMeasurement(
      int dim,
      double[] rows,
      int[] coordinates,
      double[] values,
      double[] squares,
      double noiseStd) {
    if (!(noiseStd >= 0) || !Double.isFinite(noiseStd)) {
      throw new IllegalArgumentException(
          "noiseStd must be finite and at least 0 but was %s".formatted(noiseStd));
    }
    this.dim = dim;
    this.rows = rows;
    this.coordinates = coordinates;
    this.values = values;
    this.squares = squares;
    this.noiseStd = noiseStd;
  }

  /// The measurement y = A·x + n.
  ///
  /// - **Cost**: some ten times M²·D operations, once.
  ///
  /// @param a A, M rows of D numbers each
  /// @param y M numbers
  /// @param noiseStd σ; 0 where the numbers are exact
  /// @throws IllegalArgumentException if a shape does not fit, a number is not finite, σ is
  ///     negative, or A is 0
  public static LinearMeasurement of(double[][] a, double[] y, double noiseStd) {
    if (a.length == 0 || a[0].length == 0 || y.length != a.length) {
      throw new IllegalArgumentException(
          "a has %d rows and y %d numbers: give as many, at least one"
              .formatted(a.length, y.length));
    }
    double[][] rows = new double[a.length][];
    for (int i = 0; i < a.length; i++) {
      if (a[i].length != a[0].length) {
        throw new IllegalArgumentException(
            "row %d of a has %d numbers but row 0 has %d".formatted(i, a[i].length, a[0].length));
      }
      requireFinite("row %d of a".formatted(i), a[i]);
      rows[i] = a[i].clone();
    }
    requireFinite("y", y);
    double[] values = y.clone();
    OrthogonalRows.rotate(rows, values);
    double largest = 0;
    for (double[] row : rows) {
      largest = Math.max(largest, OrthogonalRows.dot(row, row));
    }
    int dim = a[0].length;
    double[] flat = new double[rows.length * dim];
    double[] squares = new double[rows.length];
    int count = 0;
    double magnitude = Arrays.stream(y).map(Math::abs).max().orElse(0);
    for (int i = 0; i < rows.length; i++) {
      double square = OrthogonalRows.dot(rows[i], rows[i]);
      if (square > 1e-28 * largest) { // what rounding leaves of 0
        System.arraycopy(rows[i], 0, flat, count * dim, dim);
        squares[count] = square;
        values[count++] = values[i];
      } else if (noiseStd == 0 && Math.abs(values[i]) > 1e-9 * magnitude) {
        throw new IllegalArgumentException(
            "rows of a depend on each other but their values in y contradict: give a noiseStd above 0");
      }
    }
    if (count == 0) {
      throw new IllegalArgumentException("a is 0: nothing of x was measured");
    }
    return new LinearMeasurement(
        dim,
        Arrays.copyOf(flat, count * dim),
        new int[0],
        Arrays.copyOf(values, count),
        Arrays.copyOf(squares, count),
        noiseStd);
  }

  /// The measurement of some coordinates of x: what is left of an image or of a row of a table. No
  /// matrix is stored.
  ///
  /// @param dim D
  /// @param coordinates which, from 0, each once
  /// @param values what was measured of each
  /// @param noiseStd σ; 0 where the numbers are exact
  /// @throws IllegalArgumentException if there is none, one is out of range or there twice, or a
  ///     number does not fit
  public static LinearMeasurement ofCoordinates(
      int dim, int[] coordinates, double[] values, double noiseStd) {
    if (coordinates.length == 0 || values.length != coordinates.length) {
      throw new IllegalArgumentException(
          "there are %d coordinates and %d values: give as many, at least one"
              .formatted(coordinates.length, values.length));
    }
    boolean[] taken = new boolean[dim];
    for (int c : coordinates) {
      if (c < 0 || c >= dim || taken[c]) {
        throw new IllegalArgumentException(
            "coordinates must be from 0 to %d (D − 1), each once, but one is %d"
                .formatted(dim - 1, c));
      }
      taken[c] = true;
    }
    requireFinite("values", values);
    double[] ones = new double[values.length];
    Arrays.fill(ones, 1);
    return new LinearMeasurement(
        dim, new double[0], coordinates.clone(), values.clone(), ones, noiseStd);
  }

  private static void requireFinite(String name, double[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "%s must be finite but number %d is %s".formatted(name, i, values[i]));
      }
    }
  }

  /// The number of coordinates D of x.
  public int dim() {
    return dim;
  }

  /// How many independent numbers were measured: the rank of A.
  public int rank() {
    return values.length;
  }

  /// The standard deviation σ of the noise.
  public double noiseStd() {
    return noiseStd;
  }

  /// The score of the likelihood, as a function of the x that was measured: by Bayes' rule
  /// `prior.plus(measurement.likelihood())` is the score of the posterior.
  ///
  /// ```text
  /// ∇ₓ log p(y | x) = Aᵀ(y − A·x)/σ²        Jacobian −AᵀA/σ²
  /// ```
  /// It is that of x itself, at t = 0. With noise on x it is not the likelihood: use
  /// [PseudoInverseGuidance] or [DiffusionPosteriorSampling] there.
  ///
  /// @throws IllegalArgumentException if σ = 0: an exact value has a likelihood without a score
  public DifferentiableScore likelihood() {
    return new LinearLikelihood(this);
  }

  /// y_i − a_i·x, in rotated rows.
  double residual(int i, double[] x) {
    if (rows.length == 0) {
      return values[i] - x[coordinates[i]];
    }
    double sum = 0;
    for (int d = 0; d < dim; d++) {
      sum += rows[i * dim + d] * x[d];
    }
    return values[i] - sum;
  }

  /// Adds factor·a_i to `out`.
  void addRow(int i, double factor, double[] out) {
    if (rows.length == 0) {
      out[coordinates[i]] += factor;
      return;
    }
    for (int d = 0; d < dim; d++) {
      out[d] += factor * rows[i * dim + d];
    }
  }

  /// ‖a_i‖², the eigenvalue i of A·Aᵀ.
  double square(int i) {
    return squares[i];
  }

  @Override
  public String toString() {
    return "LinearMeasurement[rank=%d, dim=%d, noiseStd=%s]".formatted(rank(), dim, noiseStd);
  }
}
