package score4j.examples.gallery;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.examples.output.Progress;
import score4j.examples.plot.Arrows;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.metric.Estimate;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.sample.Langevin;

/// Two Gaussians in the plane: what a score looks like, and what becomes of particles that follow
/// it.
final class TwoGaussiansExperiment implements Experiment {
  private static final GaussianMixture LAW =
      GaussianMixture.of(
          new double[] {0.6, 0.4},
          Gaussian.full(new double[] {-1.3, -0.8}, new double[][] {{0.7, 0.3}, {0.3, 0.5}}),
          Gaussian.full(new double[] {1.4, 1.0}, new double[][] {{0.4, -0.2}, {-0.2, 0.6}}));

  private static final double EDGE = 4;
  private static final int PARTICLES = 5000;
  private static final int SHOWN = 500;

  // The bias of the step, a share of about ε/(2s²) of each variance with s² from 0.26 on, must not
  // show beside the standard errors, a share of 0.02 of a variance.
  private static final double STEP_SIZE = 0.005;

  // the slowest mode of the diffusion, the exchange over the saddle, relaxes in a time of about 4
  private static final long STEPS = 5000;

  private static final int FRAMES = 50;

  @Override
  public String id() {
    return "002-mixture";
  }

  @Override
  public String title() {
    return "Two Gaussians in the plane";
  }

  @Override
  public String about() {
    return "0.6 and 0.4 of the mass, two covariances. The score points uphill, from wherever one"
        + " stands to the nearer crowd. %,d particles that start all over the square and follow it"
            .formatted(PARTICLES)
        + " with noise, %,d steps x + 0.005 s(x) + √0.01 z, forget where they began and end up"
            .formatted(STEPS)
        + " distributed as the mixture: half of its mass, its mean, and an average log density of"
        + " minus its entropy.";
  }

  @Override
  public void run(Context context) throws IOException {
    Key key = context.key().fold(21);
    Batch x = Noise.uniforms(key.fold(1), PARTICLES, 2);
    for (int i = 0; i < x.data().length; i++) {
      x.data()[i] = (float) (EDGE * (2 * x.data()[i] - 1));
    }
    List<Batch> shown = new ArrayList<>();
    try (Progress progress = context.progress("two Gaussians", STEPS)) {
      Langevin.of(STEP_SIZE, STEPS)
          .withThreads(context.threads())
          .run(
              LAW,
              x,
              key.fold(2),
              5,
              (step, state) -> {
                progress.at(step);
                if (step == frame(shown.size()) && shown.size() < FRAMES) {
                  shown.add(state.slice(0, SHOWN));
                }
              });
    }
    double[] mean = LAW.mean();
    near(context, "mean of x₁", Drawing.column(x, 0), mean[0]);
    near(context, "mean of x₂", Drawing.column(x, 1), mean[1]);
    double[] logDensity = LAW.logDensity(x);
    near(context, "mean log density", logDensity, meanLogDensity());
    double[] above = new double[PARTICLES];
    for (int i = 0; i < PARTICLES; i++) {
      above[i] = x.get(i, 0) > 0 ? 1 : 0;
    }
    near(context, "share right of x₁ = 0", above, shareAboveZero());

    context.picture(
        "002-mixture.png",
        "The score over the density, and particles that have followed it. Arrows are squashed: long"
            + " ones are longer than drawn.",
        () ->
            Figure.of(
                field("Score", Theme.ARROW),
                panel("Particles after %,d steps".formatted(STEPS))
                    .dots(
                        "",
                        Drawing.column(x.slice(0, 4000), 0),
                        Drawing.column(x.slice(0, 4000), 1),
                        Theme.fade(Theme.ROSE, 0.3),
                        2.6)));
    context.animation(
        "002-mixture.gif",
        "Five hundred particles on their way from all over the square.",
        10,
        () -> frames(shown));
  }

  /// The steps that are shown: all of the first moves, then ever fewer.
  private static long frame(int number) {
    return 5 * Math.round(0.2 * number * Math.exp(0.05 * number) * 4);
  }

  private static void near(Context context, String name, double[] values, double expected) {
    Estimate estimate = Estimate.mean(values);
    context.add(Check.near(name, estimate.value(), expected, 4, estimate.standardError()));
  }

  // minus the entropy; the rule of trapezes converges exponentially where the density vanishes at
  // the edges
  private static double meanLogDensity() {
    double step = 0.05;
    double sum = 0;
    for (double x = -8; x <= 8; x += step) {
      for (double y = -8; y <= 8; y += step) {
        double log = LAW.logDensity(new double[] {x, y});
        sum += log * Math.exp(log) * step * step;
      }
    }
    return sum;
  }

  // x₁ alone is a mixture on the line
  private static double shareAboveZero() {
    Quadrature line = new Quadrature(-12, 12, 4801);
    double[] means = new double[2];
    double[] stds = new double[2];
    for (int k = 0; k < 2; k++) {
      means[k] = LAW.components().get(k).mean()[0];
      stds[k] = Math.sqrt(LAW.components().get(k).covariance()[0][0]);
    }
    return 1
        - line.massBelowZero(line.density(GaussianMixture.univariate(LAW.weights(), means, stds)));
  }

  private static Panel panel(String title) {
    return Panel.of(title, "x₁", "x₂").size(360, 360).xRange(-EDGE, EDGE).yRange(-EDGE, EDGE);
  }

  private static Panel field(String title, Color color) {
    return panel(title)
        .heat((x, y) -> Math.exp(LAW.logDensity(new double[] {x, y})), "p / max p")
        .arrows(Arrows.grid(Drawing.field(LAW), -EDGE, EDGE, 19, 3), color);
  }

  private static List<BufferedImage> frames(List<Batch> shown) {
    List<BufferedImage> frames = new ArrayList<>();
    for (Batch state : shown) {
      frames.add(
          Figure.of(
                  panel("Langevin, step %,d".formatted(frame(frames.size())))
                      .arrows(
                          Arrows.grid(Drawing.field(LAW), -EDGE, EDGE, 19, 3),
                          Theme.fade(Theme.ARROW, 0.3))
                      .dots(
                          "",
                          Drawing.column(state, 0),
                          Drawing.column(state, 1),
                          Theme.fade(Theme.ROSE, 0.75),
                          4))
              .image(1));
    }
    return frames;
  }
}
