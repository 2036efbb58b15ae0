package score4j.examples.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import score4j.Threads;
import score4j.array.Batch;
import score4j.examples.csv.Csv;
import score4j.examples.csv.Table;
import score4j.examples.fit.SavedModel;
import score4j.examples.output.OutputFile;
import score4j.examples.output.Progress;
import score4j.rng.Key;
import score4j.sample.Langevin;

/// `score4j sample`: from a network in a file to new rows in a CSV file.
@Command(
    name = "sample",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Draws new rows from what 'score4j train' learned.",
      "",
      "Each row is a Langevin chain of its own, x <- x + E s(x) + sqrt(2 E) z, run on standardised"
          + " columns from a standard normal start. Small steps are accurate, many steps reach"
          + " clusters that are far apart."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  score4j sample --model geyser.safetensors --n 1000 --out samples.csv",
      "  score4j sample --model m.safetensors --n 100 --steps 20000 --step-size 0.001 --out s.csv"
    })
final class SampleCommand implements Callable<Integer> {
  // what one array holds
  private static final int MOST_NUMBERS = Integer.MAX_VALUE - 8;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "the network that 'score4j train' wrote")
  private Path model = Path.of("");

  @Option(names = "--n", paramLabel = "ROWS", description = "how many (default: ${DEFAULT-VALUE})")
  private int n = 1000;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "steps of each chain (default: ${DEFAULT-VALUE})")
  private long steps = 2000;

  @Option(
      names = "--step-size",
      paramLabel = "E",
      description = "size of a step, on standardised columns (default: ${DEFAULT-VALUE})")
  private double stepSize = 0.005;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "the same seed gives the same rows, bit for bit (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads to use; the result does not depend on it (default: all processors)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "the CSV file")
  private Path out = Path.of("");

  SampleCommand() {}

  @Override
  public Integer call() throws IOException {
    Options.atLeast(spec, "--n", n, 1);
    Options.atLeast(spec, "--steps", steps, 1);
    Options.positive(spec, "--step-size", stepSize);
    Options.atLeast(spec, "--threads", threads, 1);
    OutputFile.checked(out, "--model", model);
    SavedModel saved = SavedModel.read(model);
    if ((long) n * saved.columns().size() > MOST_NUMBERS) {
      throw new ParameterException(
          spec.commandLine(),
          "--n must be at most %d for %d columns but was %d: draw them in several files, each with"
                  .formatted(MOST_NUMBERS / saved.columns().size(), saved.columns().size(), n)
              + " a seed of its own");
    }
    Langevin langevin = Langevin.of(stepSize, steps).withThreads(Threads.of(threads));
    Batch rows;
    try (Progress progress = Progress.of("sampling", steps)) {
      rows = saved.sample(langevin, n, Key.of(seed), progress);
    }
    Csv.write(out, new Table(saved.columns(), rows));
    spec.commandLine()
        .getOut()
        .printf("%d rows of %s: %s%n", n, String.join(", ", saved.columns()), out);
    return 0;
  }
}
