package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The kernels run on the processor and are held to plain loops: in reproducible mode bit for bit,
/// in both modes within what rounding explains. What they compute and how near they have to be is
/// in the programs; they are compiled once after a change, a minute in all.
final class NativeTest {
  @TempDir private Path folder;

  @Test
  void theShimReportsFaultsAsWhatTheyAre() throws IOException, InterruptedException {
    run("test_shim.cpp", Arithmetic.REPRODUCIBLE, List.of());
  }

  @ParameterizedTest
  @EnumSource(Arithmetic.class)
  void scoresChainsAndLayersAreThoseOfPlainLoops(Arithmetic arithmetic)
      throws IOException, InterruptedException {
    // where bits are not compared, the largest networks show nothing more
    run(
        "test_kernels.cpp",
        arithmetic,
        arithmetic == Arithmetic.FAST ? List.of("quick") : List.of());
  }

  @ParameterizedTest
  @EnumSource(Arithmetic.class)
  void formsAndGradientsAreThoseOfPlainLoops(Arithmetic arithmetic)
      throws IOException, InterruptedException {
    run("test_jets.cpp", arithmetic, List.of());
  }

  private void run(String file, Arithmetic arithmetic, List<String> arguments)
      throws IOException, InterruptedException {
    if (!NativeBuild.possible()) {
      System.err.println("tests of kernels are skipped: they need Linux on x86-64 and g++");
      Assumptions.abort("no g++ on Linux on x86-64");
    }
    Path log = folder.resolve("log");
    List<String> command = new ArrayList<>(arguments);
    command.addFirst(NativeBuild.program(file, arithmetic).toString());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean ended = process.waitFor(5, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    // whatever bytes a broken program prints
    String said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    assertThat(ended).as(said).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).contains(" failures").doesNotContain("FAIL");
  }
}
