package score4j.sample;

import java.util.List;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;
import score4j.process.TimeGrid;
import score4j.process.VarianceExploding;
import score4j.rng.Key;

/// Every sampler and every process, with a law on which all of them are exact in the limit.
final class Samplers {
  /// Two modes on the plane, 4.5 apart; the mean is 0, so that a start about 0 favours neither.
  static final GaussianMixture LAW =
      GaussianMixture.of(
          new double[] {0.25, 0.75},
          Gaussian.isotropic(new double[] {-3, 1.5}, 0.5),
          Gaussian.isotropic(new double[] {1, -0.5}, 0.6));

  private Samplers() {}

  /// A process under a name.
  record Named(String name, LinearSde process) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Named> processes() {
    return List.of(
        new Named("VE", LinearSde.varianceExploding(0.01, 30)),
        new Named("smoothed VE", new VarianceExploding(0.01, 30, true)),
        new Named("VP", LinearSde.variancePreserving(0.1, 20)),
        new Named("sub-VP", LinearSde.subVariancePreserving(0.1, 20)),
        new Named("sigma^t", LinearSde.sigmaPower(25)),
        new Named("custom", LinearSde.of(t -> -0.5 - 6 * t, t -> 0.5 + 3 * t)));
  }

  /// A sampler that starts from noise, under a name.
  record Diffusing(String name, DiffusionSampler sampler) {
    @Override
    public String toString() {
      return name;
    }
  }

  /// Samplers of a process with about so many steps.
  static List<Diffusing> diffusing(LinearSde process, int steps) {
    double most = process.marginal(1).noiseLevel();
    TimeGrid grid =
        TimeGrid.logNoise(process, 1, process.timeOf(Math.min(0.02, 1e-3 * most)), steps);
    SigmaLadder ladder = SigmaLadder.geometric(most, 0.1, Math.max(2, 3 * steps / 10));
    return List.of(
        new Diffusing("annealed Langevin", AnnealedLangevin.of(ladder, process, 10)),
        new Diffusing("reverse SDE, Euler-Maruyama", ReverseSde.of(process, grid)),
        new Diffusing(
            "reverse SDE, Heun",
            ReverseSde.of(process, grid).withScheme(ReverseSde.Scheme.STOCHASTIC_HEUN)),
        new Diffusing("ancestral", Ancestral.of(process, grid)),
        new Diffusing("predictor-corrector", PredictorCorrector.of(process, grid)),
        new Diffusing(
            "predictor-corrector, Euler-Maruyama",
            PredictorCorrector.of(process, grid)
                .withPredictor(PredictorCorrector.Predictor.EULER_MARUYAMA)
                .withCorrector(2, 0.1)));
  }

  /// Runs the plan of a sampler with noise that is given.
  static void run(Plan plan, Score score, Batch x, NoiseSource noise, ChainListener listener) {
    Chains.run(plan, Threads.ONE, score, x, 0, noise, 1, listener);
  }

  /// Noise for steps of `rows` samples from a flat list.
  static NoiseSource given(double[] z, int rows) {
    return (step, firstSample, count, cols, out) -> {
      int first = (int) ((step * rows + firstSample) * cols);
      for (int i = 0; i < count * cols; i++) {
        out[i] = (float) z[first + i];
      }
    };
  }

  /// A start for samplers that need one: all rows different.
  static Batch start(Key key, int rows) {
    return LAW.sample(key, rows);
  }
}
