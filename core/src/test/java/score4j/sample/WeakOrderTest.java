package score4j.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.array.Batch;
import score4j.dist.DiffusedMixture;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.process.LinearSde;
import score4j.process.TimeGrid;
import score4j.testing.Slope;

/// Weak orders of convergence without noise: for a Gaussian law the score is affine in x, so a step
/// is x ← A·x + B + C·z and takes mean and variance to A·mean + B and A²·variance + C².
class WeakOrderTest {
  private static final double MEAN = 1.5;
  private static final double STD = 0.7;
  private static final double END = 0.1;

  static List<Arguments> schemes() {
    BiFunction<LinearSde, TimeGrid, Plan> euler =
        (process, grid) -> ReverseSde.of(process, grid).withDenoise(false).plan();
    BiFunction<LinearSde, TimeGrid, Plan> heun =
        (process, grid) ->
            ReverseSde.of(process, grid)
                .withScheme(ReverseSde.Scheme.STOCHASTIC_HEUN)
                .withDenoise(false)
                .plan();
    BiFunction<LinearSde, TimeGrid, Plan> ancestral =
        (process, grid) -> Ancestral.of(process, grid).withDenoise(false).plan();
    List<Arguments> all = new ArrayList<>();
    for (Samplers.Named process :
        List.of(
            new Samplers.Named("VE", LinearSde.varianceExploding(0.5, 4)),
            new Samplers.Named("VP", LinearSde.variancePreserving(0.1, 4)),
            new Samplers.Named("sub-VP", LinearSde.subVariancePreserving(0.1, 4)),
            new Samplers.Named("sigma^t", LinearSde.sigmaPower(5)),
            new Samplers.Named("custom", LinearSde.of(t -> -t, t -> 1 + t)))) {
      all.add(Arguments.of("Euler-Maruyama", process, euler, 1));
      all.add(Arguments.of("Heun", process, heun, 2));
      all.add(Arguments.of("ancestral", process, ancestral, 1));
    }
    return all;
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("schemes")
  void errorOfMeanAndVarianceFallsWithTheOrder(
      String name,
      Samplers.Named process,
      BiFunction<LinearSde, TimeGrid, Plan> scheme,
      int order) {
    int[] steps = order == 1 ? new int[] {128, 256, 512, 1024} : new int[] {32, 48, 64, 96, 128};
    double[] h = new double[steps.length];
    double[] mean = new double[steps.length];
    double[] variance = new double[steps.length];
    for (int i = 0; i < steps.length; i++) {
      TimeGrid grid = TimeGrid.uniform(1, END, steps[i]);
      h[i] = (1 - END) / steps[i];
      double[] errors = errors(process.process(), grid, scheme.apply(process.process(), grid));
      mean[i] = Math.abs(errors[0]);
      variance[i] = Math.abs(errors[1]);
    }
    // the mean of some is exact at once, so that only roundings are left of its error
    Slope slope = Slope.logLog(h, variance);
    System.out.printf("weak order of %s under %s: %s%n", name, process, slope);
    assertThat(slope.value()).isBetween(order - 0.1, order + 0.1);
    if (mean[0] > 1e-5) {
      assertThat(Slope.logLog(h, mean).value()).isBetween(order - 0.1, order + 0.1);
    }
  }

  /// Errors of mean and variance at the end, after a start from the exact law.
  private static double[] errors(LinearSde process, TimeGrid grid, Plan plan) {
    DiffusedMixture score =
        GaussianMixture.univariate(new double[] {1}, new double[] {MEAN}, new double[] {STD})
            .under(process);
    Gaussian start = score.at(grid.time(0)).components().getFirst();
    double mean = start.mean()[0];
    double variance = start.covariance()[0][0];
    // x = 0, 1, 0 and z = 0, 0, 1 show B, A + B and B + C
    Batch basis = Batch.of(new float[] {0}, new float[] {1}, new float[] {0});
    NoiseSource noise = (step, first, rows, cols, out) -> out[2] = 1;
    Tile tile = new Tile(score, noise, 3, 1);
    TileStep body = plan.body().apply(tile);
    for (int step = 0; step < plan.steps(); step++) {
      tile.load(basis, 0, 3, 0);
      body.step(tile, step);
      double b = tile.x.get(0, 0);
      double a = tile.x.get(1, 0) - b;
      double c = tile.x.get(2, 0) - b;
      mean = a * mean + b;
      variance = a * a * variance + c * c;
    }
    Gaussian end = score.at(END).components().getFirst();
    return new double[] {mean - end.mean()[0], variance - end.covariance()[0][0]};
  }
}
