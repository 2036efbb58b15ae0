package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What NVIDIA's compilers make of the committed PTX and of its sources, all of it: three minutes
/// on two processors.
@Tag("ptx")
final class PtxCompilersTest {
  private static final int SECONDS = 500;

  private static final Pattern ENTRY =
      Pattern.compile("Compiling entry function '(\\w+)' for '(\\w+)'");
  private static final String NO_SPILL =
      " 0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads";

  /// A file of PTX and a generation of cards.
  record Assembly(String name, String card) {
    @Override
    public String toString() {
      return name + " for " + card;
    }
  }

  @TempDir private static Path folder;
  private static final TwoAtATime<Assembly, String> LOGS = new TwoAtATime<>();

  static List<Assembly> assemblies() {
    return PtxTest.names()
        .flatMap(
            name ->
                Stream.of("sm_75", "sm_80", "sm_86", "sm_90").map(card -> new Assembly(name, card)))
        .toList();
  }

  // JCuda unpacks its library into the temporary folder, so that is ours for the moment
  @BeforeAll
  static void startAll() {
    if (!NativeBuild.isLinux()) {
      return; // as the tests say
    }
    String before = System.getProperty("java.io.tmpdir");
    System.setProperty("java.io.tmpdir", folder.toString());
    try {
      JNvPTXCompiler.setExceptionsEnabled(false);
    } finally {
      System.setProperty("java.io.tmpdir", before);
    }
    for (Assembly assembly : assemblies()) {
      LOGS.start(assembly, () -> assemble(assembly));
    }
  }

  @AfterAll
  static void stopAll() {
    LOGS.close();
  }

  /// By the compiler of CUDA 12.0 that JCuda brings; build-ptx.sh does it with that of the toolkit.
  @ParameterizedTest
  @MethodSource("assemblies")
  void keepsAllNumbersInRegisters(Assembly assembly)
      throws IOException, ExecutionException, InterruptedException {
    LeftOut.unless(
        NativeBuild.isLinux(), "assemblies of PTX", "JCuda's compiler needs Linux on x86-64");
    String log = LOGS.of(assembly);
    Set<String> kernels = new HashSet<>();
    String kernel = "";
    for (String line : log.lines().toList()) {
      Matcher entry = ENTRY.matcher(line);
      if (entry.find()) {
        kernel = entry.group(1);
        assertThat(entry.group(2)).isEqualTo(assembly.card);
        kernels.add(kernel);
      } else if (line.contains("bytes stack frame")) {
        assertThat(line).as("%s in %s", kernel, assembly).endsWith(NO_SPILL);
      }
    }
    assertThat(kernels).as(log).isEqualTo(PtxTest.entries(PtxTest.read(assembly.name)));
  }

  private static String assemble(Assembly assembly) throws IOException {
    byte[] text = PtxTest.read(assembly.name).getBytes(StandardCharsets.UTF_8);
    byte[] terminated = Arrays.copyOf(text, text.length + 1);
    nvPTXCompilerHandle handle = new nvPTXCompilerHandle();
    succeed(JNvPTXCompiler.nvPTXCompilerCreate(handle, text.length, terminated));
    String[] options = {"--gpu-name=" + assembly.card, "--verbose"};
    int result = JNvPTXCompiler.nvPTXCompilerCompile(handle, options.length, options);
    long[] length = {0};
    succeed(JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(handle, length));
    byte[] errors = new byte[(int) length[0] + 1];
    if (length[0] > 0) {
      succeed(JNvPTXCompiler.nvPTXCompilerGetErrorLog(handle, errors));
    }
    assertThat(result).as(assembly + ": " + string(errors)).isZero();
    succeed(JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(handle, length));
    byte[] info = new byte[(int) length[0] + 1];
    succeed(JNvPTXCompiler.nvPTXCompilerGetInfoLog(handle, info));
    succeed(JNvPTXCompiler.nvPTXCompilerDestroy(handle));
    return string(info);
  }

  private static String string(byte[] terminated) {
    return new String(terminated, StandardCharsets.UTF_8).strip();
  }

  private static void succeed(int result) {
    assertThat(result).as(() -> nvPTXCompileResult.stringFor(result)).isZero();
  }

  /// By nvcc, if that is there in the version that built the files; else the script says why not.
  @Test
  void isWhatNvccBuilds() throws IOException, InterruptedException {
    Path script = NativeBuild.CUDA.resolve("build-ptx.sh");
    LeftOut.unless(
        NativeBuild.isLinux() && NativeBuild.onPath("bash") && NativeBuild.onPath("sha256sum"),
        "comparisons with nvcc's PTX",
        "they need Linux on x86-64, bash and sha256sum");
    NativeRun run =
        NativeRun.of(
            folder.resolve("log"),
            SECONDS,
            Map.of("JOBS", "2"),
            List.of("bash", script.toString(), "--check"));
    assertThat(run.ended()).as(run.said()).isTrue();
    assertThat(run.exit()).as(run.said()).isZero();
    // built again, or why not
    assertThat(run.said()).startsWith("PTX ");
    if (!run.said().startsWith("PTX is what nvcc")) {
      System.err.print(run.said());
    }
  }
}
