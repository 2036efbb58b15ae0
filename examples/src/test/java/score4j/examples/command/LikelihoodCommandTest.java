package score4j.examples.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import score4j.array.Batch;
import score4j.examples.csv.Csv;
import score4j.examples.csv.CsvFormat;
import score4j.examples.csv.Table;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.rng.Noise;

class LikelihoodCommandTest {
  private static final int ROWS = 60;

  @TempDir Path folder;

  private Batch rows() {
    Batch x = Noise.normals(Key.of(1), ROWS, 2);
    for (int r = 0; r < ROWS; r++) {
      for (int c = 0; c < 2; c++) {
        x.set(r, c, (float) (Normal.MEAN[c] + Normal.STD[c] * 1.5 * x.get(r, c)));
      }
    }
    return x;
  }

  private Path data(Batch rows) throws IOException {
    Path file = folder.resolve("t.csv");
    Csv.write(file, new Table(Normal.COLUMNS, rows));
    return file;
  }

  private Path vp() throws IOException {
    return Normal.write(folder.resolve("vp"), LinearSde.variancePreserving(0.1, 20));
  }

  private Batch densities(Object... args) throws IOException {
    Run run = Run.of(args);
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    return Csv.readRows(folder.resolve("l.csv"), CsvFormat.AUTOMATIC, List.of()).values();
  }

  /// A variance preserving process leaves N(0, I) as it is, so the law at the earliest time is the
  /// law itself, and what remains is the error of integration, which the command states, and that
  /// of floats: the state of a row is a double, its score a float of size 3, so less than 1e-5.
  @Test
  void aNormalTableHasItsOwnDensityWithinTheStatedError() throws IOException {
    Batch rows = rows();
    Batch l =
        densities(
            "likelihood", "--model", vp(), "--data", data(rows), "--out", folder.resolve("l.csv"));
    assertThat(l.rows()).isEqualTo(ROWS);
    for (int r = 0; r < ROWS; r++) {
      double exact = Normal.logDensity(rows.get(r, 0), rows.get(r, 1));
      double stated = l.get(r, 1);
      assertThat(stated).isLessThan(1e-3);
      assertThat((double) l.get(r, 0)).as("row %d", r).isCloseTo(exact, within(10 * stated + 2e-4));
    }
  }

  /// Under a variance exploding process the density is that of data with the least noise, σ² =
  /// 2·0.01²·log 500·1e-5 more than 1: nothing; and the noise begins as N(0, (1 + 5²)·I), which the
  /// law of standardised data accounts for.
  @Test
  void noiseThatDoesNotDrownTheDataCostsNothing() throws IOException {
    Batch rows = rows();
    Path ve = Normal.write(folder.resolve("ve"), LinearSde.varianceExploding(0.01, 5));
    Batch l =
        densities(
            "likelihood", "--model", ve, "--data", data(rows), "--out", folder.resolve("l.csv"));
    for (int r = 0; r < ROWS; r++) {
      assertThat((double) l.get(r, 0))
          .isCloseTo(
              Normal.logDensity(rows.get(r, 0), rows.get(r, 1)), within(10 * l.get(r, 1) + 5e-4));
    }
  }

  /// The Jacobian of a normal score is a multiple of I, of which every sign vector gives the exact
  /// trace: the probes agree and have no standard error.
  @Test
  void probesOfAnIsotropicScoreAreExact() throws IOException {
    Path out = folder.resolve("l.csv");
    Path data = data(rows());
    Batch exact = densities("likelihood", "--model", vp(), "--data", data, "--out", out);
    Batch probed =
        densities("likelihood", "--model", vp(), "--data", data, "--out", out, "--probes", 3);
    assertThat(probed.cols()).isEqualTo(3);
    for (int r = 0; r < ROWS; r++) {
      assertThat((double) probed.get(r, 0)).isCloseTo(exact.get(r, 0), within(1e-3));
      assertThat((double) probed.get(r, 2)).isLessThan(1e-4);
    }
  }

  @Test
  void columnsAreFoundByNameAndTheLeastLikelyRowsNamed() throws IOException {
    Path data = folder.resolve("t.csv");
    Files.writeString(
        data, "id,weight,note,height\n7,-300,x,10\n8,-310,y,10.1\n9,900,z,12\n4,-290,,9.9\n");
    Path out = folder.resolve("l.csv");
    Run run = Run.of("likelihood", "--model", vp(), "--data", data, "--out", out, "--least", 1);
    assertThat(run.err()).isEmpty();
    // the third row is 4 and 12 standard deviations off
    assertThat(run.out())
        .contains("rows      4 of height, weight")
        .contains("nats, in the units of the table")
        .contains("unlikely  row 3 (%.2f)".formatted(Normal.logDensity(12, 900)));
    assertThat(Files.readString(out)).startsWith("log_density,integration_error\n");
  }

  @Test
  void oneRowWithoutHeaderIsEnough() throws IOException {
    Path data = folder.resolve("t.csv");
    Files.writeString(data, "10,-300\n");
    Batch l =
        densities("likelihood", "--model", vp(), "--data", data, "--out", folder.resolve("l.csv"));
    assertThat((double) l.get(0, 0)).isCloseTo(Normal.logDensity(10, -300), within(2e-4));
  }

  @Test
  void threadsChangeNothing() throws IOException {
    Path data = data(rows());
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    assertThat(probed(data, one, 1).code()).isZero();
    assertThat(probed(data, two, 2).code()).isZero();
    assertThat(two).hasSameBinaryContentAs(one);
  }

  private Run probed(Path data, Path out, int threads) throws IOException {
    return Run.of(
        "likelihood",
        "--model",
        vp(),
        "--data",
        data,
        "--probes",
        2,
        "--threads",
        threads,
        "--out",
        out);
  }
}
