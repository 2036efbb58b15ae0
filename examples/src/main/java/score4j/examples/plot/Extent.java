package score4j.examples.plot;

/// The range of an axis: fixed, or from the data with a margin of 4 %.
final class Extent {
  private double low = Double.POSITIVE_INFINITY;
  private double high = Double.NEGATIVE_INFINITY;
  private boolean fixed;
  private boolean floor;

  void fix(double from, double to) {
    low = from;
    high = to;
    fixed = true;
  }

  /// Includes the numbers; those that are not finite are left out.
  void include(double... values) {
    if (fixed) {
      return;
    }
    for (double value : values) {
      if (Double.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  }

  /// The lower end is 0 and gets no margin, as under bars.
  void floorAtZero() {
    include(0);
    floor = true;
  }

  double from() {
    return fixed || floor || low > high ? (low > high ? 0 : low) : low - margin();
  }

  double to() {
    return fixed ? high : low > high ? 1 : high + margin();
  }

  private double margin() {
    return high > low ? 0.04 * (high - low) : 0.5 * Math.max(1e-12, Math.abs(high)) + 1e-6;
  }
}
