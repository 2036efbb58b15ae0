package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.nn.Activation;

/// The committed PTX: that it was built from these sources, that old drivers take it, and that no
/// driver may round its arithmetic in another way.
final class PtxTest {
  // 0.9 MB today; what a driver compiles takes time in proportion
  private static final int MOST_BYTES = 1 << 20;

  // without a rounding a driver may fuse a product with a sum; the rest is approximate by name
  private static final Pattern LOOSE =
      Pattern.compile(
          "\\.(approx|ftz|full)\\b|\\b(mul|add|sub|mad|div|sqrt|rcp)\\.f(32|64)\\b|\\b(sin|cos|tanh|ex2|lg2)\\.");

  private static final Pattern ENTRY = Pattern.compile("\\.entry (\\w+)\\(");

  /// The files, without their `.ptx`.
  static Stream<String> names() {
    return Stream.of(Arithmetic.values())
        .flatMap(
            mode ->
                Stream.of(Activation.values())
                    .map(activation -> (mode + "-" + activation).toLowerCase(Locale.ROOT)));
  }

  @ParameterizedTest
  @MethodSource("names")
  void wasBuiltFromTheseSources(String name) throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (String kind : List.of(".cu", ".cuh")) {
      for (Path source : NativeBuild.cuda()) {
        if (source.toString().endsWith(kind)) {
          digest.update(Files.readAllBytes(source));
        }
      }
    }
    List<String> lines = read(name).lines().limit(2).toList();
    assertThat(lines.get(0))
        .as("run gpu/src/main/cuda/build-ptx.sh and commit what it builds")
        .isEqualTo("// sources sha256 " + HexFormat.of().formatHex(digest.digest()));
    assertThat(lines.get(1))
        .startsWith("// nvcc V")
        .contains(name.startsWith("fast") ? "-DFAST" : "-fmad=false")
        .contains("-DACT=" + List.of(Activation.values()).indexOf(activation(name)) + ",");
  }

  @ParameterizedTest
  @MethodSource("names")
  void isForEveryDriverSinceCuda11AndEveryCardSinceTuring(String name) throws IOException {
    String ptx = read(name);
    assertThat(ptx.lines()).contains(".version 7.0", ".target sm_75", ".address_size 64");
    assertThat(ptx.length()).isLessThan(MOST_BYTES);
  }

  @Test
  void allFilesHaveTheSameKernels() throws IOException {
    Set<String> first = entries(read("reproducible-tanh"));
    assertThat(first).contains("score_chain_s", "shallow_chain_1", "dense", "jet_gradient");
    for (String name : names().toList()) {
      assertThat(entries(read(name))).as(name).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void reproducibleArithmeticIsRoundedInOneWay(String name) throws IOException {
    List<String> loose = read(name).lines().filter(line -> LOOSE.matcher(line).find()).toList();
    if (name.startsWith("fast")) {
      assertThat(loose).isNotEmpty();
    } else {
      assertThat(loose).isEmpty();
    }
  }

  /// The names of the kernels.
  static Set<String> entries(String ptx) {
    return ENTRY.matcher(ptx).results().map(found -> found.group(1)).collect(Collectors.toSet());
  }

  private static Activation activation(String name) {
    return Activation.valueOf(name.substring(name.indexOf('-') + 1).toUpperCase(Locale.ROOT));
  }

  /// A committed file.
  static String read(String name) throws IOException {
    try (InputStream in = PtxTest.class.getResourceAsStream(name + ".ptx")) {
      assertThat(in).as(name + ".ptx").isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
