package score4j.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.dist.DiffusedMixture;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.golden.Golden;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;
import score4j.process.TimeGrid;

/// Annealed Langevin and reverse Euler–Maruyama chains with given noise against float64
/// (golden/samplers.json).
class GoldenSamplersTest {
  /// Unit roundoff of float.
  private static final double U = 0x1p-24;

  /// The factors of one step, in double.
  private record Factors(double t, double keep, double gain, double kick) {}

  static List<Golden.Case> cases(String method) {
    return Golden.load("samplers").cases().stream()
        .filter(c -> c.text("method").equals(method))
        .toList();
  }

  static List<Golden.Case> annealed() {
    List<Golden.Case> cases = cases("annealed_langevin");
    assertThat(cases).hasSize(2);
    return cases;
  }

  static List<Golden.Case> reverse() {
    List<Golden.Case> cases = cases("reverse_sde_and_pf_ode");
    assertThat(cases).hasSize(6);
    return cases;
  }

  // The file says x + α/2·s + √α·z with α = eps·σ²/σ_last², so eps is twice our step size.
  @ParameterizedTest
  @MethodSource("annealed")
  void annealedLangevinFollowsTheReference(Golden.Case c) {
    List<Double> sigmas = new ArrayList<>();
    for (double sigma : c.doubles("sigmas")) {
      sigmas.add(sigma);
    }
    SigmaLadder ladder = new SigmaLadder(sigmas);
    LinearSde process = ladder.process();
    int each = c.integer("steps_per_sigma");
    double half = 0.5 * c.number("eps");
    AnnealedLangevin sampler =
        new AnnealedLangevin(ladder, process, each, half, false, Threads.ONE);
    List<Factors> factors = new ArrayList<>();
    for (int level = 0; level < ladder.levels(); level++) {
      double epsilon = half * Math.pow(ladder.sigma(level) / sigmas.getLast(), 2);
      for (int k = 0; k < each; k++) {
        factors.add(new Factors(ladder.time(level), 1, epsilon, Math.sqrt(2 * epsilon)));
      }
    }
    check(c, target(c).under(process), sampler.plan(), factors, c.doubles("expect.final"));
  }

  @ParameterizedTest
  @MethodSource("reverse")
  void eulerMaruyamaFollowsTheReference(Golden.Case c) {
    LinearSde process =
        c.text("sde.type").equals("ve")
            ? LinearSde.varianceExploding(c.number("sde.sigma_min"), c.number("sde.sigma_max"))
            : LinearSde.variancePreserving(c.number("sde.beta_min"), c.number("sde.beta_max"));
    TimeGrid grid = TimeGrid.uniform(c.number("t_start"), c.number("t_end"), c.integer("steps"));
    ReverseSde sampler = ReverseSde.of(process, grid).withDenoise(false);
    List<Factors> factors = new ArrayList<>();
    for (int i = 0; i < grid.steps(); i++) {
      double t = grid.time(i);
      double h = t - grid.time(i + 1);
      double g = process.diffusion(t);
      factors.add(new Factors(t, 1 - h * process.driftCoefficient(t), h * g * g, g * Math.sqrt(h)));
    }
    check(c, target(c).under(process), sampler.plan(), factors, c.doubles("expect.euler_maruyama"));
  }

  /// A step multiplies an error by no more than ‖keep·I + gain·J(x)‖, Frobenius. It adds the
  /// roundings of three results (each no larger than the three terms together), of the three
  /// factors and of the score:
  /// 5u of the terms together covers them. Terms of second order: a hundredth on top.
  private static void check(
      Golden.Case c, DiffusedMixture score, Plan plan, List<Factors> factors, double[] expected) {
    int dim = c.integer("dim");
    float[] start = c.floats("x0");
    int rows = start.length / dim;
    Batch x = Batch.wrap(start, rows, dim);
    double[] z = c.doubles("z");
    double[] bound = new double[rows];
    assertThat(plan.steps()).isEqualTo(factors.size());
    Samplers.run(
        plan,
        score,
        x,
        Samplers.given(z, rows),
        (step, state) -> {
          if (step == factors.size()) {
            return;
          }
          Factors f = factors.get((int) step);
          for (int r = 0; r < rows; r++) {
            double[] point = new double[dim];
            for (int d = 0; d < dim; d++) {
              point[d] = state.get(r, d);
            }
            double[] s = score.score(point, f.t);
            double squares = 0;
            double terms = 0;
            for (int d = 0; d < dim; d++) {
              double[] unit = new double[dim];
              unit[d] = 1;
              double[] column = score.jvp(point, unit, f.t);
              for (int e = 0; e < dim; e++) {
                double entry = f.keep * unit[e] + f.gain * column[e];
                squares += entry * entry;
              }
              terms +=
                  Math.abs(f.keep * point[d])
                      + Math.abs(f.gain * s[d])
                      + Math.abs(f.kick * (float) z[((int) step * rows + r) * dim + d]);
            }
            bound[r] = 1.01 * (Math.sqrt(squares) * bound[r] + 5 * U * terms);
          }
        });
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) x.data()[i])
          .as("sample %d, coordinate %d, bound %s", i / dim, i % dim, bound[i / dim])
          .isCloseTo(expected[i], within(bound[i / dim]));
      // and the bound says something
      assertThat(bound[i / dim]).isLessThan(0.02);
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
