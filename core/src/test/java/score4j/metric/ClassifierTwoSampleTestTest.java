package score4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.rng.Key;

class ClassifierTwoSampleTestTest {
  private static Batch normal(double mean, int key, int rows) {
    return Gaussian.isotropic(new double[] {mean, 0}, 1).sample(Key.of(key), rows);
  }

  @Test
  void binomialTail() {
    assertThat(ClassifierTwoSampleTest.atLeast(0, 10)).isCloseTo(1, within(1e-14));
    // (1 + 10 + 45)/1024
    assertThat(ClassifierTwoSampleTest.atLeast(8, 10)).isCloseTo(56 / 1024.0, within(1e-14));
    assertThat(ClassifierTwoSampleTest.atLeast(10, 10)).isCloseTo(1 / 1024.0, within(1e-16));
    // an odd number parts evenly; the terms underflow at the ends and not in the middle
    assertThat(ClassifierTwoSampleTest.atLeast(2001, 4001)).isCloseTo(0.5, within(1e-10));
  }

  /// No classifier does better than Φ(m/2) for a shift of m; 0.8413 at m = 2. Many neighbours come
  /// near; of 2000 held-out rows the standard error is 0.8 %.
  @Test
  void approachesTheBestClassifier() {
    Comparison test = ClassifierTwoSampleTest.of(normal(0, 1, 2000), normal(2, 2, 2000), Key.of(1));
    assertThat(test.estimate().value()).isBetween(0.8413 - 4 * 0.0082 - 0.01, 0.8413 + 4 * 0.0082);
    assertThat(test.estimate().standardError())
        .isCloseTo(Math.sqrt(0.8413 * 0.1587 / 2000), within(5e-4));
    assertThat(test.nullMean()).isEqualTo(0.5);
    assertThat(test.pValue()).isLessThan(1e-10);
  }

  @Test
  void pValuesOfEqualLawsAreHonest() {
    double sum = 0;
    int rejected = 0;
    for (int i = 0; i < 200; i++) {
      Comparison test =
          ClassifierTwoSampleTest.of(
              normal(0, 1000 + i, 60), normal(0, 2000 + i, 90), Key.of(3000 + i));
      sum += test.estimate().value();
      rejected += test.pValue() <= 0.05 ? 1 : 0;
    }
    // accuracies of 60 rows have std at most 0.0645: four standard errors of the mean of 200
    assertThat(sum / 200).isCloseTo(0.5, within(4 * 0.0645 / Math.sqrt(200)));
    // steps of a binomial make 5 % at most 4.6 %; 23 of 200 or more happen once in 10⁴
    assertThat(rejected).isBetween(1, 22);
  }

  /// The second column is 10⁴ times as wide and tells nothing.
  @Test
  void columnsAreStandardised() {
    Batch x = normal(0, 3, 400);
    Batch y = normal(3, 4, 300);
    for (Batch batch : new Batch[] {x, y}) {
      for (int r = 0; r < batch.rows(); r++) {
        batch.set(r, 1, 1e4f * batch.get(r, 1));
      }
    }
    // Φ(1.5) = 0.933; four binomial errors of 300 held-out rows, and 2 % for so few training rows
    assertThat(ClassifierTwoSampleTest.of(x, y, Key.of(2)).estimate().value())
        .isGreaterThan(0.933 - 4 * 0.0144 - 0.02);
  }

  /// The rows of x again, in other halves: a held-out row's nearest neighbour is often its twin in
  /// the other sample.
  @Test
  void copiesAreBelowOneHalf() {
    Batch x = normal(0, 5, 400);
    Comparison test = ClassifierTwoSampleTest.of(x, x, 1, Key.of(3));
    assertThat(test.estimate().value()).isLessThan(0.5 - 4 * test.nullStd());
    assertThat(test.pValue()).isGreaterThan(0.99);
  }

  @Test
  void constantColumnsDoNoHarm() {
    Comparison test = ClassifierTwoSampleTest.of(Batch.zeros(40, 3), Batch.zeros(50, 3), Key.of(4));
    assertThat(test.estimate().value()).isEqualTo(0.5);
    assertThat(test.pValue()).isGreaterThan(0.5);
  }

  @Test
  void badArgumentsAreNamed() {
    Batch x = normal(0, 6, 10);
    assertThatThrownBy(() -> ClassifierTwoSampleTest.of(x, Batch.zeros(3, 2), Key.of(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("y has 3 rows but at least 4");
    assertThatThrownBy(() -> ClassifierTwoSampleTest.of(x, x, 2, Key.of(0)))
        .hasMessage("k must be odd and from 1 to 10, the number of training rows, but was 2");
    assertThatThrownBy(() -> ClassifierTwoSampleTest.of(x, x, 11, Key.of(0)))
        .hasMessageContaining("but was 11");
    assertThatThrownBy(() -> ClassifierTwoSampleTest.of(x, Batch.zeros(5, 1), Key.of(0)))
        .hasMessageContaining("y has 1 columns");
  }
}
