package score4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.golden.Golden;
import score4j.nn.Activation;
import score4j.nn.JetEngine;
import score4j.nn.Mlp;
import score4j.objective.ExactTrace;
import score4j.optim.Adam;
import score4j.optim.Momentum;
import score4j.optim.Optimizer;
import score4j.optim.OptimizerState;
import score4j.rng.Key;

/// Ten full-batch steps of Adam and of momentum against float64 (golden/training.json).
class GoldenTrainingTest {
  /// Unit roundoff of float.
  private static final double U = 0x1p-24;

  static List<Golden.Case> cases() {
    return Golden.load("training").cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossesAndParametersFollowTheReference(Golden.Case c) {
    int[] sizes = c.ints("sizes");
    Mlp mlp = Mlp.of(Activation.valueOf(c.text("activation").toUpperCase(Locale.ROOT)), sizes);
    Parameters parameters = Parameters.zeros(mlp.slices());
    for (int l = 0; l < mlp.layers(); l++) {
      parameters.set("net.%d.weight".formatted(2 * l), c.floats("params.W", l));
      parameters.set("net.%d.bias".formatted(2 * l), c.floats("params.b", l));
    }
    Batch x = Batch.wrap(c.floats("x"), c.integer("batch"), sizes[0]);
    Optimizer optimizer = optimizer(c);
    OptimizerState state = optimizer.init(parameters.size());
    double rate = c.number("optimizer.lr");
    double[] losses = c.doubles("expect.losses");
    float[] gradient = new float[parameters.size()];
    assertThat(c.text("loss")).isEqualTo("ism");
    try (JetEngine engine = new JetEngine(mlp, new ExactTrace(), Threads.ONE)) {
      for (int k = 0; k < c.integer("steps"); k++) {
        double loss = engine.lossAndGradient(parameters, x, Key.of(0), gradient);
        // A sample's ½‖s‖² + tr J goes through sums of at most 8 products in each of 3 layers and
        // an activation good to some 4u: about 30u of the magnitudes that are added, which reach 4.
        assertThat(loss).as("loss before step %d", k).isCloseTo(losses[k], within(128 * U));
        optimizer.update(state, parameters.data(), gradient, rate);
        if (k == 0) {
          // |p| < 2 rounds by u. Adam's first step is the rate, 0.01, within 8u of that; momentum's
          // is 0.01·g with g within 30u of magnitudes that reach 10.
          requireClose(c, "expect.params_after_1", parameters, 4 * U);
        }
      }
    }
    // Ten roundings of p. Adam: m̂/√v̂ with √v̂ ≥ G√0.1, G the largest gradient so far, is within
    // 2·30u/√0.1 each step, which 0.01 makes 2u. Momentum sums its 10 velocities of up to 6.5
    // gradients each: 0.01·40·30u·(10 at first, then less) < 100u, of which half would be bad luck.
    requireClose(c, "expect.params_after_n", parameters, 64 * U);
  }

  private static Optimizer optimizer(Golden.Case c) {
    return switch (c.text("optimizer.name")) {
      case "adam" ->
          new Adam(
              c.number("optimizer.beta1"), c.number("optimizer.beta2"), c.number("optimizer.eps"));
      case "sgd" -> new Momentum(c.number("optimizer.momentum"));
      default -> throw new IllegalArgumentException(c.text("optimizer.name"));
    };
  }

  private static void requireClose(
      Golden.Case c, String path, Parameters parameters, double tolerance) {
    for (int l = 0; l < c.size(path + ".W"); l++) {
      requireClose(
          c.doubles(path + ".W", l), parameters, "net.%d.weight".formatted(2 * l), tolerance);
      requireClose(
          c.doubles(path + ".b", l), parameters, "net.%d.bias".formatted(2 * l), tolerance);
    }
  }

  private static void requireClose(
      double[] expected, Parameters parameters, String name, double tolerance) {
    float[] actual = parameters.get(name);
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i])
          .as("%s[%d]", name, i)
          .isCloseTo(expected[i], within(tolerance));
    }
  }
}
