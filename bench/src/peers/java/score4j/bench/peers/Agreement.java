package score4j.bench.peers;

/// Throws unless another library computes what score4j does: nothing is timed before.
final class Agreement {
  private Agreement() {}

  /// Compares two results number by number.
  ///
  /// Both are float32. A number is a sum of 10³ to 10⁵ products over samples and units, each
  /// rounded by at most 2⁻²⁴ of its size in either library; the errors of either sign mostly
  /// cancel, so that √10⁵·2⁻²⁴ ≈ 2e-5 of the largest terms is left. The largest number of the
  /// result stands for those, as a small one may be a difference of large ones.
  ///
  /// @param ours what score4j computes
  static void require(String what, float[] theirs, float[] ours) {
    if (theirs.length != ours.length) {
      throw new IllegalStateException(
          "%s has %d numbers but must have %d".formatted(what, theirs.length, ours.length));
    }
    double largest = 0;
    double error = 0;
    int worst = 0;
    for (int i = 0; i < ours.length; i++) {
      largest = Math.max(largest, Math.abs(ours[i]));
      double difference = Math.abs((double) theirs[i] - ours[i]);
      if (!(difference <= error)) { // a NaN is the worst
        error = difference;
        worst = i;
      }
    }
    double bound = 3e-5 * (1 + largest);
    if (!(error <= bound)) {
      throw new IllegalStateException(
          "%s: number %d is %s but score4j has %s; the bound is %.2e"
              .formatted(what, worst, theirs[worst], ours[worst], bound));
    }
    System.out.printf(
        "# %s: %d numbers agree, largest %.3g, difference at most %.1e of %.1e%n",
        what, ours.length, largest, error, bound);
  }
}
