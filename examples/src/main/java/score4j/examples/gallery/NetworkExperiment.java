package score4j.examples.gallery;

import java.io.IOException;
import java.util.Arrays;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.dist.Gaussian;
import score4j.examples.fit.TrainingBar;
import score4j.examples.output.Progress;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.nn.Activation;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.ExactTrace;
import score4j.optim.Schedule;
import score4j.rng.Key;
import score4j.train.Trainer;

/// A Gaussian by a network of 2048 units that knows nothing of Gaussians, with relu and with a
/// smooth activation.
final class NetworkExperiment implements Experiment {
  private static final int SAMPLES = 1000;
  private static final int STEPS = 300;
  private static final double RATE = 1e-3;
  private static final Gaussian LAW = Gaussian.isotropic(new double[] {3}, 1);
  private static final Quadrature LINE = new Quadrature(-5, 11, 3201);

  @Override
  public String id() {
    return "000-network";
  }

  @Override
  public String title() {
    return "A Gaussian by a network";
  }

  @Override
  public String about() {
    return "1,000 draws of N(3, 1) and one hidden layer of 2,048 units, 300 steps of Adam on all"
        + " samples. With relu the score has kinks, and the trace jumps when a kink passes a"
        + " sample: a jump has no slope, so the gradient does not see it, and what is learned stays"
        + " off the line. softplus has no kinks.";
  }

  @Override
  public void run(Context context) throws IOException {
    Key key = context.key().fold(13);
    Batch data = LAW.sample(key.fold(1), SAMPLES);
    Mlp relu = Mlp.of(Activation.RELU, 1, 2048, 1);
    Mlp smooth = Mlp.of(Activation.SOFTPLUS, 1, 2048, 1);
    Parameters start = relu.initialize(Init.GLOROT_NORMAL, key.fold(2));
    double[] before = LINE.score(ScoreNetwork.of(relu, start));
    ScoreNetwork withKinks = learn(context, "relu", relu, start, data, key);
    ScoreNetwork without = learn(context, "softplus", smooth, start, data, key);
    double untrained = divergence(before);
    double bent = divergence(LINE.score(withKinks));
    context.add(
        Check.information(
            "Fisher divergence, initialised", untrained, "relu, before the first step"));
    context.add(Check.below("  trained with relu", bent, untrained, "what it began with"));
    context.add(Check.atMost("  trained with softplus", divergence(LINE.score(without)), 0.02));
    context.picture(
        "000-network.png",
        "The score of the network against the true one at the samples.",
        () -> figure(data, relu, start, withKinks, without));
  }

  private static double divergence(double[] score) {
    return LINE.divergence(score, LINE.score(LAW), LINE.density(LAW));
  }

  private static ScoreNetwork learn(
      Context context, String name, Mlp mlp, Parameters start, Batch data, Key key) {
    try (Progress progress = context.progress(name, STEPS)) {
      return Trainer.of(new ExactTrace())
          .withSchedule(Schedule.cosine(RATE, 1e-5, STEPS))
          .withBatchSize(SAMPLES)
          .withEpochs(STEPS)
          .withEmaDecay(0)
          .withThreads(context.threads())
          .withListener(new TrainingBar(progress))
          .train(mlp, start, data, null, key.fold(3))
          .network();
    }
  }

  private static Figure figure(
      Batch data, Mlp relu, Parameters start, ScoreNetwork withKinks, ScoreNetwork without) {
    double[] truth = Arrays.stream(Quadrature.widen(data.data())).map(x -> 3 - x).toArray();
    double[] initialised = Quadrature.widen(ScoreNetwork.of(relu, start).score(data).data());
    double[] ends = {-4, 4};
    return Figure.of(
        panel("relu")
            .dots("initialised", truth, initialised, Theme.ORANGE, 4)
            .dots("trained", truth, Quadrature.widen(withKinks.score(data).data()), Theme.BLUE, 4)
            .dashes("y = x", ends, ends, Theme.INK, 1.6),
        panel("softplus")
            .dots("trained", truth, Quadrature.widen(without.score(data).data()), Theme.BLUE, 4)
            .dashes("y = x", ends, ends, Theme.INK, 1.6));
  }

  private static Panel panel(String title) {
    return Panel.of(title, "true score", "learned score").xRange(-4, 4).yRange(-5, 5);
  }
}
