package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @TempDir private static Path folder;

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

  /// Two of the twelve, in ten seconds; without names the script does it with all of them.
  @Test
  void isWhatNvccBuildsWhereThatIs() throws IOException, InterruptedException {
    Path script = NativeBuild.cuda().getFirst().resolveSibling("build-ptx.sh");
    Path log = folder.resolve("log");
    Process process;
    try {
      process =
          new ProcessBuilder("bash", script.toString(), "--check", "reproducible-relu", "fast-tanh")
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      System.err.println("PTX is not rebuilt: " + e.getMessage());
      Assumptions.abort("there is no bash");
      return;
    }
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    String said = Files.readString(log);
    assertThat(process.exitValue()).as(said).isZero();
    // built again, or why not
    assertThat(said).startsWith("PTX ");
    if (!said.startsWith("PTX is what nvcc")) {
      System.err.print(said);
    }
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

  /// By the compiler of CUDA 12.0 that JCuda brings; build-ptx.sh does it with that of the toolkit,
  /// for all files.
  @ParameterizedTest
  @CsvSource({
    "reproducible-tanh, sm_75",
    "fast-softplus, sm_80",
    "reproducible-gelu, sm_86",
    "fast-silu, sm_90"
  })
  void keepsAllNumbersInRegisters(String name, String card) throws IOException {
    compiler();
    byte[] text = read(name).getBytes(StandardCharsets.UTF_8);
    byte[] terminated = Arrays.copyOf(text, text.length + 1);
    nvPTXCompilerHandle handle = new nvPTXCompilerHandle();
    succeed(JNvPTXCompiler.nvPTXCompilerCreate(handle, text.length, terminated));
    String[] options = {"--gpu-name=" + card, "--verbose"};
    int result = JNvPTXCompiler.nvPTXCompilerCompile(handle, options.length, options);
    long[] length = {0};
    succeed(JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(handle, length));
    byte[] errors = new byte[(int) length[0] + 1];
    if (length[0] > 0) {
      succeed(JNvPTXCompiler.nvPTXCompilerGetErrorLog(handle, errors));
    }
    assertThat(result).as(new String(errors, StandardCharsets.UTF_8).strip()).isZero();
    succeed(JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(handle, length));
    byte[] info = new byte[(int) length[0] + 1];
    succeed(JNvPTXCompiler.nvPTXCompilerGetInfoLog(handle, info));
    succeed(JNvPTXCompiler.nvPTXCompilerDestroy(handle));
    String log = new String(info, StandardCharsets.UTF_8);
    assertThat(log.lines().filter(line -> line.contains("bytes stack frame")))
        .hasSizeGreaterThanOrEqualTo(entries(read(name)).size())
        .allMatch(
            line ->
                line.endsWith(" 0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads"),
            log);
  }

  private static void succeed(int result) {
    assertThat(result).as(() -> nvPTXCompileResult.stringFor(result)).isZero();
  }

  // JCuda unpacks its library into the temporary folder, so that is ours for the moment
  private static void compiler() {
    if (!NativeBuild.possible()) {
      System.err.println("PTX is not compiled: JCuda's compiler needs Linux on x86-64");
      Assumptions.abort("JCuda's PTX compiler needs Linux on x86-64");
    }
    String before = System.getProperty("java.io.tmpdir");
    System.setProperty("java.io.tmpdir", folder.toString());
    try {
      JNvPTXCompiler.setExceptionsEnabled(false);
    } finally {
      System.setProperty("java.io.tmpdir", before);
    }
  }

  private static Set<String> entries(String ptx) {
    return ENTRY.matcher(ptx).results().map(found -> found.group(1)).collect(Collectors.toSet());
  }

  private static Activation activation(String name) {
    return Activation.valueOf(name.substring(name.indexOf('-') + 1).toUpperCase(Locale.ROOT));
  }

  private static String read(String name) throws IOException {
    try (InputStream in = PtxTest.class.getResourceAsStream(name + ".ptx")) {
      assertThat(in).as(name + ".ptx").isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
