package score4j.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.autodiff.Fn;
import score4j.autodiff.Loss;
import score4j.autodiff.Shape;
import score4j.dist.Gaussian;
import score4j.nn.Activation;
import score4j.nn.Init;
import score4j.nn.JetEngine;
import score4j.nn.Mlp;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.rng.ProbeLaw;

/// The fused engine in `float` against the traced definitions in `double`, on random networks and
/// with the noise that each objective draws from the same key.
class FusedAgainstDefinitionTest {
  private static final int BATCH = 21;

  static Stream<Arguments> networks() {
    Random random = new Random(7);
    return Arrays.stream(Activation.values())
        .flatMap(
            activation ->
                IntStream.rangeClosed(1, 4)
                    .mapToObj(
                        layers -> {
                          int dim = 1 + random.nextInt(5);
                          int[] sizes = new int[layers + 1];
                          Arrays.setAll(sizes, i -> 1 + random.nextInt(24));
                          sizes[0] = dim;
                          sizes[layers] = dim;
                          return Arguments.of(Mlp.of(activation, sizes));
                        }));
  }

  private static List<Objective> objectives(int dim) {
    return List.of(
        new ExactTrace(),
        new Regularized(0.3),
        new Sliced(3, ProbeLaw.GAUSSIAN, false),
        new Sliced(2, ProbeLaw.SPHERE, true),
        Sliced.of(1),
        new Denoising(0.4),
        new Explicit(Gaussian.standard(dim)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void lossesAndGradientsAgree(Mlp mlp) {
    int dim = mlp.inputs();
    Parameters parameters = mlp.initialize(Init.FAN_IN, Key.of(3));
    double[] values = doubles(parameters.data());
    Batch x = Noise.normals(Key.of(4), BATCH, dim);
    Key key = Key.of(5);
    for (Objective objective : objectives(dim)) {
      float[] gradient = new float[parameters.size()];
      double loss;
      try (JetEngine engine = new JetEngine(mlp, objective, Threads.ONE)) {
        loss = engine.lossAndGradient(parameters, x, key, gradient);
      }
      Definition definition = (Definition) objective;
      int draws = definition.draws();
      Fn traced =
          Fn.of(
              mlp.slices(),
              dim * (1 + draws),
              (w, u) ->
                  definition.loss(
                      v -> mlp.apply(w, v),
                      u.slice(0, dim),
                      u.slice(draws == 0 ? 0 : dim, dim * (1 + draws))
                          .reshape(Shape.matrix(Math.max(1, draws), dim))));
      double[] rows = rows(definition, key, x);
      double[] expected = new double[values.length];
      double mean = Loss.of(traced).valueAndGrad(values, rows, expected);
      double[] each = traced.at(values, rows);
      assertThat(loss)
          .as("%s of %s", objective.name(), mlp)
          .isCloseTo(mean, within(tolerance(mlp) * largest(each)));
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) gradient[i])
            .as("%s of %s, gradient %d", objective.name(), mlp, i)
            .isCloseTo(expected[i], within(tolerance(mlp) * Math.max(1, largest(expected))));
      }
    }
  }

  private static double[] rows(Definition definition, Key key, Batch x) {
    int dim = x.cols();
    int draws = definition.draws();
    float[] drawn = new float[x.rows() * draws * dim];
    definition.draw(key, 0, x, drawn);
    double[] rows = new double[x.rows() * (1 + draws) * dim];
    for (int b = 0; b < x.rows(); b++) {
      for (int d = 0; d < dim; d++) {
        rows[b * (1 + draws) * dim + d] = x.get(b, d);
      }
      for (int i = 0; i < draws * dim; i++) {
        rows[b * (1 + draws) * dim + dim + i] = drawn[b * draws * dim + i];
      }
    }
    return rows;
  }

  // a layer adds n + 1 rounded terms and an activation off by up to 12 units, so its error is at
  // most (n + 13)·2⁻²⁴ of the sum of the absolute terms; forward and back twice, with absolute sums
  // up to twice the largest result
  private static double tolerance(Mlp mlp) {
    return 4 * 0x1p-24 * mlp.sizes().stream().mapToInt(n -> n + 13).sum();
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }
}
