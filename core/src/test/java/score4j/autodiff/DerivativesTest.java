package score4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.array.Parameters;

/// Derivatives against closed forms and central differences, for every primitive.
class DerivativesTest {
  // every primitive that a user can write, at points off its kinks; x has four numbers
  static final Map<String, Function<Expr, Expr>> PRIMITIVES =
      Map.ofEntries(
          Map.entry("add", x -> x.add(x.get(0)).add(2)),
          Map.entry("sub", x -> x.get(1).sub(x).sub(2)),
          Map.entry("mul", x -> x.mul(x.get(2)).mul(x).mul(2)),
          Map.entry("div", x -> x.div(x.square().sum()).div(x.add(4)).div(3)),
          Map.entry("neg", Expr::neg),
          Map.entry("exp", Expr::exp),
          Map.entry("log", x -> x.square().log()),
          Map.entry("log1p", x -> x.square().log1p()),
          Map.entry("expm1", Expr::expm1),
          Map.entry("sqrt", x -> x.square().add(0.5).sqrt()),
          Map.entry("sin", Expr::sin),
          Map.entry("cos", Expr::cos),
          Map.entry("tanh", Expr::tanh),
          Map.entry("sigmoid", Expr::sigmoid),
          Map.entry("softplus", Expr::softplus),
          Map.entry("silu", Expr::silu),
          Map.entry("erf", Expr::erf),
          Map.entry("gelu", Expr::gelu),
          Map.entry("relu", Expr::relu),
          Map.entry("abs", Expr::abs),
          Map.entry("pow 3", x -> x.pow(3)),
          Map.entry("pow -1.5", x -> x.square().add(1).pow(-1.5)),
          Map.entry("pow of values", x -> x.square().add(1).pow(x)),
          Map.entry("min", x -> x.min(x.get(1))),
          Map.entry("max", x -> x.max(x.get(1).mul(2))),
          Map.entry("select", x -> x.greaterThan(0.2).select(x.exp(), x.square())),
          Map.entry("sum", x -> x.square().sum()),
          Map.entry("sum of rows", x -> x.outer(x.sin()).sumRows()),
          Map.entry("sum of columns", x -> x.outer(x.sin()).sumCols()),
          Map.entry("mean", x -> x.exp().mean()),
          Map.entry("dot", x -> x.dot(x.cos())),
          Map.entry("norm", Expr::norm),
          Map.entry("log sum exp", Expr::logSumExp),
          Map.entry("matrix by matrix", x -> square(x).matmul(square(x.sin()).transpose())),
          Map.entry("matrix by vector", x -> square(x).matmul(x.slice(1, 3))),
          Map.entry("vector by matrix", x -> x.slice(0, 2).matmul(square(x))),
          Map.entry("outer", x -> x.outer(x.slice(1, 3))),
          Map.entry("slice and concat", x -> Expr.concat(x.slice(2, 4), x.get(0), x.square())),
          Map.entry("row", x -> square(x).row(1)),
          Map.entry("broadcast", x -> x.broadcast(Shape.matrix(3, 4)).mul(x.sum())),
          Map.entry("constants", x -> x.mul(x.constant(1, 2, 3, 4)).add(x.constant(4, 3, 2, 1))));

  private static final double[] X = {0.3, -0.7, 1.1, -0.2};

  private static Expr square(Expr x) {
    return x.reshape(Shape.matrix(2, 2));
  }

  static Stream<Arguments> primitives() {
    return PRIMITIVES.entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("primitives")
  void firstDerivativesAreRight(String name, Function<Expr, Expr> body) {
    GradCheck.check(Fn.of(4, body), X);
  }

  // the gradient of a sum of sines of the primitive, differentiated again twice
  @ParameterizedTest(name = "{0}")
  @MethodSource("primitives")
  void higherDerivativesAreRight(String name, Function<Expr, Expr> body) {
    Fn scalar = Fn.of(4, x -> body.apply(x).sin().sum());
    Fn gradient = scalar.grad();
    GradCheck.check(gradient, X);
    Fn laplacian = gradient.divergence();
    GradCheck.check(laplacian, X);
    GradCheck.check(laplacian.grad(), X);
  }

  // d/dx [x·d/dy y] = 0 + 1, and d/dx [x·d/dy (x + y)] = 1: the inner derivative leaves x alone
  @Test
  void perturbationsAreNotConfused() {
    Fn f = Fn.of(1, x -> x.mul(Derivatives.jvp(y -> x.add(y), x, x.constant(1))));
    assertThat(f.jacobian().at(3)).containsExactly(1);
    Fn g = Fn.of(1, x -> Derivatives.grad(y -> x.mul(y).sum(), x).sum());
    assertThat(g.grad().at(3)).containsExactly(1);
    Fn zero = Fn.of(1, x -> Derivatives.grad(y -> y.sum(), x).mul(0).sum());
    assertThat(zero.grad().at(3)).containsExactly(0);
  }

  // sin⁗ = sin and (e^(2x))⁗ = 16·e^(2x), by reverse over reverse over reverse over reverse; a few
  // roundings
  @Test
  void derivativesNestToFourthOrder() {
    Fn f = Fn.of(1, x -> x.sin().add(x.mul(2).exp()).sum());
    for (int order = 1; order <= 4; order++) {
      Fn last = f;
      f = Fn.of(1, x -> Derivatives.grad(last::apply, x).sum());
    }
    double expected = Math.sin(0.7) + 16 * Math.exp(1.4);
    assertThat(f.at(0.7)[0]).isCloseTo(expected, within(1e-13 * expected));
  }

  // N(0, 1)²: log p = −½x², score −x, divergence −2
  @Test
  void theScoreOfAGaussianIsExact() {
    Fn logDensity = Fn.of(2, x -> x.square().sum().mul(-0.5));
    assertThat(logDensity.grad().at(1.5, -2)).containsExactly(-1.5, 2);
    assertThat(logDensity.grad().divergence().at(1.5, -2)).containsExactly(-2);
    assertThat(logDensity.hessian().at(1.5, -2)).containsExactly(-1, -0.0, -0.0, -1);
  }

  @Test
  void aBranchNotTakenSendsBackNothing() {
    // log x and √x have no finite slope at 0 and no value below
    Fn f = Fn.of(3, x -> x.greaterThan(0).select(x.log().add(x.sqrt()), x.mul(2)).sum());
    assertThat(f.grad().at(-1, 0, 4)).containsExactly(2, 2, 0.5);
    assertThat(f.grad().divergence().at(-1, 0, 4)).containsExactly(-1.0 / 16 - 1.0 / 32);
    assertThat(Fn.of(2, Expr::norm).grad().at(0, 0)).containsExactly(0, 0);
    assertThat(Fn.of(1, x -> x.relu().sum()).grad().at(0)).containsExactly(0);
    assertThat(Fn.of(1, x -> x.log().sum()).at(0)).containsExactly(Double.NEGATIVE_INFINITY);
  }

  @Test
  void samplesDoNotMix() {
    Fn f = Fn.of(2, x -> x.get(0).mul(x.get(1).exp()));
    assertThat(f.at(new double[0], new double[] {1, 0, 2, 0, 3, 0})).containsExactly(1, 2, 3);
    assertThat(f.grad().at(new double[0], new double[] {1, 0, 2, 0})).containsExactly(1, 1, 1, 2);
  }

  // f(w, x) = (w·x)² per sample, its mean over the batch, and the gradient of that by w
  @Test
  void aMeanOverTheBatchIsPartOfTheLanguage() {
    List<Parameters.Slice> w = List.of(new Parameters.Slice("w", 0, 2, 1, true));
    Fn square = Fn.of(w, 2, (weights, x) -> weights.get("w").dot(x).square());
    double[] x = {1, 2, 3, 4};
    double[] at = {0.5, -1};
    double mean = (1.5 * 1.5 + 2.5 * 2.5) / 2;
    // mean of 2·(w·x)·x
    double[] slope = {-1.5 * 1 - 2.5 * 3, -1.5 * 2 - 2.5 * 4};
    assertThat(Fn.of(w, 2, (weights, u) -> square.apply(weights, u).batchMean()).at(at, x))
        .containsExactly(mean, mean);
    Fn gradient =
        Fn.of(
            w,
            2,
            (weights, y) -> Derivatives.grad(u -> u.dot(y).square().batchMean(), weights.get("w")));
    assertThat(gradient.at(at, x)).containsExactly(slope[0], slope[1], slope[0], slope[1]);
    double[] gradientOfLoss = new double[2];
    assertThat(Loss.of(square).valueAndGrad(at, x, gradientOfLoss)).isEqualTo(mean);
    assertThat(gradientOfLoss).containsExactly(slope);
  }

  // ∇·f of 784 coordinates takes as many steps as of 2, and no 784 × 784 matrix
  @Test
  void aDivergenceIsNotUnrolled() {
    Function<Expr, Expr> body = x -> x.mul(x.square().sum()).tanh();
    Program small = Fn.of(2, body).divergence().program();
    Program large = Fn.of(784, body).divergence().program();
    assertThat(large.size()).isEqualTo(small.size());
  }

  @Test
  void probesEstimateTheDivergence() {
    // f = A·x + x³ with probes e₁·√2 and e₂·√2: the mean of vᵀJv is the trace
    double s = Math.sqrt(2);
    Fn field = Fn.of(2, x -> x.constantMatrix(2, 2, 1, 2, 3, 4).matmul(x).add(x.pow(3)));
    Fn estimate =
        Fn.of(2, x -> Derivatives.divergence(field::apply, x, x.constantMatrix(2, 2, s, 0, 0, s)));
    assertThat(estimate.at(0.5, -1)[0]).isCloseTo(field.divergence().at(0.5, -1)[0], within(1e-14));
    assertThat(field.divergence().at(0.5, -1)[0]).isCloseTo(1 + 4 + 0.75 + 3, within(1e-14));
  }

  @Test
  void whatCannotBeDifferentiatedIsRefused() {
    assertThatThrownBy(() -> Fn.of(2, x -> x).grad())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one result but f(x) is [2]");
    assertThatThrownBy(() -> Fn.of(2, x -> x.add(x.constant(1, 2, 3))))
        .hasMessageContaining("equal shapes")
        .hasMessageContaining("[2] and [3]");
    assertThatThrownBy(() -> Fn.of(2, x -> x.matmul(x))).hasMessageContaining("matmul takes");
    assertThatThrownBy(() -> GradCheck.check(Fn.of(1, x -> x.abs().sum()), 1e-6))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("∂f[0]/∂x[0]");
  }

  // x·e^(−‖x‖²) + W·tanh(Vx): D·e^(−q) − 2q·e^(−q) + Σ_k Σ_j W_kj·(1 − tanh²)_j·V_jk, q = ‖x‖²
  @Test
  void theDivergenceOfAWideFieldTakesNoSquareOfItsWidth() {
    int dim = 300;
    List<Parameters.Slice> slices =
        List.of(
            new Parameters.Slice("V", 0, 4, dim, false),
            new Parameters.Slice("W", 4 * dim, dim, 4, false));
    Fn field =
        Fn.of(
            slices,
            dim,
            (w, x) ->
                x.mul(x.square().sum().neg().exp())
                    .add(w.get("W").matmul(w.get("V").matmul(x).tanh())));
    Fn divergence = field.divergence();
    for (Node node : divergence.program().nodes()) {
      boolean wide = node.axes().stream().anyMatch(axis -> axis.size() == dim);
      assertThat(wide && node.axes().contains(Axis.BATCH) && node.shape().size() == dim)
          .as("%s", node)
          .isFalse();
    }
    assertThat(divergence.program().size()).isLessThan(60);
    double[] parameters = new double[8 * dim];
    double[] x = new double[dim];
    double q = 0;
    for (int k = 0; k < dim; k++) {
      x[k] = Math.sin(k) * 0.05;
      q += x[k] * x[k];
    }
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = Math.cos(3 * i) * 0.1;
    }
    double expected = dim * Math.exp(-q) - 2 * q * Math.exp(-q);
    for (int j = 0; j < 4; j++) {
      double z = 0;
      double loop = 0;
      for (int k = 0; k < dim; k++) {
        z += parameters[j * dim + k] * x[k];
        loop += parameters[4 * dim + k * 4 + j] * parameters[j * dim + k];
      }
      double t = Math.tanh(z);
      expected += (1 - t * t) * loop;
    }
    // some 10³ terms of order 1, each rounded
    assertThat(divergence.at(parameters, x)[0]).isCloseTo(expected, within(1e-11));
  }

  @Test
  void derivativesByParametersAreCheckedToo() {
    List<Parameters.Slice> slices =
        List.of(
            new Parameters.Slice("W", 0, 2, 3, false), new Parameters.Slice("b", 6, 2, 1, true));
    double[] parameters = {0.3, -0.2, 0.5, 0.1, 0.7, -0.4, 0.2, -0.1};
    GradCheck.check(
        Fn.of(slices, 3, (w, x) -> w.get("W").matmul(x).add(w.get("b")).tanh()),
        parameters,
        0.5,
        -1,
        0.25);
    // a derivative that is held back is found, by its name
    Fn wrong =
        Fn.of(slices, 3, (w, x) -> w.get("W").matmul(x).mul(w.get("b").exp().stopGradient()));
    assertThatThrownBy(() -> GradCheck.check(wrong, parameters, 0.5, -1, 0.25))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("∂f[0]/∂b[0] is 0.0 by forward mode");
    assertThatThrownBy(() -> GradCheck.check(wrong, new double[3], 0.5, -1, 0.25))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("parameters has 3 numbers but the function has 8");
  }
}
