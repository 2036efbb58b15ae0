package score4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  @TempDir Path folder;

  // ---- round trips

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 16_383, 16_384, 16_385, 40_009})
  void everyFloatSurvivesTheRoundTripBitForBit(int size) throws IOException {
    SplittableRandom random = new SplittableRandom(size);
    int[] bits = random.ints(size).toArray();
    float[] data = new float[size];
    for (int i = 0; i < size; i++) {
      data[i] = Float.intBitsToFloat(bits[i]);
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("before", Tensor.wrap(List.of(), new float[] {-0f}));
    tensors.put("net.0.weight", Tensor.wrap(List.of(size, 1), data));
    tensors.put("after", Tensor.wrap(List.of(2), new float[] {Float.MIN_VALUE, Float.NaN}));
    Map<String, String> metadata = Map.of("é\"\\\n", "😀\u0000");
    Path file = folder.resolve("a.safetensors");
    new Safetensors(tensors, metadata).write(file);
    Safetensors read = Safetensors.read(file);
    assertThat(read.metadata()).isEqualTo(metadata);
    assertThat(read.tensors().keySet()).containsExactly("before", "net.0.weight", "after");
    assertThat(get(read.tensors(), "net.0.weight").shape()).containsExactly(size, 1);
    float[] got = get(read.tensors(), "net.0.weight").data();
    for (int i = 0; i < size; i++) {
      assertThat(Float.floatToRawIntBits(got[i])).isEqualTo(bits[i]);
    }
    assertThat(read.tensors().get("before")).isEqualTo(tensors.get("before"));
    assertThat(read.tensors().get("after")).isEqualTo(tensors.get("after"));
  }

  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("b", Tensor.wrap(List.of(1, 2), new float[] {1, -2}));
    tensors.put("a", Tensor.wrap(List.of(0), new float[0]));
    Path file = folder.resolve("a.safetensors");
    new Safetensors(tensors, Map.of("k", "v")).write(file);
    String header =
        "{\"__metadata__\":{\"k\":\"v\"},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[8,8]}}";
    header += " ".repeat(Math.floorMod(-header.length(), 8));
    assertThat(header.length() % 8).isZero();
    byte[] expected =
        file(
            header,
            ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(1).putFloat(-2).array());
    assertThat(Files.readAllBytes(file)).isEqualTo(expected);
  }

  @Test
  void aFileWithoutTensorsIsAFile() throws IOException {
    Path file = folder.resolve("a.safetensors");
    Safetensors nothing = new Safetensors(Map.of(), Map.of());
    nothing.write(file);
    assertThat(Files.size(file)).isEqualTo(16);
    assertThat(Safetensors.read(file)).isEqualTo(nothing);
  }

  /// Offsets in any order, data that are not aligned, white space, and the three other types.
  @Test
  void readsWhatOtherWritersWrite() throws IOException {
    String header =
        """
        {"d": {"shape": [2], "data_offsets": [6, 22], "dtype": "F64"},
         "h": {"dtype":"F16", "shape":[3, 1], "data_offsets":[0, 6]},
         "z": {"dtype":"F64", "shape":[0, 5], "data_offsets":[6, 6]},
         "b": {"dtype":"BF16","shape":[],"data_offsets":[24,26]},
         "e": {"dtype":"BF16","shape":[1],"data_offsets":[22,24]}}
        """;
    ByteBuffer values = ByteBuffer.allocate(26).order(ByteOrder.LITTLE_ENDIAN);
    values.putShort((short) 0x3c00).putShort((short) 0x0001).putShort((short) 0xfc00);
    values.putDouble(Math.PI).putDouble(Double.NEGATIVE_INFINITY);
    values.putShort((short) 0xbf80).putShort((short) 0x4049);
    Map<String, Tensor> tensors = read(file(header, values.array())).tensors();
    assertThat(get(tensors, "h").data())
        .containsExactly(1, (float) Math.pow(2, -24), Float.NEGATIVE_INFINITY);
    assertThat(get(tensors, "h").shape()).containsExactly(3, 1);
    assertThat(get(tensors, "d").data()).containsExactly((float) Math.PI, Float.NEGATIVE_INFINITY);
    assertThat(get(tensors, "e").data()).containsExactly(-1);
    assertThat(get(tensors, "b").data()).containsExactly(3.140625f);
    assertThat(get(tensors, "b").shape()).isEmpty();
    assertThat(get(tensors, "z").data()).isEmpty();
  }

  // ---- files that must be refused

  static Stream<Arguments> malicious() {
    byte[] eight = new byte[8];
    String one = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    return Stream.of(
        bad("an empty file", new byte[0], "at least 8 bytes but this has 0"),
        bad("seven bytes", new byte[7], "at least 8 bytes but this has 7"),
        bad("a length and nothing else", length(20), "only 0 bytes follow"),
        bad("an empty header", length(0), "starts with '{'"),
        bad("a length past the end", cut(file(one, eight), 20), "the file is cut off"),
        bad("a length of 2⁶⁴ − 1", length(-1), "18446744073709551615"),
        bad("a length of 2⁶³ − 1", length(Long.MAX_VALUE), "9223372036854775807"),
        bad("a length above the limit", length(100_000_001), "at most 100,000,000"),
        bad(
            "a pickle",
            "PK\u0003\u0004 not a header at all".getBytes(StandardCharsets.US_ASCII),
            "not a safetensors file?"),
        bad("data cut off", cut(file(one, eight), 1), "it is cut off"),
        bad("data too long", file(one, new byte[9]), "it has too many"),
        bad("no JSON", file("[]", eight), "starts with '{'"),
        bad("space before the JSON", file(" " + one, eight), "starts with '{'"),
        bad("a byte-order mark", file("\ufeff" + one, eight), "starts with '{'"),
        bad("broken JSON", file(one.substring(1), eight), "starts with '{'"),
        bad("unfinished JSON", file(one.substring(0, one.length() - 1), eight), "JSON needs"),
        bad("something after the JSON", file(one + "x", eight), "the end of the text"),
        bad("a zero byte after the JSON", file(one + "\0", eight), "the end of the text"),
        bad("Latin-1", latin1(one.replace("\"a\"", "\"ä\""), eight), "not UTF-8"),
        bad(
            "an overlong UTF-8 form",
            latin1(one.replace("\"a\"", "\"\u00c0\u0080\""), eight),
            "not UTF-8"),
        bad("a name twice", file(merge(one, one), eight), "twice"),
        bad(
            "a name twice, once escaped",
            file(merge(one, one.replace("\"a\"", "\"\\u0061\"")), eight),
            "twice"),
        bad(
            "dtype twice",
            file(one.replace("\"shape\"", "\"dtype\":\"F32\",\"shape\""), eight),
            "twice"),
        bad("deep nesting", file("{\"a\":" + "[".repeat(100_000), eight), "deeper than 16"),
        bad("many values", file("{\"a\":[" + "0,".repeat(1_100_000) + "0]}", eight), "1,000,000"),
        bad("an entry that is text", file("{\"a\":\"b\"}", eight), "nothing else"),
        bad("no dtype", entry("\"shape\":[2],\"data_offsets\":[0,8]"), "nothing else"),
        bad("no shape", entry("\"dtype\":\"F32\",\"data_offsets\":[0,8]"), "nothing else"),
        bad("no offsets", entry("\"dtype\":\"F32\",\"shape\":[2]"), "nothing else"),
        bad(
            "another key",
            entry("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":0"),
            "nothing else"),
        bad(
            "a dtype of another kind",
            entry("F32", "[2]", "[0,8]").replace("\"F32\"", "32"),
            "a text as dtype"),
        bad("an unknown dtype", entry("F31", "[2]", "[0,8]"), "\"F31\""),
        bad("integers", entry("I64", "[1]", "[0,8]"), "convert it to F32"),
        bad("a dtype of another size", entry("F64", "[2]", "[0,8]"), "takes 16 bytes"),
        bad("a dtype of another size", entry("F16", "[2]", "[0,8]"), "takes 4 bytes"),
        bad("a shape that is a number", entry("F32", "2", "[0,8]"), "an array as shape"),
        bad("a negative length", entry("F32", "[-2]", "[0,8]"), "at least 0 in shape"),
        bad("two negative lengths", entry("F32", "[-1,-2]", "[0,8]"), "at least 0 in shape"),
        bad("a fractional length", entry("F32", "[2.0]", "[0,8]"), "whole numbers"),
        bad("a length of 2⁶⁴ + 2", entry("F32", "[18446744073709551618]", "[0,8]"), "64 bits"),
        bad(
            "lengths whose product wraps to 2",
            entry("F32", "[3,6148914691236517206]", "[0,8]"),
            "too large"),
        bad(
            "lengths whose product wraps to 0",
            entry("F32", "[65536,65536,65536,65536]", "[0,8]"),
            "too large"),
        bad(
            "lengths whose bytes wrap",
            entry("F32", "[2147483647,2147483647]", "[0,8]"),
            "too large"),
        bad(
            "more than an array",
            entry("F32", "[2147483647]", "[0,8589934588]"),
            "than an array holds"),
        bad("one offset", entry("F32", "[2]", "[0]"), "[begin, end]"),
        bad("three offsets", entry("F32", "[2]", "[0,8,8]"), "[begin, end]"),
        bad("offsets in the wrong order", entry("F32", "[2]", "[8,0]"), "[begin, end]"),
        bad("a negative offset", entry("F32", "[2]", "[-8,0]"), "at least 0 in data_offsets"),
        bad("an offset beyond the file", entry("F32", "[4]", "[0,16]"), "it is cut off"),
        bad("far beyond the file", entry("F32", "[1000000000]", "[0,4000000000]"), "it is cut off"),
        bad("a hole at the start", entry("F32", "[1]", "[4,8]"), "there is a hole"),
        bad("a hole", file(two("[0,4]", "[5,9]"), new byte[9]), "there is a hole"),
        bad("an overlap", file(two("[0,4]", "[3,7]"), new byte[7]), "they overlap"),
        bad("the same bytes twice", file(two("[0,4]", "[0,4]"), new byte[4]), "they overlap"),
        bad(
            "metadata that are a number",
            file("{\"__metadata__\":1}", new byte[0]),
            "object of texts"),
        bad(
            "metadata with a number",
            file("{\"__metadata__\":{\"a\":1}}", new byte[0]),
            "texts only"),
        bad(
            "metadata twice",
            file("{\"__metadata__\":{},\"__metadata__\":{}}", new byte[0]),
            "twice"),
        bad("half a surrogate pair", file(one.replace("\"a\"", "\"\\ud800\""), eight), "surrogate"),
        bad(
            "a double that no float holds",
            file(
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(1e39).array()),
            "no float holds"),
        bad(
            "a name of a megabyte",
            entry("F32", "[3]", "[0,8]").replace("\"a\"", "\"" + "n\u001b".repeat(500_000) + "\""),
            "JSON needs a character of a string"),
        bad(
            "a long name",
            entry("F32", "[3]", "[0,8]").replace("\"a\"", "\"" + "n".repeat(500_000) + "\""),
            "takes 12 bytes"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malicious")
  void isRefusedWithOneClearLine(String name, byte[] bytes, String message) throws IOException {
    Path file = folder.resolve("bad.safetensors");
    Files.write(file, bytes);
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message)
        .message()
        .hasSizeLessThan(file.toString().length() + 300)
        .doesNotContain("\n", "\u001b");
  }

  /// Cut anywhere, or with any one byte changed, a file is refused with a FormatException or read;
  /// nothing else happens. Changed data bytes are read, of course: the format has no checksum.
  @Test
  void everyCutAndEveryChangedByteIsRefusedOrRead() throws IOException {
    byte[] good = file(two("[0,4]", "[4,8]"), new byte[8]);
    int refused = 0;
    for (int i = 0; i < good.length; i++) {
      byte[] cut = Arrays.copyOf(good, i);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(FormatException.class);
      for (int change : new int[] {1, 2, 16, 32, 64, 128, 255}) {
        byte[] changed = good.clone();
        changed[i] ^= (byte) change;
        try {
          read(changed);
        } catch (FormatException e) {
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(good.length);
  }

  @Test
  void aMissingFileAndAFolderAreNamed() {
    Path missing = folder.resolve("missing.safetensors");
    assertThatThrownBy(() -> Safetensors.read(missing))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("missing.safetensors")
        .hasMessageContaining("no such file");
    assertThatThrownBy(() -> Safetensors.read(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is a folder");
  }

  @Test
  void namesThatTheFormatCannotHoldAreRefused() {
    Tensor tensor = Tensor.wrap(List.of(), new float[1]);
    assertThatThrownBy(() -> new Safetensors(Map.of("__metadata__", tensor), Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Safetensors(Map.of("\ud800", tensor), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("surrogate");
    assertThatThrownBy(() -> new Safetensors(Map.of(), Map.of("a", "\udc00")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTensorMustHaveItsShape() {
    assertThatThrownBy(() -> Tensor.wrap(List.of(2, 3), new float[5]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("takes 6");
    assertThatThrownBy(() -> Tensor.wrap(List.of(-1, -1), new float[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 0");
    // 65536⁴ = 2⁶⁴, which wraps to 0
    assertThatThrownBy(() -> Tensor.wrap(List.of(65536, 65536, 65536, 65536), new float[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than an array holds");
  }

  private static Tensor get(Map<String, Tensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  // ---- making files

  private static Arguments bad(String name, byte[] bytes, String message) {
    return Arguments.of(name, bytes, message);
  }

  private static Arguments bad(String name, String header, String message) {
    return Arguments.of(name, file(header, new byte[8]), message);
  }

  private static String entry(String members) {
    return "{\"a\":{" + members + "}}";
  }

  private static String entry(String dtype, String shape, String offsets) {
    return entry(
        "\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s".formatted(dtype, shape, offsets));
  }

  private static String two(String first, String second) {
    return merge(entry("F32", "[1]", first), entry("F32", "[1]", second).replace("\"a\"", "\"b\""));
  }

  private static String merge(String first, String second) {
    return first.substring(0, first.length() - 1) + "," + second.substring(1);
  }

  private static byte[] length(long length) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
  }

  private static byte[] cut(byte[] bytes, int by) {
    return Arrays.copyOf(bytes, bytes.length - by);
  }

  private static byte[] file(String header, byte[] data) {
    return file(header.getBytes(StandardCharsets.UTF_8), data);
  }

  private static byte[] latin1(String header, byte[] data) {
    return file(header.getBytes(StandardCharsets.ISO_8859_1), data);
  }

  private static byte[] file(byte[] header, byte[] data) {
    return ByteBuffer.allocate(8 + header.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .put(data)
        .array();
  }

  private static Safetensors read(byte[] bytes) throws IOException {
    return Safetensors.read(Channels.newChannel(new ByteArrayInputStream(bytes)), bytes.length);
  }
}
