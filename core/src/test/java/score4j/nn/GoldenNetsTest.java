package score4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.golden.Golden;
import score4j.rng.Key;

/// Scores, Jacobian products, losses and every gradient entry against float64 autodiff.
///
/// Tolerance: a layer adds n + 1 rounded terms and an activation that is off by up to 12 units,
/// so its error is at most (n + 13)·2⁻²⁴ times the sum of the absolute terms. Over all layers,
/// forward and back (twice), with absolute sums up to twice the largest result in these nets:
/// 4·2⁻²⁴·Σ(n + 13) times the largest entry.
class GoldenNetsTest {
  static Stream<Golden.Case> nets() {
    return Stream.of("tanh", "softplus", "sigmoid", "silu", "gelu", "relu")
        .flatMap(name -> Golden.load("nets_" + name).cases().stream());
  }

  static Stream<Golden.Case> smoothNets() {
    return nets().filter(c -> c.has("expect.trace"));
  }

  @ParameterizedTest
  @MethodSource("nets")
  void scoresAgree(Golden.Case c) {
    close(c, "score", network(c).score(x(c)).data(), c.doubles("expect.score"));
  }

  @ParameterizedTest
  @MethodSource("smoothNets")
  void jacobianProductsAndDivergenceAgree(Golden.Case c) {
    ScoreNetwork network = network(c);
    Batch x = x(c);
    int n = x.rows() * x.cols();
    float[] divergence = new float[x.rows()];
    network.divergence(x, 0, divergence);
    close(c, "divergence", divergence, c.doubles("expect.trace"));
    double[] jacobian = c.doubles("expect.jacobian");
    // the D terms of a product may cancel
    double scale = x.cols() * largest(jacobian);
    for (int m = 0; m < c.integer("M"); m++) {
      float[] given = Arrays.copyOfRange(c.floats("v"), m * n, (m + 1) * n);
      Batch v = Batch.wrap(given, x.rows(), x.cols());
      Batch out = Batch.zeros(x.rows(), x.cols());
      network.jvp(x, v, 0, out);
      double[] jvp = c.doubles("expect.jvp");
      close(c, "jvp", out.data(), Arrays.copyOfRange(jvp, m * n, (m + 1) * n), scale);
      network.vjp(x, v, 0, out);
      close(c, "vjp", out.data(), transposedTimes(jacobian, v), scale);
    }
  }

  private static double[] transposedTimes(double[] jacobian, Batch v) {
    int dim = v.cols();
    double[] product = new double[v.rows() * dim];
    for (int b = 0; b < v.rows(); b++) {
      for (int i = 0; i < dim; i++) {
        for (int j = 0; j < dim; j++) {
          product[b * dim + j] += jacobian[(b * dim + i) * dim + j] * v.get(b, i);
        }
      }
    }
    return product;
  }

  @ParameterizedTest
  @MethodSource("nets")
  void lossesAndGradientsAgree(Golden.Case c) {
    Mlp mlp = GoldenNets.mlp(c);
    Parameters parameters = GoldenNets.parameters(mlp, c, "params");
    int checked = 0;
    for (String loss : List.of("ism", "ism_reg", "ssm", "ssm_vr", "dsm")) {
      String path = "expect.losses." + loss;
      if (c.has(path)) {
        checked++;
        try (JetEngine engine = new JetEngine(mlp, GoldenNets.objective(c, loss), Threads.ONE)) {
          float[] gradient = new float[parameters.size()];
          double mean = engine.lossAndGradient(parameters, x(c), Key.of(1), gradient);
          double[] perSample = c.doubles(path + ".per_sample");
          float[] losses = new float[perSample.length];
          engine.losses(parameters, x(c), Key.of(1), losses);
          close(c, loss, losses, perSample);
          double scale = Arrays.stream(perSample).map(Math::abs).max().orElseThrow();
          assertThat(mean)
              .as("mean %s of %s", loss, c)
              .isCloseTo(c.number(path + ".loss"), within(tolerance(c) * scale));
          close(c, loss + " gradient", gradient, GoldenNets.flat(mlp, c, path + ".grad"));
        }
      }
    }
    assertThat(checked).isEqualTo(c.text("activation").equals("relu") ? 1 : 5);
  }

  private static ScoreNetwork network(Golden.Case c) {
    Mlp mlp = GoldenNets.mlp(c);
    return ScoreNetwork.of(mlp, GoldenNets.parameters(mlp, c, "params"));
  }

  private static Batch x(Golden.Case c) {
    return Batch.wrap(c.floats("x"), c.integer("batch"), c.ints("sizes")[0]);
  }

  private static double tolerance(Golden.Case c) {
    int[] sizes = c.ints("sizes");
    int terms = 0;
    for (int l = 0; l < sizes.length - 1; l++) {
      terms += sizes[l] + 13;
    }
    return 4 * 0x1p-24 * terms;
  }

  private static void close(Golden.Case c, String what, float[] actual, double[] expected) {
    close(c, what, actual, expected, largest(expected));
  }

  private static void close(
      Golden.Case c, String what, float[] actual, double[] expected, double scale) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .as("%s of %s, entry %d", what, c, i)
          .isCloseTo(expected[i], within(tolerance(c) * scale));
    }
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }
}
