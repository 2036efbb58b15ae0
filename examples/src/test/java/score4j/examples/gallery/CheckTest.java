package score4j.examples.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CheckTest {
  @Test
  void boundsAreInclusiveAndNotANumberMissesAll() {
    assertThat(Check.atMost("a", 0.6, 0.6).passes()).isTrue();
    assertThat(Check.atMost("a", 0.6001, 0.6).passes()).isFalse();
    assertThat(Check.near("a", 1.3, 1, 3, 0.11).passes()).isTrue();
    assertThat(Check.near("a", 1.3, 1, 3, 0.09).passes()).isFalse();
    assertThat(Check.below("a", -5, -5, "b").passes()).isFalse();
    assertThat(Check.atMost("a", Double.NaN, 1).passes()).isFalse();
    assertThat(Check.near("a", Double.NaN, 1, 3, 1).passes()).isFalse();
    assertThat(Check.information("a", Double.NaN, "").passes()).isTrue();
  }

  @Test
  void numbersShowFourDigits() {
    assertThat(Check.number(-49.484)).isEqualTo("-49.48");
    assertThat(Check.number(0.35625)).isEqualTo("0.3563");
    assertThat(Check.number(1.5)).isEqualTo("1.500");
    assertThat(Check.number(520)).isEqualTo("520");
    assertThat(Check.number(0.00001)).isEqualTo("1.0e-05");
    assertThat(Check.number(Double.NaN)).isEqualTo("NaN");
  }
}
