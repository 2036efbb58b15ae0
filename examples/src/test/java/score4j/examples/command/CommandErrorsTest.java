package score4j.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import score4j.io.Checkpoint;
import score4j.nn.Activation;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.process.LinearSde;
import score4j.rng.Key;

/// Everything a user can get wrong: one line, exit code 2, and no file left behind.
class CommandErrorsTest {
  @TempDir Path folder;

  private void refused(Run run, String message) throws IOException {
    assertThat(run.err()).contains(message);
    assertThat(run.err().strip().lines()).as(run.err()).hasSize(1);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .isSubsetOf("t.csv", "h.csv", "bad.csv", "few.csv", "drawn.csv", "vp", "m.safetensors");
    }
  }

  /// `@` stands for the folder of the test, which has the table t.csv with columns a and b.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "frobnicate | score4j: there is no command 'frobnicate', there are gallery, train, sample,"
            + " likelihood, impute, evaluate, devices, help",
        "--frobnicate | score4j: Unknown option: '--frobnicate'",
        "train --out @/o | score4j train: Missing required option: '--data=FILE'",
        "train --data @/t.csv | score4j train: Missing required option: '--out=FILE'",
        "train --data @/none.csv --out @/o | none.csv: no such file",
        "train --data @ --out @/o | is a folder, not a CSV file",
        "train --data @/t.csv --out @/no/o | does not exist, create it first",
        "train --data @/t.csv --out @ | it is a folder, name a file in it",
        "train --data @/t.csv --out /dev/null | it is not a plain file",
        "train --data @/t.csv --out @/o --columns c | t.csv: there is no column c, it has a, b",
        "train --data @/t.csv --out @/o --columns a,3 | t.csv: there is no column 3, it has a, b",
        "train --data @/t.csv --out @/o --no-header | line 1, column 1: 'a' is not a number",
        "train --data @/t.csv --out @/o --header --no-header | exclude each other",
        "train --data @/t.csv --out @/o --separator ab | --separator must be one character",
        "train --data @/t.csv --out @/o --separator ; | line 2, column 1 (a,b): '0.5,1.5' is not",
        "train --data @/t.csv --out @/o --objective best | --objective: must be one of exact, sliced,"
            + " regularized, denoising but was 'best'",
        "train --data @/t.csv --out @/o --probes 2 | --probes goes with --objective sliced, not",
        "train --data @/t.csv --out @/o --lambda 2 | --lambda goes with --objective regularized",
        "train --data @/t.csv --out @/o --sigma 2 | --sigma goes with --objective denoising",
        "train --data @/t.csv --out @/o --objective sliced --probes 0 | --probes must be at least"
            + " 1",
        "train --data @/t.csv --out @/o --objective denoising --sigma -1 | --sigma must be a pos",
        "train --data @/t.csv --out @/o --backend tpu | --backend must be cpu, gpu or auto but was",
        "train --data @/t.csv --out @/o --backend gpu | train: backend gpu is not available: it is"
            + " pretended",
        "train --data @/t.csv --out @/o --epoch 3 | Unknown options: '--epoch', '3', there is"
            + " --epochs",
        "train --data= --out @/o | --data: must be the name of a file or folder but was empty",
        "train --data @/t.csv --out @/o --learning-rate fast | --learning-rate: 'fast' is not a"
            + " number",
        "train --data @/t.csv --out @/o --seed 99999999999999999999 | is not a whole number, or is"
            + " too large",
        "devices --all | score4j devices: Unknown option: '--all'",
        "train --data @/t.csv --out @/o --process ddpm | --process: must be one of ve, vp, subvp,"
            + " sigma-power, none but was 'ddpm'",
        "train --data @/t.csv --out @/o --process vp --noise 20 | --process vp takes two rates",
        "train --data @/t.csv --out @/o --process vp --noise 20,1 | --noise: betaMin must be above",
        "train --data @/t.csv --out @/o --process ve --noise a,b | --process ve takes two noise",
        "train --data @/t.csv --out @/o --process sigma-power --noise 1 | --noise: sigma must be",
        "train --data @/t.csv --out @/o --process vp --sigma 1 | --noise says all",
        "train --data @/t.csv --out @/o --process vp --probes 2 | --objective sliced, not denoising",
        "train --data @/t.csv --out @/o --noise loud | --noise loud: it is one level, such as 0.1",
        "train --data @/t.csv --out @/o --noise 1:2:1 | LEVELS must be at least 2",
        "train --data @/t.csv --out @/o --noise 2:1:5 | --noise: min must be above 0 and max",
        "train --data @/t.csv --out @/o --noise -1 | --noise must be a positive number",
        "train --data @/t.csv --out @/o --noise 1 --objective exact | --noise 1 goes with",
        "train --data @/t.csv --out @/o --weighting edm | --weighting goes with --process",
        "train --data @/t.csv --out @/o --process vp --weighting big | --weighting: must be one",
        "train --data @/t.csv --out @/o --hidden 8,0 | --hidden must be at least 1 but was 0",
        "train --data @/t.csv --out @/o --hidden 8,x | --hidden: 'x' is not a whole",
        "train --data @/t.csv --out @/o --activation step | --activation: must be one of"
            + " tanh, sigmoid, softplus, silu, gelu, relu but was 'step'",
        "train --data @/t.csv --out @/o --epochs 0 | --epochs must be at least 1 but was 0",
        "train --data @/t.csv --out @/o --epochs 1.5 | --epochs: '1.5' is not a whole number",
        "train --data @/t.csv --out @/o --batch 0 | --batch must be at least 1 but was 0",
        "train --data @/t.csv --out @/o --patience -1 | --patience must be at least 0 but was -1",
        "train --data @/t.csv --out @/o --threads 0 | --threads must be at least 1 but was 0",
        "train --data @/t.csv --out @/o --learning-rate NaN | --learning-rate must be a positive",
        "train --data @/t.csv --out @/o --held-out 1 | --held-out must lie between 0 and 1",
        "train --data @/t.csv --out @/o --held-out 0.001 | --held-out 0.001 of 4 rows leaves 0",
        "train --data @/t.csv --out @/o --dequantize 1 | has 1 steps but there are 2 columns",
        "train --data @/t.csv --out @/o --dequantize 1,x | 'x' is not a rounding step",
        "train --data @/t.csv --out @/o --dequantize 1,-1 | '-1' is not a rounding step",
        "sample --out @/o | score4j sample: Missing required option: '--model=FILE'",
        "sample --model @/none --out @/o | none: no such file",
        "sample --model @ --out @/o | is a folder",
        "sample --model @/t.csv --out @/o | t.csv",
        "sample --model @/m.safetensors --out @/o --n 0 | --n must be at least 1 but was 0",
        "sample --model @/m.safetensors --out @/o --n 2000000000 | --n must be at most 1073741819",
        "sample --model @/m.safetensors --out @/o --steps 0 | --steps must be at least 1 but was 0",
        "sample --model @/m.safetensors --out @/o --step-size 0 | --step-size must be a positive",
        "sample --model @/m.safetensors --out @/no/o | does not exist, create it first",
        "sample --model @/m.safetensors --out @/o --sampler best | --sampler: must be one of reverse-sde",
        "sample --model @/m.safetensors --out @/o --sampler flow | trained without --process",
        "sample --model @/vp --out @/o --step-size 1 | --step-size goes with --sampler langevin",
        "sample --model @/vp --out @/o --steps 2000000 | --steps must be at most 1000000",
        "likelihood --model @/vp --out @/o | score4j likelihood: Missing required option: '--data",
        "likelihood --model @/vp --data @/t.csv --out @/o | t.csv: there is no column height, it",
        "likelihood --model @/vp --data @/none --out @/o | none: no such file",
        "likelihood --model @/vp --data @/t.csv --out @/vp | it is the file of --model",
        "likelihood --model @/vp --data @/t.csv --out @/t.csv | it is the file of --data",
        "likelihood --model @/vp --data @/h.csv --out @/o | line 3, column 2 (weight): the field is",
        "likelihood --model @/vp --data @/t.csv --out @/o --probes 0 | --probes must be at least 1",
        "likelihood --model @/vp --data @/t.csv --out @/o --tolerance 0 | --tolerance must be a",
        "likelihood --model @/vp --data @/t.csv --out @/o --least -1 | --least must be at least 0",
        "likelihood --model @/m.safetensors --data @/t.csv --out @/o | trained without --process:"
            + " train it with one",
        "impute --model @/m.safetensors --data @/t.csv --out @/o | trained without --process",
        "impute --model @/vp --data @/t.csv --out @/o | t.csv: there is no column height, it has",
        "impute --model @/vp --data @/bad.csv --out @/o | line 2, column 2 (weight): 'x' is not a",
        "impute --model @/vp --data @/drawn.csv --out @/o --draws 2 | has a column draw",
        "impute --model @/vp --data @/h.csv --out @/o --draws 0 | --draws must be at least 1",
        "impute --model @/vp --data @/h.csv --out @/o --steps 0 | --steps must be at least 1",
        "impute --model @/vp --data @/h.csv --out @/o --steps 9999999 | --steps must be at most 1000000",
        "impute --model @/vp --data @/h.csv --out @/o --resamplings 50001 | --resamplings must be at"
            + " most 50000 but was 50001",
        "impute --model @/vp --data @/h.csv --out @/o --resamplings 0 | --resamplings must be at",
        "impute --model @/vp --data @/h.csv --out @/o --draws 2000000000 | make several",
        "impute --model @/vp --data @/h.csv --out @/h.csv | it is the file of --data",
        "impute --model @/vp --data @/h.csv --out @/o --backend gpu | impute: backend gpu is not"
            + " available: it is pretended",
        "evaluate --data @/t.csv | score4j evaluate: Missing required option: '--against=FILE'",
        "evaluate --data @/t.csv --against @/h.csv | h.csv: there is no column a, it has height",
        "evaluate --data @/t.csv --against @/none | none: no such file",
        "evaluate --data @/t.csv --against @/t.csv --columns c | t.csv: there is no column c",
        "evaluate --data @/few.csv --against @/t.csv | few.csv: 2 rows of numbers are too few to compare",
        "evaluate --data @/t.csv --against @/t.csv --rows 3 | --rows must be at least 4 but was 3",
        "evaluate --data @/t.csv --against @/t.csv --rows 99999 | --rows must be at most 32768",
        "evaluate --data @/t.csv --against @/t.csv --permutations 0 | --permutations must be at",
        "gallery --only ring | --only: there is no experiment 'ring', there are 000-gaussian",
        "gallery --threads 0 | --threads must be at least 1 but was 0",
        "gallery --out @/t.csv --only faithful | cannot make the folder",
      })
  void badOptionsAndFiles(String line, String message) throws IOException {
    Files.writeString(folder.resolve("t.csv"), "a,b\n0.5,1.5\n2,3\n4,7\n1,2\n");
    Files.writeString(folder.resolve("h.csv"), "height,weight\n1,2\n3,\n");
    Files.writeString(folder.resolve("bad.csv"), "height,weight\n1,x\n3,\n");
    Files.writeString(folder.resolve("few.csv"), "a,b\n1,2\n3,4\n");
    Files.writeString(folder.resolve("drawn.csv"), "draw,height,weight\n1,2,\n");
    Normal.write(folder.resolve("vp"), LinearSde.variancePreserving(0.1, 20));
    model(2, 2, columns(2));
    List<Object> args = new ArrayList<>();
    Collections.addAll(args, (Object[]) line.strip().replace("@", folder.toString()).split(" "));
    refused(Run.of(args.toArray()), message.strip());
  }

  @Test
  void valuesOfTwoLinesMakeMessagesOfOne() throws IOException {
    Path table = folder.resolve("t.csv");
    Files.writeString(table, "a,b\n0.5,1.5\n2,3\n");
    Path out = folder.resolve("o");
    refused(
        Run.of("train", "--data", table, "--out", out, "--separator", "a\nb"),
        "--separator must be one character or the word tab but was 'a b'");
    refused(Run.of("train", "--data", table, "--out", out, "--epochs", "1\n2"), "--epochs: '1 2'");
    refused(
        Run.of("train", "--data", table, "--out", out, "--objective", "a\r\nb"),
        "regularized, denoising but was 'a b'");
    refused(Run.of("gallery", "--only", "q\nr"), "there is no experiment 'q r', there are");
    refused(Run.of("fro\nb"), "there is no command 'fro b', there are gallery");
    refused(Run.of("devices", "--fro\nb"), "Unknown option: '--fro b'");
  }

  private static Map<String, String> columns(int count) {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (int c = 1; c <= count; c++) {
      metadata.put("column.%d.name".formatted(c), "c" + c);
      metadata.put("column.%d.mean".formatted(c), "0.0");
      metadata.put("column.%d.std".formatted(c), "1.0");
    }
    return metadata;
  }

  private Path model(int inputs, int outputs, Map<String, String> metadata) throws IOException {
    Path file = folder.resolve("m.safetensors");
    Mlp mlp = Mlp.of(Activation.TANH, inputs, 4, outputs);
    Checkpoint.write(
        file, new Checkpoint(mlp, mlp.initialize(Init.GLOROT_UNIFORM, Key.of(1)), metadata));
    return file;
  }

  private Run sample(Path model) {
    return Run.of("sample", "--model", model, "--out", folder.resolve("o"));
  }

  @Test
  void modelOfAnotherDimension() throws IOException {
    refused(
        sample(model(2, 2, columns(1))),
        "takes 2 coordinates but the file does not say column.2.name");
    refused(
        sample(model(2, 2, columns(3))),
        "takes 2 coordinates but the file names more columns, the next is c3");
    refused(
        sample(model(2, 3, columns(2))), "takes 2 coordinates and gives 3, so it is not a score");
    refused(sample(model(2, 2, Map.of())), "does not say column.1.name");
  }

  @Test
  void modelWhoseMetadataAreNoNumbers() throws IOException {
    Map<String, String> metadata = columns(2);
    metadata.put("column.2.std", "wide");
    refused(sample(model(2, 2, metadata)), "column.2.std is not a number");
    metadata.put("column.2.std", "0");
    refused(sample(model(2, 2, metadata)), "m.safetensors");
  }

  @Test
  void whatACommandReadsIsNeverReplaced() throws IOException {
    Path table = folder.resolve("t.csv");
    Files.writeString(table, "a\n1\n2\n3\n4\n5\n6\n7\n8\n9\n0\n");
    Path link = Files.createSymbolicLink(folder.resolve("link"), table);
    for (Path out : new Path[] {table, link}) {
      Run run = Run.of("train", "--data", table, "--out", out);
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("it is the file of --data, name another");
    }
    assertThat(table).content().startsWith("a\n1\n");
    Path model = folder.resolve("m");
    assertThat(
            Run.of("train", "--data", table, "--out", model, "--epochs", "1", "--hidden", "4")
                .code())
        .isZero();
    byte[] before = Files.readAllBytes(model);
    Run run = Run.of("sample", "--model", model, "--out", model);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("it is the file of --model, name another");
    assertThat(model).hasBinaryContent(before);
  }

  /// Whether the numbers overflow or stay finite, as with the last two rates: those ended with a
  /// network whose loss was 10¹⁸, written.
  @ParameterizedTest
  @CsvSource({
    "1e30, none, is not finite at step",
    "1e10, none, the training diverged",
    "1000, vp, the training diverged",
    "1e10, vp, the training diverged",
  })
  void trainingThatBlowsUpSaysSoAndWritesNothing(String rate, String process, String why)
      throws IOException {
    Path table = folder.resolve("t.csv");
    Files.writeString(table, "a\n1\n2\n3\n4\n5\n6\n7\n8\n9\n0\n");
    Path out = folder.resolve("o");
    Files.writeString(out, "what was there");
    List<Object> args = new ArrayList<>(List.of("train", "--data", table, "--out", out));
    args.addAll(List.of("--learning-rate", rate, "--process", process));
    args.addAll(List.of("--hidden", "4", "--epochs", "50"));
    Run run = Run.of(args.toArray());
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .contains("--learning-rate " + Double.parseDouble(rate) + " is probably too large")
        .contains(why)
        .contains("lower the learning rate");
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(run.out()).isEmpty();
    assertThat(out).content().isEqualTo("what was there");
  }

  /// A network that learns to take away a noise next to none makes steep valleys: its exact trace
  /// rises from 0.14 to more than 12, while the loss that is trained falls.
  @Test
  void aSoundTrainingOfAnotherLossThanTheExactTraceIsWritten() {
    Path out = folder.resolve("o");
    List<Object> args = new ArrayList<>(List.of("train", "--data", "data/faithful.csv"));
    args.addAll(List.of("--objective", "denoising", "--sigma", "0.001", "--epochs", "500"));
    args.addAll(List.of("--threads", "1", "--out", out));
    Run run = Run.of(args.toArray());
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).containsPattern("held out {2}loss (1[2-9]|[2-9][0-9])\\.");
    assertThat(out).exists();
  }

  @Test
  void aNetworkWorseThanAGaussianIsWrittenWithANote() throws IOException {
    Path table = folder.resolve("t.csv");
    Files.writeString(table, "a\n1\n2\n3\n4\n5\n6\n7\n8\n9\n0\n");
    Path out = folder.resolve("o");
    Run run = Run.of("train", "--data", table, "--out", out, "--hidden", "4", "--epochs", "1");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("note      the Gaussian is better: try another --learning-rate");
    assertThat(out).exists();
  }
}
