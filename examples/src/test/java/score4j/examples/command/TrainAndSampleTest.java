package score4j.examples.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.array.Batch;
import score4j.examples.csv.Csv;
import score4j.examples.csv.CsvFormat;
import score4j.examples.csv.Table;
import score4j.examples.fit.SavedModel;
import score4j.process.LinearSde;
import score4j.process.VarianceExploding;
import score4j.rng.Key;
import score4j.rng.Noise;

class TrainAndSampleTest {
  private static final int ROWS = 400;

  @TempDir Path folder;

  /// Far from standard: means 10 and −300, standard deviations 0.5 and 100.
  private Path table() throws IOException {
    Batch z = Noise.normals(Key.of(5), ROWS, 2);
    for (int r = 0; r < ROWS; r++) {
      z.set(r, 0, 10 + 0.5f * z.get(r, 0));
      z.set(r, 1, -300 + 100 * z.get(r, 1));
    }
    Path file = folder.resolve("t.csv");
    Csv.write(file, new Table(List.of("height, m", "y"), z));
    return file;
  }

  private static Run train(Path table, Path model, String... more) {
    List<Object> args =
        new ArrayList<>(
            List.of("train", "--data", table, "--out", model, "--hidden", "16", "--epochs", "60"));
    Collections.addAll(args, (Object[]) more);
    return Run.of(args.toArray());
  }

  private static Run sample(Path model, Path out, String... more) {
    List<Object> args =
        new ArrayList<>(
            List.of("sample", "--model", model, "--out", out, "--n", "500", "--steps", "800"));
    Collections.addAll(args, (Object[]) more);
    return Run.of(args.toArray());
  }

  @Test
  void samplesHaveTheColumnsAndTheScaleOfTheTable() throws IOException {
    Path model = folder.resolve("m.safetensors");
    Run trained = train(table(), model, "--learning-rate", "0.01");
    assertThat(trained.err()).isEmpty();
    assertThat(trained.code()).isZero();
    assertThat(trained.out())
        .contains("400 rows of height, m, y, 80 held out")
        .contains("2-16-2 tanh, 82 parameters, exact")
        .contains("a fitted Gaussian has");
    Path out = folder.resolve("s.csv");
    Run sampled = sample(model, out);
    assertThat(sampled.err()).isEmpty();
    assertThat(sampled.code()).isZero();
    Table samples = Csv.read(out, CsvFormat.AUTOMATIC);
    assertThat(samples.columns()).containsExactly("height, m", "y");
    assertThat(samples.values().rows()).isEqualTo(500);
    // the chain starts standard normal and must stay near: a fifth of a standard deviation is more
    // than four standard errors of the mean of 500
    assertThat(mean(samples.values().column(0))).isCloseTo(10, within(0.1));
    assertThat(mean(samples.values().column(1))).isCloseTo(-300, within(20.0));
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  @Test
  void sameSeedGivesTheSameBytesOnAnyNumberOfThreads() throws IOException {
    Path table = table();
    Path one = folder.resolve("one.safetensors");
    Path two = folder.resolve("two.safetensors");
    assertThat(train(table, one, "--seed", "3", "--threads", "1").code()).isZero();
    assertThat(train(table, two, "--seed", "3", "--threads", "2").code()).isZero();
    assertThat(two).hasSameBinaryContentAs(one);
    Path a = folder.resolve("a.csv");
    Path b = folder.resolve("b.csv");
    Path c = folder.resolve("c.csv");
    assertThat(sample(one, a, "--threads", "1").code()).isZero();
    assertThat(sample(two, b, "--threads", "2").code()).isZero();
    assertThat(b).hasSameBinaryContentAs(a);
    assertThat(sample(one, c, "--seed", "4").code()).isZero();
    assertThat(Files.mismatch(a, c)).isNotEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--objective=sliced --probes=2",
        "--objective=regularized --lambda=0.2",
        "--objective=DENOISING --sigma=0.3",
        "--columns=2 --activation=softplus --batch=1000",
        "--dequantize",
        "--dequantize=0.1,10 --held-out=0.5 --patience=3",
        "--noise=0.3",
        "--noise=0.1:4:6",
        "--noise=auto --objective=sliced --probes=2 --weighting=uniform",
        "--process=none",
        "--process=vp",
        "--process=VP --noise=0.2,10 --objective=exact --weighting=likelihood",
        "--process=ve --noise=0.02,8 --weighting=variance",
        "--process=ve --objective=regularized --lambda=0.2",
        "--process=subvp --weighting=likelihood",
        "--process=sigma-power --noise=5",
      })
  void everyOptionIsTaken(String options) throws IOException {
    Path model = folder.resolve("m.safetensors");
    List<Object> args =
        new ArrayList<>(
            List.of("train", "--data", table(), "--out", model, "--hidden", "4", "--epochs", "2"));
    Collections.addAll(args, (Object[]) options.split(" "));
    Run run = Run.of(args.toArray());
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(model).isNotEmptyFile();
  }

  @Test
  void theFileSaysWhatTheNetworkIsTold() throws IOException {
    Path model = folder.resolve("m.safetensors");
    Run run = train(table(), model, "--process", "ve", "--noise", "0.02,8");
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("11-16-2 tanh, 226 parameters, denoising")
        .contains("process   variance exploding, noise from 0.0200 to 8.00")
        .contains("denoising at all noise levels, lower is better");
    assertThat(SavedModel.read(model).process()).isEqualTo(LinearSde.varianceExploding(0.02, 8));
    train(table(), model, "--noise=1:4:3");
    assertThat(SavedModel.read(model).process()).isEqualTo(new VarianceExploding(1, 4, true));
    train(table(), model);
    assertThat(SavedModel.read(model).process()).isNull();
  }

  /// The largest distance of two rows is taken from the standardised rows to learn from.
  @Test
  void automaticNoiseReachesAsFarAsTheRows() throws IOException {
    Path model = folder.resolve("m.safetensors");
    train(table(), model, "--process", "ve");
    VarianceExploding process =
        (VarianceExploding) Objects.requireNonNull(SavedModel.read(model).process());
    assertThat(process.sigmaMin()).isEqualTo(0.01);
    // twice the largest of 320 radii of a standard normal law in the plane, √(2·log 320) = 3.4
    assertThat(process.sigmaMax()).isBetween(5.0, 8.0);
  }

  /// Columns that are one another's multiples have no Gaussian; a network is learned all the same.
  @Test
  void dependentColumnsAreComparedWithIndependentOnes() throws IOException {
    Path table = folder.resolve("t.csv");
    Files.writeString(table, "a,b\n1,2\n2,4\n4,8\n3,6\n7,14\n5,10\n");
    Run run = train(table, folder.resolve("m"), "--process=vp");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
  }

  @Test
  void tableOfOneColumnWithoutHeader() throws IOException {
    Path table = folder.resolve("t.csv");
    Files.writeString(table, "1\n2\n4\n3\n7\n5\n");
    Path model = folder.resolve("m.safetensors");
    assertThat(train(table, model).code()).isZero();
    Path out = folder.resolve("s.csv");
    assertThat(sample(model, out).code()).isZero();
    assertThat(Files.readString(out)).startsWith("column 1\n");
  }

  @Test
  void helpTeachesEveryCommandWithExamples() {
    List<String> commands =
        List.of("gallery", "train", "sample", "likelihood", "impute", "evaluate");
    assertThat(Run.of().out()).contains(commands).contains("Examples:");
    for (String command : commands) {
      Run run = Run.of(command, "--help");
      assertThat(run.code()).isZero();
      assertThat(run.out()).contains("Examples:", "score4j " + command, "--seed");
      assertThat(Run.of("help", command).out()).isEqualTo(run.out());
    }
    assertThat(Run.of("--version").out()).startsWith("score4j 0.1.0");
  }
}
