package score4j.metric;

import java.util.Arrays;
import score4j.Score;
import score4j.array.Batch;

/// The density on the line whose score a model says it is: what its samples will be, found without
/// drawing any, and so the weights that it gives to modes.
///
/// ```text
/// log p(xᵢ) = log p(xᵢ₋₁) + h/2·(s(xᵢ₋₁) + s(xᵢ)) ,   p = exp(log p − max)/∫,   trapezoid rule
/// ```
/// The weights of two modes are in the integral of the score from one to the other, through a
/// region that has hardly a sample: an error there weighs nothing in the [FisherDivergence] and all
/// here. A fit of 0.1 N(−3, 1) + 0.9 N(3, 1) with a Fisher divergence of 0.05 may hold 0.03 of the
/// mass where 0.1 belongs.
/// - **Null**: the true score gives the true density cut to the grid.
/// - **Error**: no samples, so no standard error; log p is off by h²/12·(s′(x) − s′(first x)) at x,
///   and by 2⁻²⁴ of the scores. All mass outside the grid is left out.
/// - **Cost**: a score a point.
public final class RecoveredDensity {
  private final double[] x;
  private final double[] logDensity;
  private final double[] density;

  /// The mass from the first point to each.
  private final double[] below;

  private RecoveredDensity(double[] x, double[] logDensity) {
    this.x = x;
    int n = x.length;
    double step = (x[n - 1] - x[0]) / (n - 1);
    double max = Arrays.stream(logDensity).max().orElse(0);
    double[] relative = new double[n];
    for (int i = 0; i < n; i++) {
      relative[i] = StrictMath.exp(logDensity[i] - max);
    }
    below = new double[n];
    for (int i = 1; i < n; i++) {
      below[i] = below[i - 1] + step * 0.5 * (relative[i - 1] + relative[i]);
    }
    double mass = below[n - 1];
    for (int i = 0; i < n; i++) {
      below[i] /= mass;
      relative[i] /= mass;
      logDensity[i] -= max + StrictMath.log(mass);
    }
    density = relative;
    this.logDensity = logDensity;
  }

  /// Integrates a score over an even grid.
  ///
  /// @param score a score of one coordinate, taken at t = 0; [Score#at] gives that of another time
  /// @param from the first point, as far out as there is mass
  /// @param to the last point
  /// @param points how many, at least 2; a hundred a standard deviation of the narrowest mode make
  ///     an error of 10⁻⁵
  /// @throws IllegalArgumentException if the score has more coordinates, `from ≥ to`, or there are
  ///     too few points
  /// @throws ArithmeticException if the score is not finite, naming the first such place
  public static RecoveredDensity of(Score score, double from, double to, int points) {
    if (score.dim() != 1) {
      throw new IllegalArgumentException(
          "score has %d coordinates but only on the line is it the slope of one density along one"
                  .formatted(score.dim())
              + " path: use ModeWeights");
    }
    if (!(from < to) || !Double.isFinite(to - from)) {
      throw new IllegalArgumentException(
          "the grid must go from a number to a greater one but goes from %s to %s"
              .formatted(from, to));
    }
    if (points < 2) {
      throw new IllegalArgumentException(
          "points must be at least 2 but was %d: some thousands cost nothing".formatted(points));
    }
    double step = (to - from) / (points - 1);
    double[] x = new double[points];
    Batch at = Batch.zeros(points, 1);
    for (int i = 0; i < points; i++) {
      x[i] = from + i * step;
      at.set(i, 0, (float) x[i]);
    }
    Batch s = Batch.zeros(points, 1);
    score.score(at, s);
    double[] logDensity = new double[points];
    for (int i = 0; i < points; i++) {
      if (!Float.isFinite(s.get(i, 0))) {
        throw new ArithmeticException(
            "the score is not finite at %s, where it is %s".formatted(x[i], s.get(i, 0)));
      }
      if (i > 0) {
        logDensity[i] = logDensity[i - 1] + 0.5 * step * ((double) s.get(i - 1, 0) + s.get(i, 0));
      }
    }
    return new RecoveredDensity(x, logDensity);
  }

  /// The points of the grid, a copy.
  public double[] x() {
    return x.clone();
  }

  /// The density at the points, a copy; its trapezoidal integral is 1.
  public double[] density() {
    return density.clone();
  }

  /// The logarithm of the density at the points, in nats, a copy; finite where the density
  /// underflows.
  public double[] logDensity() {
    return logDensity.clone();
  }

  /// The mass between two places, the density taken as linear between points. Nothing lies outside
  /// the grid; either place may be infinite.
  ///
  /// @throws IllegalArgumentException if `from > to` or one is NaN
  public double mass(double from, double to) {
    if (!(from <= to)) {
      throw new IllegalArgumentException(
          "mass is from a number to one not less, but was asked from %s to %s".formatted(from, to));
    }
    return below(to) - below(from);
  }

  private double below(double at) {
    int n = x.length;
    if (at <= x[0]) {
      return 0;
    }
    if (at >= x[n - 1]) {
      return 1;
    }
    double step = (x[n - 1] - x[0]) / (n - 1);
    double position = (at - x[0]) / step;
    int i = Math.min(n - 2, (int) position);
    double u = position - i;
    return below[i] + step * u * (density[i] + 0.5 * u * (density[i + 1] - density[i]));
  }

  /// The total variation ½∫|p − q| dx from a density given by its values at the points, such as the
  /// true one: the greatest difference of mass over all sets.
  ///
  /// @throws IllegalArgumentException if there is not one value for each point
  public double totalVariation(double[] q) {
    if (q.length != x.length) {
      throw new IllegalArgumentException(
          "q has %d values but the grid %d points: give one for each"
              .formatted(q.length, x.length));
    }
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double weight = i == 0 || i == x.length - 1 ? 0.5 : 1;
      sum += weight * Math.abs(density[i] - q[i]);
    }
    return 0.5 * sum * (x[x.length - 1] - x[0]) / (x.length - 1);
  }
}
