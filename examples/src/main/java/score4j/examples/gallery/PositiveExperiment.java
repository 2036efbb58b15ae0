package score4j.examples.gallery;

import java.io.IOException;
import java.util.Arrays;
import score4j.array.Batch;
import score4j.autodiff.Fn;
import score4j.dist.Gaussian;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.rng.Key;
import score4j.sample.Langevin;

/// A law on the positive numbers, sampled through its logarithm.
final class PositiveExperiment implements Experiment {
  private static final int PARTICLES = 10_000;
  private static final double RATE = 2;
  // the mean of −log of an Exponential(1)
  private static final double EULER_GAMMA = 0.5772156649015329;

  @Override
  public String id() {
    return "000-positive";
  }

  @Override
  public String title() {
    return "Numbers that must be positive";
  }

  @Override
  public String about() {
    return "Langevin walks the whole line, and the Exponential(2) lives on x > 0. So write x = eʸ:"
        + " with dx = eʸ dy the density of y is 2·e^(−2eʸ + y), one line and smooth everywhere."
        + " Differentiate, walk 10,000 particles, and take exp of where they end.";
  }

  @Override
  public void run(Context context) throws IOException {
    Fn logDensity = Fn.of(1, y -> y.sub(y.exp().mul(RATE)).sum().add(Math.log(RATE)));
    Key key = context.key().fold(14);
    Batch start = Gaussian.standard(1).sample(key.fold(1), PARTICLES);
    Batch end = Langevin.of(0.005, 3000).sample(logDensity.grad().asScore(), start, key.fold(2));
    double[] y = Quadrature.widen(end.data());
    double[] x = Arrays.stream(y).map(Math::exp).toArray();
    double root = Math.sqrt(PARTICLES);
    context.add(Check.near("mean of x, 1/2", Drawing.mean(x), 1 / RATE, 4, 1 / RATE / root));
    context.add(
        Check.near(
            "mean of log x, −γ − log 2",
            Drawing.mean(y),
            -EULER_GAMMA - Math.log(RATE),
            4,
            Math.PI / Math.sqrt(6) / root));
    context.add(
        Check.information("least x", Arrays.stream(x).min().orElseThrow(), "an exp is positive"));
    context.picture(
        "000-positive.png",
        "Where the walk ends on the line of y = log x, and the same samples as x, under the"
            + " densities.",
        () -> figure(logDensity, x, y));
  }

  private static Figure figure(Fn logDensity, double[] x, double[] y) {
    Quadrature line = new Quadrature(-7, 3, 500);
    Quadrature half = new Quadrature(0, 4, 500);
    double[] p = Arrays.stream(logDensity.at(new double[0], line.x())).map(Math::exp).toArray();
    double[] q = Arrays.stream(half.x()).map(v -> RATE * Math.exp(-RATE * v)).toArray();
    return Figure.of(
        Panel.of("Where Langevin walks", "y = log x", "density")
            .histogram("samples", y, -7, 3, 60, Theme.PALE_BLUE)
            .line("law", line.x(), p, Theme.INK, 1.8),
        Panel.of("What it stands for", "x", "density")
            .histogram("samples", x, 0, 4, 60, Theme.PALE_BLUE)
            .line("Exponential(2)", half.x(), q, Theme.INK, 1.8));
  }
}
