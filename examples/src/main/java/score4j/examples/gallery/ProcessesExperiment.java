package score4j.examples.gallery;

import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import score4j.array.Batch;
import score4j.dist.TwoMoons;
import score4j.examples.fit.TrainingBar;
import score4j.examples.output.Progress;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.metric.Wasserstein;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.DiffusionDenoising;
import score4j.optim.Schedule;
import score4j.process.LinearSde;
import score4j.process.Marginal;
import score4j.process.TimeGrid;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.sample.ProbabilityFlow;
import score4j.sample.ReverseSde;
import score4j.train.Trainer;

/// Three ways to turn two moons into noise, and back.
final class ProcessesExperiment implements Experiment {
  private static final TwoMoons LAW = new TwoMoons(0.07);

  // as a law of mean 0 and deviation 1, about
  private static final float[] CENTRE = {0.5f, 0.25f};
  private static final float SCALE = 1.4f;

  private static final int SAMPLES = 10_000;
  private static final int BATCH = 125;
  private static final int EPOCHS = 80;
  private static final int DRAWN = 4000;
  private static final int STEPS = 200;
  private static final int DIRECTIONS = 100;
  private static final int LINES = 60;
  private static final int LINE_POINTS = 60;

  private record Named(String id, String name, LinearSde process) {}

  private static final List<Named> PROCESSES =
      List.of(
          new Named("ve", "VE", LinearSde.varianceExploding(0.02, 20)),
          new Named("vp", "VP", LinearSde.variancePreserving(0.1, 20)),
          new Named("subvp", "sub-VP", LinearSde.subVariancePreserving(0.1, 20)));

  @Override
  public String id() {
    return "002-processes";
  }

  @Override
  public String title() {
    return "Three processes: variance exploding, preserving, and less";
  }

  @Override
  public String about() {
    return "Two moons go to noise under each process, and a network that is told the time learns the"
        + " scores on the way, with the same data, network and steps for all three. The same"
        + " network then leads noise back to moons, by the reverse diffusion in %d steps of"
            .formatted(STEPS)
        + " Euler and Maruyama, and by the probability flow, which goes the same way without noise"
        + " and both ways. The samples must be as near to the law as fresh data is, or"
        + " nearly.";
  }

  /// What is drawn from one trained network.
  private record Run(Batch reverse, Batch flow) {}

  @Override
  public void run(Context context) throws IOException {
    Key key = context.key().fold(23);
    Batch data = sample(key.fold(1), SAMPLES);
    Batch fresh = sample(key.fold(2), DRAWN);
    double none = distance(sample(key.fold(3), DRAWN), fresh);
    context.add(
        Check.information("data against data: W₁", none, "sliced W₁ of two sets of fresh samples"));
    context.add(
        Check.information(
            "  one Gaussian",
            distance(Noise.normals(key.fold(4), DRAWN, 2), fresh),
            "N(0, I): what knowing next to nothing costs"));
    for (int i = 0; i < PROCESSES.size(); i++) {
      Named named = PROCESSES.get(i);
      Key own = key.fold(10 + i);
      ScoreNetwork network = learn(context, named, data, own.fold(1));
      Run run = draw(context, named, network, own);
      addChecks(context, named.name() + ", reverse diffusion", run.reverse(), fresh);
      addChecks(context, named.name() + ", probability flow", run.flow(), fresh);
      roundTrip(context, named, network, fresh);
      context.picture(
          "002-processes-%s.png".formatted(named.id()),
          ("%s: the data under noise of 0.3 of its size and under all of it, samples of the reverse diffusion, and of the probability flow"
                  + " with its ways from noise, drawn at the scale at which every time has variance"
                  + " 1.")
              .formatted(named.name()),
          () -> figure(context, named, network, data, run, own));
    }
  }

  private static void addChecks(Context context, String name, Batch x, Batch fresh) {
    context.add(Check.atMost(name + ": W₁", distance(x, fresh), 0.06));
    context.add(Check.atMost("  off the moons", shareOff(x), 0.03));
  }

  /// The share of points farther from both half circles than four standard deviations, where 6 of
  /// 100,000 belong.
  private static double shareOff(Batch x) {
    int count = 0;
    for (int i = 0; i < x.rows(); i++) {
      double a = x.get(i, 0) / SCALE + CENTRE[0];
      double b = x.get(i, 1) / SCALE + CENTRE[1];
      double distance = Math.min(fromUpper(a, b), fromUpper(1 - a, 0.5 - b));
      count += distance > 4 * LAW.std() ? 1 : 0;
    }
    return (double) count / x.rows();
  }

  // from the half circle (cos θ, sin θ), or its nearer end
  private static double fromUpper(double a, double b) {
    return b > 0 ? Math.abs(Math.hypot(a, b) - 1) : Math.hypot(Math.abs(a) - 1, b);
  }

  private static Batch sample(Key key, int n) {
    Batch x = LAW.sample(key, n);
    for (int i = 0; i < x.data().length; i++) {
      x.data()[i] = SCALE * (x.data()[i] - CENTRE[i % 2]);
    }
    return x;
  }

  // always the same directions
  private static double distance(Batch x, Batch y) {
    return Wasserstein.sliced(x, y, Key.of(1), DIRECTIONS).value();
  }

  private static ScoreNetwork learn(Context context, Named named, Batch data, Key key) {
    Conditioning conditioning = Conditioning.of(named.process());
    Mlp net = Mlp.of(Activation.SILU, 2 + conditioning.inputs(), 64, 64, 64, 64, 2);
    long steps = (long) EPOCHS * SAMPLES / BATCH;
    try (Progress progress = context.progress("moons, " + named.name(), steps)) {
      return Trainer.of(DiffusionDenoising.edm(named.process(), 1))
          .withSchedule(Schedule.cosine(5e-3, 1e-5, steps))
          .withBatchSize(BATCH)
          .withEpochs(EPOCHS)
          .withEmaDecay(0.99)
          .withThreads(context.threads())
          .withListener(new TrainingBar(progress))
          .train(
              net,
              conditioning,
              net.initialize(Init.GLOROT_UNIFORM, key.fold(1)),
              data,
              null,
              key.fold(2))
          .network();
    }
  }

  private static TimeGrid grid(LinearSde process, int steps) {
    return TimeGrid.logNoise(process, 1, process.earliestTime(), steps);
  }

  private static Run draw(Context context, Named named, ScoreNetwork network, Key key) {
    ReverseSde reverse =
        ReverseSde.of(named.process(), grid(named.process(), STEPS)).withThreads(context.threads());
    return new Run(
        reverse.sample(network, DRAWN, key.fold(2)),
        flow(context, named).sample(network, DRAWN, key.fold(3)));
  }

  private static ProbabilityFlow flow(Context context, Named named) {
    return ProbabilityFlow.of(named.process()).withThreads(context.threads());
  }

  private static void roundTrip(Context context, Named named, ScoreNetwork network, Batch fresh) {
    Batch some = fresh.slice(0, 500);
    Batch back = flow(context, named).decode(network, flow(context, named).encode(network, some));
    double worst = 0;
    for (int i = 0; i < some.data().length; i++) {
      worst = Math.max(worst, Math.abs(some.data()[i] - back.data()[i]));
    }
    context.add(Check.atMost("  to noise and back: largest error", worst, 1e-2));
  }

  private static Figure figure(
      Context context, Named named, ScoreNetwork network, Batch data, Run run, Key key) {
    return Figure.of(
        noised(named, data, named.process().timeOf(0.3), key),
        noised(named, data, 1, key),
        panel("Reverse diffusion", 2.6).dots("", x(run.reverse()), y(run.reverse()), dots(), 2.4),
        ways(context, named, network, run, key));
  }

  private static Panel noised(Named named, Batch data, double t, Key key) {
    Marginal marginal = named.process().marginal(t);
    Batch z = Noise.normals(key.fold(5), DRAWN, 2);
    for (int i = 0; i < z.data().length; i++) {
      z.data()[i] = (float) (marginal.meanScale() * data.data()[i] + marginal.std() * z.data()[i]);
    }
    double edge = 2.6 * Math.hypot(marginal.meanScale(), marginal.std());
    return panel("%s: t = %.2f".formatted(named.name(), t), edge)
        .dots("", x(z), y(z), Theme.fade(Theme.GREEN, 0.6), 2.4);
  }

  private static Panel ways(Context context, Named named, ScoreNetwork network, Run run, Key key) {
    LinearSde process = named.process();
    ProbabilityFlow flow = flow(context, named);
    Batch x = flow.noise(2, 0, LINES, key.fold(3));
    List<Batch> states = new ArrayList<>();
    flow.run(
        network,
        x,
        grid(process, LINE_POINTS),
        (t, state) -> {
          Marginal marginal = process.marginal(t);
          Batch scaled = state.copy();
          float scale = (float) (1 / Math.hypot(marginal.meanScale(), marginal.std()));
          for (int i = 0; i < scaled.data().length; i++) {
            scaled.data()[i] *= scale;
          }
          states.add(scaled);
        });
    Panel panel =
        panel("Probability flow", 2.6)
            .dots("", x(run.flow()), y(run.flow()), Theme.fade(Theme.ROSE, 0.18), 2.4);
    for (int i = 0; i < LINES; i++) {
      double[] a = new double[states.size()];
      double[] b = new double[states.size()];
      for (int k = 0; k < a.length; k++) {
        a[k] = states.get(k).get(i, 0);
        b[k] = states.get(k).get(i, 1);
      }
      panel.line("", a, b, Theme.fade(Theme.BLUE, 0.5), 1);
    }
    return panel;
  }

  private static Panel panel(String title, double edge) {
    return Panel.of(title, "x₁", "x₂").size(230, 230).xRange(-edge, edge).yRange(-edge, edge);
  }

  private static Color dots() {
    return Theme.fade(Theme.ROSE, 0.3);
  }

  private static double[] x(Batch batch) {
    return Drawing.column(batch, 0);
  }

  private static double[] y(Batch batch) {
    return Drawing.column(batch, 1);
  }
}
