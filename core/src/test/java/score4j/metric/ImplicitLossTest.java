package score4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.dist.Ring;
import score4j.rng.Key;

class ImplicitLossTest {
  /// Score −x/b² on the points x: ½x²/b⁴ − 1/b², averaged.
  @Test
  void isHalfTheSquarePlusTheDivergence() {
    Batch x = Batch.of(new float[] {1}, new float[] {-2}, new float[] {0.5f});
    Estimate loss = ImplicitLoss.of(Gaussian.isotropic(new double[] {0}, 2), x);
    assertThat(loss.value()).isCloseTo((1 + 4 + 0.25) / 3 / 32 - 0.25, within(1e-7));
    assertThat(loss.standardError()).isGreaterThan(0);
  }

  /// Differences of losses are differences of Fisher divergences, here on the same samples: J − J*
  /// and F differ by Σ (s − s*)·s* + tr(J − J*), of mean 0. More rows than one part takes.
  @Test
  void differsFromTheTruthsByTheFisherDivergence() {
    Gaussian truth = Gaussian.isotropic(new double[] {0, 0}, 1);
    Gaussian model = Gaussian.isotropic(new double[] {0.3, -0.2}, 1.25);
    Batch x = truth.sample(Key.of(116), 70_000);
    Estimate model0 = ImplicitLoss.of(model, x);
    Estimate truth0 = ImplicitLoss.of(truth, x);
    Estimate f = FisherDivergence.of(model, truth, x);
    // both losses have standard errors below 0.006 and are strongly correlated; 4 of the larger
    assertThat(model0.value() - truth0.value())
        .isCloseTo(f.value(), within(4 * truth0.standardError()));
    assertThat(truth0.value()).isCloseTo(-1, within(4 * truth0.standardError()));
  }

  @Test
  void badArgumentsAreNamed() {
    Ring ring = Ring.of(1, 0.1);
    assertThatThrownBy(() -> ImplicitLoss.of(ring, Batch.zeros(0, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x has no row: give at least one sample");
    assertThatThrownBy(() -> ImplicitLoss.of(ring, Batch.zeros(3, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x has 1 columns but 2 are expected");
    Batch x = ring.sample(Key.of(117), 5);
    x.set(3, 1, Float.NaN);
    assertThatThrownBy(() -> ImplicitLoss.of(ring, x))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("not finite at row 3 of x");
  }
}
