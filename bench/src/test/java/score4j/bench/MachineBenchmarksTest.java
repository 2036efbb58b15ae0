package score4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.bench.kernel.ActivationBench;
import score4j.bench.kernel.GemmBench;
import score4j.bench.kernel.TailBench;
import score4j.bench.roofline.BandwidthBench;
import score4j.bench.roofline.PeakBench;
import score4j.bench.train.WarmUpCurve;
import score4j.internal.kernel.Kernels;

/// As [BenchmarksTest], for the processor and the kernels: the setups compare with references.
class MachineBenchmarksTest {
  private static final String KERNELS =
      Objects.requireNonNull(System.getProperty("score4j.kernels"));

  @Test
  void peak() {
    PeakBench bench = new PeakBench();
    bench.setup();
    assertTrue(bench.fma() > 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 512, 16384, 524288})
  void bandwidth(int kilobytes) {
    BandwidthBench bench = new BandwidthBench();
    // the largest set is only for a heap of its own
    bench.kilobytes = Math.min(kilobytes, 32768);
    bench.bytes = 1 << 20;
    bench.setup();
    assertTrue(bench.read() > 0);
  }

  @ParameterizedTest
  @CsvSource({
    "W1, data",
    "W1, weights",
    "W4-128, data",
    "W4-128, weights",
    "W5b, data",
    "W5b, weights"
  })
  void gemm(String workload, String form) {
    GemmBench bench = new GemmBench();
    bench.kernels = KERNELS;
    bench.workload = workload;
    bench.form = form;
    bench.setup();
    assertEquals(bench.naive()[0], bench.gemm()[0]);
  }

  @ParameterizedTest
  @EnumSource
  void activation(Kernels.Function function) {
    for (int order : new int[] {0, 2}) {
      ActivationBench bench = new ActivationBench();
      bench.kernels = KERNELS;
      bench.function = function;
      bench.order = order;
      bench.setup();
      assertTrue(Float.isFinite(bench.activate()[0]));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 16, 17, 63, 64, 65, 127, 128, 129})
  void tail(int width) {
    TailBench bench = new TailBench();
    bench.kernels = KERNELS;
    bench.width = width;
    bench.setup();
    assertTrue(Double.isFinite(bench.gradient()));
    bench.close();
  }

  @Test
  void warmUpCurve(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("curve.csv");
    WarmUpCurve.main(
        new String[] {file.toString(), "0", Long.toString(System.currentTimeMillis())});
    List<String> lines = Files.readAllLines(file);
    assertEquals("end_ms,step_ms", lines.getFirst());
    assertEquals(2, lines.size());
  }
}
