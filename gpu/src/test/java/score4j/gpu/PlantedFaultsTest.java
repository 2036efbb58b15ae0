package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whether the programs that test the kernels would notice if one were wrong: each of the faults in
/// `faults.txt` is switched on once, and once none, which shows that the switches change nothing
/// else. All are in the sources at once, so that a program is compiled once for all of them.
final class PlantedFaultsTest {
  /// Many times what a program needs for the cases of a fault.
  private static final int SECONDS = 60;

  private static final List<String> PROGRAMS = List.of("test_kernels", "test_jets");

  /// A program and its argument.
  record Cases(String program, String argument) {
    @Override
    public String toString() {
      return program + " " + argument;
    }
  }

  @TempDir private static Path folder;
  private static final TwoAtATime<String, Path> BUILT = new TwoAtATime<>();
  private static final TwoAtATime<Object, NativeRun> RUNS = new TwoAtATime<>();

  static List<Fault> faults() throws IOException {
    return Fault.all();
  }

  static Set<Cases> cases() throws IOException {
    return Fault.all().stream().map(PlantedFaultsTest::cases).collect(Collectors.toSet());
  }

  private static Cases cases(Fault fault) {
    return new Cases(fault.program(), fault.argument());
  }

  @BeforeAll
  static void startAll() throws IOException, ExecutionException, InterruptedException {
    NativeBuild.need("planted faults");
    Path sources = NativeBuild.planted(faults());
    for (String program : PROGRAMS) {
      BUILT.start(program, () -> NativeBuild.program(program + ".cpp", sources));
    }
    for (Cases cases : cases()) {
      start(cases, cases, 0);
    }
    for (Fault fault : faults()) {
      start(fault, cases(fault), fault.number());
    }
  }

  @AfterAll
  static void stopAll() {
    BUILT.close();
    RUNS.close();
  }

  private static void start(Object name, Cases cases, int fault)
      throws ExecutionException, InterruptedException {
    Path program = BUILT.of(cases.program);
    RUNS.start(
        name,
        () ->
            NativeRun.of(
                Files.createTempFile(folder, "run", ".log"),
                SECONDS,
                Map.of("FAULT", String.valueOf(fault)),
                List.of(program.toString(), cases.argument)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void withoutAFaultThereIsNoFailure(Cases cases) throws ExecutionException, InterruptedException {
    NativeRun run = RUNS.of(cases);
    assertThat(run.ended()).as(run.said()).isTrue();
    assertThat(run.exit()).as(run.said()).isZero();
    assertThat(run.said()).contains(" failures").doesNotContain("FAIL");
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsNoticed(Fault fault) throws ExecutionException, InterruptedException {
    NativeRun run = RUNS.of(fault);
    String which = "%s, which %s has to notice: %s".formatted(fault, cases(fault), run.said());
    assertThat(run.ended()).as(which).isTrue();
    // by the program's own report: a signal that it does not catch is none
    assertThat(run.exit()).as(which).isBetween(1, 127);
    assertThat(run.said()).as(which).contains("FAIL ");
  }
}
