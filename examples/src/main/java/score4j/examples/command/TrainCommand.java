package score4j.examples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import score4j.backend.Backend;
import score4j.data.Dequantizer;
import score4j.examples.csv.Csv;
import score4j.examples.csv.Table;
import score4j.examples.fit.DivergenceException;
import score4j.examples.fit.FitSettings;
import score4j.examples.fit.TableFit;
import score4j.nn.Activation;
import score4j.objective.DiffusionDenoising;
import score4j.objective.Objective;
import score4j.process.LinearSde;

/// `score4j train`: from a CSV file to a network in a file.
@Command(
    name = "train",
    description = {
      "Learns the score of a table: the gradient of the log density that its rows come from.",
      "",
      "Rows are held out to judge by; columns are standardised; the network that is best on the"
          + " held-out rows is written, with the names and the scale of the columns, as a"
          + " .safetensors file. The same seed gives the same network on the same backend.",
      "",
      "With --process the network learns the scores of the table under more and more noise, too:"
          + " samples then reach clusters that are far apart, and 'likelihood' and 'impute' can use"
          + " it. --process vp is the one to begin with."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  score4j train --data examples/data/faithful.csv --dequantize 0.0166667,1 \\",
      "      --out g.safetensors",
      "  score4j train --data t.csv --process vp --hidden 128,128 --activation silu \\",
      "      --out m.safetensors",
      "  score4j train --data t.csv --noise auto --out m.safetensors",
      "  score4j train --data t.csv --columns height,weight --objective sliced --probes 4 \\",
      "      --out m.safetensors",
      "  score4j train --data t.csv --hidden 256,256 --activation softplus --epochs 2000 \\",
      "      --out m.safetensors"
    })
final class TrainCommand extends Subcommand {
  @Mixin private TableOptions data = new TableOptions();

  @Mixin private ColumnsOption columns = new ColumnsOption();

  @Option(
      names = "--dequantize",
      arity = "0..1",
      fallbackValue = "auto",
      paramLabel = "STEP,…",
      description =
          "add uniform noise of one rounding step to each column, as rounded numbers need; without"
              + " steps they are guessed from the decimals")
  private @Nullable String dequantize;

  @Mixin private TaskOptions task = new TaskOptions();

  @Option(
      names = "--hidden",
      split = ",",
      paramLabel = "UNITS",
      description = "units of the hidden layers (default: 64,128,64)")
  private List<Integer> hidden = List.of(64, 128, 64);

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      description = "tanh, sigmoid, softplus, silu, gelu or relu (default: tanh)")
  private Activation activation = Activation.TANH;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "passes over the table (default: ${DEFAULT-VALUE})")
  private int epochs = 500;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "stop after so many epochs without a better held-out loss (default: never)")
  private int patience;

  @Option(
      names = "--batch",
      paramLabel = "ROWS",
      description = "rows a step (default: ${DEFAULT-VALUE})")
  private int batch = 128;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      description = "of Adam at the start; it falls along a cosine (default: ${DEFAULT-VALUE})")
  private double learningRate = 0.001;

  @Option(
      names = "--held-out",
      paramLabel = "SHARE",
      description = "share of the rows to judge by (default: ${DEFAULT-VALUE})")
  private double heldOut = 0.2;

  @Mixin private SeedOption seed = new SeedOption();

  @Mixin private BackendOption backend = new BackendOption();

  @Mixin private OutOption out = new OutOption();

  TrainCommand() {}

  @Override
  public Integer call() throws IOException {
    FitSettings settings = settings();
    out.spare(data);
    try (Backend computes = backend.open()) {
      Table table = Csv.read(data.file(), data.format(), columns.names());
      requireHeldOut(table.values().rows());
      double[] steps = steps(table);
      TableFit fit = learn(table, steps, settings, computes);
      fit.model().write(out.file(), notes(fit));
      print(table, steps, fit);
    }
    return 0;
  }

  private TableFit learn(Table table, double[] steps, FitSettings settings, Backend computes) {
    try {
      return TableFit.learn(table, steps, settings, computes, seed.key());
    } catch (DivergenceException e) {
      // the columns are standardised, so that hardly anything else leads there
      throw Options.blamed("--learning-rate %s is probably too large".formatted(learningRate), e);
    }
  }

  private FitSettings settings() {
    Options.atLeast("--epochs", epochs, 1);
    Options.atLeast("--patience", patience, 0);
    Options.atLeast("--batch", batch, 1);
    Options.positive("--learning-rate", learningRate);
    if (!(heldOut > 0 && heldOut < 1)) {
      throw new OptionException(
          "--held-out must lie between 0 and 1 but was %s".formatted(heldOut));
    }
    for (int units : hidden) {
      Options.atLeast("--hidden", units, 1);
    }
    return new FitSettings(
        task.task(),
        hidden,
        activation,
        epochs,
        patience,
        batch,
        learningRate,
        heldOut,
        backend.team());
  }

  private void requireHeldOut(int rows) {
    long held = Math.round(rows * heldOut);
    if (held == 0 || held == rows) {
      throw new OptionException(
          "--held-out %s of %d rows leaves %d to hold out and %d to learn from: choose another share or give more rows"
              .formatted(heldOut, rows, held, rows - held));
    }
  }

  private double[] steps(Table table) {
    int count = table.columns().size();
    if (dequantize == null) {
      return new double[count];
    }
    if (dequantize.equals("auto")) {
      return Dequantizer.detectSteps(table.values());
    }
    List<String> parts = List.of(dequantize.split(",", -1));
    if (parts.size() != count) {
      throw new OptionException(
          "--dequantize has %d steps but there are %d columns: give one for each, 0 for none"
              .formatted(parts.size(), count));
    }
    double[] steps = new double[count];
    for (int c = 0; c < count; c++) {
      try {
        steps[c] = Double.parseDouble(parts.get(c).strip());
      } catch (NumberFormatException e) {
        steps[c] = Double.NaN;
      }
      if (!(steps[c] >= 0) || Double.isInfinite(steps[c])) {
        throw new OptionException(
            "--dequantize: '%s' is not a rounding step, a number of at least 0"
                .formatted(parts.get(c)));
      }
    }
    return steps;
  }

  private Map<String, String> notes(TableFit fit) {
    Map<String, String> notes = new LinkedHashMap<>();
    notes.put("objective", fit.task().objective().toString());
    notes.put("seed", Long.toString(seed.value()));
    return notes;
  }

  private void print(Table table, double[] steps, TableFit fit) {
    PrintWriter to = out();
    to.printf(
        "table     %d rows of %s, %d held out%n",
        table.values().rows(), String.join(", ", table.columns()), fit.heldOut().rows());
    if (dequantize != null) {
      to.printf(
          "noise     one rounding step: %s%n",
          Arrays.stream(steps).mapToObj(Double::toString).collect(Collectors.joining(", ")));
    }
    to.printf(
        "network   %s %s, %d parameters, %s%n",
        fit.model().network().mlp().sizes().stream()
            .map(Object::toString)
            .collect(Collectors.joining("-")),
        activation.name().toLowerCase(Locale.ROOT),
        fit.model().network().parameters().size(),
        fit.task().objective().name());
    LinearSde process = fit.model().process();
    if (process != null) {
      to.printf("process   %s%n", ProcessKind.describe(process));
    }
    to.printf(
        "held out  loss %.3f, a fitted Gaussian has %.3f (%s, lower is better)%n",
        fit.loss().value(), fit.gaussianLoss().value(), judge(fit.task().objective(), process));
    if (fit.loss().value() > fit.gaussianLoss().value()) {
      to.printf(
          "note      the Gaussian is better: try another --learning-rate, more --epochs, other"
              + " --hidden units%n");
    }
    to.printf("written   %s%n", out.file());
  }

  private static String judge(Objective objective, @Nullable LinearSde process) {
    if (process == null) {
      return "exact trace";
    }
    return objective instanceof DiffusionDenoising
        ? "denoising at all noise levels"
        : "exact trace at all noise levels";
  }
}
