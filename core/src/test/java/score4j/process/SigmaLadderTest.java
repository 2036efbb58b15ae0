package score4j.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;

class SigmaLadderTest {
  @Test
  void geometricLevelsFallByOneFactor() {
    SigmaLadder ladder = SigmaLadder.geometric(20, 1, 10);
    assertThat(ladder.levels()).isEqualTo(10);
    assertThat(ladder.sigma(0)).isEqualTo(20);
    assertThat(ladder.sigma(9)).isEqualTo(1);
    for (int i = 1; i < 10; i++) {
      assertThat(ladder.sigma(i - 1) / ladder.sigma(i))
          .isCloseTo(Math.pow(20, 1 / 9.0), within(1e-14));
    }
    assertThat(SigmaLadder.geometric(3, 1, 1).sigmas()).containsExactly(3.0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void largestDistanceIsThatOfAllPairs(int dim) {
    Batch x = Noise.normals(Key.of(dim), 200, dim);
    for (int i = 0; i < 200; i++) {
      x.set(i, 0, 3 + 2 * x.get(i, 0)); // off centre and not round
    }
    double best = 0;
    for (int i = 0; i < 200; i++) {
      for (int j = 0; j < i; j++) {
        double square = 0;
        for (int d = 0; d < dim; d++) {
          square += Math.pow((double) x.get(i, d) - x.get(j, d), 2);
        }
        best = Math.max(best, Math.sqrt(square));
      }
    }
    assertThat(SigmaLadder.largestDistance(x)).isCloseTo(best, within(1e-12));
    assertThat(SigmaLadder.fromData(x, 0.01).sigma(0)).isCloseTo(best, within(1e-12));
    assertThat(SigmaLadder.fromData(x, 0.01).sigmas().getLast()).isEqualTo(0.01);
    assertThat(SigmaLadder.largestDistance(x.slice(0, 1))).isZero();
  }

  /// Song & Ermon 2020 print L = 232 for CIFAR-10 (D = 3072, σ from 50 to 0.01), chosen by an
  /// overlap of about a half: theirs is 0.567. Exactly a half, where √(2D)(γ − 1) = 3γ since the
  /// other term is Φ of 6, takes γ = 1.0398 and L = 220.
  @Test
  void levelsFollowTheOverlapOfNeighbours() {
    double gamma = Math.pow(50 / 0.01, 1 / 231.0);
    assertThat(SigmaLadder.overlap(3072, gamma)).isCloseTo(0.567, within(5e-4));
    double root = Math.sqrt(2 * 3072.0);
    double half = root / (root - 3);
    assertThat(SigmaLadder.overlap(3072, half)).isCloseTo(0.5, within(1e-8));
    int levels = 1 + (int) Math.ceil(Math.log(50 / 0.01) / Math.log(half));
    assertThat(SigmaLadder.levels(3072, 50, 0.01)).isEqualTo(levels).isEqualTo(220);
    // the least number that does it
    for (int dim : new int[] {19, 64}) {
      int n = SigmaLadder.levels(dim, 20, 0.1);
      assertThat(SigmaLadder.overlap(dim, Math.pow(200, 1.0 / (n - 1)))).isGreaterThan(0.5 - 1e-9);
      assertThat(SigmaLadder.overlap(dim, Math.pow(200, 1.0 / (n - 2)))).isLessThan(0.5);
    }
  }

  /// In a plane the overlap is above a half whatever the ratio; halves are 1 + ⌈log₂ 100⌉. At D =
  /// 18, √(2D)(γ − 1) = 3γ has the solution 2.
  @Test
  void neighboursFallAtMostByHalf() {
    assertThat(SigmaLadder.overlap(2, 1000)).isGreaterThan(0.5);
    for (int dim : new int[] {1, 2, 4, 5, 17}) {
      assertThat(SigmaLadder.levels(dim, 5, 0.05)).isEqualTo(8);
      assertThat(SigmaLadder.levels(dim, 8, 1)).isEqualTo(4);
    }
    assertThat(SigmaLadder.overlap(18, 2)).isCloseTo(0.5, within(1e-9));
    assertThat(SigmaLadder.levels(19, 8, 1)).isEqualTo(5);
    assertThat(SigmaLadder.levels(2, 1.5, 1)).isEqualTo(2);
  }

  @Test
  void processHasTheLevelsAtTheirTimes() {
    SigmaLadder ladder = new SigmaLadder(List.of(7.0, 2.0, 0.5, 0.3));
    VarianceExploding process = ladder.process();
    assertThat(ladder.times().getFirst()).isEqualTo(1);
    assertThat(ladder.times().getLast()).isZero();
    for (int i = 0; i < 4; i++) {
      assertThat(process.marginal(ladder.time(i)).std()).isCloseTo(ladder.sigma(i), within(1e-13));
    }
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> new SigmaLadder(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sigmas is empty");
    assertThatThrownBy(() -> new SigmaLadder(List.of(1.0, 1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("number 1 is 1.0 after 1.0");
    assertThatThrownBy(() -> SigmaLadder.geometric(1, 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("min must be above 0 and max");
    assertThatThrownBy(() -> SigmaLadder.geometric(2, 1, 0))
        .hasMessageContaining("levels must be at least 1 but was 0");
    assertThatThrownBy(() -> SigmaLadder.fromData(Batch.zeros(3, 2), 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("min must be below the largest distance");
    assertThatThrownBy(() -> new SigmaLadder(List.of(1.0)).process())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("give at least two");
    Batch broken = Batch.zeros(2, 1);
    broken.set(1, 0, Float.NaN);
    assertThatThrownBy(() -> SigmaLadder.largestDistance(broken))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x must be finite");
  }
}
