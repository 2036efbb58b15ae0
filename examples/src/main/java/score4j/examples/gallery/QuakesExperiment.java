package score4j.examples.gallery;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import score4j.array.Batch;
import score4j.data.Dequantizer;
import score4j.dist.Empirical;
import score4j.dist.Gaussian;
import score4j.examples.csv.Csv;
import score4j.examples.csv.CsvFormat;
import score4j.examples.output.Progress;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.likelihood.FlowDensities;
import score4j.likelihood.FlowLikelihood;
import score4j.metric.ClassifierTwoSampleTest;
import score4j.metric.Comparison;
import score4j.metric.Estimate;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.sample.ProbabilityFlow;
import score4j.solve.Tolerance;

/// Earthquakes off Fiji: drawn, and judged by their likelihood.
final class QuakesExperiment implements Experiment {
  private static final List<String> COLUMNS = List.of("lat", "long", "depth");
  private static final double[] ROUNDING = {0.01, 0.01, 1};
  private static final int DEPTH = 2;
  private static final CrossFit FIT = new CrossFit(5, 64, 64, 800, 4e-3, -1.2);
  private static final double[] WIDTHS = {0.06, 0.08, 0.1, 0.12, 0.15, 0.19, 0.24, 0.3};
  private static final int UNUSUAL = 5;

  @Override
  public String id() {
    return "quakes";
  }

  @Override
  public String title() {
    return "Earthquakes off Fiji";
  }

  @Override
  public String about() {
    return "Where 1,000 earthquakes were: latitude, longitude and depth. They lie on two curved"
        + " sheets, along which one plate sinks below another. Five networks with two hidden"
        + " layers of 64 learn the score under a variance-preserving diffusion, each from four"
        + " fifths of the events, and the probability flow says how likely the others are: so"
        + " every event is judged by a network that never saw it.";
  }

  @Override
  public void run(Context context) throws IOException {
    Key key = context.key().fold(21);
    Batch table = table();
    Batch spread = Dequantizer.uniform(table, ROUNDING, key.fold(1));
    List<CrossFit.Fold> folds = FIT.learn(context, "quakes", spread, key.fold(2));
    Batch samples = samples(context, folds, key.fold(3));
    Densities densities = densities(context, folds, key.fold(4));
    addChecks(context, densities);
    addTest(context, spread, samples, key.fold(5));
    int[] unusual = unusual(densities.learned);
    addUnusual(context, table, densities.learned, unusual);
    context.picture(
        "quakes-samples.png",
        "The 1,000 events over as many samples, from above and from the south.",
        () -> Figure.of(samplesFromAbove(spread, samples), samplesFromSouth(spread, samples)));
    context.picture(
        "quakes-likelihood.png",
        "How unlikely each event is: −log p, in nats, by a network that never saw it. The numbers"
            + " mark the most unusual.",
        () ->
            Figure.of(
                mapFromAbove(table, densities.learned, unusual),
                mapFromSouth(table, densities.learned, unusual)));
  }

  private static Batch table() throws IOException {
    String name = "/data/quakes.csv";
    try (InputStream in =
        Objects.requireNonNull(QuakesExperiment.class.getResourceAsStream(name), name)) {
      return Csv.read(in, "quakes.csv", CsvFormat.AUTOMATIC, COLUMNS).values();
    }
  }

  /// As many as each fold has events.
  private static Batch samples(Context context, List<CrossFit.Fold> folds, Key key) {
    ProbabilityFlow flow =
        ProbabilityFlow.of(CrossFit.PROCESS, Tolerance.of(1e-4)).withThreads(context.threads());
    List<float[]> rows = new ArrayList<>();
    for (CrossFit.Fold fold : folds) {
      Batch drawn = flow.sample(fold.network, fold.rows.length, key.fold(rows.size()));
      Batch own = fold.scale.undo(drawn);
      for (int i = 0; i < own.rows(); i++) {
        rows.add(own.row(i));
      }
    }
    return Batch.of(rows.toArray(float[][]::new));
  }

  /// log p of each event, in nats, for degrees and kilometres.
  private static final class Densities {
    /// By a network that did not see it.
    final double[] learned;

    /// By a Gaussian fitted to what the network saw.
    final double[] gaussian;

    /// By the network, of the event at the depth of another.
    final double[] moved;

    /// By the Gaussian, of the same.
    final double[] gaussianMoved;

    /// By a normal kernel on each event that the network saw, for each of the widths.
    final double[][] kernels;

    /// The largest error of integration.
    double error;

    Densities(int events) {
      learned = new double[events];
      gaussian = new double[events];
      moved = new double[events];
      gaussianMoved = new double[events];
      kernels = new double[WIDTHS.length][events];
    }

    double leastOfKernels() {
      return Arrays.stream(kernels).mapToDouble(k -> -Drawing.mean(k)).min().orElseThrow();
    }
  }

  private static Densities densities(Context context, List<CrossFit.Fold> folds, Key key) {
    Densities densities = new Densities(folds.stream().mapToInt(f -> f.rows.length).sum());
    try (Progress progress = context.progress("quakes, likelihood", folds.size())) {
      for (CrossFit.Fold fold : folds) {
        Gaussian fitted = Gaussian.fit(fold.rest);
        FlowLikelihood likelihood =
            FlowLikelihood.of(CrossFit.PROCESS)
                .withDataLaw(fitted)
                .withTolerance(Tolerance.of(1e-4))
                .withThreads(context.threads());
        Batch moved = atOtherDepths(fold.own, key.fold(fold.rows[0]));
        FlowDensities found = likelihood.encode(fold.network, fold.own);
        densities.error =
            Math.max(densities.error, Arrays.stream(found.integrationError()).max().orElseThrow());
        put(found.logDensity(), fold, densities.learned);
        put(
            likelihood.withErrorEstimate(false).encode(fold.network, moved).logDensity(),
            fold,
            densities.moved);
        put(fitted.logDensity(fold.own), fold, densities.gaussian);
        put(fitted.logDensity(moved), fold, densities.gaussianMoved);
        for (int w = 0; w < WIDTHS.length; w++) {
          Empirical kernel = Empirical.of(fold.rest, WIDTHS[w]);
          put(kernel.logDensity(fold.own), fold, densities.kernels[w]);
        }
        progress.at(folds.indexOf(fold) + 1);
      }
    }
    return densities;
  }

  /// Puts densities of standardised rows to the events they belong to, in the units of the table.
  private static void put(double[] densities, CrossFit.Fold fold, double[] out) {
    double logScale = Arrays.stream(fold.scale.std()).map(Math::log).sum();
    for (int i = 0; i < densities.length; i++) {
      out[fold.rows[i]] = densities[i] - logScale;
    }
  }

  private static Batch atOtherDepths(Batch events, Key key) {
    int[] from = Noise.permutation(key, events.rows());
    Batch out = events.copy();
    for (int i = 0; i < from.length; i++) {
      out.set(i, DEPTH, events.get(from[i], DEPTH));
    }
    return out;
  }

  private static void addChecks(Context context, Densities densities) {
    double[] gain = new double[densities.learned.length];
    for (int i = 0; i < gain.length; i++) {
      gain[i] = densities.learned[i] - densities.gaussian[i];
    }
    Estimate mean = Estimate.mean(gain);
    context.add(
        Check.below(
            "mean of −log p of an event (nats)",
            -Drawing.mean(densities.learned),
            -Drawing.mean(densities.gaussian),
            "that of fitted Gaussians"));
    context.add(
        Check.information(
            "  how much better than those",
            mean.value(),
            "± %s".formatted(Check.number(mean.standardError()))));
    context.add(
        Check.information(
            "  the same of kernel densities",
            densities.leastOfKernels(),
            "their width chosen to make this least"));
    context.add(
        Check.information("  error of integration", densities.error, "the largest of all events"));
    context.add(
        Check.within(
            "AUC of events against events at another depth",
            Drawing.auc(densities.learned, densities.moved),
            0.75,
            1));
    context.add(
        Check.information(
            "  by the fitted Gaussians",
            Drawing.auc(densities.gaussian, densities.gaussianMoved),
            "½ is chance"));
  }

  private static void addTest(Context context, Batch events, Batch samples, Key key) {
    Batch normal = Gaussian.fit(events).sample(key.fold(1), events.rows());
    Comparison gaussian = ClassifierTwoSampleTest.of(normal, events, key.fold(2));
    Comparison learned = ClassifierTwoSampleTest.of(samples, events, key.fold(2));
    context.add(
        Check.below(
            "share of samples and events told apart",
            learned.estimate().value(),
            gaussian.estimate().value(),
            "that of samples of a fitted Gaussian"));
    context.add(
        Check.information(
            "  if there were no difference",
            0.5,
            "one standard error is %s".formatted(Check.number(learned.nullStd()))));
  }

  private static int[] unusual(double[] logDensities) {
    return IntStream.range(0, logDensities.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> logDensities[i]))
        .limit(UNUSUAL)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static void addUnusual(Context context, Batch table, double[] densities, int[] unusual) {
    double[] sorted = densities.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < unusual.length; i++) {
      int event = unusual[i];
      context.add(
          Check.information(
              "  event %d: %.2f° S, %.2f° E, %.0f km deep"
                  .formatted(
                      i + 1, -table.get(event, 0), table.get(event, 1), table.get(event, DEPTH)),
              -densities[event],
              i == 0
                  ? "−log p; half of all events are below %s"
                      .formatted(Check.number(-sorted[sorted.length / 2]))
                  : ""));
    }
  }

  private static Panel fromAbove(String title) {
    return Panel.of(title, "longitude (° E)", "latitude (°)")
        .size(360, 400)
        .xRange(164, 190)
        .yRange(-40, -9);
  }

  private static Panel fromSouth(String title) {
    return Panel.of(title, "longitude (° E)", "depth (km)")
        .size(360, 400)
        .xRange(164, 190)
        .yRange(0, 720)
        .yDown();
  }

  private static Panel samplesFromAbove(Batch events, Batch samples) {
    return dots(fromAbove("From above"), events, samples, 0);
  }

  private static Panel samplesFromSouth(Batch events, Batch samples) {
    return dots(fromSouth("From the south"), events, samples, DEPTH);
  }

  private static Panel dots(Panel panel, Batch events, Batch samples, int column) {
    return panel
        .dots(
            "samples of the learned score",
            Drawing.column(samples, 1),
            Drawing.column(samples, column),
            Theme.fade(Theme.ROSE, 0.5),
            4.5)
        .dots(
            "events",
            Drawing.column(events, 1),
            Drawing.column(events, column),
            Theme.fade(Theme.INK, 0.7),
            2.4);
  }

  private static Panel mapFromAbove(Batch table, double[] densities, int[] unusual) {
    return map(fromAbove("From above"), table, densities, unusual, 0);
  }

  private static Panel mapFromSouth(Batch table, double[] densities, int[] unusual) {
    return map(fromSouth("From the south"), table, densities, unusual, DEPTH);
  }

  private static Panel map(
      Panel panel, Batch table, double[] densities, int[] unusual, int column) {
    double[] sorted = Arrays.stream(densities).map(d -> -d).sorted().toArray();
    panel.shades(
        Drawing.column(table, 1),
        Drawing.column(table, column),
        Arrays.stream(densities).map(d -> -d).toArray(),
        Math.rint(sorted[sorted.length / 20]),
        Math.rint(sorted[sorted.length - sorted.length / 100]),
        "−log p",
        5.5);
    for (int i = 0; i < unusual.length; i++) {
      panel.note(String.valueOf(i + 1), table.get(unusual[i], 1), table.get(unusual[i], column));
    }
    return panel;
  }
}
