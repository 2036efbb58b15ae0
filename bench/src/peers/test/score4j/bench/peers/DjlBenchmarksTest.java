package score4j.bench.peers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Calls each benchmark of DJL once per set of parameters on a few samples, in a process that has
/// no other libtorch; the setups throw unless DJL and score4j agree.
class DjlBenchmarksTest {
  private static final String KERNELS =
      Objects.requireNonNull(System.getProperty("score4j.kernels"));

  @ParameterizedTest
  @CsvSource({"score4j, W5a", "score4j, W5b", "djl, W5a", "djl, W5b"})
  void step(String library, String workload) {
    DjlStepBench bench = new DjlStepBench();
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
  @CsvSource({"score4j, W7a", "score4j, W7b", "djl, W7a", "djl, W7b"})
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
}
