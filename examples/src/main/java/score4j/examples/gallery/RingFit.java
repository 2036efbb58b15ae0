package score4j.examples.gallery;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.dist.Ring;
import score4j.examples.fit.TrainingBar;
import score4j.examples.output.Progress;
import score4j.examples.plot.Arrows;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.metric.Estimate;
import score4j.metric.FisherDivergence;
import score4j.metric.ImplicitLoss;
import score4j.nn.Activation;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.Objective;
import score4j.optim.Schedule;
import score4j.rng.Key;
import score4j.train.EpochReport;
import score4j.train.Listener;
import score4j.train.Trained;
import score4j.train.Trainer;

/// The law, the data and the network of the ring experiments, learned with one objective.
///
/// @param train the samples that the network saw
/// @param heldOut the samples that chose the epoch
/// @param curve the exact-trace loss on them by epoch, whatever the objective
/// @param trained the network that was best on them
/// @param divergence its Fisher divergence on fresh samples that chose nothing
/// @param loss its score-matching loss on those
record RingFit(
    Batch train,
    Batch heldOut,
    SortedMap<Integer, Double> curve,
    Trained<ScoreNetwork> trained,
    Estimate divergence,
    Estimate loss) {
  /// Radius N(1, 0.1²), angle uniform.
  static final Ring LAW = Ring.of(1, 0.1);

  /// The least possible loss, −½E‖s‖², by quadrature.
  static final double BEST_LOSS = -49.484;

  private static final Mlp NET = Mlp.of(Activation.TANH, 2, 64, 128, 64, 2);
  private static final int SAMPLES = 10_000;
  private static final int BATCH = 512;
  private static final int STEPS_PER_EPOCH = (SAMPLES + BATCH - 1) / BATCH;
  private static final int EPOCHS = 1000;
  private static final double EDGE = 1.5;

  // one sample's loss has a standard deviation of 70, so this many leave an error of 0.07
  private static final int TEST_SAMPLES = 1_000_000;

  static RingFit learn(Context context, Key key, Objective objective) {
    Batch train = LAW.sample(key.fold(1), SAMPLES);
    Batch heldOut = LAW.sample(key.fold(2), SAMPLES);
    SortedMap<Integer, Double> curve = new TreeMap<>();
    Trained<ScoreNetwork> trained;
    try (Progress progress =
        context.progress("ring, " + objective.name(), (long) EPOCHS * STEPS_PER_EPOCH)) {
      trained =
          trainer(objective, EPOCHS, context.threads())
              .withEvaluateEvery(10)
              .withPatience(15)
              .withListener(listener(progress, heldOut, curve))
              .train(NET, start(key), train, heldOut, key.fold(4));
    }
    Batch test = LAW.sample(key.fold(3), TEST_SAMPLES);
    return new RingFit(
        train,
        heldOut,
        curve,
        trained,
        FisherDivergence.of(trained.network(), LAW, test),
        ImplicitLoss.of(trained.network(), test));
  }

  private static Listener listener(
      Progress progress, Batch heldOut, SortedMap<Integer, Double> curve) {
    Listener bar = new TrainingBar(progress);
    return new Listener() {
      @Override
      public boolean epoch(EpochReport report, Parameters current) {
        if (report.evaluated()) {
          ScoreNetwork network = ScoreNetwork.of(NET, current);
          curve.put(report.epoch(), ImplicitLoss.of(network, heldOut).value());
        }
        return bar.epoch(report, current);
      }
    };
  }

  private static Trainer trainer(Objective objective, int epochs, Threads threads) {
    return Trainer.of(objective)
        .withSchedule(Schedule.cosine(1e-3, 1e-5, (long) epochs * STEPS_PER_EPOCH))
        .withBatchSize(BATCH)
        .withEpochs(epochs)
        .withEmaDecay(0.999)
        .withThreads(threads);
  }

  private static Parameters start(Key key) {
    return NET.initialize(Init.GLOROT_NORMAL, key.fold(5));
  }

  /// The median time of a training step, in milliseconds.
  static double stepTime(Key key, Objective objective, Threads threads) {
    StepTimer timer = new StepTimer();
    trainer(objective, 30, threads)
        .withListener(timer)
        .train(NET, start(key), LAW.sample(key.fold(1), SAMPLES), null, key.fold(4));
    return timer.median();
  }

  /// Notes what the bounds of the gallery are about.
  void addChecks(Context context, double mostDivergence) {
    context.add(
        Check.atMost("Fisher divergence, fresh samples", divergence.value(), mostDivergence));
    context.add(
        Check.information(
            "  of the score 0",
            -BEST_LOSS,
            "½E‖s‖² of the true score: what knowing nothing costs"));
    context.add(Check.atMost("score-matching loss, fresh samples", loss.value(), -48.9));
    context.add(
        Check.information(
            "  of the true score",
            ImplicitLoss.of(LAW, LAW.sample(Key.of(1), TEST_SAMPLES)).value(),
            "the least possible, %s by quadrature; one standard error of these losses is %s"
                .formatted(Check.number(BEST_LOSS), Check.number(loss.standardError()))));
    context.add(
        Check.information(
            "best epoch", trained.epoch(), "of %d, by held-out loss".formatted(EPOCHS)));
  }

  /// Arrows of a score over the dots that were learned from.
  Panel quiver(String title, Score score) {
    Batch dots = train.slice(0, 3000); // all of them make a solid band
    return Panel.of(title, "x₁", "x₂")
        .size(440, 440)
        .xRange(-EDGE, EDGE)
        .yRange(-EDGE, EDGE)
        .dots(
            "", Drawing.column(dots, 0), Drawing.column(dots, 1), Theme.fade(Theme.ROSE, 0.3), 2.6)
        .arrows(Arrows.grid(Drawing.field(score), -EDGE, EDGE, 21, 8), Theme.ARROW);
  }

  /// The loss epoch by epoch.
  Panel losses() {
    List<EpochReport> history = trained.history();
    double[] epoch = history.stream().mapToDouble(EpochReport::epoch).toArray();
    double[] loss = history.stream().mapToDouble(EpochReport::loss).toArray();
    double last = epoch[epoch.length - 1];
    double truth = ImplicitLoss.of(LAW, heldOut).value();
    return Panel.of("Loss", "epoch", "score-matching loss")
        .xRange(0, last)
        .yRange(-52, 2)
        .line("training", epoch, loss, Theme.PALE_BLUE, 1.2)
        .line(
            "held out",
            curve.keySet().stream().mapToDouble(Integer::doubleValue).toArray(),
            curve.values().stream().mapToDouble(Double::doubleValue).toArray(),
            Theme.BLUE,
            2.2)
        .dashes(
            "true score, held out",
            new double[] {0, last},
            new double[] {truth, truth},
            Theme.INK,
            1.6);
  }
}
