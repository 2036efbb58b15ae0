package score4j.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The report from files that JMH could have written.
class ReportTest {
  private static final String OURS =
      """
      [
        {"jmhVersion": "1.37", "benchmark": "score4j.bench.train.StepBench.gradient",
         "mode": "sample", "params": {"kernels": "vector", "threads": "1", "workload": "W1"},
         "primaryMetric": {"score": 1000.0, "scoreError": "NaN", "scoreUnit": "us/op",
          "rawDataHistogram": [[[[900.0, 1], [1000.0, 2], [1400.0, 1]]]]}},
        {"benchmark": "score4j.bench.roofline.PeakBench.fma", "mode": "thrpt",
         "primaryMetric": {"score": 236.0, "scoreUnit": "ops/ns",
          "rawData": [[236.0, 236.0, 236.0]]}},
        {"benchmark": "score4j.bench.sample.LangevinBench.chains", "mode": "ss",
         "params": {"kernels": "vector", "threads": "1", "workload": "W6a", "steps": "50"},
         "primaryMetric": {"score": 0.125, "scoreUnit": "s/op", "rawData": [[0.125]]}}
      ]
      """;
  private static final String PEERS =
      """
      [
        {"benchmark": "score4j.bench.peers.PeerStepBench.step", "mode": "avgt",
         "params": {"library": "libtorch-expert", "threads": "1", "workload": "W1"},
         "primaryMetric": {"score": 2.0, "scoreUnit": "ms/op", "rawData": [[2.0]]}}
      ]
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path folder;

  @Test
  void resultsHaveQuartilesInNanoseconds() {
    Result step = new Results(Results.parse(OURS)).ours("W1", 1).orElseThrow();
    assertEquals(0.9e6, step.min());
    assertEquals(0.975e6, step.lower());
    assertEquals(1e6, step.median());
    assertEquals(1.1e6, step.upper(), 1e-6);
  }

  @Test
  void shortChainsCountAsLongOnes() {
    assertEquals(2.5e9, new Results(Results.parse(OURS)).ours("W6a", 1).orElseThrow().median(), 1);
  }

  @Test
  void filesAreMergedAndWhatIsMissingIsADash() throws IOException {
    assertEquals(0, report(OURS, PEERS));
    String page = Files.readString(folder.resolve("out/report.md"));
    assertTrue(
        page.contains(
            "| W1 | 1.00 ms (0.900 ms) | – | – | 2.00 ms (2.00 ms) | 0.670 ms | 0.840 ms | 1.49"
                + " | – |"),
        page);
    assertTrue(page.contains("| W2 | – | – | – | – |"), page);
    assertTrue(page.contains("236 GFLOP/s"), page);
    assertTrue(Files.size(folder.resolve("out/ratios.png")) > 1000);
    assertTrue(Files.readString(folder.resolve("out/ratios.svg")).contains("libtorch"));
    assertFalse(Files.exists(folder.resolve("out/crossover.png")));
  }

  @Test
  void entriesOfOurOwnAreReadBack() {
    String json =
        "[" + Suite.entry("x.Y", Map.of("a", "\"b\\c\""), List.of(new double[] {1, 2})) + "]";
    Result result = Results.parse(json).getFirst();
    assertEquals("x.Y", result.benchmark());
    assertEquals("\"b\\c\"", result.param("a"));
    assertEquals(1.5, result.median());
  }

  @Test
  void aFileThatIsNotJmhsIsOneLineAndAnExitCode() throws IOException {
    assertEquals(1, report("{\"a\": 1}", PEERS));
    assertEquals(1, Report.run("--from", folder.resolve("none.json").toString()));
    assertEquals(2, Report.run("--unknown"));
  }

  private int report(String first, String second) throws IOException {
    Path a = Files.writeString(folder.resolve("a.json"), first);
    Path b = Files.writeString(folder.resolve("b.json"), second);
    return Report.run("--from", a + "," + b, "--out", folder.resolve("out").toString());
  }
}
