package score4j.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardTableTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... files) {
    return CardTable.run(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        files);
  }

  private static String entry(String method, String backend, int batch, double micros) {
    return String.format(
        Locale.ROOT,
        """
        {"benchmark": "score4j.bench.gpu.BackendScoreBench.%s",
         "params": {"backend": "%s", "threads": "1", "network": "1-1024-1", "batch": "%d"},
         "primaryMetric": {"score": %f, "scoreUnit": "us/op", "rawData": [[%f]]}}
        """,
        method,
        backend,
        batch,
        micros,
        micros);
  }

  // the processor takes 1 µs a sample, the card 100 µs and a thousandth a sample
  @Test
  void theCardWinsWhereTheLinesCross(@TempDir Path folder) throws IOException {
    Path ours = folder.resolve("ours.json");
    Path peers = folder.resolve("peers.json");
    Files.writeString(
        ours,
        "[%s, %s, %s, %s, %s, %s]"
            .formatted(
                entry("scores", "cpu", 10, 10),
                entry("resident", "cpu", 10, 10),
                entry("scores", "cpu", 1000, 1000),
                entry("scores", "gpu", 10, 100),
                entry("scores", "gpu", 1000, 100),
                entry("resident", "gpu-fast", 1000, 50)));
    Files.writeString(peers, "[%s]".formatted(entry("resident", "torch 2.9 (graph)", 1000, 250)));
    assertEquals(0, run(ours.toString(), peers.toString()));
    assertEquals(
        """

        ## Score 1-1024-1

        | batch | cpu × 1 | gpu | gpu-fast, resident | torch 2.9 (graph) |
        |---|---|---|---|---|
        | 10 | 10.0 µs | 0.100 ms | – | – |
        | 1,000 | 1.00 ms | 0.100 ms | 50.0 µs | 0.250 ms |

        gpu against cpu × 1: wins from a batch of about 100 on; 10.0 times as fast at 1,000

        gpu-fast, resident against cpu × 1: wins at every batch; 20.0 times as fast at 1,000
        """,
        out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aCrossoverIsLookedForFromTheLargestBatchDown() {
    assertEquals(Optional.empty(), CardTable.crossover(List.of(at(1, 2), at(10, 0.5))));
    assertEquals(Optional.of(1.0), CardTable.crossover(List.of(at(1, 2), at(10, 3))));
    double third = CardTable.crossover(List.of(at(1, 2), at(10, 0.5), at(100, 2))).orElseThrow();
    assertEquals(Math.sqrt(10 * 100), third, 1e-9);
  }

  private static double[] at(double batch, double ratio) {
    return new double[] {batch, ratio};
  }

  @Test
  void filesWithNothingAreRefused(@TempDir Path folder) throws IOException {
    assertEquals(2, run());
    Path empty = Files.writeString(folder.resolve("empty.json"), "[]");
    assertEquals(1, run(empty.toString()));
    assertEquals(1, run(folder.resolve("none.json").toString()));
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("there is no file"));
  }
}
