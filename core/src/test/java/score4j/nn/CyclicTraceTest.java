package score4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.autodiff.Derivatives;
import score4j.autodiff.Expr;
import score4j.autodiff.Fn;
import score4j.autodiff.Loss;
import score4j.rng.Key;
import score4j.rng.Noise;

/// The trace by the cyclic way against the traced definition in `double`, and against the diagonal.
class CyclicTraceTest {
  private static final Key KEY = Key.of(5);

  /// ½‖s‖² + tr + ½·tr², so that the cotangent of the trace differs between samples.
  private record TraceHead(Forms forms) implements Head {
    @Override
    public int tangents(int dim) {
      return forms == Forms.DIAGONAL ? dim : 1;
    }

    @Override
    public void evaluate(Tile tile) {
      int dim = tile.dim();
      int k = tile.tangents();
      for (int t = 0; t < tile.samples(); t++) {
        double square = 0;
        for (int d = t * dim; d < (t + 1) * dim; d++) {
          square += (double) tile.score()[d] * tile.score()[d];
          tile.scoreBar()[d] = tile.score()[d];
        }
        double trace = 0;
        for (int i = t * k; i < (t + 1) * k; i++) {
          trace += tile.forms()[i];
        }
        tile.losses()[t] = 0.5 * square + trace + 0.5 * trace * trace;
        Arrays.fill(tile.formsBar(), t * k, (t + 1) * k, (float) (1 + trace));
      }
    }

    static Expr loss(UnaryOperator<Expr> score, Expr x) {
      Expr trace = Derivatives.divergence(score, x);
      return score.apply(x).square().sum().mul(0.5).add(trace).add(trace.square().mul(0.5));
    }
  }

  static Stream<Mlp> networks() {
    return Stream.of(
        Mlp.of(Activation.TANH, 1, 3, 1),
        Mlp.of(Activation.SOFTPLUS, 7, 17, 7),
        Mlp.of(Activation.SILU, 20, 5, 20),
        Mlp.of(Activation.TANH, 1, 4, 3, 1),
        Mlp.of(Activation.SIGMOID, 5, 19, 33, 5),
        Mlp.of(Activation.SOFTPLUS, 33, 16, 7, 33),
        // the narrowest layer first, in the middle, last; all as wide
        Mlp.of(Activation.TANH, 6, 3, 9, 20, 6),
        Mlp.of(Activation.GELU, 6, 18, 4, 17, 6),
        Mlp.of(Activation.SOFTPLUS, 6, 17, 20, 5, 6),
        Mlp.of(Activation.TANH, 4, 8, 8, 8, 8, 4),
        Mlp.of(Activation.SILU, 3, 20, 6, 9, 17, 3),
        Mlp.of(Activation.TANH, 2, 9, 8, 7, 6, 5, 2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void agreesWithTheDefinitionAndTheDiagonal(Mlp mlp) {
    int dim = mlp.inputs();
    Parameters parameters = mlp.initialize(Init.FAN_IN, Key.of(3));
    // several chunks and, where K is large, several tiles in one
    Batch x = Noise.normals(Key.of(4), 150, dim);
    double[] values = doubles(parameters.data());
    double[] expected = new double[values.length];
    Fn traced = Fn.of(mlp.slices(), dim, (w, u) -> TraceHead.loss(v -> mlp.apply(w, v), u));
    double loss = Loss.of(traced).valueAndGrad(values, doubles(x.data()), expected);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    // a layer adds n + 1 rounded terms and an activation off by up to 12 units: at most
    // (n + 13)·2⁻²⁴ of the sum of the absolute terms; forward and back twice, with absolute sums up
    // to twice the largest result
    double tolerance = 8 * 0x1p-24 * mlp.sizes().stream().mapToInt(n -> n + 13).sum();
    float[][] gradients = new float[4][values.length];
    double[] losses = new double[4];
    for (int i = 0; i < 4; i++) {
      Forms forms = i == 0 ? Forms.DIAGONAL : i == 1 ? Forms.TRACE : Forms.CYCLIC_TRACE;
      try (JetEngine engine =
          new JetEngine(mlp, new TraceHead(forms), Threads.of(i == 3 ? 2 : 1))) {
        losses[i] = engine.lossAndGradient(parameters, x, KEY, gradients[i]);
        assertThat(engine.loss(parameters, x, KEY)).isEqualTo(losses[i]);
      }
      assertThat(losses[i]).isCloseTo(loss, within(tolerance * Math.max(1, Math.abs(loss))));
      for (int p = 0; p < expected.length; p++) {
        assertThat((double) gradients[i][p])
            .as("%s, gradient %d", forms, p)
            .isCloseTo(expected[p], within(tolerance * Math.max(1, largest)));
      }
    }
    assertThat(losses[3]).isEqualTo(losses[2]);
    assertThat(gradients[3]).containsExactly(gradients[2]);
  }

  @Test
  void aSampleHasTheSameTraceInAnyBatch() {
    Mlp mlp = Mlp.of(Activation.SOFTPLUS, 9, 17, 33, 9);
    Parameters parameters = mlp.initialize(Init.FAN_IN, Key.of(3));
    Batch x = Noise.normals(Key.of(4), 300, 9);
    float[] whole = new float[300];
    float[] alone = new float[1];
    try (JetEngine engine = new JetEngine(mlp, new TraceHead(Forms.TRACE), Threads.of(2))) {
      engine.losses(parameters, x, KEY, whole);
      for (int i : new int[] {0, 63, 64, 299}) {
        engine.losses(parameters, x.slice(i, i + 1), KEY, alone);
        assertThat(alone[0]).isEqualTo(whole[i]);
      }
    }
  }

  @Test
  void manyDimensionsFitWhereTheDiagonalDoesNot() {
    Mlp mlp = Mlp.of(Activation.TANH, 50_000, 8, 50_000);
    Parameters parameters = Parameters.zeros(mlp.slices());
    // W₁ and W₂ of ones and zero biases: at x = 0 the trace is 8·50,000·φ′(0)
    Arrays.fill(parameters.data(), 1f);
    for (int b : new int[] {1, 3}) {
      Parameters.Slice slice = mlp.slices().get(b);
      Arrays.fill(parameters.data(), slice.offset(), slice.offset() + slice.size(), 0f);
    }
    float[] divergence = new float[1];
    ScoreNetwork.of(mlp, parameters).divergence(Batch.zeros(1, 50_000), 0, divergence);
    assertThat(divergence[0]).isEqualTo(400_000f);
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }
}
