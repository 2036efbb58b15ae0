package score4j.examples.gallery;

import java.io.IOException;
import score4j.array.Batch;
import score4j.dist.GaussianMixture;
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

/// Unequal mixtures of two and of three Gaussians on the line, one law for the data and the truth.
final class ComponentsExperiment implements Experiment {
  private static final Quadrature LINE = new Quadrature(-14, 12, 2601);
  private static final int SAMPLES = 10_000;
  private static final int BATCH = 1000;
  private static final int EPOCHS = 300;
  private static final Mlp NET = Mlp.of(Activation.TANH, 1, 64, 64, 1);

  @Override
  public String id() {
    return "000-mixtures";
  }

  @Override
  public String title() {
    return "Two and three components";
  }

  @Override
  public String about() {
    return "10,000 samples each of 0.1 N(−3, 1) + 0.9 N(3, 1) and of 0.1 N(−7, 1) + 0.4 N(−2, 1) +"
        + " 0.5 N(3, 1), a network 1-64-64-1 with tanh, Adam on the exact trace. The learned"
        + " score is right where there are data and bends away in the gaps and beyond the ends.";
  }

  @Override
  public void run(Context context) throws IOException {
    mixture(
        context,
        "two",
        GaussianMixture.univariate(
            new double[] {.1, .9}, new double[] {-3, 3}, new double[] {1, 1}),
        0.978773 / 2);
    mixture(
        context,
        "three",
        GaussianMixture.univariate(
            new double[] {.1, .4, .5}, new double[] {-7, -2, 3}, new double[] {1, 1, 1}),
        0.848120 / 2);
  }

  private static void mixture(Context context, String name, GaussianMixture law, double zero)
      throws IOException {
    Key key = context.key().fold(11).fold(name.length());
    Batch data = law.sample(key.fold(1), SAMPLES);
    ScoreNetwork network = learn(context, name, data, key);
    double[] p = LINE.density(law);
    double[] truth = LINE.score(law);
    double[] learned = LINE.score(network);
    context.add(
        Check.atMost(
            "Fisher divergence, %s components".formatted(name),
            LINE.divergence(learned, truth, p),
            0.02));
    context.add(Check.information("  of the score 0", zero, "½E s² of the true score"));
    context.picture(
        "000-%s.png".formatted(name),
        "%s components: the data, the learned score over the true one, and one against the other at the samples."
            .formatted(name.equals("two") ? "Two" : "Three"),
        () -> figure(law, data, network, learned, truth));
  }

  private static ScoreNetwork learn(Context context, String name, Batch data, Key key) {
    long steps = (long) EPOCHS * SAMPLES / BATCH;
    try (Progress progress = context.progress(name + " components", steps)) {
      return Trainer.of(new ExactTrace())
          .withSchedule(Schedule.cosine(5e-3, 1e-5, steps))
          .withBatchSize(BATCH)
          .withEpochs(EPOCHS)
          .withThreads(context.threads())
          .withListener(new TrainingBar(progress))
          .train(NET, NET.initialize(Init.GLOROT_NORMAL, key.fold(2)), data, null, key.fold(3))
          .network();
    }
  }

  private static Figure figure(
      GaussianMixture law, Batch data, ScoreNetwork network, double[] learned, double[] truth) {
    Batch some = data.slice(0, 1000);
    double[] ends = {-5, 5};
    return Figure.of(
        Panel.of("Data", "x", "density")
            .histogram("samples", Quadrature.widen(data.data()), -11, 8, 80, Theme.PALE_BLUE)
            .line("law", LINE.x(), LINE.density(law), Theme.INK, 1.8),
        Panel.of("Score", "x", "s(x)")
            .xRange(-11, 8)
            .yRange(-6, 6)
            .line("learned", LINE.x(), learned, Theme.BLUE, 2.6)
            .dashes("true", LINE.x(), truth, Theme.INK, 1.8),
        Panel.of("Learned against true", "true score", "learned score")
            .xRange(-5, 5)
            .yRange(-5, 5)
            .dots(
                "samples",
                Quadrature.widen(law.score(some).data()),
                Quadrature.widen(network.score(some).data()),
                Theme.BLUE,
                4)
            .dashes("y = x", ends, ends, Theme.INK, 1.6));
  }
}
