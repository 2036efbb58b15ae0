package score4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.sample.Langevin;

class TracedScoreTest {
  // N(0, C) with C⁻¹ = ((2, 1), (1, 3)): score −C⁻¹x, Jacobian −C⁻¹
  private static final Fn LOG_DENSITY =
      Fn.of(2, x -> x.dot(x.constantMatrix(2, 2, 2, 1, 1, 3).matmul(x)).mul(-0.5));

  // two products and a sum of numbers up to 4, each rounded; 300 rows are more than one piece
  @Test
  void aLogDensityIsAScore() {
    DifferentiableScore score = LOG_DENSITY.grad().asScore();
    Batch x = Noise.normals(Key.of(1), 300, 2);
    Batch v = Noise.normals(Key.of(2), 300, 2);
    Batch s = score.score(x);
    Batch jvp = Batch.zeros(300, 2);
    Batch vjp = Batch.zeros(300, 2);
    float[] divergence = new float[300];
    score.jvp(x, v, 0, jvp);
    score.vjp(x, v, 0, vjp);
    score.divergence(x, 0, divergence);
    for (int i = 0; i < 300; i++) {
      double a = x.get(i, 0);
      double b = x.get(i, 1);
      assertThat((double) s.get(i, 0)).isCloseTo(-2 * a - b, within(0x1p-21));
      assertThat((double) s.get(i, 1)).isCloseTo(-a - 3 * b, within(0x1p-20));
      assertThat((double) jvp.get(i, 0))
          .isCloseTo(-2.0 * v.get(i, 0) - v.get(i, 1), within(0x1p-21));
      assertThat(vjp.get(i, 1)).isEqualTo(jvp.get(i, 1)); // C is symmetric
      assertThat(divergence[i]).isEqualTo(-5f);
    }
  }

  // the mean of 2000 particles of variance 1/2 has a standard error of 0.016; 4 of them
  @Test
  void langevinSamplesAUsersDensity() {
    Fn density = Fn.of(1, x -> x.sub(3).square().sum().neg());
    Batch start = Gaussian.standard(1).sample(Key.of(3), 2000);
    Batch end = Langevin.of(0.05, 200).sample(density.grad().asScore(), start, Key.of(4));
    double mean = 0;
    for (float value : end.data()) {
      mean += value / 2000.0;
    }
    assertThat(mean).isCloseTo(3, within(4 * 0.016));
  }

  // Exponential(λ) on (0, ∞) by x = e^y: log p(y) = log λ − λ·e^y + y, the last from dx = e^y dy
  @Test
  void aPositiveQuantityIsSampledThroughItsLogarithm() {
    double rate = 2;
    Fn logDensity = Fn.of(1, y -> y.sub(y.exp().mul(rate)).sum());
    DifferentiableScore score = logDensity.grad().asScore();
    Batch y = Batch.of(new float[][] {{-1f}, {0.5f}});
    assertThat((double) score.score(y).get(1, 0))
        .isCloseTo(1 - rate * Math.exp(0.5), within(0x1p-21));
    Batch start = Gaussian.standard(1).sample(Key.of(5), 4000);
    Batch end = Langevin.of(0.02, 1000).sample(score, start, Key.of(6));
    double mean = 0;
    double log = 0;
    for (float value : end.data()) {
      mean += Math.exp(value) / 4000;
      log += value / 4000.0;
    }
    // E x = 1/λ with standard error 0.5/√4000 = 0.008, E log x = −γ − log λ with 1.28/√4000 = 0.02;
    // 4 of them, and a bias of the step of some 0.01
    assertThat(mean).isCloseTo(0.5, within(0.042));
    assertThat(log).isCloseTo(-0.5772 - Math.log(rate), within(0.09));
  }

  @Test
  void whatIsNoScoreIsRefused() {
    assertThatThrownBy(LOG_DENSITY::asScore)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the score of a log density is its grad()");
    assertThatThrownBy(() -> Fn.of(2, x -> x.sub(x.batchMean())).asScore())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("would depend on the others");
    assertThatThrownBy(() -> LOG_DENSITY.grad().asScore(new float[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("parameters has 2 numbers but the function has 0");
  }
}
