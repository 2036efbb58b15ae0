package score4j.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelTwinsTest {
  @TempDir Path temporary;

  @Test
  void theseTestsRunOnVectorKernels() {
    assertThat(KernelChoice.kernels().name()).startsWith("vector-");
  }

  // 30 rounds take every method from the interpreter through C1 to C2
  @Test
  void twinsAgreeBitForBitColdAndCompiled() {
    TwinChecks checks = new TwinChecks(KernelChoice.kernels());
    for (int i = 0; i < 30; i++) {
      checks.all();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-XX:MaxVectorSize=16, 20, vector-128",
    "-XX:MaxVectorSize=32, 20, vector-256",
    "-XX:UseAVX=2, 20, vector-256",
    "-XX:TieredStopAtLevel=1, 1, scalar",
    "-XX:CompilationMode=quick-only, 1, scalar",
    "-Xint, 1, scalar",
    "-XX:-UseFMA, 1, scalar"
  })
  void twinsAgreeAtOtherLaneWidthsAndFallBackWithoutC2OrFma(
      String option, String rounds, String name) throws Exception {
    Run run = fork(List.of("--add-modules=jdk.incubator.vector", option), rounds);
    assertThat(run.out()).as(run.all()).isEqualTo(name);
    assertThat(run.err().lines().filter(line -> line.contains("kernels: "))).hasSize(1);
  }

  @Test
  void withoutTheModuleTheScalarTwinRunsAndSaysSoOnce() throws Exception {
    Run run = fork(List.of(), "1");
    assertThat(run.out()).as(run.all()).isEqualTo("scalar");
    assertThat(run.err().lines().filter(line -> line.contains("kernels: ")))
        .singleElement()
        .asString()
        .contains("--add-modules jdk.incubator.vector");
  }

  @Test
  void aForcedVectorTwinThatCannotRunIsAnError() throws Exception {
    Run run = fork(List.of("-Dscore4j.kernels=vector"), "1");
    assertThat(run.code()).isNotZero();
    assertThat(run.err()).contains("-Dscore4j.kernels=vector cannot be met");
  }

  private record Run(int code, String out, String err) {
    String all() {
      return out + err;
    }
  }

  private Run fork(List<String> options, String rounds) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(place(KernelChoice.class) + File.pathSeparator + place(TwinChecks.class));
    command.add(TwinChecks.class.getName());
    command.add(rounds);
    Path out = temporary.resolve("out");
    Path err = temporary.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    return new Run(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8).strip(),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  // the folder of a class file, also where the test runner patches classes into a module
  private static String place(Class<?> type) throws Exception {
    String file = type.getName().replace('.', '/') + ".class";
    String url = String.valueOf(type.getResource("/" + file));
    String path = Path.of(java.net.URI.create(url)).toString();
    return path.substring(0, path.length() - file.length());
  }
}
