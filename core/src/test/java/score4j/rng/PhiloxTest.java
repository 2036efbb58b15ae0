package score4j.rng;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.golden.Golden;

class PhiloxTest {
  static Stream<Golden.Case> knownAnswers() {
    return Golden.load("random123").cases().stream()
        .filter(c -> c.text("generator").equals("philox4x32"));
  }

  @Test
  void thereAreKnownAnswersForSevenAndTenRounds() {
    assertThat(knownAnswers().map(c -> c.integer("rounds")))
        .containsExactlyInAnyOrder(7, 7, 7, 10, 10, 10);
  }

  @ParameterizedTest
  @MethodSource("knownAnswers")
  void blockGivesTheKnownAnswer(Golden.Case c) {
    int[] counter = words(c.texts("ctr"));
    int[] key = words(c.texts("key"));
    int[] expected = words(c.texts("expect"));
    int[] out = new int[6];
    Philox.block(
        c.integer("rounds"),
        counter[0],
        counter[1],
        counter[2],
        counter[3],
        key[0],
        key[1],
        out,
        1);
    assertThat(out).containsExactly(0, expected[0], expected[1], expected[2], expected[3], 0);
    if (c.integer("rounds") == 10) {
      Philox.block(counter[0], counter[1], counter[2], counter[3], key[0], key[1], out, 2);
      assertThat(out)
          .containsExactly(0, expected[0], expected[0], expected[1], expected[2], expected[3]);
    }
  }

  private static int[] words(List<String> hex) {
    return hex.stream().mapToInt(word -> Integer.parseUnsignedInt(word, 16)).toArray();
  }
}
