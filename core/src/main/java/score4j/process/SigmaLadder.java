package score4j.process;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import score4j.array.Batch;

/// Noise levels from large to small: what annealing climbs down and a network learns the scores of.
///
/// @param sigmas the levels, strictly falling, all above 0
public record SigmaLadder(List<Double> sigmas) {
  private static final double MOST_RATIO = 2;

  /// Checks the order.
  public SigmaLadder {
    sigmas = List.copyOf(sigmas);
    if (sigmas.isEmpty()) {
      throw new IllegalArgumentException("sigmas is empty: give at least one noise level");
    }
    for (int i = 0; i < sigmas.size(); i++) {
      double sigma = sigmas.get(i);
      if (!(sigma > 0) || Double.isInfinite(sigma) || (i > 0 && sigma >= sigmas.get(i - 1))) {
        throw new IllegalArgumentException(
            "sigmas must be finite, above 0 and fall from each to the next but number %d is %s%s"
                .formatted(i, sigma, i > 0 ? " after " + sigmas.get(i - 1) : ""));
      }
    }
  }

  /// Levels that fall by the same factor.
  ///
  /// @param levels at least 1; with one, it is `max`
  public static SigmaLadder geometric(double max, double min, int levels) {
    Ranges.ordered("min", min, "max", max);
    if (levels < 1) {
      throw new IllegalArgumentException("levels must be at least 1 but was %d".formatted(levels));
    }
    List<Double> sigmas = new ArrayList<>();
    for (int i = 0; i < levels; i++) {
      double u = levels == 1 ? 0 : (double) i / (levels - 1);
      sigmas.add(i == 0 ? max : u == 1 ? min : max * StrictMath.pow(min / max, u));
    }
    return new SigmaLadder(sigmas);
  }

  /// A ladder for data: from its largest distance between two points down to `min`, with as many
  /// levels as neighbouring noise laws need to overlap.
  ///
  /// ```text
  /// σ_max = max ‖x_i − x_j‖                                Song & Ermon 2020, technique 1
  /// Φ(√(2D)·(γ − 1) + 3γ) − Φ(√(2D)·(γ − 1) − 3γ) ≥ ½      the same, technique 2, γ = σ_i/σ_{i+1}
  /// γ ≤ 2
  /// ```
  /// - **Cost**: that of [#largestDistance].
  ///
  /// @param x samples, at least two that differ
  /// @param min the smallest level: noise that does not matter, such as a hundredth of the std
  public static SigmaLadder fromData(Batch x, double min) {
    double max = largestDistance(x);
    if (!(max > min)) {
      throw new IllegalArgumentException(
          "min must be below the largest distance between two points, %s, but was %s"
              .formatted(max, min));
    }
    return geometric(max, min, levels(x.cols(), max, min));
  }

  /// How many levels a geometric ladder needs so that noise of one level is plausible on the next,
  /// and no fewer than falls by half make.
  ///
  /// In up to four dimensions the law of a level lies within that of any larger one, so that the
  /// overlap alone would leave all levels between out. From D = 18 on it is what decides.
  ///
  /// @param dim D
  public static int levels(int dim, double max, double min) {
    Ranges.ordered("min", min, "max", max);
    // the overlap falls as γ grows
    double low = 1;
    double high = MOST_RATIO;
    while (high / low > 1 + 1e-12) {
      double middle = Math.sqrt(low * high);
      if (overlap(dim, middle) >= 0.5) {
        low = middle;
      } else {
        high = middle;
      }
    }
    double ratio = overlap(dim, MOST_RATIO) >= 0.5 ? MOST_RATIO : low;
    return 1 + (int) Math.ceil(StrictMath.log(max / min) / StrictMath.log(ratio));
  }

  /// How much of the noise of one level lies where the noise of the next level does.
  static double overlap(int dim, double ratio) {
    double shift = Math.sqrt(2.0 * dim) * (ratio - 1);
    return normalDistribution(shift + 3 * ratio) - normalDistribution(shift - 3 * ratio);
  }

  // Φ by Marsaglia's series, whose terms have one sign
  private static double normalDistribution(double q) {
    if (Math.abs(q) > 9) {
      return q > 0 ? 1 : 0;
    }
    double term = q;
    double sum = q;
    for (int i = 3; sum + term != sum; i += 2) {
      term *= q * q / i;
      sum += term;
    }
    return 0.5 + sum * StrictMath.exp(-0.5 * q * q) / Math.sqrt(2 * Math.PI);
  }

  /// The largest Euclidean distance between two rows.
  ///
  /// - **Cost**: all pairs in the worst case; few where the far ones are near the rim, because
  ///   pairs that cannot be farther apart than the best so far are passed over.
  ///
  /// @throws IllegalArgumentException if a number is not finite
  public static double largestDistance(Batch x) {
    x.requireFinite("x");
    double[] centre = new double[x.cols()];
    for (int r = 0; r < x.rows(); r++) {
      for (int d = 0; d < centre.length; d++) {
        centre[d] += x.get(r, d) / x.rows();
      }
    }
    double[] radius = new double[x.rows()];
    Integer[] order = new Integer[x.rows()];
    for (int r = 0; r < x.rows(); r++) {
      double square = 0;
      for (int d = 0; d < centre.length; d++) {
        double difference = x.get(r, d) - centre[d];
        square += difference * difference;
      }
      radius[r] = Math.sqrt(square);
      order[r] = r;
    }
    Arrays.sort(order, (a, b) -> Double.compare(radius[b], radius[a]));
    double best = 0;
    for (int i = 0; i < order.length; i++) {
      for (int j = i + 1; j < order.length; j++) {
        if (radius[order[i]] + radius[order[j]] <= best) {
          break; // no later row is farther out
        }
        double square = 0;
        for (int d = 0; d < centre.length; d++) {
          double difference = (double) x.get(order[i], d) - x.get(order[j], d);
          square += difference * difference;
        }
        best = Math.max(best, Math.sqrt(square));
      }
    }
    return best;
  }

  /// How many levels there are.
  public int levels() {
    return sigmas.size();
  }

  /// Level i, from 0, the largest.
  public double sigma(int i) {
    return sigmas.get(i);
  }

  /// The process whose noise has these levels: [VarianceExploding], smoothed, from the smallest to
  /// the largest.
  ///
  /// @throws IllegalArgumentException if there is one level alone
  public VarianceExploding process() {
    if (levels() == 1) {
      throw new IllegalArgumentException(
          "a ladder of one level, %s, is no process: give at least two".formatted(sigmas));
    }
    return new VarianceExploding(sigmas.getLast(), sigmas.getFirst(), true);
  }

  /// The time at which [#process] has level i.
  ///
  /// ```text
  /// t = ln(σ_i/σ_min)/ln(σ_max/σ_min)
  /// ```
  public double time(int i) {
    process(); // one level alone is none
    double min = sigmas.getLast();
    return StrictMath.log(sigma(i) / min) / StrictMath.log(sigmas.getFirst() / min);
  }

  /// All those times, from 1 to 0.
  public List<Double> times() {
    List<Double> times = new ArrayList<>();
    for (int i = 0; i < levels(); i++) {
      times.add(time(i));
    }
    return times;
  }
}
