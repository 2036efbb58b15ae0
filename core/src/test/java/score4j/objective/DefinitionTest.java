package score4j.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.autodiff.BatchFunction;
import score4j.autodiff.BatchLoss;
import score4j.autodiff.Derivatives;
import score4j.autodiff.Expr;
import score4j.autodiff.Fn;
import score4j.autodiff.Loss;
import score4j.autodiff.Shape;
import score4j.autodiff.Weights;
import score4j.golden.Golden;
import score4j.nn.GoldenNets;
import score4j.nn.Mlp;
import score4j.rng.ProbeLaw;

/// The objectives as they are written down, traced and run in `double`, against float64 autodiff.
///
/// Tolerance in `double`: 1e-9 of the largest entry. Sums of some hundred terms lose 1e-14, and
/// losses of order 10⁴ in the saturated nets some digits more.
///
/// Tolerance in `float`: a layer sums n terms, each rounded once, and applies an activation of at
/// most 12 roundings, so its error is at most (n + 13)·2⁻²⁴ times the sum of the absolute terms.
/// Forward and back and both once more for the derivative, with absolute sums up to twice the
/// largest result: 4·2⁻²⁴·Σ(n + 13) times the largest entry. The score of an energy is a gradient
/// already, so its losses go through the layers twice as often.
class DefinitionTest {
  private static final double TOLERANCE = 1e-9;

  static Stream<Golden.Case> nets() {
    return Stream.of("tanh", "softplus", "sigmoid", "silu", "gelu", "relu")
        .flatMap(name -> Golden.load("nets_" + name).cases().stream());
  }

  static Stream<Golden.Case> energies() {
    return Golden.load("energy").cases().stream();
  }

  private static UnaryOperator<Expr> score(Mlp mlp, Weights weights) {
    return x -> mlp.apply(weights, x);
  }

  private static UnaryOperator<Expr> energyScore(Mlp mlp, Weights weights) {
    return x -> Derivatives.grad(u -> mlp.apply(weights, u).get(0), x).neg();
  }

  private static Fn function(
      Golden.Case c, int outputs, java.util.function.BiFunction<Weights, Expr, Expr> body) {
    Mlp mlp = GoldenNets.mlp(c);
    assertThat(mlp.outputs()).isEqualTo(outputs);
    return Fn.of(mlp.slices(), mlp.inputs(), body);
  }

  @ParameterizedTest
  @MethodSource("nets")
  void scoresAndJacobiansOfNetsAgree(Golden.Case c) {
    Mlp mlp = GoldenNets.mlp(c);
    Fn score = function(c, mlp.inputs(), (w, x) -> score(mlp, w).apply(x));
    scoresAndJacobiansAgree(c, mlp, score);
  }

  @ParameterizedTest
  @MethodSource("energies")
  void scoresAndJacobiansOfEnergiesAgree(Golden.Case c) {
    Mlp mlp = GoldenNets.mlp(c);
    Fn energy = function(c, 1, (w, x) -> mlp.apply(w, x).get(0));
    double[] parameters = GoldenNets.flat(mlp, c, "params");
    close("energy", energy.at(parameters, c.doubles("x")), c.doubles("expect.energy"));
    scoresAndJacobiansAgree(c, mlp, function(c, 1, (w, x) -> energyScore(mlp, w).apply(x)));
  }

  private static void scoresAndJacobiansAgree(Golden.Case c, Mlp mlp, Fn score) {
    double[] parameters = GoldenNets.flat(mlp, c, "params");
    double[] x = c.doubles("x");
    close("score", score.at(parameters, x), c.doubles("expect.score"));
    inFloat(c, "score", score, c.doubles("expect.score"));
    if (c.has("expect.trace")) {
      close("jacobian", score.jacobian().at(parameters, x), c.doubles("expect.jacobian"));
      close("trace", score.divergence().at(parameters, x), c.doubles("expect.trace"));
      inFloat(c, "jacobian", score.jacobian(), c.doubles("expect.jacobian"));
      inFloat(c, "trace", score.divergence(), c.doubles("expect.trace"));
    }
  }

  @ParameterizedTest
  @MethodSource("nets")
  void lossesAndGradientsOfNetsAgree(Golden.Case c) {
    lossesAndGradientsAgree(c, false);
  }

  @ParameterizedTest
  @MethodSource("energies")
  void lossesAndGradientsOfEnergiesAgree(Golden.Case c) {
    lossesAndGradientsAgree(c, true);
  }

  private static void lossesAndGradientsAgree(Golden.Case c, boolean energy) {
    Mlp mlp = GoldenNets.mlp(c);
    double[] parameters = GoldenNets.flat(mlp, c, "params");
    int checked = 0;
    for (String name : List.of("ism", "ism_reg", "ssm", "ssm_vr", "dsm")) {
      String path = "expect.losses." + name;
      if (!c.has(path)) {
        continue;
      }
      checked++;
      Definition definition = definition(c, name);
      int dim = mlp.inputs();
      int draws = definition.draws();
      // a sample and what was drawn with it are one row
      Fn loss =
          Fn.of(
              mlp.slices(),
              dim * (1 + draws),
              (w, u) -> {
                Expr x = u.slice(0, dim);
                Expr drawn =
                    (draws == 0 ? x : u.slice(dim, dim * (1 + draws)))
                        .reshape(Shape.matrix(Math.max(1, draws), dim));
                return definition.loss(energy ? energyScore(mlp, w) : score(mlp, w), x, drawn);
              });
      double[] rows = rows(c, dim, draws, name.equals("dsm") ? c.doubles("z") : c.doubles("v"));
      double[] expected = c.doubles(path + ".per_sample");
      close(name, loss.at(parameters, rows), expected);
      double[] gradient = new double[parameters.length];
      double mean = Loss.of(loss).valueAndGrad(parameters, rows, gradient);
      close(
          "mean " + name,
          new double[] {mean},
          new double[] {c.number(path + ".loss")},
          largest(expected));
      close(name + " gradient", gradient, GoldenNets.flat(mlp, c, path + ".grad"));
      lossInFloat(c, name, loss, parameters, rows);
    }
    assertThat(checked).isEqualTo(c.text("activation").equals("relu") ? 1 : 5);
  }

  private static void inFloat(Golden.Case c, String what, Fn f, double[] expected) {
    Batch x = Batch.wrap(c.floats("x"), c.integer("batch"), f.inputs());
    Batch out = Batch.zeros(x.rows(), f.shape().size());
    try (BatchFunction compiled = f.compile(Threads.ONE)) {
      compiled.map(floats(GoldenNets.flat(GoldenNets.mlp(c), c, "params")), x, out);
    }
    close(c, what, out.data(), expected, largest(expected));
  }

  private static void lossInFloat(
      Golden.Case c, String name, Fn loss, double[] parameters, double[] rows) {
    String path = "expect.losses." + name;
    Batch x = Batch.wrap(floats(rows), c.integer("batch"), loss.inputs());
    float[] gradient = new float[parameters.length];
    double[] perSample = c.doubles(path + ".per_sample");
    try (BatchLoss compiled = Loss.of(loss).compile(Threads.ONE)) {
      double mean = compiled.valueAndGrad(floats(parameters), x, gradient);
      double[] expected = {c.number(path + ".loss")};
      close(c, name, new float[] {(float) mean}, expected, largest(perSample));
    }
    double[] expected = GoldenNets.flat(GoldenNets.mlp(c), c, path + ".grad");
    close(c, name + " gradient", gradient, expected, largest(expected));
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static void close(
      Golden.Case c, String what, float[] actual, double[] expected, double scale) {
    int terms = 0;
    int[] sizes = c.ints("sizes");
    for (int l = 0; l < sizes.length - 1; l++) {
      terms += sizes[l] + 13;
    }
    boolean energy = sizes[0] != sizes[sizes.length - 1];
    double tolerance = (energy ? 8 : 4) * 0x1p-24 * terms;
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .as("%s of %s in float, entry %d", what, c, i)
          .isCloseTo(expected[i], within(tolerance * scale));
    }
  }

  private static Definition definition(Golden.Case c, String name) {
    String path = "expect.losses." + name;
    return switch (name) {
      case "ism" -> new ExactTrace();
      case "ism_reg" -> new Regularized(c.number(path + ".lambda"));
      case "ssm" -> new Sliced(c.integer("M"), ProbeLaw.GAUSSIAN, false);
      case "ssm_vr" -> new Sliced(c.integer("M"), ProbeLaw.GAUSSIAN, true);
      case "dsm" -> new Denoising(c.number(path + ".sigma"));
      default -> throw new IllegalArgumentException(name);
    };
  }

  // x [B][D] and numbers [draws][B][D] as rows of D·(1 + draws)
  private static double[] rows(Golden.Case c, int dim, int draws, double[] numbers) {
    int batch = c.integer("batch");
    double[] x = c.doubles("x");
    double[] rows = new double[batch * dim * (1 + draws)];
    for (int b = 0; b < batch; b++) {
      int row = b * dim * (1 + draws);
      System.arraycopy(x, b * dim, rows, row, dim);
      for (int m = 0; m < draws; m++) {
        System.arraycopy(numbers, (m * batch + b) * dim, rows, row + (1 + m) * dim, dim);
      }
    }
    return rows;
  }

  private static void close(String what, double[] actual, double[] expected) {
    close(what, actual, expected, largest(expected));
  }

  private static void close(String what, double[] actual, double[] expected, double scale) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i])
          .as("%s, entry %d", what, i)
          .isCloseTo(expected[i], within(TOLERANCE * scale));
    }
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }
}
