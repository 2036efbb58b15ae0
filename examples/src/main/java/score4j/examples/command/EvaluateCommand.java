package score4j.examples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import score4j.array.Batch;
import score4j.data.Standardizer;
import score4j.examples.csv.Csv;
import score4j.examples.csv.Table;
import score4j.examples.output.Progress;
import score4j.metric.ClassifierTwoSampleTest;
import score4j.metric.Comparison;
import score4j.metric.EnergyDistance;
import score4j.metric.MaximumMeanDiscrepancy;
import score4j.metric.Wasserstein;
import score4j.rng.Key;
import score4j.rng.Noise;

/// `score4j evaluate`: how far two tables are from having one law.
@Command(
    name = "evaluate",
    description = {
      "Says how far the rows of two tables are from being drawn from one law, such as samples and"
          + " rows that were held out.",
      "",
      "Each distance stands beside what two tables of one law would show, and p, the probability"
          + " that these show as much: a small p says that the laws differ, a large one that so many"
          + " rows cannot tell. Distances of whole rows are between columns divided by their standard"
          + " deviation; the distance of one column is in its own units."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  score4j evaluate --data samples.csv --against examples/data/faithful.csv",
      "  score4j evaluate --data samples.csv --against held-out.csv --columns height,weight",
      "  score4j evaluate --data a.csv --against b.csv --rows 10000 --permutations 9999"
    })
final class EvaluateCommand extends Subcommand {
  private static final int LEAST_ROWS = 4;
  private static final int MOST_ROWS = 32_768; // of each: what a test of pairs takes
  private static final int DIRECTIONS = 100;

  @Mixin private TableOptions data = new TableOptions();

  @Option(
      names = "--against",
      required = true,
      paramLabel = "FILE",
      description =
          "the other table, in a file written alike, with columns of the same names, in any order and"
              + " among others")
  private Path against = Path.of("");

  @Mixin private ColumnsOption columns = new ColumnsOption();

  @Option(
      names = "--rows",
      paramLabel = "N",
      description =
          "rows of each table to take at most, drawn at random (default: ${DEFAULT-VALUE})")
  private int most = 2000;

  @Option(
      names = "--permutations",
      paramLabel = "N",
      description = "how often rows are exchanged to find p (default: ${DEFAULT-VALUE})")
  private int permutations = 999;

  @Mixin private SeedOption seed = new SeedOption();

  EvaluateCommand() {}

  /// A line of the table.
  private record Line(String name, Comparison comparison) {}

  @Override
  public Integer call() throws IOException {
    Options.atLeast("--rows", most, LEAST_ROWS);
    Options.atLeast("--permutations", permutations, 1);
    Options.atMost("--rows", most, MOST_ROWS);
    Table first = Csv.readRows(data.file(), data.format(), columns.names());
    Table second = Csv.readLike(against, data.format(), first.columns());
    require(data.file(), first);
    require(against, second);
    Key key = seed.key();
    Batch x = some(first.values(), key.fold(1));
    Batch y = some(second.values(), key.fold(2));
    List<Line> lines = compare(first.columns(), x, y, key.fold(3));
    print(first, second, x, y, lines);
    return 0;
  }

  private void require(Path file, Table table) {
    if (table.values().rows() < LEAST_ROWS) {
      throw new OptionException(
          "%s: %d rows of numbers are too few to compare, at least %d are needed"
              .formatted(file, table.values().rows(), LEAST_ROWS));
    }
  }

  private Batch some(Batch rows, Key key) {
    if (rows.rows() <= most) {
      return rows;
    }
    int[] chosen = Arrays.copyOf(Noise.permutation(key, rows.rows()), most);
    Arrays.sort(chosen);
    return rows.select(chosen);
  }

  private List<Line> compare(List<String> names, Batch x, Batch y, Key key) {
    Standardizer scale = pooled(x, y);
    Batch u = scale.apply(x);
    Batch v = scale.apply(y);
    List<Line> lines = new ArrayList<>();
    try (Progress progress = Progress.of("comparing", names.size() + 4)) {
      add(
          lines,
          progress,
          "MMD, squared",
          () -> MaximumMeanDiscrepancy.test(u, v, key.fold(1), permutations));
      add(
          lines,
          progress,
          "energy distance",
          () -> EnergyDistance.test(u, v, key.fold(2), permutations));
      add(
          lines,
          progress,
          "Wasserstein-1, sliced",
          () -> Wasserstein.slicedTest(u, v, key.fold(3), DIRECTIONS, permutations));
      add(
          lines,
          progress,
          "C2ST by neighbours",
          () -> ClassifierTwoSampleTest.of(u, v, key.fold(4)));
      for (int c = 0; c < names.size(); c++) {
        Batch of = column(x, c);
        Batch other = column(y, c);
        Key own = key.fold(5 + c);
        add(
            lines,
            progress,
            "Wasserstein-1 of " + names.get(c),
            () -> Wasserstein.test(of, other, own, permutations));
      }
    }
    return lines;
  }

  private static void add(
      List<Line> lines, Progress progress, String name, Supplier<Comparison> test) {
    progress.at(lines.size(), name);
    lines.add(new Line(name, test.get()));
  }

  private static Batch column(Batch x, int column) {
    return Batch.wrap(x.column(column), x.rows(), 1);
  }

  /// Means and standard deviations of all rows together, which exchanging rows does not change. A
  /// column that does not vary stays as it is.
  private static Standardizer pooled(Batch x, Batch y) {
    int rows = x.rows() + y.rows();
    double[] mean = new double[x.cols()];
    double[] std = new double[x.cols()];
    for (int c = 0; c < mean.length; c++) {
      double sum = 0;
      for (int r = 0; r < rows; r++) {
        sum += at(x, y, r, c);
      }
      mean[c] = sum / rows;
      double squares = 0;
      for (int r = 0; r < rows; r++) {
        squares += (at(x, y, r, c) - mean[c]) * (at(x, y, r, c) - mean[c]);
      }
      std[c] = squares > 0 ? Math.sqrt(squares / rows) : 1;
    }
    return Standardizer.of(mean, std);
  }

  private static double at(Batch x, Batch y, int row, int column) {
    return row < x.rows() ? x.get(row, column) : y.get(row - x.rows(), column);
  }

  private void print(Table first, Table second, Batch x, Batch y, List<Line> lines) {
    PrintWriter to = out();
    to.printf("%s, %s%n", data.file(), rows(x, first.values()));
    to.printf("%s, %s%n%n", against, rows(y, second.values()));
    int width = lines.stream().mapToInt(line -> line.name.length()).max().orElse(0);
    String form = "%-" + width + "s  %10s %9s  %22s  %7s%n";
    to.printf(form, "", "distance", "+-", "if one law", "p");
    for (Line line : lines) {
      Comparison of = line.comparison;
      to.printf(
          form,
          line.name,
          number(of.estimate().value()),
          number(of.estimate().standardError()),
          number(of.nullMean()) + " +- " + number(of.nullStd()),
          String.format(Locale.ROOT, "%.3g", of.pValue()));
    }
  }

  private static String rows(Batch taken, Batch all) {
    return taken.rows() == all.rows()
        ? "%d rows".formatted(all.rows())
        : "%d of %d rows".formatted(taken.rows(), all.rows());
  }

  // three digits, and no power of ten where zeros will do
  private static String number(double value) {
    double size = Math.abs(value);
    if (size > 0 && size < 1e-6) {
      return String.format(Locale.ROOT, "%.1e", value);
    }
    int digits = size < 1 ? 4 : size < 100 ? 2 : 1;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
