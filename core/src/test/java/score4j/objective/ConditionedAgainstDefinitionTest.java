package score4j.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.autodiff.Expr;
import score4j.autodiff.Fn;
import score4j.autodiff.Loss;
import score4j.autodiff.Shape;
import score4j.autodiff.Weights;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Conditioning.Scaling;
import score4j.nn.Init;
import score4j.nn.JetEngine;
import score4j.nn.Mlp;
import score4j.nn.TimeFeatures;
import score4j.nn.TimeFeatures.Variable;
import score4j.process.SigmaLadder;
import score4j.process.VarianceExploding;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.rng.ProbeLaw;

/// Objectives over many noise levels on conditioned networks: the fused engine in `float` against
/// the traced definitions in `double`, for every scaling and variable, with the times, the noise
/// and the probes that each draws from the same key.
class ConditionedAgainstDefinitionTest {
  private static final int BATCH = 21;
  private static final double SIGMA_MIN = 0.2;
  private static final double SIGMA_MAX = 3;
  private static final double DATA_STD = 0.7;
  // log σ is linear in t, so that a definition can say it
  private static final VarianceExploding PROCESS =
      new VarianceExploding(SIGMA_MIN, SIGMA_MAX, true);

  static Stream<Arguments> networks() {
    List<Arguments> all = new ArrayList<>();
    Activation[] activations = Activation.values();
    int i = 0;
    for (Scaling scaling : Scaling.values()) {
      for (Variable variable : Variable.values()) {
        TimeFeatures features = TimeFeatures.of(variable);
        if (variable == Variable.TIME) {
          features = features.withFourier(0.5, 2);
        }
        Conditioning conditioning =
            Conditioning.of(PROCESS)
                .withFeatures(features)
                .withScaling(scaling)
                .withDataStd(DATA_STD);
        for (int layers = 1; layers <= 4; layers++) {
          int dim = 1 + i % 4;
          int[] sizes = new int[layers + 1];
          Arrays.fill(sizes, 5 + 3 * i % 17);
          sizes[0] = dim + conditioning.inputs();
          sizes[layers] = dim;
          all.add(Arguments.of(conditioning, Mlp.of(activations[i % activations.length], sizes)));
          i++;
        }
      }
    }
    return all.stream();
  }

  private static List<Objective> objectives() {
    SigmaLadder ladder = SigmaLadder.geometric(SIGMA_MAX, SIGMA_MIN, 5);
    DiffusionDenoising denoising = DiffusionDenoising.of(PROCESS);
    return List.of(
        denoising,
        denoising.withControlVariate(true),
        DiffusionDenoising.of(ladder),
        DiffusionDenoising.edm(PROCESS, DATA_STD),
        denoising
            .withTimes(new TimeLaw.Importance(PROCESS, Weighting.likelihood(), 0.01))
            .withWeighting(Weighting.likelihood()),
        DiffusionImplicit.of(new ExactTrace(), PROCESS),
        DiffusionImplicit.of(new Regularized(0.3), PROCESS),
        DiffusionImplicit.of(Sliced.of(1), ladder),
        DiffusionImplicit.of(new Sliced(3, ProbeLaw.GAUSSIAN, false), PROCESS));
  }

  @ParameterizedTest(name = "{1} {0}")
  @MethodSource("networks")
  void lossesAndGradientsAgree(Conditioning conditioning, Mlp mlp) {
    int dim = mlp.outputs();
    Parameters parameters = mlp.initialize(Init.FAN_IN, Key.of(3));
    double[] values = new double[parameters.size()];
    Arrays.setAll(values, i -> parameters.data()[i]);
    Batch x = Noise.normals(Key.of(4), BATCH, dim);
    Key key = Key.of(5);
    for (Objective objective : objectives()) {
      float[] gradient = new float[parameters.size()];
      double loss;
      try (JetEngine engine = new JetEngine(mlp, conditioning, objective, Threads.ONE)) {
        loss = engine.lossAndGradient(parameters, x, key, gradient);
      }
      int draws = objective.draws();
      Fn traced =
          Fn.of(
              mlp.slices(),
              dim * (1 + draws),
              (w, row) -> {
                Expr drawn = row.slice(dim, dim * (1 + draws)).reshape(Shape.matrix(draws, dim));
                return objective.loss(
                    u -> score(conditioning, mlp, w, u, drawn), row.slice(0, dim), drawn);
              });
      double[] rows = rows(objective, key, x);
      double[] expected = new double[values.length];
      double mean = Loss.of(traced).valueAndGrad(values, rows, expected);
      double[] each = traced.at(values, rows);
      assertThat(loss)
          .as("%s of %s", objective, mlp)
          .isCloseTo(mean, within(tolerance(mlp) * Math.max(1, largest(each))));
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) gradient[i])
            .as("%s of %s, gradient %d", objective, mlp, i)
            .isCloseTo(expected[i], within(tolerance(mlp) * Math.max(1, largest(expected))));
      }
    }
  }

  /// The definition of a conditioned score; row 0 of what is drawn is t, row 3 σ.
  private static Expr score(
      Conditioning conditioning, Mlp mlp, Weights weights, Expr x, Expr drawn) {
    Expr t = drawn.row(0).get(0);
    Expr std = drawn.row(3).get(0);
    Expr logStd = t.mul(Math.log(SIGMA_MAX / SIGMA_MIN)).add(Math.log(SIGMA_MIN));
    Expr u =
        switch (conditioning.features().variable()) {
          case NONE, TIME -> t;
          case LOG_STD -> logStd;
          case LOG_NOISE -> logStd.mul(0.25);
        };
    Expr whole = std.square().add(DATA_STD * DATA_STD);
    boolean edm = conditioning.scaling() == Scaling.EDM;
    List<Expr> inputs = new ArrayList<>();
    inputs.add(edm ? x.div(whole.sqrt()) : x);
    if (conditioning.features().count() > 0) {
      inputs.add(u);
    }
    for (double frequency : conditioning.features().frequencies()) {
      inputs.add(u.mul(2 * Math.PI * frequency).sin());
      inputs.add(u.mul(2 * Math.PI * frequency).cos());
    }
    Expr output = mlp.apply(weights, Expr.concat(inputs.toArray(Expr[]::new)));
    return switch (conditioning.scaling()) {
      case PLAIN -> output;
      case INVERSE_STD -> output.div(std);
      case EDM -> output.mul(DATA_STD).div(std.mul(whole.sqrt())).sub(x.div(whole));
    };
  }

  private static double[] rows(Objective objective, Key key, Batch x) {
    int dim = x.cols();
    int draws = objective.draws();
    float[] drawn = new float[x.rows() * draws * dim];
    objective.draw(key, 0, x, drawn);
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

  // as for unconditioned networks 4·2⁻²⁴·Σ(n + 13); times four for the roundings of t, σ and x_t
  // and
  // for scores of up to 1/σ = 5 times the output, whose errors pass through z/σ as well
  private static double tolerance(Mlp mlp) {
    return 16 * 0x1p-24 * mlp.sizes().stream().mapToInt(n -> n + 13).sum();
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }
}
