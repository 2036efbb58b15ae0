package score4j.solve;

/// How large the error of one step may be.
///
/// ```text
/// |error of yᵢ| ≤ absolute + relative·|yᵢ|                              for every coordinate i
/// ```
/// The error of a whole solution is of the same order, times what the equation makes of it.
///
/// @param relative at least 0
/// @param absolute above 0, in the units of y
public record Tolerance(double relative, double absolute) {
  /// Checks the ranges.
  public Tolerance {
    if (!(relative >= 0 && absolute > 0)
        || !Double.isFinite(relative)
        || !Double.isFinite(absolute)) {
      throw new IllegalArgumentException(
          "relative must be at least 0, absolute above 0, and both finite, but they were %s and %s"
              .formatted(relative, absolute));
    }
  }

  /// The same number for both.
  public static Tolerance of(double tolerance) {
    return new Tolerance(tolerance, tolerance);
  }

  /// Both times a factor.
  public Tolerance times(double factor) {
    return new Tolerance(relative * factor, absolute * factor);
  }
}
