package score4j.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.autodiff.Expr;
import score4j.nn.Activation;
import score4j.nn.Init;
import score4j.nn.JetEngine;
import score4j.nn.Mlp;
import score4j.nn.ReferenceMlp;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.rng.ProbeLaw;

/// The engine's gradients against central differences of each objective's formula, in double
/// precision, on a network and a Jacobian that share no code with it.
class ObjectiveGradientTest {
  private static final Key KEY = Key.of(7);
  private static final Batch X = Noise.normals(Key.of(3), 5, 3);
  private static final double LAMBDA = 0.3;
  private static final double SIGMA = 0.4;

  /// s*(x) = −x/2.
  private static final Score TRUTH =
      new Score() {
        @Override
        public int dim() {
          return 3;
        }

        @Override
        public void score(Batch x, int from, int to, double t, Batch out) {
          for (int i = from * 3; i < to * 3; i++) {
            out.data()[i] = -0.5f * x.data()[i];
          }
        }
      };

  static Stream<Arguments> combinations() {
    List<Objective> objectives =
        List.of(
            new ExactTrace(),
            new Regularized(LAMBDA),
            new Sliced(2, ProbeLaw.RADEMACHER, true),
            new Sliced(2, ProbeLaw.GAUSSIAN, true),
            new Sliced(3, ProbeLaw.SPHERE, false),
            new Sliced(1, ProbeLaw.GAUSSIAN, false),
            new Denoising(SIGMA),
            new Explicit(TRUTH));
    return objectives.stream()
        .flatMap(
            objective ->
                Arrays.stream(Activation.values())
                    .flatMap(
                        activation ->
                            Stream.of(
                                Arguments.of(objective, Mlp.of(activation, 3, 3)),
                                Arguments.of(objective, Mlp.of(activation, 3, 7, 3)),
                                Arguments.of(objective, Mlp.of(activation, 3, 5, 17, 4, 3)))));
  }

  // Central differences: h = 1e-5 in double gives an error of h²·|f‴|/6 + 2⁻⁵³·|f|/h ≈ 1e-10 +
  // 1e-11·|f|. The engine's float error is bounded as in GoldenNetsTest: 4·2⁻²⁴·Σ(n + 13) ≤
  // 4·2⁻²⁴·82 = 2e-5 of the largest entry. No relu pre-activation lies within 1e-5 of its kink
  // for these seeds, or the differences would show it.
  @ParameterizedTest
  @MethodSource("combinations")
  void gradientsAgreeWithCentralDifferences(Objective objective, Mlp mlp) {
    Parameters parameters = mlp.initialize(Init.FAN_IN, Key.of(5));
    float[] gradient = new float[parameters.size()];
    double loss;
    try (JetEngine engine = new JetEngine(mlp, objective, Threads.ONE)) {
      loss = engine.lossAndGradient(parameters, X, KEY, gradient);
    }
    double[] p = new double[gradient.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = parameters.data()[i];
    }
    assertThat(loss).isCloseTo(loss(objective, mlp, p), within(2e-5 * Math.max(1, Math.abs(loss))));
    double h = 1e-5;
    double[] expected = new double[p.length];
    for (int i = 0; i < p.length; i++) {
      double center = p[i];
      p[i] = center + h;
      double up = loss(objective, mlp, p);
      p[i] = center - h;
      double down = loss(objective, mlp, p);
      p[i] = center;
      expected[i] = (up - down) / (2 * h);
    }
    double scale = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < p.length; i++) {
      assertThat((double) gradient[i])
          .as("%s on %s, parameter %d", objective, mlp, i)
          .isCloseTo(expected[i], within(2e-5 * scale + 1e-9));
    }
  }

  private static double loss(Objective objective, Mlp mlp, double[] parameters) {
    ReferenceMlp net = new ReferenceMlp(mlp, parameters);
    double sum = 0;
    for (int b = 0; b < X.rows(); b++) {
      sum += loss(objective, net, b);
    }
    return sum / X.rows();
  }

  private static double loss(Objective objective, ReferenceMlp net, int row) {
    double[] x = {X.get(row, 0), X.get(row, 1), X.get(row, 2)};
    return switch (objective) {
      case ExactTrace o -> {
        var at = net.at(x);
        yield 0.5 * square(at.score) + trace(at.jacobian);
      }
      case Regularized o -> {
        var at = net.at(x);
        double diagonal = 0;
        for (int d = 0; d < 3; d++) {
          diagonal += at.jacobian[d][d] * at.jacobian[d][d];
        }
        yield 0.5 * square(at.score) + trace(at.jacobian) + LAMBDA * diagonal;
      }
      case Sliced o -> {
        var at = net.at(x);
        double loss = o.varianceReduced() ? 0.5 * square(at.score) : 0;
        for (int m = 0; m < o.probes(); m++) {
          float[] v = new float[3];
          o.law().fill(KEY, m, row, 1, 3, v, 0);
          double form = 0;
          double projection = 0;
          for (int i = 0; i < 3; i++) {
            projection += v[i] * at.score[i];
            for (int j = 0; j < 3; j++) {
              form += v[i] * at.jacobian[i][j] * v[j];
            }
          }
          loss += form / o.probes();
          if (!o.varianceReduced()) {
            loss += 0.5 * projection * projection / o.probes();
          }
        }
        yield loss;
      }
      case Denoising o -> {
        float[] z = new float[3];
        Noise.normals(KEY, 0, row, 1, 3, z, 0);
        double loss = 0;
        double[] noisy = new double[3];
        for (int d = 0; d < 3; d++) {
          noisy[d] = x[d] + SIGMA * z[d];
        }
        double[] s = net.at(noisy).score;
        for (int d = 0; d < 3; d++) {
          loss += 0.5 * (s[d] + z[d] / SIGMA) * (s[d] + z[d] / SIGMA);
        }
        yield loss;
      }
      case Explicit o -> {
        double[] s = net.at(x).score;
        double loss = 0;
        for (int d = 0; d < 3; d++) {
          loss += 0.5 * (s[d] + 0.5 * x[d]) * (s[d] + 0.5 * x[d]);
        }
        yield loss;
      }
      default -> throw new AssertionError(objective);
    };
  }

  private static double square(double[] s) {
    return Arrays.stream(s).map(v -> v * v).sum();
  }

  private static double trace(double[][] jacobian) {
    return jacobian[0][0] + jacobian[1][1] + jacobian[2][2];
  }

  // Nested differentiation that silently returns zero would leave only the gradient of ½‖s‖².
  @ParameterizedTest
  @EnumSource(Activation.class)
  void theTraceTermHasAGradientOfItsOwn(Activation activation) {
    Mlp mlp = Mlp.of(activation, 3, 8, 8, 3);
    float[] trace = gradient(mlp, new ExactTrace());
    float[] norm = gradient(mlp, new Norm());
    for (Parameters.Slice slice : mlp.slices()) {
      // b₃ shifts s only; with relu the biases below move only kinks
      boolean moves =
          !slice.name().equals("net.4.bias") && !(activation == Activation.RELU && slice.vector());
      float largest = 0;
      for (int i = slice.offset(); i < slice.offset() + slice.size(); i++) {
        largest = Math.max(largest, Math.abs(trace[i] - norm[i]));
      }
      if (moves) {
        assertThat(largest).as("%s %s", activation, slice.name()).isGreaterThan(1e-4f);
      } else {
        assertThat(largest).as("%s %s", activation, slice.name()).isZero();
      }
    }
  }

  private static float[] gradient(Mlp mlp, Objective objective) {
    Parameters parameters = mlp.initialize(Init.FAN_IN, Key.of(5));
    float[] gradient = new float[parameters.size()];
    try (JetEngine engine = new JetEngine(mlp, objective, Threads.ONE)) {
      engine.lossAndGradient(parameters, X, KEY, gradient);
    }
    return gradient;
  }

  /// ½‖s‖² alone.
  private record Norm() implements Objective {
    @Override
    public String name() {
      return "norm";
    }

    @Override
    public int tangents(int dim) {
      return 0;
    }

    @Override
    public void evaluate(score4j.nn.Tile tile) {
      Heads.halfSquaredNorm(tile);
    }

    @Override
    public int draws() {
      return 0;
    }

    @Override
    public Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws) {
      return Heads.halfSquare(score.apply(x));
    }
  }

  // Var of one Rademacher probe is 2·Σ_{i≠j} A_ij²; the mean of n·M probes has the standard error
  // below, and 4.5 of them are exceeded once in 150,000 runs.
  @Test
  void slicedIsUnbiasedForExactWithTheStatedVariance() {
    Mlp mlp = Mlp.of(Activation.TANH, 3, 16, 3);
    Parameters parameters = mlp.initialize(Init.STANDARD_NORMAL, Key.of(2));
    int n = 20_000;
    float[] row = X.row(0);
    float[] same = new float[n * 3];
    for (int i = 0; i < n; i++) {
      System.arraycopy(row, 0, same, 3 * i, 3);
    }
    Batch x = Batch.wrap(same, n, 3);
    double exact = mean(mlp, new ExactTrace(), parameters, x);
    double[][] j =
        ReferenceMlp.of(mlp, parameters).at(new double[] {row[0], row[1], row[2]}).jacobian;
    double variance = 0;
    for (int i = 0; i < 3; i++) {
      for (int k = 0; k < 3; k++) {
        double a = (j[i][k] + j[k][i]) / 2;
        variance += i == k ? 0 : 2 * a * a;
      }
    }
    for (int probes : new int[] {1, 4}) {
      double sliced = mean(mlp, Sliced.of(probes), parameters, x);
      double standardError = Math.sqrt(variance / probes / n);
      assertThat(sliced).isCloseTo(exact, within(4.5 * standardError + 1e-4));
      assertThat(standardError).isGreaterThan(1e-3);
    }
  }

  private static double mean(Mlp mlp, Objective objective, Parameters parameters, Batch x) {
    try (JetEngine engine = new JetEngine(mlp, objective, Threads.ONE)) {
      return engine.loss(parameters, x, KEY);
    }
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> Sliced.of(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("probes must be at least 1 but was 0");
    assertThatThrownBy(() -> new Denoising(0)).hasMessageContaining("sigma must be between");
    assertThatThrownBy(() -> new Regularized(-1)).hasMessageContaining("lambda must be between");
    assertThatThrownBy(
            () ->
                new JetEngine(
                    Mlp.of(Activation.TANH, 50_000, 8, 50_000), new Regularized(1), Threads.ONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("50000 directional derivatives");
    assertThatThrownBy(
            () -> new JetEngine(Mlp.of(Activation.TANH, 2, 4, 3), new ExactTrace(), Threads.ONE))
        .hasMessageContaining("as many outputs as inputs");
    assertThatThrownBy(
            () -> new JetEngine(Mlp.of(Activation.TANH, 2, 2), new Explicit(TRUTH), Threads.ONE))
        .hasMessageContaining("truth has 3 dimensions but the network 2");
  }
}
