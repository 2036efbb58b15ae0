package score4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonReaderTest {
  private static final JsonMapper JACKSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " [ ] ",
        "\t\r\n null \n",
        "true",
        "[false, true, null]",
        "0",
        "-0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "0.5",
        "-1.25e-3",
        "1E+2",
        "1e-400",
        "4.9e-324",
        "\"\"",
        "\"a/b\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u00e4\\uD83D\\uDE00\\u0000\"",
        "\"äöü 😀 ∂ₓ \u007f\u0085\u2028\"",
        "{\"a\":1,\"b\":{\"a\":[1,2.5,{\"c\":\"d\"}]},\"\":\"\"}",
        "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
      })
  void agreesWithJacksonOnValidText(String text) throws FormatException {
    Json json = JsonReader.parse(text);
    assertSame(json, JACKSON.readTree(text));
    assertThat(JsonReader.parse(json.toString())).isEqualTo(json);
    assertSame(json, JACKSON.readTree(json.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[",
        "\"",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1]",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "01",
        "-",
        "-01",
        "+1",
        ".5",
        "1.",
        "1.e5",
        "1e",
        "1e+",
        "0x10",
        "1_000",
        "NaN",
        "Infinity",
        "-Infinity",
        "tru",
        "True",
        "nul",
        "truefalse",
        "1 2",
        "{} {}",
        "{}//comment",
        "/**/{}",
        "\"\n\"",
        "\"\t\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12G4\"",
        "\"\\u１２３４\"",
        "\u00a01",
        "\ufeff{}",
      })
  void refusesWhatJacksonRefuses(String text) {
    assertThatThrownBy(() -> JsonReader.parse(text))
        .isInstanceOf(FormatException.class)
        .message()
        .startsWith("JSON ")
        .doesNotContain("\n");
    if (!text.isBlank()) { // jackson reads nothing as a missing value
      assertThatThrownBy(() -> JACKSON.readTree(text)).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372036854775808",
        "-9223372036854775809",
        "1e400",
        "-1e400",
        "\"\\ud800\"",
        "\"\\ud800x\"",
        "\"\\ude00\"",
        "\"\\ude00\\ud83d\"",
        "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]",
        "0.00000000000000000000000000000000000000000000000000000000000000001",
      })
  void refusesWhatOthersResolveInSilence(String text) {
    assertThatThrownBy(() -> JsonReader.parse(text)).isInstanceOf(FormatException.class);
  }

  @Test
  void depthAndNumberOfValuesAreBounded() {
    String deep = "[".repeat(10_000_000);
    assertThatThrownBy(() -> JsonReader.parse(deep)).hasMessageContaining("deeper than 16");
    String many = "[" + "0,".repeat(JsonReader.MAX_VALUES - 2) + "0]";
    assertThatCode(() -> JsonReader.parse(many)).doesNotThrowAnyException();
    String tooMany = "[" + "0,".repeat(JsonReader.MAX_VALUES - 1) + "0]";
    assertThatThrownBy(() -> JsonReader.parse(tooMany)).hasMessageContaining("1,000,000 values");
  }

  @Test
  void messagesShowTheFileInOneShortLine() {
    String key = "k\n\u001b[31m".repeat(1000);
    String text = new Json.Table(Map.of(key, new Json.Nothing())).toString();
    String twice = text.substring(0, text.length() - 1) + "," + text.substring(1);
    assertThatThrownBy(() -> JsonReader.parse(twice))
        .message()
        .hasSizeLessThan(400)
        .doesNotContain("\n", "\u001b");
  }

  /// Random documents, written by `Json.toString`, are read back equal by us and by jackson.
  @Test
  void randomDocumentsSurviveTheRoundTrip() throws FormatException {
    for (long seed = 0; seed < 300; seed++) {
      Json json = random(new SplittableRandom(seed), 0);
      String text = json.toString();
      assertThat(JsonReader.parse(text)).as("seed %d", seed).isEqualTo(json);
      assertSame(json, JACKSON.readTree(text));
    }
  }

  /// Every text that is one character away from a valid one is either refused or read as jackson
  /// reads it.
  @Test
  void mutatedTextIsReadAsJacksonReadsItOrRefused() {
    String valid = "{\"a\":[1,-2.5e3,\"x\\u00e4\\n\"],\"b\":{\"c\":true,\"d\":null}}";
    String replacements = "{}[]\",:\\01-.eEutnx \u0001";
    for (int i = 0; i < valid.length(); i++) {
      for (int r = 0; r < replacements.length(); r++) {
        String text = valid.substring(0, i) + replacements.charAt(r) + valid.substring(i + 1);
        Json ours;
        try {
          ours = JsonReader.parse(text);
        } catch (FormatException e) {
          assertThatThrownBy(() -> JACKSON.readTree(text)).as(text).isNotNull();
          continue;
        }
        assertSame(ours, JACKSON.readTree(text));
      }
    }
  }

  private static Json random(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth < 5 ? 7 : 5)) {
      case 0 -> new Json.Text(randomText(random));
      case 1 -> new Json.Whole(random.nextLong() >> random.nextInt(64));
      case 2 -> new Json.Real(Double.longBitsToDouble(random.nextLong() & ~(1L << 62)));
      case 3 -> new Json.Truth(random.nextBoolean());
      case 4 -> new Json.Nothing();
      case 5 -> {
        List<Json> values = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          values.add(random(random, depth + 1));
        }
        yield new Json.Sequence(values);
      }
      default -> {
        Map<String, Json> members = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          members.put(randomText(random), random(random, depth + 1));
        }
        yield new Json.Table(members);
      }
    };
  }

  private static String randomText(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      int c = random.nextInt(random.nextBoolean() ? 128 : 0x110000);
      text.appendCodePoint(c >= 0xd800 && c < 0xe000 ? '?' : c);
    }
    return text.toString();
  }

  private static void assertSame(Json ours, JsonNode theirs) {
    switch (ours) {
      case Json.Text text -> assertThat(theirs.stringValue()).isEqualTo(text.value());
      case Json.Whole whole -> {
        assertThat(theirs.isIntegralNumber()).isTrue();
        assertThat(theirs.longValue()).isEqualTo(whole.value());
      }
      case Json.Real real -> {
        assertThat(theirs.isFloatingPointNumber()).isTrue();
        assertThat(theirs.doubleValue()).isEqualTo(real.value());
      }
      case Json.Truth truth -> assertThat(theirs.booleanValue()).isEqualTo(truth.value());
      case Json.Nothing nothing -> assertThat(theirs.isNull()).isTrue();
      case Json.Sequence sequence -> {
        assertThat(theirs.isArray()).isTrue();
        assertThat(theirs.size()).isEqualTo(sequence.values().size());
        for (int i = 0; i < theirs.size(); i++) {
          assertSame(sequence.values().get(i), theirs.get(i));
        }
      }
      case Json.Table table -> {
        assertThat(theirs.isObject()).isTrue();
        assertThat(theirs.propertyNames()).containsExactlyElementsOf(table.members().keySet());
        table.members().forEach((key, value) -> assertSame(value, theirs.get(key)));
      }
    }
  }
}
