package score4j.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.array.Batch;
import score4j.backend.Backend;

/// As [score4j.bench.BenchmarksTest]; the setups compare the backend with the processor. The card
/// is the processor in disguise, which the tests of the module before this one have compiled; where
/// they have not, or where there is no card, the error stream says so.
@SuppressWarnings("restricted") // a test may load what it has compiled
class BackendBenchmarksTest {
  private static final boolean FAKE = "fake".equals(System.getProperty("score4j.gpu.card"));
  private static final Path DRIVER =
      Path.of("..", "gpu", "target", "native", "libcuda.so.1").toAbsolutePath().normalize();

  private static String missing = "";

  @BeforeAll
  static void card() {
    if (FAKE && !Files.exists(DRIVER)) {
      missing = "the tests of gpu, run before these, compile the fake card";
    } else {
      if (FAKE) {
        System.load(DRIVER.toString()); // JCuda finds it by its name
      }
      missing = Card.missing();
    }
    if (!missing.isEmpty()) {
      System.err.println("benchmarks of the card are left out: " + missing);
    }
  }

  private static void need(String backend) {
    if (!backend.equals(Backend.CPU)) {
      if (!missing.isEmpty()
          && Stream.of(System.getProperty("score4j.require", "").split(","))
              .anyMatch(Backend.GPU::equals)) {
        fail(missing);
      }
      assumeTrue(missing.isEmpty(), missing);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "gpu", "gpu-fast"})
  void score(String backend) {
    need(backend);
    for (String network : List.of("2-64-128-64-2", "1-1024-1", "64-512-512-64")) {
      for (int batch : new int[] {1, 65}) {
        BackendScoreBench bench = new BackendScoreBench();
        bench.backend = backend;
        bench.threads = batch == 1 ? 1 : 2;
        bench.network = network;
        bench.batch = batch;
        bench.setup();
        Batch scores = bench.scores();
        assertEquals(batch, scores.rows());
        assertTrue(Float.isFinite(scores.get(batch - 1, 0)));
        bench.resident();
        bench.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "gpu", "gpu-fast"})
  void chain(String backend) {
    need(backend);
    for (String network : List.of("2-64-128-64-2", "1-1024-1")) {
      BackendChainBench bench = new BackendChainBench();
      bench.backend = backend;
      bench.threads = 2;
      bench.network = network;
      bench.batch = 65;
      bench.steps = 3;
      bench.setup();
      assertTrue(Float.isFinite(bench.chains().get(64, 0)));
      bench.resident();
      bench.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"cpu, exact", "cpu, m1", "gpu, exact", "gpu, m1", "gpu-fast, exact", "gpu-fast, m1"})
  void loss(String backend, String objective) {
    need(backend);
    for (String network : List.of("2-64-128-64-2", "1-1024-1")) {
      BackendLossBench bench = new BackendLossBench();
      bench.backend = backend;
      bench.threads = 2;
      bench.network = network;
      bench.objective = objective;
      bench.batch = 65;
      bench.setup();
      assertTrue(Double.isFinite(bench.gradient()));
      bench.close();
    }
  }
}
