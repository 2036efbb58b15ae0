package score4j.nn;

/// What the two ways to the trace cost, as a function of the sizes of the network alone: so a
/// result does not depend on the batch it was computed in.
///
/// The unit is a multiply-add of a padded matrix product; a number that is loaded, changed and
/// stored counts as [#PASS] of them.
final class TraceCost {
  /// What one pass over a number costs.
  private static final double PASS = 8;

  /// How many samples share what is done once a step.
  private static final double BATCH = 256;

  private TraceCost() {}

  /// Whether the cyclic way is cheaper than the diagonal.
  static boolean cyclicIsCheaper(Mlp mlp) {
    UnitPacking net = new UnitPacking(mlp, new Memory());
    return cyclic(net) < diagonal(net);
  }

  /// Value and D unit vectors: matrices between hidden layers, once forward and twice in reverse.
  static double diagonal(UnitPacking net) {
    double sum = 0;
    for (int l = 1; l < net.layers; l++) {
      double inner = l > 1 ? 3.0 * net.width[l - 1] : 0;
      sum += net.dim * net.width[l] * (inner + 2 * PASS);
    }
    return sum;
  }

  /// The way of the [Cycle] for as many layers.
  static double cyclic(UnitPacking net) {
    int last = net.layers - 1;
    double one = net.width[1];
    double fold = 3.0 * net.dim * one * (last == 1 ? 1 : net.width[last]) / BATCH;
    return switch (last) {
      case 1 -> fold + 2 * one;
      case 2 -> fold + 3 * one * net.width[2] + PASS * (one + net.width[2]);
      default -> {
        DeepCycle cycle = new DeepCycle(net);
        double passes = 0;
        for (int l = 1; l <= last; l++) {
          passes += net.width[l];
        }
        yield fold + 3 * cycle.products() + 2 * PASS * cycle.tangents() * passes;
      }
    };
  }
}
