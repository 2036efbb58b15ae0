package score4j.examples.gallery;

import java.io.IOException;
import java.util.Arrays;
import score4j.array.Batch;
import score4j.dist.Checkerboard;
import score4j.dist.Gaussian;
import score4j.examples.fit.TrainingBar;
import score4j.examples.output.Progress;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.likelihood.FlowDensities;
import score4j.likelihood.FlowLikelihood;
import score4j.metric.Estimate;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.DiffusionDenoising;
import score4j.optim.Schedule;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.solve.Tolerance;
import score4j.train.Trainer;

/// How likely every place of a checkerboard is, according to a learned score.
final class LikelihoodExperiment implements Experiment {
  private static final Checkerboard LAW = new Checkerboard(4, 4);
  private static final double STD = 4 / Math.sqrt(12); // of each coordinate
  private static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 20);

  private static final int SAMPLES = 50_000;
  private static final int BATCH = 200;
  private static final int EPOCHS = 40;
  private static final int HELD_OUT = 2000;
  private static final double EDGE = 2.6;
  private static final int GRID = 130;
  private static final double LOWEST = -6;
  private static final double HIGHEST = -1.5;

  @Override
  public String id() {
    return "002-likelihood";
  }

  @Override
  public String title() {
    return "The likelihood of a checkerboard";
  }

  @Override
  public String about() {
    return "A network that is told the time learns the scores of 50,000 points of a checkerboard"
        + " under noise. Followed along the probability flow to noise, whose law is known, every"
        + " place of the plane gets a density, in nats and normalised, from nothing but scores."
        + " Edges are what a finite network cannot know; the mean log density of held-out points"
        + " says how many nats that costs.";
  }

  @Override
  public void run(Context context) throws IOException {
    Key key = context.key().fold(24);
    Batch data = LAW.sample(key.fold(1), SAMPLES);
    Batch heldOut = LAW.sample(key.fold(2), HELD_OUT);
    ScoreNetwork network = learn(context, data, key);
    FlowLikelihood likelihood =
        FlowLikelihood.of(PROCESS)
            .withDataLaw(Gaussian.isotropic(new double[2], STD))
            .withThreads(context.threads());
    FlowDensities held = likelihood.encode(network, heldOut);
    double truth = -Math.log(8);
    double[] losses = Arrays.stream(held.logDensity()).map(log -> truth - log).toArray();
    Estimate divergence = Estimate.mean(losses);
    context.add(Check.within("KL divergence in nats, held out", divergence.value(), 0, 0.3));
    context.add(
        Check.information("  its standard error", divergence.standardError(), "of 2,000 points"));
    context.add(
        Check.information(
            "  of the uniform law on the square", Math.log(2), "knows where, not which fields"));
    Gaussian fitted = Gaussian.fit(data);
    context.add(
        Check.information(
            "  of one Gaussian",
            truth - Arrays.stream(fitted.logDensity(heldOut)).average().orElseThrow(),
            "mean and covariance of the data"));
    context.add(
        Check.information(
            "mean |log p error| in nats, held out",
            Arrays.stream(losses).map(Math::abs).average().orElseThrow(),
            "most of it at edges"));
    context.add(
        Check.atMost(
            "integration error, mean in nats",
            Arrays.stream(held.integrationError()).average().orElseThrow(),
            1e-3));
    double[] map = map(context, network, likelihood);
    double cell = 2 * EDGE / GRID;
    double mass = Arrays.stream(map).map(Math::exp).sum() * cell * cell;
    context.add(Check.within("∫ p over the picture", mass, 0.97, 1.01));

    context.picture(
        "002-likelihood.png",
        "log p of the law, and by the probability flow of the learned score; and what held-out"
            + " points say.",
        () ->
            Figure.of(
                panel("True log p")
                    .heat(
                        (x, y) -> Math.max(-1e3, LAW.logDensity(new double[] {x, y})),
                        "nats",
                        LOWEST,
                        HIGHEST),
                panel("Learned log p").heat((x, y) -> map[index(x, y)], "nats", LOWEST, HIGHEST),
                Panel.of("Held-out points", "log p, learned", "density")
                    .size(280, 330)
                    .xRange(-6, 0)
                    .yRange(0, 1.8)
                    .histogram("2,000 points", held.logDensity(), -6, 0, 60, Theme.GREEN)
                    .dashes(
                        "−log 8, the truth",
                        new double[] {truth, truth},
                        new double[] {0, 1.8},
                        Theme.INK,
                        1.8)));
  }

  private static ScoreNetwork learn(Context context, Batch data, Key key) {
    Conditioning conditioning = Conditioning.of(PROCESS).withDataStd(STD);
    Mlp net = Mlp.of(Activation.SILU, 2 + conditioning.inputs(), 64, 64, 64, 64, 2);
    long steps = (long) EPOCHS * SAMPLES / BATCH;
    try (Progress progress = context.progress("checkerboard", steps)) {
      return Trainer.of(DiffusionDenoising.edm(PROCESS, STD))
          .withSchedule(Schedule.cosine(5e-3, 1e-5, steps))
          .withBatchSize(BATCH)
          .withEpochs(EPOCHS)
          .withEmaDecay(0.99)
          .withThreads(context.threads())
          .withListener(new TrainingBar(progress))
          .train(
              net,
              conditioning,
              net.initialize(Init.GLOROT_UNIFORM, key.fold(3)),
              data,
              null,
              key.fold(4))
          .network();
    }
  }

  private static double centre(int i) {
    return -EDGE + (i + 0.5) * 2 * EDGE / GRID;
  }

  private static int index(double x, double y) {
    int column = (int) ((x + EDGE) / (2 * EDGE) * GRID);
    int row = (int) ((y + EDGE) / (2 * EDGE) * GRID);
    return Math.clamp(row, 0, GRID - 1) * GRID + Math.clamp(column, 0, GRID - 1);
  }

  /// log p at the middle of every cell of the picture.
  private static double[] map(Context context, ScoreNetwork network, FlowLikelihood likelihood) {
    FlowLikelihood quick = likelihood.withTolerance(Tolerance.of(1e-3)).withErrorEstimate(false);
    double[] map = new double[GRID * GRID];
    try (Progress progress = context.progress("checkerboard, map", GRID)) {
      for (int first = 0; first < GRID; first += 10) {
        Batch points = Batch.zeros(10 * GRID, 2);
        for (int i = 0; i < points.rows(); i++) {
          points.set(i, 0, (float) centre(i % GRID));
          points.set(i, 1, (float) centre(first + i / GRID));
        }
        double[] log = quick.encode(network, points).logDensity();
        System.arraycopy(log, 0, map, first * GRID, log.length);
        progress.at(first + 10);
      }
    }
    return map;
  }

  private static Panel panel(String title) {
    double[] none = {};
    return Panel.of(title, "x₁", "x₂")
        .size(330, 330)
        .xRange(-EDGE, EDGE)
        .yRange(-EDGE, EDGE)
        .dots("", none, none, Theme.INK, 1);
  }
}
