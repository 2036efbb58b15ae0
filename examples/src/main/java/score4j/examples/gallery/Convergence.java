package score4j.examples.gallery;

import java.awt.Color;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;

/// Errors of a scheme at several sizes of step, and the order that they show: the slope of log
/// error against log step.
final class Convergence {
  // quantiles 0.995 of Student's law with 1, 2, … degrees of freedom
  private static final double[] STUDENT = {63.66, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499};
  private static final double NORMAL = 2.576;

  private final String name;
  private final double[] size;
  private final double[] error;
  private final double[] noise;

  /// @param name what the legend says
  /// @param size the step or the tolerance
  /// @param error above 0
  /// @param noise the standard error of each error relative to it; 0 where there is none
  Convergence(String name, double[] size, double[] error, double[] noise) {
    this.name = name;
    this.size = size.clone();
    this.error = error.clone();
    this.noise = noise.clone();
  }

  /// Errors without noise.
  static Convergence of(String name, double[] size, double[] error) {
    return new Convergence(name, size, error, new double[size.length]);
  }

  /// A straight line through the points and how far its slope may be off, at 99 %.
  record Fit(double slope, double reach, double atOne) {}

  /// By least squares. Where errors have noise, each counts as its noise allows and the interval
  /// follows from that; where they have none, from the scatter about the line.
  Fit fit() {
    int n = size.length;
    boolean noisy = noise[0] > 0;
    double sum = 0;
    double x = 0;
    double y = 0;
    for (int i = 0; i < n; i++) {
      double w = weight(i, noisy);
      sum += w;
      x += w * Math.log(size[i]);
      y += w * Math.log(error[i]);
    }
    x /= sum;
    y /= sum;
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < n; i++) {
      double w = weight(i, noisy);
      double dx = Math.log(size[i]) - x;
      double dy = Math.log(error[i]) - y;
      xx += w * dx * dx;
      xy += w * dx * dy;
      yy += w * dy * dy;
    }
    double slope = xy / xx;
    double reach =
        noisy
            ? NORMAL / Math.sqrt(xx)
            : STUDENT[n - 3] * Math.sqrt(Math.max(0, yy - slope * xy) / (n - 2) / xx);
    return new Fit(slope, reach, Math.exp(y - slope * x));
  }

  private double weight(int i, boolean noisy) {
    return noisy ? 1 / (noise[i] * noise[i]) : 1;
  }

  /// The slope must be the order, as far as can be told.
  ///
  /// @param least how far it may be off at least: errors without noise scatter so little that terms
  ///     of the next order show
  void check(Context context, double order, double least) {
    Fit fit = fit();
    boolean wide = fit.reach() >= least;
    context.add(
        Check.near(
            name + ": slope of log error",
            fit.slope(),
            order,
            1,
            wide ? fit.reach() : least,
            wide
                ? "interval of 99 %"
                : "more than the interval of 99 %, ± " + Check.number(fit.reach())));
  }

  /// The points and the line on a panel whose axes are logarithms to base ten.
  Panel draw(Panel panel, Color color) {
    Fit fit = fit();
    double[] x = new double[size.length];
    double[] y = new double[size.length];
    double[] line = new double[size.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.log10(size[i]);
      y[i] = Math.log10(error[i]);
      line[i] = Math.log10(fit.atOne()) + fit.slope() * x[i];
    }
    return panel
        .line("%s: %.2f ± %.2g".formatted(name, fit.slope(), fit.reach()), x, line, color, 1.6)
        .dots("", x, y, Theme.fade(color, 1), 7);
  }
}
