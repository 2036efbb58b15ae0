package score4j.examples.gallery;

import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.rng.Key;
import score4j.sample.Langevin;
import score4j.sample.Mala;
import score4j.sample.Sampler;

/// The variance that Langevin steps on N(0, 1) settle in, unadjusted and adjusted.
final class LangevinVariance {
  private static final double[] STEP_SIZES = {0.1, 0.2, 0.4, 0.8};
  private static final int PARTICLES = 20_000;

  // what a start is wrong by shrinks as (1 − ε)^2k: to nothing
  private static final int STEPS = 150;

  // by step size
  private final double[] unadjusted = new double[STEP_SIZES.length];
  private final double[] adjusted = new double[STEP_SIZES.length];

  LangevinVariance(Context context, Key key) {
    Gaussian law = Gaussian.standard(1);
    Batch start = law.sample(key.fold(1), PARTICLES);
    for (int i = 0; i < STEP_SIZES.length; i++) {
      double step = STEP_SIZES[i];
      Sampler langevin = Langevin.of(step, STEPS).withThreads(context.threads());
      Sampler mala = Mala.of(step, STEPS).withWarmUp(0).withThreads(context.threads());
      unadjusted[i] = variance(langevin.sample(law, start, key.fold(2 + 2L * i)));
      adjusted[i] = variance(mala.sample(law, start, key.fold(3 + 2L * i)));
      String name = "ε = %s: variance of ".formatted(step);
      context.add(near(name + "Langevin", unadjusted[i], settled(step)));
      context.add(near("  of MALA", adjusted[i], 1));
    }
  }

  /// s²/(1 − ε/(2s²)) with s = 1.
  private static double settled(double step) {
    return 1 / (1 - step / 2);
  }

  private static double variance(Batch x) {
    return Drawing.variance(Drawing.column(x, 0));
  }

  // both laws are normal
  private static Check near(String name, double value, double expected) {
    return Check.near(name, value, expected, 4, expected * Math.sqrt(2.0 / PARTICLES));
  }

  Panel panel() {
    int n = 91;
    double[] x = new double[n];
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = i * 0.01;
      y[i] = settled(x[i]);
    }
    return Panel.of("Langevin on N(0, 1)", "ε", "variance")
        .size(330, 280)
        .xRange(0, 0.9)
        .yRange(0.9, 1.9)
        .line("1/(1 − ε/2)", x, y, Theme.PALE_BLUE, 2.2)
        .dashes("1", new double[] {0, 0.9}, new double[] {1, 1}, Theme.INK, 1.6)
        .dots("unadjusted", STEP_SIZES, unadjusted, Theme.BLUE, 7)
        .dots("MALA", STEP_SIZES, adjusted, Theme.ROSE, 7);
  }
}
