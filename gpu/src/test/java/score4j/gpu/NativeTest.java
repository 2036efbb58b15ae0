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
import org.junit.jupiter.params.provider.CsvSource;
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

  /// One of each kind, a barrier, an early return, a bound, an order of summation, a sign; without
  /// names the scripts plant all, in ten minutes.
  @ParameterizedTest
  @CsvSource({
    "mutate.sh, layer-reads-and-writes early-return shared-beyond tree-of-sums",
    "mutate-jets.sh, layer-without-barrier curvature-sign"
  })
  void plantedFaultsAreNoticed(String script, String faults)
      throws IOException, InterruptedException {
    if (!NativeBuild.possible() || !hasPython()) {
      System.err.println("no faults are planted: it takes Linux on x86-64, g++, bash and python3");
      Assumptions.abort("no g++, bash or python3 on Linux on x86-64");
    }
    List<String> command = new ArrayList<>(List.of("bash", NativeBuild.source(script).toString()));
    command.addAll(List.of(faults.split(" ")));
    String said = output(command);
    assertThat(said.lines())
        .as(said)
        .hasSize(faults.split(" ").length)
        .allMatch(line -> line.contains(": noticed"));
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder("bash", "-c", "command -v python3")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private String output(List<String> command) throws IOException, InterruptedException {
    Path log = folder.resolve("faults");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
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
