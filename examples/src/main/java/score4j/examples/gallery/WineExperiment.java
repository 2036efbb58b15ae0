package score4j.examples.gallery;

import java.awt.Color;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import score4j.array.Batch;
import score4j.data.Dequantizer;
import score4j.examples.csv.Csv;
import score4j.examples.csv.CsvFormat;
import score4j.examples.csv.Table;
import score4j.examples.output.Progress;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.rng.Key;

/// A table of wines with a number missing in each row, filled in.
final class WineExperiment implements Experiment {
  private static final double[] ROUNDING = {
    0.01, 0.01, 0.01, 0.1, 1, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 1
  };
  private static final int COLUMNS = ROUNDING.length;
  private static final int FLAVANOIDS = 6;
  private static final double SLACK = 0.05;
  private static final CrossFit FIT = new CrossFit(5, 64, 32, 400, 2e-3, 0);

  @Override
  public String id() {
    return "wine";
  }

  @Override
  public String title() {
    return "Missing numbers of a table";
  }

  @Override
  public String about() {
    return "13 chemical measurements of 178 wines from three cultivars, which the networks are not"
        + " told. Five networks with two hidden layers of 64 learn the score under a"
        + " variance-preserving diffusion, each from four fifths of the rows. In the others the"
        + " flavanoids are hidden, and drawn 99 times by inpainting: the mean of the draws is what"
        + " is filled in, and from the fifth lowest to the fifth highest reaches an interval that"
        + " should hold the truth in 90% of the rows. Then each other column is hidden in turn.";
  }

  @Override
  public void run(Context context) throws IOException {
    Key key = context.key().fold(22);
    Table wines = table();
    Batch table = columns(wines.values());
    Batch spread = Dequantizer.uniform(table, ROUNDING, key.fold(1));
    List<CrossFit.Fold> folds = FIT.learn(context, "wine", spread, key.fold(2));
    List<HiddenColumn> hidden = new ArrayList<>();
    try (Progress progress = context.progress("wine, filling in", COLUMNS)) {
      for (int column = 0; column < COLUMNS; column++) {
        int draws = column == FLAVANOIDS ? 99 : 19;
        hidden.add(HiddenColumn.of(context, folds, spread, column, draws, key.fold(3 + column)));
        progress.at(column + 1);
      }
    }
    addChecks(context, hidden);
    context.picture(
        "wine.png",
        "The flavanoids of each wine as filled in, with its 90% interval, over the truth; and how"
            + " often the interval of a hidden column holds the truth, with two standard errors.",
        () ->
            Figure.of(
                filledIn(hidden.get(FLAVANOIDS), Drawing.column(wines.values(), COLUMNS)),
                coverage(hidden, wines.columns())));
  }

  private static Table table() throws IOException {
    String name = "/data/wine.csv";
    try (InputStream in =
        Objects.requireNonNull(WineExperiment.class.getResourceAsStream(name), name)) {
      return Csv.read(in, "wine.csv", CsvFormat.AUTOMATIC, List.of());
    }
  }

  // all but the cultivar
  private static Batch columns(Batch table) {
    Batch out = Batch.zeros(table.rows(), COLUMNS);
    for (int i = 0; i < out.rows(); i++) {
      System.arraycopy(table.data(), i * table.cols(), out.data(), i * COLUMNS, COLUMNS);
    }
    return out;
  }

  private static void addChecks(Context context, List<HiddenColumn> hidden) {
    HiddenColumn flavanoids = hidden.get(FLAVANOIDS);
    int rows = flavanoids.truth.length;
    context.add(
        Check.near(
            "share of flavanoids inside their 90% interval",
            flavanoids.coverage(), 0.9, 3, Math.sqrt(0.9 * 0.1 / rows)));
    context.add(
        Check.information(
            "  inside that of a fitted Gaussian",
            flavanoids.gaussianCoverage(),
            "which is %s times as wide"
                .formatted(
                    Check.number(
                        Drawing.mean(flavanoids.gaussianWidth)
                            / Drawing.mean(flavanoids.width())))));
    context.add(
        Check.below(
            "error of flavanoids filled in",
            flavanoids.error(flavanoids.mean),
            flavanoids.error(flavanoids.columnMean),
            "that of the mean of the column"));
    context.add(
        Check.information(
            "  by linear regression",
            flavanoids.error(flavanoids.gaussianMean),
            "on the other columns, from the same rows"));
    double reach = 3 * clustered(hidden) + SLACK;
    context.add(
        Check.within(
            "share of all numbers inside their 90% interval",
            hidden.stream().mapToDouble(HiddenColumn::coverage).average().orElseThrow(),
            0.9 - reach,
            0.9 + reach));
    context.add(
        Check.information(
            "  slack in that bound",
            SLACK,
            "beside 3 standard errors: 142 rows do not teach a law of 13 dimensions exactly"));
    context.add(
        Check.information(
            "  inside those of fitted Gaussians",
            hidden.stream().mapToDouble(HiddenColumn::gaussianCoverage).average().orElseThrow(),
            "for comparison"));
    int better =
        (int)
            hidden.stream()
                .filter(column -> column.error(column.mean) < column.error(column.gaussianMean))
                .count();
    context.add(
        Check.information(
            "  columns with less error than by linear regression",
            better,
            "of %d".formatted(hidden.size())));
  }

  /// The standard error of the mean coverage, if the numbers of a row are inside or outside
  /// together.
  private static double clustered(List<HiddenColumn> hidden) {
    int rows = hidden.getFirst().truth.length;
    double[] share = new double[rows];
    for (HiddenColumn column : hidden) {
      for (int i = 0; i < rows; i++) {
        share[i] += column.inside(i) ? 1.0 / hidden.size() : 0;
      }
    }
    return Math.sqrt(Drawing.variance(share) / (rows - 1));
  }

  private static Panel filledIn(HiddenColumn column, double[] cultivar) {
    Panel panel =
        Panel.of("Flavanoids", "measured", "filled in")
            .size(420, 400)
            .xRange(0, 5.4)
            .yRange(0, 5.4)
            .dashes("", new double[] {0, 5.4}, new double[] {0, 5.4}, Theme.GREY, 1.4);
    for (int kind = 0; kind < 3; kind++) {
      int wanted = kind;
      int[] rows = IntStream.range(0, cultivar.length).filter(i -> cultivar[i] == wanted).toArray();
      double[] x = new double[3 * rows.length];
      double[] y = new double[3 * rows.length];
      for (int i = 0; i < rows.length; i++) {
        Arrays.fill(x, 3 * i, 3 * i + 3, column.truth[rows[i]]);
        y[3 * i] = column.low[rows[i]];
        y[3 * i + 1] = column.high[rows[i]];
        y[3 * i + 2] = Double.NaN; // lifts the pen
      }
      Color color = List.of(Theme.BLUE, Theme.ROSE, Theme.ORANGE).get(kind);
      panel
          .line("", x, y, Theme.fade(color, 0.35), 1.4)
          .dots(
              "cultivar %d".formatted(kind + 1),
              Arrays.stream(rows).mapToDouble(i -> column.truth[i]).toArray(),
              Arrays.stream(rows).mapToDouble(i -> column.mean[i]).toArray(),
              color,
              5);
    }
    return panel;
  }

  private static Panel coverage(List<HiddenColumn> hidden, List<String> names) {
    int rows = hidden.getFirst().truth.length;
    double[] place = IntStream.rangeClosed(1, COLUMNS).mapToDouble(i -> i).toArray();
    double[] share = hidden.stream().mapToDouble(HiddenColumn::coverage).toArray();
    double[] x = new double[3 * COLUMNS];
    double[] y = new double[3 * COLUMNS];
    for (int c = 0; c < COLUMNS; c++) {
      double reach = 2 * Math.sqrt(share[c] * (1 - share[c]) / rows);
      Arrays.fill(y, 3 * c, 3 * c + 3, place[c]);
      x[3 * c] = share[c] - reach;
      x[3 * c + 1] = share[c] + reach;
      x[3 * c + 2] = Double.NaN; // lifts the pen
    }
    Panel panel =
        Panel.of("Intervals that hold the truth", "share of rows", "number of the column")
            .size(420, 400)
            .xRange(0.5, 1)
            .yRange(0.3, 13.7)
            .yDown()
            .dashes("wanted", new double[] {0.9, 0.9}, new double[] {0, 14}, Theme.INK, 1.6)
            .line("", x, y, Theme.PALE_BLUE, 2.4)
            .dots("found", share, place, Theme.BLUE, 8);
    for (int c = 0; c < COLUMNS; c++) {
      panel.note(names.get(c).replace('_', ' '), 0.5, place[c]);
    }
    return panel;
  }
}
