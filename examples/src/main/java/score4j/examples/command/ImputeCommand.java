package score4j.examples.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import score4j.Threads;
import score4j.array.Batch;
import score4j.examples.csv.Csv;
import score4j.examples.csv.CsvFormat;
import score4j.examples.csv.GapTable;
import score4j.examples.fit.GapFiller;
import score4j.examples.fit.SavedModel;
import score4j.examples.output.OutputFile;
import score4j.examples.output.Progress;
import score4j.process.LinearSde;
import score4j.rng.Key;

/// `score4j impute`: a table with gaps in, a table without gaps out.
@Command(
    name = "impute",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Fills the gaps of a table: each with a draw from what the network learned, given the numbers"
          + " that are known in its row.",
      "",
      "A gap is a cell that is empty or says ?, NA, N/A, NaN or null. Known cells stay exactly as"
          + " they were typed, and so do columns that the network did not learn. Gaps are drawn, not"
          + " averaged, so that spread and dependence are kept: ask for several draws and let what"
          + " you compute from them tell how much the gaps leave open.",
      "",
      "With --draws K the file has K completed tables one after another, told apart by a first"
          + " column 'draw' from 1 to K. The network must know the scores of a process (train"
          + " --process)."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  score4j impute --model vp.safetensors --data gaps.csv --out full.csv",
      "  score4j impute --model vp.safetensors --data gaps.csv --draws 20 --out draws.csv"
    })
final class ImputeCommand implements Callable<Integer> {
  private static final int MOST_NUMBERS = Integer.MAX_VALUE - 8;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "the network that 'score4j train --process' wrote")
  private Path model = Path.of("");

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "the table with gaps, a CSV file with the columns that the network learned")
  private Path data = Path.of("");

  @Mixin private CsvOptions csv = new CsvOptions();

  @Option(
      names = "--draws",
      paramLabel = "K",
      description = "how many completed tables (default: ${DEFAULT-VALUE})")
  private int draws = 1;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "steps from noise to numbers (default: ${DEFAULT-VALUE})")
  private int steps = 200;

  @Option(
      names = "--resamplings",
      paramLabel = "N",
      description =
          "how often each step is made, so that gaps agree with what is known (default:"
              + " ${DEFAULT-VALUE})")
  private int resamplings = 10;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "the same seed gives the same numbers, and the first draws of more are those of fewer"
              + " (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads to use; the result does not depend on it (default: all processors)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "the CSV file")
  private Path out = Path.of("");

  ImputeCommand() {}

  @Override
  public Integer call() throws IOException {
    Options.atLeast(spec, "--draws", draws, 1);
    Options.atLeast(spec, "--steps", steps, 1);
    Options.atLeast(spec, "--resamplings", resamplings, 1);
    Options.atLeast(spec, "--threads", threads, 1);
    OutputFile.checked(out, "--model", model);
    OutputFile.checked(out, "--data", data);
    SavedModel saved = SavedModel.read(model);
    LinearSde process = Options.process(spec, saved, model);
    CsvFormat format = csv.format();
    GapTable table = Csv.readWithGaps(data, format, saved.columns());
    if (draws > 1 && table.header().contains(Csv.DRAW)) {
      throw new ParameterException(
          spec.commandLine(),
          "%s has a column %s, which several draws need: rename it".formatted(data, Csv.DRAW));
    }
    GapFiller filler = new GapFiller(saved, process, steps, resamplings, Threads.of(threads));
    int[] rows = GapFiller.rowsWithGaps(table.values());
    if ((long) draws * Math.max(1, rows.length) * saved.columns().size() > MOST_NUMBERS) {
      throw new ParameterException(
          spec.commandLine(),
          "--draws %d is more than one run can hold: make several, each with a seed of its own"
              .formatted(draws));
    }
    List<Batch> filled;
    try (Progress progress = Progress.of("filling gaps", filler.moves())) {
      filled = filler.fill(table.values(), draws, Key.of(seed), progress);
    }
    Csv.write(out, format, table, filled);
    spec.commandLine()
        .getOut()
        .printf(
            "%d gaps in %d of %d rows, %s: %s%n",
            table.gaps(),
            rows.length,
            table.values().rows(),
            draws == 1 ? "1 draw" : draws + " draws",
            out);
    return 0;
  }
}
