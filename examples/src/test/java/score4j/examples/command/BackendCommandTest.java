package score4j.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import score4j.process.LinearSde;

/// The option --backend, with a card that is the processor, so that files must be the same.
class BackendCommandTest {
  @TempDir Path folder;

  @AfterEach
  void gone() {
    PretendedCard.reason = PretendedCard.REASON;
    PretendedCard.scores = 0;
    assertThat(PretendedCard.open).isZero();
  }

  private static Object[] with(Object[] args, Object... more) {
    return Stream.concat(Arrays.stream(args), Arrays.stream(more)).toArray();
  }

  private Path made(String name, Object... args) {
    Path out = folder.resolve(name);
    Run run = Run.of(with(args, "--out", out));
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    return out;
  }

  @Test
  void aCardDrawsTheRowsAndWeighsThem() throws IOException {
    Path model = Normal.write(folder.resolve("m"), LinearSde.variancePreserving(0.1, 20));
    Path rows = made("cpu.csv", "sample", "--model", model, "--n", 50);
    Path density = made("l.csv", "likelihood", "--model", model, "--data", rows);
    PretendedCard.reason = "";
    Path drawn = made("gpu.csv", "sample", "--model", model, "--n", 50, "--backend", "gpu");
    Path weighed =
        made("lg.csv", "likelihood", "--model", model, "--data", rows, "--backend", "AUTO");
    assertThat(PretendedCard.scores).isEqualTo(2);
    assertThat(drawn).hasSameBinaryContentAs(rows);
    assertThat(weighed).hasSameBinaryContentAs(density);
    // the processor stays the default
    made("again.csv", "sample", "--model", model, "--n", 50);
    made("third.csv", "sample", "--model", model, "--n", 50, "--backend", "cpu");
    assertThat(PretendedCard.scores).isEqualTo(2);
  }

  @Test
  void aCardFillsGaps() throws IOException {
    Path model = Normal.write(folder.resolve("m"), LinearSde.variancePreserving(0.1, 20));
    Path gaps = folder.resolve("gaps.csv");
    Files.writeString(gaps, "height,weight\n10,\n,-300\n9,-200\n");
    Object[] args = {"impute", "--model", model, "--data", gaps, "--steps", 20, "--draws", 2};
    Path full = made("cpu.csv", args);
    assertThat(made("auto.csv", with(args, "--backend", "auto"))).hasSameBinaryContentAs(full);
    assertThat(PretendedCard.scores).isZero();
    PretendedCard.reason = "";
    assertThat(made("gpu.csv", with(args, "--backend", "gpu"))).hasSameBinaryContentAs(full);
    assertThat(PretendedCard.scores).isEqualTo(1);
  }

  @Test
  void aCardTrains() throws IOException {
    Path table = folder.resolve("t.csv");
    Files.writeString(table, "a,b\n1,2\n2,1\n3,4\n4,2\n5,3\n6,7\n7,5\n8,9\n");
    Object[] args = {"train", "--data", table, "--hidden", 8, "--epochs", 3};
    Path network = made("cpu.safetensors", args);
    PretendedCard.reason = "";
    int engines = PretendedCard.engines;
    Path trained = made("gpu.safetensors", with(args, "--backend", "gpu"));
    assertThat(PretendedCard.engines).isEqualTo(engines + 1);
    assertThat(trained).hasSameBinaryContentAs(network);
  }

  @Test
  void autoGoesOnWithoutACard() throws IOException {
    Path model = Normal.write(folder.resolve("m"), LinearSde.variancePreserving(0.1, 20));
    Path rows = made("cpu.csv", "sample", "--model", model, "--n", 20);
    Path same = made("auto.csv", "sample", "--model", model, "--n", 20, "--backend", "auto");
    assertThat(same).hasSameBinaryContentAs(rows);
  }

  @Test
  void devicesAreListedOrWhyThereIsNone() {
    Run run = Run.of("devices");
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines().toList().getFirst())
        .matches("cpu       \\S+ kernels, \\d+ threads?");
    assertThat(run.out()).contains("gpu       not available: it is pretended");
    PretendedCard.reason = "";
    assertThat(Run.of("devices").out())
        .contains("gpu       Pretended 1, 24 GB")
        .contains("gpu       Pretended 2, 8 GB");
  }
}
