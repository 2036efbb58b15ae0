package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the probe says where there is no card, each case in a virtual machine of its own: always
/// one line, nothing on the error stream, no file left behind.
class GpuProbeTest {
  private static final String ALLOWED = "--enable-native-access=ALL-UNNAMED";

  @TempDir Path temporary;

  @Test
  void withoutADriverItSaysSo() throws Exception {
    needNatives();
    LeftOut.unless(!hasDriver(), "tests without a driver", "this machine has one");
    assertThat(probe(Map.of(), classPath(path -> true), ALLOWED))
        .isEqualTo("not available: no NVIDIA driver: libcuda.so.1 was not found");
  }

  @Test
  void aDriverThatIsBrokenIsNotCalledMissing() throws Exception {
    needNatives();
    Path folder = Files.createDirectory(temporary.resolve("broken"));
    Files.writeString(folder.resolve("libcuda.so.1"), "not a library");
    assertThat(
            probe(Map.of("LD_LIBRARY_PATH", folder.toString()), classPath(path -> true), ALLOWED))
        .startsWith("not available: JCuda's native library did not load: ")
        .contains("libcuda.so.1: ");
  }

  @Test
  void withoutJCudaItSaysSo() throws Exception {
    needNatives();
    assertThat(probe(Map.of(), classPath(path -> !path.contains("jcuda")), ALLOWED))
        .isEqualTo(
            "not available: JCuda is not on the class path: add org.jcuda:jcuda:"
                + Natives.VERSION);
  }

  @Test
  void withoutJCudasNativesItSaysSo() throws Exception {
    needNatives();
    assertThat(probe(Map.of(), classPath(path -> !path.contains("jcuda-natives")), ALLOWED))
        .startsWith(
            "not available: JCuda's native library is not on the class path: add org.jcuda:jcuda-natives:"
                + Natives.VERSION
                + ":");
  }

  @Test
  void deniedNativeAccessIsNamedWithItsRemedy() throws Exception {
    needNatives();
    assertThat(probe(Map.of(), classPath(path -> true), "--illegal-native-access=deny"))
        .isEqualTo(
            "not available: native access is denied: start Java with --enable-native-access=ALL-UNNAMED");
  }

  @ParameterizedTest
  @CsvSource({"Linux, aarch64", "Mac OS X, aarch64", "Mac OS X, x86_64"})
  void otherPlatformsAreNamed(String os, String arch) throws Exception {
    assertThat(
            probe(
                Map.of(), classPath(path -> true), ALLOWED, "-Dos.name=" + os, "-Dos.arch=" + arch))
        .isEqualTo(
            "not available: wrong platform: JCuda has native code for Linux and Windows on x86-64 and this is %s on %s",
            os, arch);
  }

  @Test
  void itCanBeSwitchedOff() throws Exception {
    assertThat(probe(Map.of(), classPath(path -> true), "-Dscore4j.gpu=off"))
        .isEqualTo("not available: switched off by -Dscore4j.gpu=off");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FAKE_CUDA_INIT | 100 | not available: no CUDA device (cuInit answered CUDA_ERROR_NO_DEVICE, 100)",
        "FAKE_CUDA_INIT | 34 | not available: libcuda.so.1 is a stub and no driver (cuInit answered CUDA_ERROR_STUB_LIBRARY, 34)",
        "FAKE_CUDA_INIT | 803 | not available: the driver does not start (cuInit answered CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, 803)",
        "FAKE_CUDA_VERSION | 10020 | not available: the driver is too old: it knows CUDA 10.2 and 11.0 is needed",
        "FAKE_CUDA_VERSION_ERROR | 3 | not available: the driver could not be asked (cuDriverGetVersion answered CUDA_ERROR_NOT_INITIALIZED, 3)",
        "FAKE_CUDA_COUNT_ERROR | 999 | not available: the driver could not be asked (cuDeviceGetCount answered CUDA_ERROR_UNKNOWN, 999)",
        "FAKE_CUDA_DEVICES | 0 | not available: no CUDA device",
        "FAKE_CUDA_CAPABILITY | 61 | not available: the card is too old: CPU in the place of a card has compute capability 6.1 and 7.5 is needed",
        "FAKE_CUDA_VERSION | 11000 | 0: CPU in the place of a card, compute capability 9.0, 1.0 GiB, 2 multiprocessors (driver for CUDA 11.0)",
      })
  void whatTheDriverAnswersIsPutInWords(String variable, String value, String answer)
      throws Exception {
    assertThat(probe(fakeDriver(variable, value), classPath(path -> true), ALLOWED))
        .isEqualTo(answer);
  }

  @Test
  void theModulePathWorksToo() throws Exception {
    String module = "-p;" + modulePath() + ";--add-modules;score4j.gpu";
    assertThat(
            probe(fakeDriver("FAKE_CUDA_VERSION", "13000"), module, "--enable-native-access=jcuda"))
        .startsWith("0: CPU in the place of a card");
    NativeBuild.kernels(Arithmetic.REPRODUCIBLE);
    assertThat(
            run(
                fakeDriver("FAKE_CUDA_VERSION", "13000"),
                module,
                List.of("--enable-native-access=jcuda"),
                "score"))
        .as("the provider is found, and its card has the processor's bits")
        .hasSize(2)
        .last()
        .isEqualTo("true");
    assertThat(probe(Map.of(), module, "--illegal-native-access=deny"))
        .isEqualTo(
            "not available: native access is denied: start Java with --enable-native-access=jcuda");
  }

  @Test
  void aLibraryPlantedInTheTemporaryFolderIsNotLoaded() throws Exception {
    needNatives();
    Path planted = temporary.resolve("libJCudaDriver-" + Natives.VERSION + "-linux-x86_64.so");
    Files.writeString(planted, "not a library");
    assertThat(probe(fakeDriver("FAKE_CUDA_VERSION", "13000"), classPath(path -> true), ALLOWED))
        .startsWith("0: CPU in the place of a card");
    assertThat(planted).hasContent("not a library");
    Files.delete(planted);
  }

  private String probe(Map<String, String> environment, String path, String... options)
      throws IOException, InterruptedException {
    List<String> lines = run(environment, path, List.of(options));
    assertThat(lines).hasSize(1);
    return lines.getFirst();
  }

  /// Runs the program and checks that it leaves nothing and complains of nothing.
  private List<String> run(
      Map<String, String> environment, String path, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(path.split(";")));
    command.addAll(options);
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Djava.io.tmpdir=" + temporary));
    command.add("-Dscore4j.kernels=scalar");
    command.add("-Djava.util.logging.SimpleFormatter.format=%4$s: %5$s%n");
    command.add(ProbeProgram.class.getName());
    command.addAll(List.of(arguments));
    Path before = Files.createTempDirectory("probe");
    Path out = before.resolve("out");
    Path err = before.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    Stream.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")
        .forEach(builder.environment()::remove);
    builder.environment().putAll(environment);
    List<String> planted = names(temporary);
    int exit = builder.start().waitFor();
    List<String> lines = Files.readAllLines(out);
    List<String> complaints = Files.readAllLines(err);
    Files.delete(out);
    Files.delete(err);
    Files.delete(before);
    assertThat(exit).as("%s printed %s and %s", command, lines, complaints).isZero();
    assertThat(complaints.stream().filter(line -> !line.contains("kernels: "))).isEmpty();
    assertThat(names(temporary)).isEqualTo(planted);
    return lines;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static Map<String, String> fakeDriver(String variable, String value) {
    NativeBuild.need("tests of the fake driver");
    String folder = String.valueOf(NativeBuild.driver().getParent());
    return Map.of("LD_LIBRARY_PATH", folder, variable, value);
  }

  private static void needNatives() {
    LeftOut.unless(
        classPath(path -> true).contains("jcuda-natives"),
        "tests of the probe",
        "JCuda has no natives for this platform");
  }

  // not by loading it: the fake one may be loaded under the same name
  private static boolean hasDriver() {
    return Stream.of(
            "/dev/nvidiactl", "/usr/lib/x86_64-linux-gnu/libcuda.so.1", "/usr/lib64/libcuda.so.1")
        .anyMatch(file -> Files.exists(Path.of(file)));
  }

  private static List<String> entries() {
    return List.of(
        System.getProperty("java.class.path").split(System.getProperty("path.separator")));
  }

  private static String classPath(Predicate<String> wanted) {
    return "-cp;"
        + String.join(
            System.getProperty("path.separator"), entries().stream().filter(wanted).toList());
  }

  /// Ours and JCuda's, with the test classes in the module so that it has the program.
  private static String modulePath() {
    List<String> modules =
        entries().stream()
            .filter(
                path ->
                    path.contains("jcuda") || (path.contains("core") && path.contains("target")))
            .toList();
    String separator = System.getProperty("path.separator");
    String tests =
        entries().stream().filter(path -> path.endsWith("test-classes")).findFirst().orElseThrow();
    String classes = Path.of(tests).resolveSibling("classes").toString();
    return String.join(separator, modules)
        + separator
        + classes
        + ";--patch-module;score4j.gpu="
        + tests;
  }
}
