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

/// Langevin chains with given noise against float64 (golden/samplers.json).
class GoldenLangevinTest {
  /// Unit roundoff of float.
  private static final double U = 0x1p-24;

  static List<Golden.Case> cases() {
    List<Golden.Case> cases =
        Golden.load("samplers").cases().stream()
            .filter(c -> c.text("method").equals("ula"))
            .toList();
    assertThat(cases).hasSize(2);
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyStateFollowsTheReference(Golden.Case c) {
    int dim = c.integer("dim");
    GaussianMixture target = target(c);
    float[] start = c.floats("x0");
    Batch x = Batch.wrap(start, start.length / dim, dim);
    Batch s = Batch.zeros(x.rows(), dim);
    double[] z = c.doubles("z");
    double[] trajectory = c.doubles("expect.trajectory");
    int steps = c.integer("steps");
    int size = start.length;
    double epsilon = c.number("eps");
    double[] bound = new double[x.rows()];
    for (int k = 0; k < steps; k++) {
      widen(bound, target, x, epsilon);
      target.score(x, s);
      float[] noise = new float[size];
      for (int i = 0; i < size; i++) {
        noise[i] = (float) z[k * size + i];
      }
      Langevin.step(
          x.data(), s.data(), noise, 0, size, (float) epsilon, (float) Math.sqrt(2 * epsilon));
      for (int i = 0; i < size; i++) {
        assertThat((double) x.data()[i])
            .as("step %d, sample %d, coordinate %d", k + 1, i / dim, i % dim)
            .isCloseTo(trajectory[k * size + i], within(bound[i / dim]));
      }
    }
    double[] last = c.doubles("expect.final");
    for (int i = 0; i < size; i++) {
      assertThat((double) x.data()[i]).isCloseTo(last[i], within(bound[i / dim]));
    }
  }

  /// A step multiplies an error by 1 + ε‖J(x)‖ and adds two roundings of numbers below 8 (half an
  /// ulp of those is 4u), and those of ε (u of a score below 8), √(2ε) and z (2u of a noise below
  /// 4), times their factors 0.01 and 0.15: 10u in all, for each of D ≤ 2 coordinates.
  private static void widen(double[] bound, GaussianMixture target, Batch x, double epsilon) {
    int dim = x.cols();
    double[] point = new double[dim];
    double[] column = new double[dim];
    for (int r = 0; r < x.rows(); r++) {
      for (int d = 0; d < dim; d++) {
        point[d] = x.get(r, d);
      }
      double squares = 0;
      for (int d = 0; d < dim; d++) {
        double[] unit = new double[dim];
        unit[d] = 1;
        target.jvp(point, unit, column);
        for (double v : column) {
          squares += v * v;
        }
      }
      bound[r] = (1 + epsilon * Math.sqrt(squares)) * bound[r] + 20 * U;
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
