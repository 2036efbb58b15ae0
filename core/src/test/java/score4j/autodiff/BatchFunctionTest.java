package score4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.testing.Allocation;

/// Programs on the kernels in `float` against the same programs in `double`.
///
/// Tolerance: steps round by at most 2⁻²³ of their values, functions by twice that, and some
/// hundred of them follow each other in the longest programs here, with errors that average out:
/// 20·2⁻²³ = 2.4e-6 of the largest result, times 10 for what cancels on the way.
class BatchFunctionTest {
  private static final double TOLERANCE = 2.4e-5;
  private static final int ROWS = 37;

  private static Batch points(int dim) {
    Batch x = Noise.uniforms(Key.of(5), ROWS, dim);
    for (int i = 0; i < x.data().length; i++) {
      x.data()[i] = 2.2f * x.data()[i] - 1.1f;
    }
    return x;
  }

  private static double[] doubles(float[] x) {
    double[] y = new double[x.length];
    Arrays.setAll(y, i -> x[i]);
    return y;
  }

  private static void agree(String what, Fn f, Batch x) {
    double[] expected = f.at(new double[0], doubles(x.data()));
    float[] actual = f.map(x).data();
    assertThat(actual).as(what).hasSameSizeAs(expected);
    close(what, actual, expected);
  }

  private static void close(String what, float[] actual, double[] expected) {
    double scale = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual[i] - expected[i]) <= TOLERANCE * Math.max(scale, 1e-3))) {
        throw new AssertionError(
            "%s, entry %d: %s but %s in double (largest %s)"
                .formatted(what, i, actual[i], expected[i], scale));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("score4j.autodiff.DerivativesTest#primitives")
  void primitivesAndTheirDerivativesAgree(String name, Function<Expr, Expr> body) {
    // at points off the kinks of relu, min, max and select
    Batch x = Batch.zeros(ROWS, 4);
    for (int b = 0; b < ROWS; b++) {
      float[] row = {0.3f + 0.01f * b, -0.7f - 0.005f * b, 1.1f + 0.002f * b, -0.2f - 0.003f * b};
      System.arraycopy(row, 0, x.data(), 4 * b, 4);
    }
    agree(name, Fn.of(4, body), x);
    Fn scalar = Fn.of(4, u -> body.apply(u).sin().sum());
    agree("gradient of " + name, scalar.grad(), x);
    agree("Hessian of " + name, scalar.hessian(), x);
    agree("gradient of the Laplacian of " + name, scalar.grad().divergence().grad(), x);
  }

  static IntStream seeds() {
    return IntStream.range(0, 100);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomProgramsAgree(int seed) {
    Batch x = points(3);
    Fn f = Fn.of(3, u -> RandomProgramsTest.random(new Random(seed), u));
    agree("value", f, x);
    agree("gradient", f.grad(), x);
    agree("Hessian", f.hessian(), x);
    agree("Laplacian", f.grad().divergence(), x);
    // the same with a parameter in the place of a constant, and its gradient
    List<Parameters.Slice> slices =
        List.of(
            new Parameters.Slice("shift", 0, 3, 1, true),
            new Parameters.Slice("scale", 3, 3, 3, false));
    Fn of =
        Fn.of(
            slices,
            3,
            (w, u) ->
                RandomProgramsTest.random(
                    new Random(seed),
                    w.get("scale").sin().matmul(u).add(w.get("shift").exp().mul(0.1))));
    Loss loss = Loss.of(of);
    float[] parameters = Noise.uniforms(Key.of(seed), 1, 12).data();
    double[] expected = new double[12];
    double value = loss.valueAndGrad(doubles(parameters), doubles(x.data()), expected);
    try (BatchLoss compiled = loss.compile(Threads.ONE)) {
      float[] gradient = new float[12];
      float mean = (float) compiled.valueAndGrad(parameters, x, gradient);
      close("mean", new float[] {mean}, new double[] {value});
      close("gradient of the mean", gradient, expected);
    }
  }

  // a sample gives the same bits alone, among others, and on any number of threads
  @Test
  void bitsDependOnTheSampleAlone() {
    Fn f = Fn.of(3, u -> RandomProgramsTest.random(new Random(7), u)).hessian();
    Batch x = Noise.normals(Key.of(2), 1000, 3);
    Batch all = f.map(x);
    try (BatchFunction three = f.compile(Threads.of(3))) {
      assertThat(three.map(x)).isEqualTo(all);
      assertThat(three.map(x.slice(0, 1))).isEqualTo(all.slice(0, 1));
      assertThat(three.map(x.slice(999, 1000))).isEqualTo(all.slice(999, 1000));
      assertThat(three.map(x.slice(17, 300))).isEqualTo(all.slice(17, 300));
      assertThat(three.map(x.slice(0, 0)).rows()).isZero();
    }
  }

  private static Loss layers() {
    return Loss.of(network());
  }

  private static Fn network() {
    List<Parameters.Slice> slices =
        List.of(
            new Parameters.Slice("one", 0, 20, 3, false),
            new Parameters.Slice("two", 60, 3, 20, false),
            new Parameters.Slice("bias", 120, 20, 1, true),
            new Parameters.Slice("logScale", 140, 1, 1, true));
    return Fn.of(
        slices,
        3,
        (w, x) -> {
          Expr hidden = w.get("one").matmul(x).add(w.get("bias")).tanh();
          Expr y = w.get("two").matmul(hidden).mul(w.get("logScale").get(0).exp());
          // what parameters alone make: a penalty, and a product of matrices
          Expr penalty = w.get("two").square().sum().add(w.get("bias").square().sum());
          Expr loop = w.get("two").matmul(w.get("one")).square().sum();
          return y.sub(x).square().sum().add(penalty.mul(0.1)).add(loop.mul(0.01));
        });
  }

  @Test
  void gradientsAreTheSameBitsOnAnyNumberOfThreads() {
    Loss loss = layers();
    float[] parameters = Noise.normals(Key.of(3), 1, 141).data();
    for (int rows : new int[] {1, 15, 16, 64, 65, 999, 5000}) {
      Batch x = Noise.normals(Key.of(4), rows, 3);
      double[] expected = new double[141];
      double value = loss.valueAndGrad(doubles(parameters), doubles(x.data()), expected);
      List<float[]> gradients = new ArrayList<>();
      for (int threads = 1; threads <= 3; threads++) {
        try (BatchLoss compiled = loss.compile(Threads.of(threads))) {
          float[] gradient = new float[141];
          double mean = compiled.valueAndGrad(parameters, x, gradient);
          close("mean", new float[] {(float) mean}, new double[] {value});
          gradients.add(gradient);
        }
      }
      close("gradient of %d rows".formatted(rows), gradients.getFirst(), expected);
      assertThat(gradients.get(1)).isEqualTo(gradients.getFirst());
      assertThat(gradients.get(2)).isEqualTo(gradients.getFirst());
    }
  }

  // standardised by the mean and the spread of the batch: each is a sum over the batch that the
  // samples need, so there are three passes
  @Test
  void sumsOverTheBatchMayComeBackToTheSamples() {
    List<Parameters.Slice> slices = List.of(new Parameters.Slice("a", 0, 2, 1, true));
    Fn f =
        Fn.of(
            slices,
            2,
            (w, x) -> {
              Expr y = x.mul(w.get("a"));
              Expr centred = y.sub(y.batchMean());
              Expr spread = centred.square().batchMean().add(0.1).sqrt();
              return centred.div(spread).sin().sum();
            });
    Batch x = Noise.normals(Key.of(8), 300, 2);
    float[] a = {0.7f, -1.3f};
    Batch out = Batch.zeros(300, 1);
    try (BatchFunction compiled = f.compile(Threads.of(2))) {
      compiled.map(a, x, out);
    }
    close("standardised", out.data(), f.at(doubles(a), doubles(x.data())));
    Loss loss = Loss.of(f);
    double[] expected = new double[2];
    loss.valueAndGrad(doubles(a), doubles(x.data()), expected);
    float[] gradient = new float[2];
    try (BatchLoss compiled = loss.compile(Threads.ONE)) {
      compiled.valueAndGrad(a, x, gradient);
    }
    close("gradient through the batch", gradient, expected);
  }

  // the mean of the samples' gradients is the gradient of the mean, and each is its own
  @Test
  void gradientsOfSamplesAreAtHand() {
    Fn f = network();
    float[] parameters = Noise.normals(Key.of(3), 1, 141).data();
    Batch x = Noise.normals(Key.of(4), 40, 3);
    Fn each = f.parameterGradient();
    double[] expected = each.at(doubles(parameters), doubles(x.data()));
    Batch out = Batch.zeros(40, 141);
    try (BatchFunction compiled = each.compile(Threads.of(2))) {
      compiled.map(parameters, x, out);
    }
    close("gradients", out.data(), expected);
    double[] gradient = new double[141];
    double[] mean = new double[141];
    Loss.of(f).valueAndGrad(doubles(parameters), doubles(x.data()), gradient);
    for (int i = 0; i < expected.length; i++) {
      mean[i % 141] += expected[i] / 40;
    }
    for (int i = 0; i < 141; i++) {
      // 40 terms of double
      assertThat(mean[i]).isCloseTo(gradient[i], within(1e-12));
    }
    double[] one = new double[141];
    Loss.of(f).valueAndGrad(doubles(parameters), doubles(x.row(7)), one);
    for (int i = 0; i < 141; i++) {
      assertThat(expected[7 * 141 + i]).isCloseTo(one[i], within(1e-12));
    }
  }

  @Test
  void whatDoesNotDependOnXIsTheSameForAllSamples() {
    Fn f = Fn.of(2, x -> x.mul(0).add(x.constant(1, 2)).mul(3));
    assertThat(f.map(Batch.zeros(3, 2)).data()).containsExactly(3, 6, 3, 6, 3, 6);
  }

  private static void lossesAgree(
      String what, int parameters, List<Parameters.Slice> slices, int dim, Expression body) {
    Fn f = Fn.of(slices, dim, body::of);
    float[] values = Noise.normals(Key.of(1), 1, parameters).data();
    Batch x = Noise.normals(Key.of(2), 20, dim);
    double[] expected = new double[parameters];
    double mean = Loss.of(f).valueAndGrad(doubles(values), doubles(x.data()), expected);
    float[] gradient = new float[parameters];
    try (BatchLoss compiled = Loss.of(f).compile(Threads.ONE)) {
      double actual = compiled.valueAndGrad(values, x, gradient);
      close(what, new float[] {(float) actual}, new double[] {mean});
      close("gradient of " + what, gradient, expected);
    }
    Batch each = Batch.zeros(20, parameters);
    try (BatchFunction compiled = f.parameterGradient().compile(Threads.ONE)) {
      compiled.map(values, x, each);
    }
    double[] gradients = f.parameterGradient().at(doubles(values), doubles(x.data()));
    close("gradients of " + what, each.data(), gradients);
  }

  @FunctionalInterface
  private interface Expression {
    Expr of(Weights weights, Expr x);
  }

  // numbers that all samples share, and that do not follow each other in their block
  @Test
  void sharedNumbersMayLieScattered() {
    List<Parameters.Slice> vector = List.of(new Parameters.Slice("v", 0, 4, 1, true));
    lossesAgree(
        "columns of a reshaped vector",
        4,
        vector,
        1,
        (w, x) -> w.get("v").reshape(Shape.matrix(2, 2)).sumCols().sin().sum().mul(x.get(0)));
    List<Parameters.Slice> matrix = List.of(new Parameters.Slice("W", 0, 3, 2, false));
    lossesAgree(
        "columns of a matrix",
        6,
        matrix,
        1,
        (w, x) -> w.get("W").sumCols().sin().dot(x.broadcast(Shape.matrix(3, 1)).sumCols()));
    lossesAgree(
        "a transposed matrix as a vector",
        6,
        matrix,
        6,
        (w, x) ->
            w.get("W")
                .transpose()
                .reshape(Shape.vector(6))
                .add(x.constant(1, 2, 3, 4, 5, 6))
                .mul(x)
                .sum());
    lossesAgree(
        "a slice",
        4,
        vector,
        2,
        (w, x) ->
            w.get("v").slice(1, 3).exp().mul(x).sum().add(w.get("v").slice(1, 4).sin().sum()));
  }

  // each sample has its own gradient at a point that is the same for all: forward and reverse agree
  @Test
  void derivativesAtACommonPointAreThoseOfEachSample() {
    Fn reverse = Fn.of(2, x -> Derivatives.grad(c -> c.mul(x).sum().sin(), x.constant(0.3, 0.4)));
    Fn forward =
        Fn.of(2, x -> Derivatives.jacobian(c -> c.mul(x).sum().sin(), x.constant(0.3, 0.4)));
    double[] x = {1, 2, 3, -1};
    assertThat(reverse.at(new double[0], x)).containsExactly(forward.at(new double[0], x));
    assertThat(reverse.at(3, -1)[0]).isCloseTo(3 * Math.cos(0.5), within(1e-15));
  }

  // a chain of 20,000 steps, and its gradient
  @Test
  void longProgramsRun() {
    Fn f =
        Fn.of(
            1,
            x -> {
              Expr y = x;
              for (int i = 0; i < 5000; i++) {
                y = y.mul(0.5).sin().add(x);
              }
              return y.sum();
            });
    Batch x = Batch.of(new float[][] {{0.1f}});
    close("a long chain", f.grad().map(x).data(), f.grad().at(new double[0], new double[] {0.1f}));
  }

  // 1 − y² must vanish where tanh has reached 1
  @Test
  void tanhReachesOne() {
    Fn f = Fn.of(1, x -> x.tanh().sum());
    Batch x = Batch.of(new float[][] {{9.05f}, {20f}, {-600f}});
    assertThat(f.map(x).data()).containsExactly(1f, 1f, -1f);
    assertThat(f.grad().map(x).data()).containsOnly(0f);
  }

  @Test
  void callsAllocateNothing() {
    Loss loss = layers();
    float[] parameters = Noise.normals(Key.of(3), 1, 141).data();
    float[] gradient = new float[141];
    Batch x = Noise.normals(Key.of(4), 50, 3);
    Fn f = Fn.of(3, u -> RandomProgramsTest.random(new Random(3), u)).grad();
    Batch out = Batch.zeros(50, 3);
    float[] none = {};
    try (BatchLoss compiled = loss.compile(Threads.ONE);
        BatchFunction score = f.compile(Threads.ONE)) {
      Runnable calls =
          () -> {
            for (int i = 0; i < 100; i++) {
              compiled.valueAndGrad(parameters, x, gradient);
              score.map(none, x, out);
            }
          };
      // vectors are objects until the kernels are compiled, after some 10,000 calls of each
      long bytes = Long.MAX_VALUE;
      for (int attempt = 0; attempt < 300 && bytes > 0; attempt++) {
        bytes = Allocation.bytesOnce(calls);
      }
      assertThat(bytes).isZero();
    }
  }

  @Test
  void whatCannotBeTracedIsRefusedByName() {
    assertThatThrownBy(() -> Fn.of(2, x -> x.get(2)))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("get takes a number from 0 to 1 of [2] but index is 2");
    assertThatThrownBy(() -> Fn.of(2, x -> x.dot(x.constant(1, 2, 3))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dot takes two vectors of one length but got [2] and [3]");
    assertThatThrownBy(() -> Fn.of(2, x -> x.slice(0, 1).broadcast(Shape.SCALAR)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("broadcast takes a scalar");
    List<Parameters.Slice> hole = List.of(new Parameters.Slice("a", 1, 2, 1, true));
    assertThatThrownBy(() -> Fn.of(hole, 2, (w, x) -> x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("slice a starts at 1 but the one before ends at 0");
    List<Parameters.Slice> twins =
        List.of(new Parameters.Slice("a", 0, 2, 1, true), new Parameters.Slice("a", 2, 2, 1, true));
    assertThatThrownBy(() -> Fn.of(twins, 2, (w, x) -> x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two slices are called a");
    assertThatThrownBy(() -> new Parameters.Slice("a", 0, 2, 2, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("slice a is a vector but has 2 cols");
    List<Parameters.Slice> one = List.of(new Parameters.Slice("a", 0, 1, 1, true));
    Fn mean = Fn.of(one, 1, (w, x) -> w.get("a").mul(x).sum().sub(x.sum().batchMean()));
    assertThatThrownBy(mean::parameterGradient)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("takes a mean over the batch");
  }

  @Test
  void wrongShapesAreRefusedByName() {
    try (BatchFunction f = Fn.of(2, x -> x.mul(2)).compile(Threads.ONE);
        BatchLoss loss = layers().compile(Threads.ONE)) {
      assertThatThrownBy(() -> f.map(Batch.zeros(4, 3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("x has 3");
      assertThatThrownBy(() -> f.map(new float[1], Batch.zeros(4, 2), Batch.zeros(4, 2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("parameters has 1 numbers but the function has 0");
      assertThatThrownBy(() -> loss.valueAndGrad(new float[141], Batch.zeros(0, 3), new float[141]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no rows");
      assertThatThrownBy(() -> loss.valueAndGrad(new float[141], Batch.zeros(1, 3), new float[1]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("gradient has 1 numbers but there are 141");
      assertThatThrownBy(
              () -> layers().valueAndGrad(new double[140], new double[3], new double[141]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("parameters has 140 numbers but the function has 141");
      assertThatThrownBy(() -> layers().valueAndGrad(new double[141], new double[3], new double[1]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("gradient has 1 numbers but there are 141");
    }
  }
}
