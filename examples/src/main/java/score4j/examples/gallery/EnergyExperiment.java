package score4j.examples.gallery;

import java.io.IOException;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.examples.fit.TrainingBar;
import score4j.examples.output.Progress;
import score4j.examples.plot.Arrows;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.metric.Estimate;
import score4j.metric.FisherDivergence;
import score4j.nn.Activation;
import score4j.nn.EnergyNetwork;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.objective.ExactTrace;
import score4j.optim.Schedule;
import score4j.rng.Key;
import score4j.train.Trainer;

/// A density up to a factor: an energy network learned by its score, drawn as e^(−f).
final class EnergyExperiment implements Experiment {
  private static final int SAMPLES = 10_000;
  private static final int BATCH = 500;
  private static final int EPOCHS = 100;
  private static final double EDGE = 4;
  private static final int GRID = 200;
  private static final Mlp NET = Mlp.of(Activation.SOFTPLUS, 2, 64, 64, 1);
  private static final GaussianMixture LAW =
      GaussianMixture.of(
          new double[] {0.4, 0.4, 0.2},
          Gaussian.isotropic(new double[] {-1.3, -0.8}, 0.6),
          Gaussian.isotropic(new double[] {1.3, -0.2}, 0.6),
          Gaussian.isotropic(new double[] {-0.4, 1.6}, 0.6));

  @Override
  public String id() {
    return "energy";
  }

  @Override
  public String title() {
    return "A density without its factor";
  }

  @Override
  public String about() {
    return "10,000 samples of three Gaussians in the plane. The network 2-64-64-1 with softplus is"
        + " an energy f, and its score −∇f is what the exact trace is taken of: the gradient of"
        + " the loss is a third derivative. What is learned is a density up to a factor.";
  }

  @Override
  public void run(Context context) throws IOException {
    Key key = context.key().fold(15);
    Batch data = LAW.sample(key.fold(1), SAMPLES);
    EnergyNetwork learned = learn(context, data, key);
    Batch fresh = LAW.sample(key.fold(4), SAMPLES);
    Estimate divergence = FisherDivergence.of(learned, LAW, fresh);
    context.add(Check.atMost("Fisher divergence", divergence.value(), 0.1));
    double[] truth = onGrid(LAW.logDensity(grid()));
    double[] model = onGrid(negated(learned));
    double variation = 0;
    for (int i = 0; i < truth.length; i++) {
      variation += Math.abs(truth[i] - model[i]) / 2;
    }
    context.add(Check.atMost("total variation of e^(−f) and the law", variation, 0.1));
    context.picture(
        "energy.png",
        "The density of the law with its score, and e^(−f) of the learned energy with the score −∇f, each density relative to its largest value.",
        () ->
            Figure.of(
                panel("Law")
                    .heat((x, y) -> Math.exp(LAW.logDensity(point(x, y))[0]), "relative")
                    .arrows(Arrows.grid(Drawing.field(LAW), -EDGE, EDGE, 21, 8), Theme.ARROW),
                panel("Learned")
                    .heat((x, y) -> cell(model, x, y), "relative")
                    .arrows(Arrows.grid(Drawing.field(learned), -EDGE, EDGE, 21, 8), Theme.ARROW)));
  }

  private static EnergyNetwork learn(Context context, Batch data, Key key) {
    long steps = (long) EPOCHS * SAMPLES / BATCH;
    try (Progress progress = context.progress("energy", steps)) {
      return Trainer.of(new ExactTrace())
          .withSchedule(Schedule.cosine(5e-3, 1e-5, steps))
          .withBatchSize(BATCH)
          .withEpochs(EPOCHS)
          .withThreads(context.threads())
          .withListener(new TrainingBar(progress))
          .trainEnergy(
              NET, NET.initialize(Init.GLOROT_UNIFORM, key.fold(2)), data, null, key.fold(3))
          .network();
    }
  }

  private static Panel panel(String title) {
    return Panel.of(title, "x₁", "x₂").size(300, 300).xRange(-EDGE, EDGE).yRange(-EDGE, EDGE);
  }

  private static Batch point(double x, double y) {
    return Batch.of(new float[][] {{(float) x, (float) y}});
  }

  private static Batch grid() {
    Batch grid = Batch.zeros(GRID * GRID, 2);
    for (int i = 0; i < GRID; i++) {
      for (int j = 0; j < GRID; j++) {
        grid.set(i * GRID + j, 0, (float) centre(j));
        grid.set(i * GRID + j, 1, (float) centre(i));
      }
    }
    return grid;
  }

  private static double centre(int cell) {
    return EDGE * ((2 * cell + 1.0) / GRID - 1);
  }

  private static double cell(double[] values, double x, double y) {
    int j = Math.clamp((long) ((x / EDGE + 1) * GRID / 2), 0, GRID - 1);
    int i = Math.clamp((long) ((y / EDGE + 1) * GRID / 2), 0, GRID - 1);
    return values[i * GRID + j];
  }

  private static double[] negated(EnergyNetwork network) {
    float[] energy = new float[GRID * GRID];
    network.energy(grid(), energy);
    double[] log = new double[energy.length];
    for (int i = 0; i < log.length; i++) {
      log[i] = -energy[i];
    }
    return log;
  }

  /// The probabilities of the cells, from logarithms up to a constant.
  private static double[] onGrid(double[] log) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double value : log) {
      largest = Math.max(largest, value);
    }
    double[] p = new double[log.length];
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(log[i] - largest);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }
}
