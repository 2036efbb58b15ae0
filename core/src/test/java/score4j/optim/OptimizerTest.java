package score4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.testing.Allocation;

class OptimizerTest {
  /// Unit roundoff of float.
  private static final double U = 0x1p-24;

  static Stream<Optimizer> optimizers() {
    return Stream.of(new GradientDescent(), new Momentum(0.9), Adam.standard());
  }

  /// ½a(p − c)² has gradient a(p − c), so p_k − c = (1 − ηa)^k (p₀ − c).
  @Test
  void gradientDescentFollowsTheClosedFormOfAQuadratic() {
    double rate = 0.1;
    double[] curvature = {0.5, 1, 3};
    float[] p = {4, -2, 1};
    float[] start = p.clone();
    double centre = 0.25;
    Optimizer optimizer = new GradientDescent();
    OptimizerState state = optimizer.init(3);
    for (int k = 0; k < 50; k++) {
      optimizer.update(state, p, quadratic(p, curvature, centre), rate);
    }
    assertThat(state.step()).isEqualTo(50);
    for (int i = 0; i < 3; i++) {
      double expected = centre + Math.pow(1 - rate * curvature[i], 50) * (start[i] - centre);
      // A step rounds the gradient, the product, the difference and uses a rounded rate: at most
      // 4u·4 each, shrunk by later steps by (1 − ηa) ≤ 0.95, so 16u/0.05 in all.
      assertThat((double) p[i]).isCloseTo(expected, within(320 * U));
    }
  }

  /// For a quadratic, momentum is the linear recursion e_{k+1} = (1 + μ − ηa) e_k − μ e_{k−1}.
  @Test
  void momentumFollowsTheLinearRecursionOfAQuadratic() {
    double rate = 0.02;
    double mu = 0.9;
    double curvature = 2;
    Optimizer optimizer = new Momentum(mu);
    OptimizerState state = optimizer.init(1);
    float[] p = {3};
    double before = 3;
    double now = 3;
    for (int k = 0; k < 60; k++) {
      optimizer.update(state, p, quadratic(p, new double[] {curvature}, 0), rate);
      double next = (1 + mu - rate * curvature) * now - mu * before;
      before = now;
      now = next;
      // The recursion's characteristic roots have modulus √μ < 1: an error of one step (at most 6
      // roundings of numbers ≤ 3·max(1, a)) contributes at most 6·6u/(1 − √μ) over all.
      assertThat((double) p[0]).isCloseTo(now, within(36 * U / (1 - Math.sqrt(mu))));
    }
  }

  @Test
  void adamEqualsADoublePrecisionReferenceOverHundredSteps() {
    int size = 37;
    double rate = 0.01;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    SplittableRandom random = new SplittableRandom(1);
    float[] p = new float[size];
    double[] q = new double[size];
    for (int i = 0; i < size; i++) {
      p[i] = (float) random.nextDouble(-1, 1);
      q[i] = p[i];
    }
    double[] m = new double[size];
    double[] v = new double[size];
    Adam adam = new Adam(beta1, beta2, epsilon);
    OptimizerState state = adam.init(size);
    for (int t = 1; t <= 100; t++) {
      float[] g = new float[size];
      for (int i = 0; i < size; i++) {
        // Sizes from 1e-4 to 1e4 by parameter, within a factor of 2 by step, and both signs.
        double scale = Math.pow(10, i % 9 - 4);
        g[i] = (float) (scale * random.nextDouble(0.5, 1) * (random.nextInt(3) == 0 ? -1 : 1));
        m[i] = beta1 * m[i] + (1 - beta1) * g[i];
        v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
        double mHat = m[i] / (1 - Math.pow(beta1, t));
        double vHat = v[i] / (1 - Math.pow(beta2, t));
        q[i] -= rate * mHat / (Math.sqrt(vHat) + epsilon);
      }
      adam.update(state, p, g, rate);
    }
    // With G/2 ≤ |g| ≤ G: a step rounds m by at most 2uG, damped by β₁, so m̂ is within 20uG; v̂ is
    // within (t/2 + 5)uG² ≤ 55uG², that is 220u relative and 110u in the root. m̂/√v̂ ≤ 2, so a
    // step is within η(40 + 2·110)u, 100 steps within 260u; and p (|p| ≤ 2) rounds by 2u a step.
    for (int i = 0; i < size; i++) {
      assertThat((double) p[i]).as("parameter %d", i).isCloseTo(q[i], within(460 * U));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {1e-3f, 1, 1e10f, -1e-3f, -7})
  void firstStepOfAdamHasTheSizeOfTheRate(float gradient) {
    float[] p = {0};
    Adam adam = Adam.standard();
    adam.update(adam.init(1), p, new float[] {gradient}, 0.01);
    // m̂/√v̂ = ±1 but for some 8 roundings and ε/|g| ≤ 1e-5.
    assertThat((double) p[0])
        .isCloseTo(-Math.signum(gradient) * 0.01, within(0.01 * (8 * U + 1e-5)));
  }

  /// A steady gradient makes every step as large as the first: with the step number stuck at 1, as
  /// in seed 003, they would tend to √(1 − β₂)/(1 − β₁) = 0.316 of it.
  @Test
  void adamUsesTheTrueStepNumber() {
    float[] p = {0};
    Adam adam = Adam.standard();
    OptimizerState state = adam.init(1);
    for (int t = 1; t <= 2000; t++) {
      adam.update(state, p, new float[] {3}, 1e-3);
    }
    // Every step is 1e-3 within 20 roundings of m, v and their quotient; the sum, at most 2, rounds
    // 2000 times.
    assertThat((double) p[0]).isCloseTo(-2, within(2 * 20 * U + 2000 * 2 * U));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void updateAllocatesNothing(Optimizer optimizer) {
    float[] p = new float[1001];
    float[] g = new float[1001];
    Arrays.fill(g, 0.5f);
    OptimizerState state = optimizer.init(p.length);
    long bytes =
        Allocation.bytes(
            () -> {
              for (int i = 0; i < 100; i++) {
                optimizer.update(state, p, g, 1e-3);
              }
            });
    assertThat(bytes).isZero();
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void aCopiedStateGoesOnWithTheSameBits(Optimizer optimizer) {
    float[] p = {1, 2, 3};
    float[] g = {0.1f, -0.2f, 0.3f};
    OptimizerState state = optimizer.init(3);
    optimizer.update(state, p, g, 0.1);
    OptimizerState saved = state.copy();
    float[] q = p.clone();
    float[][] moments = new float[saved.moments()][];
    for (int i = 0; i < moments.length; i++) {
      moments[i] = saved.moment(i).clone();
    }
    OptimizerState rebuilt = OptimizerState.of(saved.size(), saved.step(), moments);
    assertThat(rebuilt).isEqualTo(saved).hasSameHashCodeAs(saved);
    optimizer.update(state, p, g, 0.1);
    optimizer.update(rebuilt, q, g, 0.1);
    assertThat(q).isEqualTo(p);
    assertThat(rebuilt).isEqualTo(state).isNotEqualTo(saved);
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void wrongLengthsAndRatesAreRefused(Optimizer optimizer) {
    OptimizerState state = optimizer.init(2);
    float[] two = new float[2];
    assertThatThrownBy(() -> optimizer.update(state, new float[3], two, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("parameters has 3 numbers");
    assertThatThrownBy(() -> optimizer.update(state, two, new float[1], 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gradient 1");
    for (double rate : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY, 1e39}) {
      assertThatThrownBy(() -> optimizer.update(state, two, two.clone(), rate))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("learningRate");
    }
    assertThat(state.step()).isZero();
    OptimizerState foreign = OptimizerState.zeros(2, 5);
    assertThatThrownBy(() -> optimizer.update(foreign, two, two.clone(), 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("moments");
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new Momentum(1)).hasMessageContaining("momentum");
    assertThatThrownBy(() -> new Momentum(Double.NaN)).hasMessageContaining("momentum");
    assertThatThrownBy(() -> new Adam(1, 0.9, 1e-8)).hasMessageContaining("beta1");
    assertThatThrownBy(() -> new Adam(0.9, -0.1, 1e-8)).hasMessageContaining("beta2");
    assertThatThrownBy(() -> new Adam(0.9, 0.999, 0)).hasMessageContaining("epsilon");
    assertThatThrownBy(() -> new Adam(0.9, 0.999, 1e-60)).hasMessageContaining("epsilon");
    assertThatThrownBy(() -> OptimizerState.zeros(-1, 0)).hasMessageContaining("size");
    assertThatThrownBy(() -> OptimizerState.of(2, -1)).hasMessageContaining("step");
    assertThatThrownBy(() -> OptimizerState.of(2, 0, new float[3]))
        .hasMessageContaining("moment 0 has 3");
  }

  private static float[] quadratic(float[] p, double[] curvature, double centre) {
    float[] g = new float[p.length];
    for (int i = 0; i < p.length; i++) {
      g[i] = (float) (curvature[i] * (p[i] - centre));
    }
    return g;
  }
}
