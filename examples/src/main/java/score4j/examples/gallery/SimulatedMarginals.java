package score4j.examples.gallery;

import java.util.Arrays;
import java.util.List;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Marginal;
import score4j.rng.Key;
import score4j.rng.Noise;

/// Processes simulated forward from a point, beside the marginals that they claim.
final class SimulatedMarginals {
  private static final double START = 2;
  private static final int PATHS = 20_000;
  private static final int STEPS = 400;

  private SimulatedMarginals() {}

  private record Named(String name, LinearSde process) {}

  static void addChecks(Context context, Key key) {
    List<Named> processes =
        List.of(
            new Named("VE", LinearSde.varianceExploding(0.1, 10)),
            new Named("VP", LinearSde.variancePreserving(0.1, 20)),
            new Named("sub-VP", LinearSde.subVariancePreserving(0.1, 20)),
            new Named("σᵗ", LinearSde.sigmaPower(25)));
    for (int i = 0; i < processes.size(); i++) {
      Named named = processes.get(i);
      double worst = 0;
      Batch x = Batch.zeros(PATHS, 1);
      Arrays.fill(x.data(), (float) START);
      for (int quarter = 1; quarter <= 4; quarter++) {
        walk(named.process(), x, quarter, key.fold(i));
        worst = Math.max(worst, deviation(named.process().marginal(0.25 * quarter), x));
      }
      context.add(
          Check.near(
              named.name() + " forward against its marginals", worst, 0, 4, 1, "standard errors"));
    }
  }

  /// A quarter of the way, by steps whose drift is of second order and whose noise is that of the
  /// middle of the step.
  private static void walk(LinearSde process, Batch x, int quarter, Key key) {
    double h = 1.0 / STEPS;
    Batch z = Batch.zeros(PATHS, 1);
    for (int k = (quarter - 1) * STEPS / 4; k < quarter * STEPS / 4; k++) {
      double t = (k + 0.5) * h;
      double a = h * process.driftCoefficient(t);
      double scale = 1 + a + 0.5 * a * a;
      double kick = process.diffusion(t) * Math.sqrt(h) * (1 + 0.5 * a);
      Noise.normals(key, k, 0, PATHS, 1, z.data(), 0);
      for (int i = 0; i < PATHS; i++) {
        x.data()[i] = (float) (scale * x.data()[i] + kick * z.data()[i]);
      }
    }
  }

  /// The larger of how far mean and standard deviation are off, in standard errors.
  private static double deviation(Marginal marginal, Batch x) {
    double[] values = Drawing.column(x, 0);
    double mean =
        (Drawing.mean(values) - START * marginal.meanScale()) / (marginal.std() / Math.sqrt(PATHS));
    double std =
        (Math.sqrt(Drawing.variance(values)) / marginal.std() - 1) * Math.sqrt(2.0 * PATHS);
    return Math.max(Math.abs(mean), Math.abs(std));
  }
}
