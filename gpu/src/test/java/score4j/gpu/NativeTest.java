package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The kernels run on the processor and are held to plain loops: in reproducible mode bit for bit,
/// in both modes within what rounding explains. What they compute and how near they have to be is
/// in the programs; they are compiled once after a change, a minute in all.
final class NativeTest {
  private static final int SECONDS = 300;

  /// A program in a mode.
  record Program(String file, Arithmetic arithmetic) {}

  @TempDir private static Path folder;
  private static final TwoAtATime<Program, NativeRun> RUNS = new TwoAtATime<>();

  @BeforeAll
  static void startAll() {
    NativeBuild.need("tests of kernels");
    for (Arithmetic mode : Arithmetic.values()) {
      start("test_jets.cpp", mode, "");
      // where bits are not compared, the largest networks show nothing more
      start("test_kernels.cpp", mode, mode == Arithmetic.FAST ? "quick" : "");
    }
    start("test_shim.cpp", Arithmetic.REPRODUCIBLE, "");
  }

  @AfterAll
  static void stopAll() {
    RUNS.close();
  }

  private static void start(String file, Arithmetic arithmetic, String argument) {
    RUNS.start(
        new Program(file, arithmetic),
        () ->
            NativeRun.of(
                Files.createTempFile(folder, "run", ".log"),
                SECONDS,
                Map.of(),
                List.of(NativeBuild.program(file, arithmetic).toString(), argument)));
  }

  @Test
  void theShimReportsFaultsAsWhatTheyAre() throws ExecutionException, InterruptedException {
    passes("test_shim.cpp", Arithmetic.REPRODUCIBLE);
  }

  @ParameterizedTest
  @EnumSource(Arithmetic.class)
  void scoresChainsAndLayersAreThoseOfPlainLoops(Arithmetic arithmetic)
      throws ExecutionException, InterruptedException {
    passes("test_kernels.cpp", arithmetic);
  }

  @ParameterizedTest
  @EnumSource(Arithmetic.class)
  void formsAndGradientsAreThoseOfPlainLoops(Arithmetic arithmetic)
      throws ExecutionException, InterruptedException {
    passes("test_jets.cpp", arithmetic);
  }

  private static void passes(String file, Arithmetic arithmetic)
      throws ExecutionException, InterruptedException {
    NativeRun run = RUNS.of(new Program(file, arithmetic));
    assertThat(run.ended()).as(run.said()).isTrue();
    assertThat(run.exit()).as(run.said()).isZero();
    assertThat(run.said()).contains(" failures").doesNotContain("FAIL");
  }
}
