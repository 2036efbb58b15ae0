package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
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

  /// A program and its argument.
  record Cases(String program, String argument) {
    @Override
    public String toString() {
      return program + " " + argument;
    }
  }

  @TempDir private static Path folder;
  private static final Map<Object, Future<NativeRun>> RUNS = new HashMap<>();
  private static final ExecutorService TWO = Executors.newFixedThreadPool(2);

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
    if (!NativeBuild.possible()) {
      System.err.println("no faults are planted: it takes Linux on x86-64 and g++");
      Assumptions.abort("no g++ on Linux on x86-64");
    }
    Path sources = NativeBuild.planted(faults());
    Map<String, Future<Path>> programs = new HashMap<>();
    for (Cases cases : cases()) {
      String file = cases.program + ".cpp";
      programs.computeIfAbsent(
          cases.program, name -> TWO.submit(() -> NativeBuild.program(file, sources)));
    }
    for (Cases cases : cases()) {
      RUNS.put(cases, start(of(programs, cases.program), cases.argument, 0));
    }
    for (Fault fault : faults()) {
      RUNS.put(fault, start(of(programs, fault.program()), fault.argument(), fault.number()));
    }
  }

  @AfterAll
  static void stopAll() {
    TWO.shutdownNow();
  }

  private static Future<NativeRun> start(Path program, String argument, int fault) {
    Path log = folder.resolve(RUNS.size() + ".log");
    return TWO.submit(
        () ->
            NativeRun.of(
                log,
                SECONDS,
                Map.of("FAULT", String.valueOf(fault)),
                List.of(program.toString(), argument)));
  }

  private static <K, V> V of(Map<K, Future<V>> results, K key)
      throws ExecutionException, InterruptedException {
    return Objects.requireNonNull(results.get(key)).get();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void withoutAFaultThereIsNoFailure(Cases cases) throws ExecutionException, InterruptedException {
    NativeRun run = of(RUNS, cases);
    assertThat(run.ended()).as(run.said()).isTrue();
    assertThat(run.exit()).as(run.said()).isZero();
    assertThat(run.said()).contains(" failures").doesNotContain("FAIL");
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsNoticed(Fault fault) throws ExecutionException, InterruptedException {
    NativeRun run = of(RUNS, fault);
    String which = "%s, which %s has to notice: %s".formatted(fault, cases(fault), run.said());
    assertThat(run.ended()).as(which).isTrue();
    // by the program's own report: a signal that it does not catch is none
    assertThat(run.exit()).as(which).isBetween(1, 127);
    assertThat(run.said()).as(which).contains("FAIL ");
  }
}
