package score4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// 200 random programs, differentiated up to four times, against central differences and the
/// adjoint identity.
class RandomProgramsTest {
  private static final int DIM = 3;

  static IntStream seeds() {
    return IntStream.range(0, 200);
  }

  // smooth steps whose values and slopes stay of order 1, so that the tolerance of the check, for
  // third derivatives of order 10⁴, holds at every order
  static Expr random(Random random, Expr x) {
    List<Expr> scalars = new ArrayList<>(List.of(x.get(0), x.number(random.nextDouble())));
    List<Expr> vectors = new ArrayList<>(List.of(x, x.sin()));
    List<Expr> matrices = new ArrayList<>(List.of(x.outer(x.constant(0.3, -0.2, 0.5))));
    for (int step = 0; step < 8; step++) {
      Expr s = pick(random, scalars);
      Expr v = pick(random, vectors);
      Expr w = pick(random, vectors);
      Expr m = pick(random, matrices);
      switch (random.nextInt(24)) {
        case 0 -> vectors.add(v.add(w));
        case 1 -> vectors.add(v.sub(s));
        case 2 -> vectors.add(v.mul(w).sin());
        case 3 -> vectors.add(s.div(w.square().add(1.5)));
        case 4 -> vectors.add(v.tanh());
        case 5 -> vectors.add(v.sigmoid().mul(s));
        case 6 -> vectors.add(v.sin().exp());
        case 7 -> vectors.add(v.square().add(1).log());
        case 8 -> vectors.add(v.square().add(2).sqrt());
        case 9 -> vectors.add(m.sin().matmul(v));
        case 10 -> vectors.add(v.matmul(m.transpose()).cos());
        case 11 -> vectors.add(m.sumRows().softplus());
        case 12 -> vectors.add(m.sumCols().sin());
        case 13 -> vectors.add(Expr.concat(v.get(2), w.slice(0, 2)));
        case 14 -> vectors.add(v.square().add(1).pow(-0.5));
        case 15 -> vectors.add(w.erf().add(v.mul(0.1)));
        case 16 -> scalars.add(v.dot(w).sin());
        case 17 -> scalars.add(v.sin().logSumExp());
        case 18 -> scalars.add(v.add(2.5).mul(s.sin()).mean());
        case 19 -> scalars.add(m.tanh().sum());
        case 20 -> matrices.add(v.sin().outer(w.cos()));
        case 21 -> matrices.add(m.sin().matmul(m.transpose().cos()).mul(0.3));
        case 22 -> matrices.add(v.broadcast(Shape.matrix(3, 3)).sin().add(m));
        default -> matrices.add(m.row(1).tanh().outer(v.silu().tanh()));
      }
    }
    Expr result = pick(random, scalars).sin();
    for (Expr vector : vectors) {
      result = result.add(vector.sin().sum().mul(0.1));
    }
    for (Expr matrix : matrices) {
      result = result.add(matrix.sin().mean());
    }
    return result;
  }

  private static Expr pick(Random random, List<Expr> values) {
    return values.get(random.nextInt(values.size()));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void derivativesNestToFourthOrder(int seed) {
    Random points = new Random(1000 + seed);
    double[] x = points.doubles(DIM, -1, 1).toArray();
    Fn f = Fn.of(DIM, u -> random(new Random(seed), u));
    GradCheck.check(f, x);
    Fn gradient = f.grad();
    GradCheck.check(gradient, x);
    Fn laplacian = gradient.divergence();
    GradCheck.check(laplacian, x);
    GradCheck.check(laplacian.grad(), x);
    // forward over forward over reverse is reverse over reverse, and simplification changes nothing
    Fn forward = f.hessian();
    Fn reverse =
        Fn.of(DIM, u -> Derivatives.jacobianReverse(v -> Derivatives.grad(f::apply, v), u));
    double[] one = forward.at(x);
    double[] two = reverse.at(x);
    for (int i = 0; i < one.length; i++) {
      // some hundred roundings of 1.1e-16 on terms of order 10
      assertThat(Math.abs(one[i] - two[i]))
          .isLessThanOrEqualTo(1e-12 * Math.max(1, Math.abs(two[i])));
    }
    // a batch of three is three batches of one
    double[] batch = points.doubles(3 * DIM, -1, 1).toArray();
    double[] all = forward.at(new double[0], batch);
    for (int i = 0; i < 3; i++) {
      double[] single = forward.at(java.util.Arrays.copyOfRange(batch, i * DIM, (i + 1) * DIM));
      assertThat(java.util.Arrays.copyOfRange(all, i * DIM * DIM, (i + 1) * DIM * DIM))
          .containsExactly(single);
    }
  }
}
