package score4j.examples.gallery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import score4j.Score;
import score4j.array.Batch;
import score4j.examples.output.Progress;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.sample.Langevin;

/// Samples drawn by following the learned score of the mixture.
final class LangevinExperiment implements Experiment {
  private static final int PARTICLES = 10_000;
  private static final double STEP_SIZE = 0.01;
  private static final double START = 4;

  // The slowest mode of the chain, the exchange between the two Gaussians, relaxes in about 500
  // steps. The start is within 0.02 of the right shares already, and e⁻⁶ of that is nothing beside
  // a standard error of 0.005.
  private static final long STEPS = 3000;

  private static final int TRACKS = 60;
  private static final long TRACKED = 1000;
  private static final int EVERY = 20;

  private final MixtureFit fit;

  LangevinExperiment(MixtureFit fit) {
    this.fit = fit;
  }

  @Override
  public String id() {
    return "004-langevin";
  }

  @Override
  public String title() {
    return "Samples by Langevin steps";
  }

  @Override
  public String about() {
    return "10,000 particles start from N(0, 16) and make 3,000 steps x + 0.01 s(x) + √0.02 z, once"
        + " along the learned score of the two Gaussians and once along the true one. What"
        + " they must agree with is not the law of the data but the law whose score was"
        + " learned, exp ∫ s: the chain cannot know better than its score.";
  }

  /// Mean, variance, mass below zero, and the standard errors of their estimates.
  private record Law(
      double mean, double variance, double below, double se1, double se2, double se3) {
    static Law of(double[] p) {
      Quadrature line = MixtureFit.LINE;
      double mean = line.moment(p, 1);
      double variance = line.integral(p, (x, d) -> (x - mean) * (x - mean) * d);
      double fourth = line.integral(p, (x, d) -> Math.pow(x - mean, 4) * d);
      double below = line.massBelowZero(p);
      return new Law(
          mean,
          variance,
          below,
          Math.sqrt(variance / PARTICLES),
          Math.sqrt((fourth - variance * variance) / PARTICLES),
          Math.sqrt(below * (1 - below) / PARTICLES));
    }
  }

  @Override
  public void run(Context context) throws IOException {
    Score learned = fit.get(context).network();
    double[] recovered = MixtureFit.LINE.recover(learned);
    double[] truth = MixtureFit.LINE.density(MixtureFit.LAW);
    Key key = context.key().fold(5);
    Batch start = Noise.normals(key.fold(1), PARTICLES, 1);
    for (int i = 0; i < PARTICLES; i++) {
      start.data()[i] *= (float) START;
    }
    List<double[]> tracks = new ArrayList<>();
    double[] samples = walk(context, "Langevin, learned", learned, start, key, tracks);
    double[] reference =
        walk(context, "Langevin, true", MixtureFit.LAW, start, key, new ArrayList<>());

    Law law = Law.of(recovered);
    context.add(Check.near("mean", Drawing.mean(samples), law.mean(), 3, law.se1()));
    context.add(Check.near("variance", Drawing.variance(samples), law.variance(), 3, law.se2()));
    context.add(Check.near("P(x < 0)", Drawing.shareBelowZero(samples), law.below(), 3, law.se3()));
    Law ideal = Law.of(truth);
    addReference(context, "mean", Drawing.mean(reference), ideal.mean(), ideal.se1());
    addReference(context, "variance", Drawing.variance(reference), ideal.variance(), ideal.se2());
    addReference(
        context, "P(x < 0)", Drawing.shareBelowZero(reference), ideal.below(), ideal.se3());

    context.picture(
        "004-langevin.png",
        "Tracks of %d particles from the wide start, and where all of them are in the end, along"
                .formatted(TRACKS)
            + " the learned score and along the true one.",
        () ->
            Figure.of(
                tracks(tracks),
                histogram("Learned score", samples)
                    .line("exp ∫ s", MixtureFit.LINE.x(), recovered, Theme.BLUE, 2.2)
                    .dashes("law of the data", MixtureFit.LINE.x(), truth, Theme.INK, 1.8),
                histogram("True score", reference)
                    .dashes("law of the data", MixtureFit.LINE.x(), truth, Theme.INK, 1.8)));
  }

  private static void addReference(
      Context context, String name, double value, double law, double standardError) {
    context.add(
        Check.information(
            "  same chain, true score: " + name,
            value,
            "the law has %s, one standard error is %s"
                .formatted(Check.number(law), Check.number(standardError))));
  }

  private static double[] walk(
      Context context, String label, Score score, Batch start, Key key, List<double[]> tracks) {
    Batch x = start.copy();
    try (Progress progress = context.progress(label, STEPS)) {
      Langevin.of(STEP_SIZE, STEPS)
          .withThreads(context.threads())
          .run(
              score,
              x,
              key.fold(2),
              EVERY,
              (step, state) -> {
                progress.at(step);
                if (step <= TRACKED) {
                  tracks.add(Drawing.column(state.slice(0, TRACKS), 0));
                }
              });
    }
    return Drawing.column(x, 0);
  }

  private static Panel tracks(List<double[]> tracks) {
    double[] step = new double[tracks.size()];
    for (int t = 0; t < step.length; t++) {
      step[t] = t * EVERY;
    }
    Panel panel = Panel.of("Particles", "step", "x").xRange(0, TRACKED).yRange(-11, 11);
    for (int i = 0; i < TRACKS; i++) {
      double[] x = new double[step.length];
      for (int t = 0; t < x.length; t++) {
        x[t] = tracks.get(t)[i];
      }
      panel.line("", step, x, Theme.fade(Theme.BLUE, 0.28), 0.9);
    }
    return panel;
  }

  private static Panel histogram(String title, double[] samples) {
    return Panel.of(title, "x", "density")
        .xRange(-6.5, 6.5)
        .yRange(0, 0.25)
        .histogram("particles", samples, -6.5, 6.5, 65, Theme.GREEN);
  }
}
