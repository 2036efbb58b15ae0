package score4j.examples.gallery;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import score4j.array.Batch;
import score4j.examples.csv.Csv;
import score4j.examples.csv.CsvFormat;
import score4j.examples.csv.Table;
import score4j.examples.fit.FitSettings;
import score4j.examples.fit.TableFit;
import score4j.examples.output.Progress;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.nn.Activation;
import score4j.objective.ExactTrace;
import score4j.rng.Key;
import score4j.sample.Langevin;
import score4j.train.EpochReport;

/// A real table: the eruptions of the Old Faithful geyser.
final class FaithfulExperiment implements Experiment {
  // eruptions are whole seconds in minutes, waiting times whole minutes
  private static final double[] ROUNDING = {1.0 / 60, 1};
  private static final int SAMPLES = 2000;
  private static final long STEPS = 4000;

  @Override
  public String id() {
    return "faithful";
  }

  @Override
  public String title() {
    return "Old Faithful";
  }

  @Override
  public String about() {
    return "272 eruptions of a geyser: how long each lasted, and how long it was until the next."
        + " The numbers are rounded, to a second and to a minute, so noise of one rounding"
        + " step is added; then they are standardised, and a fifth is held out. Where the"
        + " truth is not known, two scores can still be compared: the lower held-out loss is"
        + " the nearer one. The one to beat is that of a fitted Gaussian.";
  }

  @Override
  public void run(Context context) throws IOException {
    Key key = context.key().fold(6);
    Table table = table();
    FitSettings settings =
        new FitSettings(
            new ExactTrace(),
            List.of(32, 32),
            Activation.TANH,
            2000,
            400,
            64,
            1e-3,
            0.2,
            context.threads());
    TableFit fit = TableFit.learn(table, ROUNDING, settings, key);
    Batch samples;
    try (Progress progress = context.progress("Old Faithful, sampling", STEPS)) {
      Langevin langevin = Langevin.of(0.005, STEPS).withThreads(context.threads());
      samples = fit.model().sample(fit.model().network(), langevin, SAMPLES, key.fold(9), progress);
    }
    context.add(
        Check.below(
            "held-out score-matching loss",
            fit.loss().value(),
            fit.gaussianLoss().value(),
            "that of a fitted Gaussian"));
    for (int c = 0; c < table.columns().size(); c++) {
      context.add(
          Check.information(
              "mean %s of the samples (min)".formatted(table.columns().get(c)),
              Drawing.mean(Drawing.column(samples, c)),
              "the table has " + Check.number(Drawing.mean(Drawing.column(table.values(), c)))));
    }
    context.picture(
        "faithful.png",
        "%,d samples of the learned score over the 272 eruptions, and the loss on the rows that were"
                .formatted(SAMPLES)
            + " learned from and on those held out.",
        () -> Figure.of(scatter(table.values(), samples), losses(fit)));
  }

  static Table table() throws IOException {
    String name = "/data/faithful.csv";
    try (InputStream in =
        Objects.requireNonNull(FaithfulExperiment.class.getResourceAsStream(name), name)) {
      return Csv.read(in, "faithful.csv", CsvFormat.AUTOMATIC, List.of());
    }
  }

  private static Panel scatter(Batch data, Batch samples) {
    return Panel.of(
            "Eruptions and what follows", "eruption (min)", "waiting time until the next (min)")
        .size(440, 400)
        .xRange(1, 5.8)
        .yRange(36, 104)
        .dots(
            "samples of the learned score",
            Drawing.column(samples, 0),
            Drawing.column(samples, 1),
            Theme.fade(Theme.ROSE, 0.25),
            3.4)
        .dots(
            "data",
            Drawing.column(data, 0),
            Drawing.column(data, 1),
            Theme.fade(Theme.INK, 0.85),
            3.8);
  }

  private static Panel losses(TableFit fit) {
    List<EpochReport> history = fit.trained().history();
    double[] epoch = history.stream().mapToDouble(EpochReport::epoch).toArray();
    double gaussian = fit.gaussianLoss().value();
    double last = epoch[epoch.length - 1];
    return Panel.of("Loss", "epoch", "score-matching loss")
        .size(440, 400)
        .xRange(0, last)
        .line(
            "training",
            epoch,
            history.stream().mapToDouble(EpochReport::loss).toArray(),
            Theme.PALE_BLUE,
            1.2)
        .line(
            "held out",
            epoch,
            history.stream().mapToDouble(EpochReport::heldOutLoss).toArray(),
            Theme.BLUE,
            2.2)
        .dashes(
            "fitted Gaussian, held out",
            new double[] {0, last},
            new double[] {gaussian, gaussian},
            Theme.INK,
            1.6);
  }
}
