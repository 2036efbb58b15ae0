package score4j.rng;

import score4j.internal.kernel.NoiseKernels.Law;

/// The law of a random direction v with E[v vᵀ] = I, for estimates E[vᵀ J v] = tr J (Hutchinson).
///
/// Variance of one probe, A = (J + Jᵀ)/2:
/// ```text
/// RADEMACHER  2(‖A‖² − Σ aᵢᵢ²)          GAUSSIAN  2‖A‖²          SPHERE  2D/(D+2)·(‖A‖² − (tr
/// A)²/D)
/// ```
/// Numbers are addressed by (key, step, sample, coordinate) as in [Noise].
public enum ProbeLaw {
  /// Independent signs ±1, by the top bit of each word: the least variance of all laws with
  /// independent coordinates, and none at D = 1.
  RADEMACHER,
  /// Independent standard normals, those of [Noise#normals].
  GAUSSIAN,
  /// Uniform on the sphere of radius √D: the normals of [Noise#normals], scaled. ‖v‖² = D to within
  /// rounding, not 1. A sample whose normals are all zero (one in 2²⁵ at D ≤ 2) gives (√D, 0, …).
  SPHERE;

  /// Writes one probe of `cols` coordinates for each of `rows` samples. Allocates nothing.
  ///
  /// @param step the step or purpose under this key
  /// @param firstSample the index of the sample in the first row
  /// @param out where the probes go, row-major, from `offset` on
  /// @throws IllegalArgumentException if `rows < 0`, `cols < 1` or `out` is too short
  public void fill(
      Key key, int step, long firstSample, int rows, int cols, float[] out, int offset) {
    Law law = this == RADEMACHER ? Law.SIGN : Law.NORMAL;
    Noise.fill(law, key, step, firstSample, rows, cols, out, offset);
    if (this == SPHERE) {
      for (int row = 0; row < rows; row++) {
        toSphere(out, offset + row * cols, cols);
      }
    }
  }

  // The squares are exact in double and added in index order; one rounding to float at the end.
  static void toSphere(float[] v, int from, int cols) {
    double sum = 0;
    for (int i = from; i < from + cols; i++) {
      sum += (double) v[i] * v[i];
    }
    if (sum == 0) {
      v[from] = (float) Math.sqrt(cols);
      return;
    }
    double scale = Math.sqrt(cols / sum);
    for (int i = from; i < from + cols; i++) {
      v[i] = (float) (v[i] * scale);
    }
  }
}
