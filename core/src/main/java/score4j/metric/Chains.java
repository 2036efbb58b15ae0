package score4j.metric;

/// What several chains of equal length say together: the sums that the effective sample size and
/// R-hat share. Every chain is cut into halves first, so that a drift shows as a difference.
final class Chains {
  /// Half chains, less the middle step of an odd number.
  final double[][] halves;

  final double[] means;

  /// The mean of the variances within the half chains, W.
  final double within;

  /// The variance of all, (N − 1)/N·W + B/N with B/N the variance of the means.
  final double pooled;

  private Chains(double[][] halves) {
    this.halves = halves;
    int steps = halves[0].length;
    means = new double[halves.length];
    double w = 0;
    double mean = 0;
    for (int c = 0; c < halves.length; c++) {
      for (double value : halves[c]) {
        means[c] += value / steps;
      }
      double squares = 0;
      for (double value : halves[c]) {
        squares += (value - means[c]) * (value - means[c]);
      }
      w += squares / (steps - 1) / halves.length;
      mean += means[c] / halves.length;
    }
    double between = 0;
    for (double m : means) {
      between += (m - mean) * (m - mean) / (halves.length - 1);
    }
    within = w;
    pooled = (steps - 1.0) / steps * w + between;
  }

  static Chains of(double[][] chains) {
    if (chains.length == 0) {
      throw new IllegalArgumentException("chains is empty: give at least one chain");
    }
    int steps = chains[0].length;
    if (steps < 4) {
      throw new IllegalArgumentException(
          "chains have %d steps but at least 4 are needed: make longer chains".formatted(steps));
    }
    int half = steps / 2;
    double[][] halves = new double[2 * chains.length][half];
    for (int c = 0; c < chains.length; c++) {
      if (chains[c].length != steps) {
        throw new IllegalArgumentException(
            "chain %d has %d steps but chain 0 has %d: cut them to one length"
                .formatted(c, chains[c].length, steps));
      }
      for (int i = 0; i < steps; i++) {
        if (!Double.isFinite(chains[c][i])) {
          throw new IllegalArgumentException(
              "chains must be finite but step %d of chain %d is %s: a chain that left the finite"
                      .formatted(i, c, chains[c][i])
                  + " numbers needs a smaller step");
        }
      }
      System.arraycopy(chains[c], 0, halves[2 * c], 0, half);
      System.arraycopy(chains[c], steps - half, halves[2 * c + 1], 0, half);
    }
    return new Chains(halves);
  }

  /// The same sums of other values of the halves.
  static Chains ofHalves(double[][] halves) {
    return new Chains(halves);
  }

  /// The autocovariance at a lag, divided by the number of steps and averaged over the half chains.
  double autocovariance(int lag) {
    double sum = 0;
    for (int c = 0; c < halves.length; c++) {
      double[] x = halves[c];
      double products = 0;
      for (int i = lag; i < x.length; i++) {
        products += (x[i] - means[c]) * (x[i - lag] - means[c]);
      }
      sum += products / x.length;
    }
    return sum / halves.length;
  }
}
