package score4j.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.golden.Golden;
import score4j.golden.GoldenProcess;
import score4j.process.LinearSde;
import score4j.process.TimeGrid;
import score4j.solve.Euler;
import score4j.solve.Heun;
import score4j.solve.OdeSolver;

/// The probability flow by fixed schemes against float64 (golden/samplers.json).
class GoldenFlowTest {
  static List<Golden.Case> cases() {
    List<Golden.Case> cases =
        Golden.load("samplers").cases().stream()
            .filter(c -> c.text("method").equals("reverse_sde_and_pf_ode"))
            .toList();
    assertThat(cases).hasSize(6);
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void eulerAndHeunFollowTheReference(Golden.Case c) {
    agree(c, new Euler(), c.doubles("expect.ode_euler"));
    agree(c, new Heun(), c.doubles("expect.ode_heun"));
  }

  private static void agree(Golden.Case c, OdeSolver solver, double[] expected) {
    int dim = c.integer("dim");
    LinearSde process = GoldenProcess.of(c);
    TimeGrid grid = TimeGrid.uniform(c.number("t_start"), c.number("t_end"), c.integer("steps"));
    float[] start = c.floats("x0");
    Batch x =
        ProbabilityFlow.of(process)
            .withSolver(solver)
            .withGrid(grid)
            .decode(target(c).under(process), Batch.wrap(start, start.length / dim, dim));
    for (int i = 0; i < start.length; i++) {
      // The state is double; the score is not: x is rounded for it, and it is, both by u = 2⁻²⁴ of
      // their sizes, which moves x by 2u of its size over the whole path (the path is that long).
      // Where paths part, errors grow by up to |∂x(end)/∂x(start)|; the worst here is about 20.
      double bound = 20 * 2 * 0x1p-24 * Math.max(1, Math.abs(start[i]));
      assertThat((double) x.data()[i])
          .as("%s, %s, number %d", c, solver, i)
          .isCloseTo(expected[i], within(bound));
    }
  }

  private static GaussianMixture target(Golden.Case c) {
    double[] weights = c.doubles("target.weights");
    double[] stds = c.doubles("target.stds");
    Gaussian[] components = new Gaussian[weights.length];
    for (int k = 0; k < components.length; k++) {
      components[k] = Gaussian.isotropic(c.doubles("target.means", k), stds[k]);
    }
    return GaussianMixture.of(weights, components);
  }
}
