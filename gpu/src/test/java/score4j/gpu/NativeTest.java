package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The kernels run on the processor and are held to plain loops: in reproducible mode bit for bit,
/// in both modes within what rounding explains. What they compute and how near they have to be is
/// in the programs; they are compiled once after a change, a minute in all.
final class NativeTest {
  private static final int SECONDS = 300;

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
    List<String> command = new ArrayList<>(arguments);
    command.addFirst(NativeBuild.program(file, arithmetic).toString());
    NativeRun run = NativeRun.of(folder.resolve("log"), SECONDS, Map.of(), command);
    assertThat(run.ended()).as(run.said()).isTrue();
    assertThat(run.exit()).as(run.said()).isZero();
    assertThat(run.said()).contains(" failures").doesNotContain("FAIL");
  }
}
