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

class ImputeCommandTest {
  @TempDir Path folder;

  private Path vp() throws IOException {
    return Normal.write(folder.resolve("vp"), LinearSde.variancePreserving(0.1, 20));
  }

  private Path write(String text) throws IOException {
    Path file = folder.resolve("gaps.csv");
    Files.writeString(file, text);
    return file;
  }

  private String impute(Path model, Path data, Object... more) throws IOException {
    Path out = folder.resolve("full.csv");
    Object[] args = new Object[7 + more.length];
    System.arraycopy(
        new Object[] {"impute", "--model", model, "--data", data, "--out", out}, 0, args, 0, 7);
    System.arraycopy(more, 0, args, 7, more.length);
    Run run = Run.of(args);
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    return Files.readString(out);
  }

  /// Mean and standard deviation.
  private static double[] moments(double[] values) {
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double square = 0;
    for (double value : values) {
      square += (value - mean) * (value - mean) / (values.length - 1);
    }
    return new double[] {mean, Math.sqrt(square)};
  }

  @Test
  void whatIsKnownStaysAsItWasTyped() throws IOException {
    String full =
        impute(
            vp(),
            write(
                "note,weight,id,height\n\"a, b\",-3.10e2,007, 9.50\n,NA,1,+10\n?,-300,,\nz,n/a,,?\n"),
            "--steps",
            20);
    List<String> lines = full.lines().toList();
    assertThat(lines).hasSize(5);
    assertThat(lines.get(0)).isEqualTo("note,weight,id,height");
    assertThat(lines.get(1)).isEqualTo("\"a, b\",-3.10e2,007, 9.50");
    // gaps in columns that the network did not learn are none of its business
    assertThat(lines.get(2)).matches(",-?[0-9.E]+,1,\\+10");
    assertThat(lines.get(3)).matches("\\?,-300,,[0-9.]+");
    assertThat(lines.get(4)).matches("z,-?[0-9.E]+,,[0-9.]+");
  }

  @Test
  void aTableWithoutGapsComesBackAsItIs() throws IOException {
    String text = "height,weight\n1.50,2\n3,4e0\n";
    assertThat(impute(vp(), write(text))).isEqualTo(text);
  }

  @Test
  void aFileWithoutHeaderStaysOne() throws IOException {
    CsvFormat semicolon = new CsvFormat(CsvFormat.Header.ABSENT, ';');
    String full = impute(vp(), write("10.5;\n?;-300\n"), "--separator", ";", "--steps", 20);
    assertThat(full).matches("10.5;-?[0-9.E]+\n[0-9.]+;-300\n");
    assertThat(Csv.readRows(folder.resolve("full.csv"), semicolon, List.of()).values().rows())
        .isEqualTo(2);
  }

  @Test
  void severalDrawsGoIntoOneFileAndTheFirstOfMoreAreThoseOfFewer() throws IOException {
    Path gaps = write("height,weight\n10,\n,-300\n9,-200\n");
    List<String> one = impute(vp(), gaps, "--steps", 20).lines().toList();
    List<String> three =
        impute(vp(), gaps, "--steps", 20, "--draws", 3, "--threads", 1).lines().toList();
    assertThat(three).hasSize(10);
    assertThat(three.get(0)).isEqualTo("draw,height,weight");
    for (int line = 1; line < 4; line++) {
      assertThat(three.get(line)).isEqualTo("1," + one.get(line));
      assertThat(three.get(line + 3)).startsWith("2,");
    }
    assertThat(three.get(4)).isNotEqualTo("2," + one.get(1)); // 10 and a gap
    assertThat(three.get(9)).isEqualTo("3,9,-200");
    assertThat(impute(vp(), gaps, "--steps", 20, "--draws", 3, "--threads", 2).lines().toList())
        .isEqualTo(three);
    assertThat(impute(vp(), gaps, "--steps", 20, "--seed", 1).lines().toList()).isNotEqualTo(one);
  }

  /// Independent columns: a gap has the law of its column, whatever else is known.
  @Test
  void drawsOfIndependentColumnsHaveTheLawOfTheColumn() throws IOException {
    int rows = 2000;
    StringBuilder text = new StringBuilder("height,weight\n");
    for (int r = 0; r < rows; r++) {
      text.append("12,\n");
    }
    impute(vp(), write(text.toString()), "--steps", 100, "--resamplings", 2);
    Batch full = Csv.readRows(folder.resolve("full.csv"), CsvFormat.AUTOMATIC, List.of()).values();
    double[] values = new double[rows];
    for (int r = 0; r < rows; r++) {
      assertThat(full.get(r, 0)).isEqualTo(12f);
      values[r] = (full.get(r, 1) - Normal.MEAN[1]) / Normal.STD[1];
    }
    double[] moments = moments(values);
    // 4 standard errors, 1/√2000 and 1/√4000, and 0.02 for 100 steps of first order
    assertThat(moments[0]).isCloseTo(0, within(0.09));
    assertThat(moments[1]).isCloseTo(1, within(0.085));
  }

  /// x ~ N(0, 1), y = 0.9·x + 0.436·z, so y given x has mean 0.9·x and std 0.436, and x given y the
  /// same: learned from rows, then drawn.
  @Test
  void drawsFollowTheConditionalLaw() throws IOException {
    Batch z = Noise.normals(Key.of(3), 2000, 2);
    for (int r = 0; r < z.rows(); r++) {
      float x = z.get(r, 0);
      z.set(r, 0, 5 + 2 * x);
      z.set(r, 1, (float) (0.9 * x + Math.sqrt(0.19) * z.get(r, 1)));
    }
    Path table = folder.resolve("t.csv");
    Csv.write(table, new Table(List.of("x", "y"), z));
    Path model = folder.resolve("m");
    Run trained =
        Run.of(
            "train",
            "--data",
            table,
            "--process",
            "vp",
            "--hidden",
            "32",
            "--epochs",
            60,
            "--learning-rate",
            0.005,
            "--out",
            model);
    assertThat(trained.err()).isEmpty();
    StringBuilder text = new StringBuilder("x,y\n");
    int each = 400;
    for (int r = 0; r < each; r++) {
      text.append("7,\n3,\n,0.9\n"); // one standard deviation up, one down, and one up
    }
    impute(model, write(text.toString()), "--steps", 100);
    Batch full = Csv.readRows(folder.resolve("full.csv"), CsvFormat.AUTOMATIC, List.of()).values();
    double[][] drawn = new double[3][each];
    for (int r = 0; r < 3 * each; r++) {
      drawn[r % 3][r / 3] = r % 3 < 2 ? full.get(r, 1) : (full.get(r, 0) - 5) / 2;
    }
    double[] expected = {0.9, -0.9, 0.81};
    for (int k = 0; k < 3; k++) {
      double[] moments = moments(drawn[k]);
      // 4 standard errors are 0.09 and 0.06; the rest is for what 2000 rows teach and for the 0.03
      // by which resampling falls short
      assertThat(moments[0]).isCloseTo(expected[k], within(0.15));
      assertThat(moments[1]).isCloseTo(Math.sqrt(0.19), within(0.1));
    }
  }
}
