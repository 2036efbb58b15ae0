package score4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.golden.Golden;
import score4j.objective.Denoising;
import score4j.objective.ExactTrace;
import score4j.objective.Objective;
import score4j.objective.Regularized;
import score4j.objective.Sliced;
import score4j.rng.Key;

/// The benchmark workloads at full size against float64.
///
/// Tolerance: with batches of hundreds and layers of up to 1024 the errors of single terms
/// average out; a sum of N random errors of relative size u grows as √N·u. The largest N here is
/// the 784·256 terms of a loss, so √N·u = 2.7e-5; a tenth of it is added for what is systematic:
/// 3e-5 of the norm of the tensor.
class GoldenWorkloadsTest {
  private static final double TOLERANCE = 3e-5;

  static Stream<Golden.Case> training() {
    return Golden.load("workloads").cases().stream().filter(c -> !c.text("kind").equals("fwd"));
  }

  static Stream<Golden.Case> evaluation() {
    return Golden.load("workloads").cases().stream().filter(c -> c.text("kind").equals("fwd"));
  }

  @ParameterizedTest
  @MethodSource("training")
  void lossAndGradientAgree(Golden.Case c) {
    Mlp mlp = mlp(c);
    Parameters parameters = parameters(mlp);
    float[] gradient = new float[parameters.size()];
    double loss;
    try (JetEngine engine = new JetEngine(mlp, objective(c), Threads.of(2))) {
      loss = engine.lossAndGradient(parameters, x(c), Key.of(1), gradient);
    }
    double expected = c.number("expect.loss");
    assertThat(loss).isCloseTo(expected, within(TOLERANCE * Math.max(1, Math.abs(expected))));
    double[] weights = uniforms(777, gradient.length);
    double norm = 0;
    double dot = 0;
    for (int i = 0; i < gradient.length; i++) {
      norm += (double) gradient[i] * gradient[i];
      dot += gradient[i] * (2 * weights[i] - 1);
    }
    norm = Math.sqrt(norm);
    double scale = c.number("expect.gnorm");
    assertThat(norm).isCloseTo(scale, within(TOLERANCE * scale));
    assertThat(dot).isCloseTo(c.number("expect.gdot"), within(TOLERANCE * scale));
    for (int l = 0; l < mlp.layers(); l++) {
      tensor(c, "expect.W", l, gradient, mlp.slices().get(2 * l));
      tensor(c, "expect.b", l, gradient, mlp.slices().get(2 * l + 1));
    }
  }

  private static void tensor(
      Golden.Case c, String path, int l, float[] gradient, Parameters.Slice slice) {
    double norm = 0;
    for (int i = slice.offset(); i < slice.offset() + slice.size(); i++) {
      norm += (double) gradient[i] * gradient[i];
    }
    Golden.Case expected = c.at(path, l);
    double scale = expected.number("norm");
    assertThat(Math.sqrt(norm)).as(slice.name()).isCloseTo(scale, within(TOLERANCE * scale));
    for (int i = 0; i < expected.size("samples"); i++) {
      double[] sample = expected.doubles("samples", i);
      assertThat((double) gradient[slice.offset() + (int) sample[0]])
          .as("%s[%d]", slice.name(), (int) sample[0])
          .isCloseTo(sample[1], within(TOLERANCE * scale));
    }
  }

  @ParameterizedTest
  @MethodSource("evaluation")
  void scoresAgree(Golden.Case c) {
    Mlp mlp = mlp(c);
    Batch score = ScoreNetwork.of(mlp, parameters(mlp)).score(x(c));
    double square = 0;
    double dot = 0;
    double[] weights = uniforms(777, score.data().length);
    for (int i = 0; i < score.data().length; i++) {
      double s = score.data()[i];
      square += s * s;
      dot += s * (2 * weights[i] - 1);
    }
    double norm = c.number("expect.gnorm");
    assertThat(square / score.data().length)
        .isCloseTo(c.number("expect.loss"), within(TOLERANCE * c.number("expect.loss")));
    assertThat(Math.sqrt(square)).isCloseTo(norm, within(TOLERANCE * norm));
    assertThat(dot).isCloseTo(c.number("expect.gdot"), within(TOLERANCE * norm));
  }

  private static Mlp mlp(Golden.Case c) {
    return Mlp.of(Activation.valueOf(c.text("act").toUpperCase(Locale.ROOT)), c.ints("sizes"));
  }

  private static Parameters parameters(Mlp mlp) {
    Parameters parameters = Parameters.zeros(mlp.slices());
    for (int i = 0; i < mlp.slices().size(); i++) {
      Parameters.Slice slice = mlp.slices().get(i);
      double[] u = uniforms(102 + i, slice.size());
      double bound = Math.sqrt(mlp.sizes().get(i / 2));
      for (int k = 0; k < u.length; k++) {
        parameters.data()[slice.offset() + k] = (float) ((2 * u[k] - 1) / bound);
      }
    }
    return parameters;
  }

  private static Batch x(Golden.Case c) {
    int rows = c.integer("batch");
    int dim = c.ints("sizes")[0];
    Batch x = Batch.zeros(rows, dim);
    double[] u = uniforms(1, rows * dim);
    for (int i = 0; i < u.length; i++) {
      x.data()[i] = (float) (4 * u[i] - 2);
    }
    return x;
  }

  private static Objective objective(Golden.Case c) {
    int rows = c.integer("batch");
    int dim = c.ints("sizes")[0];
    double lambda = c.number("lam");
    return switch (c.text("kind")) {
      case "ism" -> lambda > 0 ? new Regularized(lambda) : new ExactTrace();
      case "ssmvr" -> {
        double[] u = uniforms(2, c.integer("M") * rows * dim);
        float[] v = new float[u.length];
        for (int i = 0; i < v.length; i++) {
          v[i] = u[i] < 0.5 ? -1 : 1;
        }
        yield GoldenNets.given(Sliced.of(c.integer("M")), v, rows);
      }
      case "dsm" -> {
        double[] u = uniforms(3, 12 * rows * dim);
        float[] z = new float[rows * dim];
        for (int i = 0; i < z.length; i++) {
          double sum = 0;
          for (int k = 0; k < 12; k++) {
            sum += u[12 * i + k];
          }
          z[i] = (float) (sum - 6);
        }
        yield GoldenNets.given(new Denoising(c.number("sigma")), z, rows);
      }
      default -> throw new AssertionError(c.text("kind"));
    };
  }

  private static double[] uniforms(long seed, int n) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] u = new double[n];
    for (int i = 0; i < n; i++) {
      u[i] = (random.nextLong() >>> 11) * 0x1p-53;
    }
    return u;
  }
}
