package score4j.examples.gallery;

import java.io.IOException;
import score4j.array.Batch;
import score4j.examples.output.Progress;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.objective.ExactTrace;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.sample.Langevin;

/// A ring in the plane, learned with the exact trace.
final class RingExperiment implements Experiment {
  private static final int PARTICLES = 4000;
  private static final long STEPS = 2000;

  @Override
  public String id() {
    return "003-ring";
  }

  @Override
  public String title() {
    return "A ring in the plane";
  }

  @Override
  public String about() {
    return "10,000 points lie around a circle of radius 1, with a standard deviation of 0.1 across"
        + " it. A network 2-64-128-64-2 with tanh learns their score by Adam with the exact"
        + " trace, in batches of 512; held-out samples choose the epoch. The arrows must"
        + " point to the ring from both sides, and samples drawn by following them must fill"
        + " it.";
  }

  @Override
  public void run(Context context) throws IOException {
    Key key = context.key().fold(3);
    RingFit fit = RingFit.learn(context, key, new ExactTrace());
    fit.addChecks(context, 0.6);

    // from all over the square; small steps, because the ring is thin
    Batch particles = Noise.uniforms(key.fold(6), PARTICLES, 2);
    for (int i = 0; i < particles.data().length; i++) {
      particles.data()[i] = 3 * particles.data()[i] - 1.5f;
    }
    try (Progress progress = context.progress("ring, sampling", STEPS)) {
      Langevin.of(5e-4, STEPS)
          .withThreads(context.threads())
          .run(
              fit.trained().network(),
              particles,
              key.fold(7),
              20,
              (step, state) -> progress.at(step));
    }
    double[] radius = Drawing.radius(particles);
    context.add(Check.information("mean radius of samples", Drawing.mean(radius), "the law has 1"));
    context.add(
        Check.information(
            "standard deviation of their radius",
            Math.sqrt(Drawing.variance(radius)),
            "the law has 0.1"));

    context.picture(
        "003-ring-quiver.png",
        "The true score and the learned one over the points. Arrows are squashed: long ones are"
            + " longer than drawn.",
        () ->
            Figure.of(
                fit.quiver("True score", RingFit.LAW),
                fit.quiver("Learned score", fit.trained().network())));
    context.picture(
        "003-ring-samples.png",
        "The loss against the least that is possible, and samples drawn by Langevin steps along the"
            + " learned score, from a start all over the square.",
        () ->
            Figure.of(
                fit.losses(),
                Panel.of("%,d samples".formatted(PARTICLES), "x₁", "x₂")
                    .size(260, 260)
                    .xRange(-1.5, 1.5)
                    .yRange(-1.5, 1.5)
                    .dots(
                        "",
                        Drawing.column(particles, 0),
                        Drawing.column(particles, 1),
                        Theme.fade(Theme.ROSE, 0.3),
                        2.6),
                radii(radius)));
  }

  private static Panel radii(double[] radius) {
    int n = 201;
    double[] r = new double[n];
    double[] density = new double[n];
    for (int i = 0; i < n; i++) {
      r[i] = 0.5 + i * 1.0 / (n - 1);
      density[i] = Math.exp(-50 * (r[i] - 1) * (r[i] - 1)) / (0.1 * Math.sqrt(2 * Math.PI));
    }
    return Panel.of("Their radius", "r", "density")
        .xRange(0.5, 1.5)
        .histogram("samples", radius, 0.5, 1.5, 40, Theme.GREEN)
        .dashes("the law", r, density, Theme.INK, 1.8);
  }
}
