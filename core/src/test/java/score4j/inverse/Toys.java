package score4j.inverse;

import java.util.List;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.process.LinearSde;
import score4j.process.VarianceExploding;

/// Laws and processes that the tests of inverse problems share.
final class Toys {
  /// Three modes in the plane, of std 0.3 to 0.45, two of them tilted.
  static final GaussianMixture MODES =
      GaussianMixture.of(
          new double[] {0.5, 0.3, 0.2},
          Gaussian.full(new double[] {1, 1}, new double[][] {{0.1, 0.05}, {0.05, 0.1}}),
          Gaussian.full(new double[] {-1, 0.5}, new double[][] {{0.1, -0.05}, {-0.05, 0.1}}),
          Gaussian.full(new double[] {0.2, -1.2}, new double[][] {{0.1, 0}, {0, 0.2}}));

  private Toys() {}

  static List<LinearSde> processes() {
    return List.of(
        LinearSde.variancePreserving(0.1, 20),
        LinearSde.subVariancePreserving(0.1, 20),
        LinearSde.varianceExploding(0.01, 20),
        new VarianceExploding(0.01, 20, true),
        LinearSde.sigmaPower(25),
        LinearSde.of(t -> -t, t -> 0.5 + 3 * t));
  }
}
