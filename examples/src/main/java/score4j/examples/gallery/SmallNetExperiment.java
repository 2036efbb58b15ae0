package score4j.examples.gallery;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import score4j.Score;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.dist.GaussianMixture;
import score4j.examples.output.Progress;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.nn.Activation;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.ExactTrace;
import score4j.objective.Objective;
import score4j.objective.Regularized;
import score4j.optim.Schedule;
import score4j.rng.Key;
import score4j.train.EpochReport;
import score4j.train.Listener;
import score4j.train.Trained;
import score4j.train.Trainer;

/// Two unequal Gaussians and a network of eight units, with and without regularisation.
final class SmallNetExperiment implements Experiment {
  private static final GaussianMixture LAW =
      GaussianMixture.univariate(new double[] {.1, .9}, new double[] {-3, 3}, new double[] {1, 1});
  private static final Quadrature LINE = new Quadrature(-10, 10, 2001);
  private static final Mlp NET = Mlp.of(Activation.SIGMOID, 1, 8, 1);
  private static final int SAMPLES = 1024;
  private static final int EPOCHS = 500;
  private static final int EVERY = 5;

  @Override
  public String id() {
    return "001-small-net";
  }

  @Override
  public String title() {
    return "Eight units, unequal Gaussians";
  }

  @Override
  public String about() {
    return "1,024 samples of 0.1 N(−3, 1) + 0.9 N(3, 1), a network 1-8-1 with sigmoid, 500 steps of"
        + " Adam at 0.01 on all samples at once; plain, and with 0.1 s′² added to the loss."
        + " The small Gaussian has only a hundred of the samples: elsewhere the score is nearly"
        + " right, and yet the density recovered from it gives that Gaussian about half of its"
        + " weight.";
  }

  /// A network, and what it was on the way.
  private record Run(Trained<ScoreNetwork> trained, List<Parameters> snapshots) {
    Score score() {
      return trained.network();
    }
  }

  /// What ten runs of an independent program gave: mean and standard deviation.
  private record Known(double loss, double lossStd, double divergence, double divergenceStd) {}

  @Override
  public void run(Context context) throws IOException {
    Key key = context.key().fold(1);
    Batch data = LAW.sample(key.fold(1), SAMPLES);
    Run plain = learn(context, "plain", new ExactTrace(), data, key);
    Run regularized = learn(context, "regularized", new Regularized(0.1), data, key);
    addChecks(context, "plain", plain, new Known(-0.443, 0.011, 0.046, 0.011));
    addChecks(context, "regularized", regularized, new Known(-0.428, 0.014, 0.061, 0.014));
    context.picture(
        "001-plain.png",
        "Plain: the score, the density recovered from it by integration, and the loss.",
        () -> figure(plain, "plain"));
    context.picture(
        "001-regularized.png",
        "The same with 0.1 s′² added to the loss, which flattens the score between the Gaussians.",
        () -> figure(regularized, "regularized"));
    context.animation(
        "001-fit.gif",
        "The plain fit as it happens, five steps a frame.",
        5,
        () -> frames(context, plain));
  }

  private static Run learn(
      Context context, String label, Objective objective, Batch data, Key key) {
    Parameters start = NET.initialize(Init.GLOROT_UNIFORM, key.fold(2));
    List<Parameters> snapshots = new ArrayList<>(List.of(start.copy()));
    try (Progress progress = context.progress("eight units, " + label, EPOCHS)) {
      Listener listener =
          new Listener() {
            @Override
            public boolean epoch(EpochReport report, Parameters current) {
              progress.at(report.epoch());
              if (report.epoch() % EVERY == 0) {
                snapshots.add(current.copy());
              }
              return true;
            }
          };
      Trained<ScoreNetwork> trained =
          Trainer.of(objective)
              .withSchedule(Schedule.constant(0.01))
              .withBatchSize(SAMPLES)
              .withEpochs(EPOCHS)
              .withEmaDecay(0)
              .withThreads(context.threads())
              .withListener(listener)
              .train(NET, start, data, null, key.fold(3));
      return new Run(trained, snapshots);
    }
  }

  private static void addChecks(Context context, String name, Run run, Known known) {
    double[] p = LINE.density(LAW);
    double[] s = LINE.score(run.score());
    double[] recovered = LINE.recover(run.score());
    context.add(
        within(
            name + ": score-matching loss of the law",
            LINE.implicitLoss(s, LINE.slope(run.trained().network()), p),
            known.loss(),
            known.lossStd()));
    context.add(
        within(
            name + ": Fisher divergence",
            LINE.divergence(s, LINE.score(LAW), p),
            known.divergence(),
            known.divergenceStd()));
    context.add(
        Check.information(
            "  recovered mass below zero",
            LINE.massBelowZero(recovered),
            "the law has " + Check.number(LINE.massBelowZero(p))));
    context.add(
        Check.information(
            "  total variation of the recovered density",
            LINE.totalVariation(recovered, p),
            "0 would be perfect"));
  }

  private static Check within(String name, double value, double mean, double std) {
    return Check.near(name, value, mean, 3, std, "standard deviations over ten runs");
  }

  private static Figure figure(Run run, String name) {
    List<EpochReport> history = run.trained().history();
    return Figure.of(
        scorePanel("Score, " + name, run.score()),
        densityPanel("Recovered density", run.score()),
        Panel.of("Loss", "step", "loss on the samples")
            .xRange(0, EPOCHS)
            .line(
                "",
                history.stream().mapToDouble(EpochReport::epoch).toArray(),
                history.stream().mapToDouble(EpochReport::loss).toArray(),
                Theme.BLUE,
                2.2));
  }

  private static List<BufferedImage> frames(Context context, Run run) {
    List<BufferedImage> frames = new ArrayList<>();
    try (Progress progress = context.progress("eight units, frames", run.snapshots().size())) {
      for (Parameters snapshot : run.snapshots()) {
        Score s = ScoreNetwork.of(NET, snapshot);
        String title = "Score after %d steps".formatted(frames.size() * EVERY);
        frames.add(Figure.of(scorePanel(title, s), densityPanel("Recovered density", s)).image(1));
        progress.at(frames.size());
      }
    }
    return frames;
  }

  private static Panel scorePanel(String title, Score s) {
    return Panel.of(title, "x", "s(x)")
        .xRange(-6, 6)
        .yRange(-5, 5)
        .line("learned", LINE.x(), LINE.score(s), Theme.BLUE, 2.6)
        .dashes("true", LINE.x(), LINE.score(LAW), Theme.INK, 1.8);
  }

  private static Panel densityPanel(String title, Score s) {
    return Panel.of(title, "x", "density")
        .xRange(-6, 6)
        .yRange(0, 0.45)
        .line("exp of the integral of s", LINE.x(), LINE.recover(s), Theme.BLUE, 2.6)
        .dashes("true", LINE.x(), LINE.density(LAW), Theme.INK, 1.8);
  }
}
