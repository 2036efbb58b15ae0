package score4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.bench.Workload;

/// Calls each benchmark of libtorch once per set of parameters on a few samples; the setups throw
/// unless libtorch and score4j agree.
class LibtorchBenchmarksTest {
  private static final String KERNELS =
      Objects.requireNonNull(System.getProperty("score4j.kernels"));

  private static final List<String> LIBRARIES =
      List.of("score4j", "libtorch-idiom", "libtorch-expert");

  static Stream<Arguments> steps() {
    return LIBRARIES.stream()
        .flatMap(library -> Workload.names().map(workload -> Arguments.of(library, workload)));
  }

  @ParameterizedTest
  @MethodSource("steps")
  void step(String library, String workload) {
    PeerStepBench bench = new PeerStepBench();
    bench.kernels = KERNELS;
    bench.library = library;
    bench.workload = workload;
    bench.threads = 1;
    bench.rows = 64;
    bench.setup();
    assertTrue(Double.isFinite(bench.gradient()));
    bench.close();
  }

  @ParameterizedTest
  @CsvSource({
    "libtorch-idiom, W7a",
    "libtorch-idiom, W7b",
    "libtorch-expert, W7a",
    "libtorch-expert, W7b"
  })
  void scores(String library, String workload) {
    PeerScoreBench bench = new PeerScoreBench();
    bench.kernels = KERNELS;
    bench.library = library;
    bench.workload = workload;
    bench.threads = 1;
    bench.points = 64;
    bench.setup();
    bench.scores();
    bench.close();
  }

  @ParameterizedTest
  @CsvSource({
    "score4j, W6a",
    "score4j, W6b",
    "libtorch-idiom, W6a",
    "libtorch-idiom, W6b",
    "libtorch-expert, W6a",
    "libtorch-expert, W6b"
  })
  void chains(String library, String workload) {
    PeerSampleBench bench = new PeerSampleBench();
    bench.kernels = KERNELS;
    bench.library = library;
    bench.workload = workload;
    bench.threads = 1;
    bench.steps = 2;
    bench.chains = 50;
    bench.setup();
    bench.chains();
  }

  @Test
  void refusesAnotherNumberOfThreadsThanOpenblasHas() {
    assertThrows(IllegalStateException.class, () -> Libtorch.start(1000));
  }
}
