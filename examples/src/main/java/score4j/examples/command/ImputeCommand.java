package score4j.examples.command;

import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import score4j.Threads;
import score4j.array.Batch;
import score4j.backend.Backend;
import score4j.examples.csv.Csv;
import score4j.examples.csv.CsvFormat;
import score4j.examples.csv.GapTable;
import score4j.examples.fit.GapFiller;
import score4j.examples.fit.SavedModel;
import score4j.examples.output.Progress;
import score4j.process.LinearSde;

/// `score4j impute`: a table with gaps in, a table without gaps out.
@Command(
    name = "impute",
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
          + " column 'draw' from 1 to K; the first draws of more are those of fewer. The network"
          + " must know the scores of a process (train --process), and the table has the columns"
          + " that it learned, in any order and among others."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  score4j impute --model vp.safetensors --data gaps.csv --out full.csv",
      "  score4j impute --model vp.safetensors --data gaps.csv --draws 20 --out draws.csv"
    })
final class ImputeCommand extends Subcommand {
  private static final int MOST_NUMBERS = Integer.MAX_VALUE - 8;
  // each is kept with its coefficients
  private static final long MOST_MOVES = 10_000_000;

  @Mixin private ModelOption model = new ModelOption();

  @Mixin private TableOptions data = new TableOptions();

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

  @Mixin private SeedOption seed = new SeedOption();

  @Mixin private BackendOption backend = new BackendOption();

  @Mixin private OutOption out = new OutOption();

  ImputeCommand() {}

  @Override
  public Integer call() throws IOException {
    Options.atLeast("--draws", draws, 1);
    Options.steps(steps);
    Options.atLeast("--resamplings", resamplings, 1);
    Options.atMost("--resamplings", resamplings, MOST_MOVES / steps);
    Threads team = backend.team();
    out.spare(model);
    out.spare(data);
    SavedModel saved = model.read();
    LinearSde process = model.process(saved);
    CsvFormat format = data.format();
    GapTable table = Csv.readWithGaps(data.file(), format, saved.columns());
    if (draws > 1 && table.header().contains(Csv.DRAW)) {
      throw new OptionException(
          "%s has a column %s, which several draws need: rename it"
              .formatted(data.file(), Csv.DRAW));
    }
    GapFiller filler = new GapFiller(saved, process, steps, resamplings, team);
    int[] rows = GapFiller.rowsWithGaps(table.values());
    if ((long) draws * Math.max(1, rows.length) * saved.columns().size() > MOST_NUMBERS) {
      throw new OptionException(
          "--draws %d is more than one run can hold: make several, each with a seed of its own"
              .formatted(draws));
    }
    List<Batch> filled;
    try (Backend computes = backend.open();
        Progress progress = Progress.of("filling gaps", filler.moves())) {
      filled =
          filler.fill(computes.score(saved.network()), table.values(), draws, seed.key(), progress);
    }
    Csv.write(out.file(), format, table, filled);
    out()
        .printf(
            "%d gaps in %d of %d rows, %s: %s%n",
            table.gaps(),
            rows.length,
            table.values().rows(),
            draws == 1 ? "1 draw" : draws + " draws",
            out.file());
    return 0;
  }
}
