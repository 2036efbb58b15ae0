package score4j.objective;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;

/// At which times of a process the losses of samples are taken: a function of a uniform number,
/// and the weight that undoes its preference.
///
/// Sample i of a key takes the number u + i/φ, modulo 1, with u uniform from the key and φ the
/// golden ratio: each time alone has the law that this says, and those of neighbouring samples are
/// spread evenly, so that the mean over a batch varies much less than with independent times.
public sealed interface TimeLaw {
  /// The time at a share of the law.
  ///
  /// @param u from 0 (included) to 1 (excluded)
  double time(double u);

  /// What the loss at a time is multiplied with, beside its [Weighting].
  default double weight(double t) {
    return 1;
  }

  /// Every time from one to another equally likely.
  ///
  /// @param from the earliest, at least 0
  /// @param to the latest, at most 1
  record Uniform(double from, double to) implements TimeLaw {
    /// Checks the order.
    public Uniform {
      if (!(from >= 0 && to <= 1 && from < to)) {
        throw new IllegalArgumentException(
            "times must be from 0 to 1, from before to, but from was %s and to %s"
                .formatted(from, to));
      }
    }

    @Override
    public double time(double u) {
      return from + (to - from) * u;
    }
  }

  /// A few times, all equally likely: the levels of a ladder.
  ///
  /// @param times at least one, from 0 to 1
  record Levels(List<Double> times) implements TimeLaw {
    /// Checks the range.
    public Levels {
      times = List.copyOf(times);
      if (times.isEmpty() || times.stream().anyMatch(t -> !(t >= 0 && t <= 1))) {
        throw new IllegalArgumentException(
            "times must be from 0 to 1, and at least one, but are %s".formatted(times));
      }
    }

    @Override
    public double time(double u) {
      return times.get((int) (u * times.size()));
    }
  }

  /// Times whose noise level σ/α is log-normal; levels beyond those of the process are put where it
  /// begins and ends.
  ///
  /// ```text
  /// log(σ/α) ~ N(mean, std²)                                     Karras et al. 2022, table 1
  /// ```
  /// The law lies in a table of 4096 steps, between which it is uniform.
  final class LogNormal implements TimeLaw {
    private static final int STEPS = 4096;
    private final double mean;
    private final double std;
    private final double[] quantiles = new double[STEPS + 1];

    /// @param mean of the logarithm; −1.2 is usual
    /// @param std of the logarithm; 1.2 is usual
    public LogNormal(LinearSde process, double mean, double std) {
      Objects.requireNonNull(process, "process");
      if (!Double.isFinite(mean) || !(std > 0) || Double.isInfinite(std)) {
        throw new IllegalArgumentException(
            "mean must be finite and std finite and above 0 but they were %s and %s"
                .formatted(mean, std));
      }
      this.mean = mean;
      this.std = std;
      double first = process.earliestTime();
      double least = process.marginal(first).noiseLevel();
      double most = process.marginal(1).noiseLevel();
      for (int i = 0; i <= STEPS; i++) {
        double level = StrictMath.exp(mean + std * quantile((double) i / STEPS));
        quantiles[i] = level <= least ? first : level >= most ? 1 : process.timeOf(level);
      }
    }

    // the quantile of the normal law by bisection of its distribution function
    private static double quantile(double u) {
      double low = -9;
      double high = 9;
      for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        if (distribution(middle) < u) {
          low = middle;
        } else {
          high = middle;
        }
      }
      return low;
    }

    // Φ by Marsaglia's series, whose terms have one sign
    private static double distribution(double q) {
      double term = q;
      double sum = q;
      for (int i = 3; sum + term != sum; i += 2) {
        term *= q * q / i;
        sum += term;
      }
      return 0.5 + sum * StrictMath.exp(-0.5 * q * q) / Math.sqrt(2 * Math.PI);
    }

    @Override
    public double time(double u) {
      int cell = (int) (u * STEPS);
      double share = u * STEPS - cell;
      return quantiles[cell] + share * (quantiles[cell + 1] - quantiles[cell]);
    }

    @Override
    public String toString() {
      return "LogNormal[mean=%s, std=%s]".formatted(mean, std);
    }
  }

  /// Times as likely as the loss there is large, with the weight that makes the mean that of
  /// [Uniform]: the same expectation, from samples that vary less.
  ///
  /// ```text
  /// q(t) ∝ λ(t)/σ(t)²,   weight = 1/((1 − from)·q(t))          Song et al. 2021b, section 4.2
  /// ```
  /// For a perfect network the loss at t is λ·½(D/σ² − E‖s‖²), nearly as q. The law lies in a table
  /// of 4096 cells of equal width of log(t), in each of which it is uniform, and the weight is
  /// exactly that law's.
  final class Importance implements TimeLaw {
    private static final int CELLS = 4096;
    private final double from;
    private final Weighting weighting;
    private final double[] edges = new double[CELLS + 1];
    // the share of the law before each edge
    private final double[] shares = new double[CELLS + 1];

    /// @param weighting λ
    /// @param from the earliest time, above 0
    public Importance(LinearSde process, Weighting weighting, double from) {
      if (!(from > 0 && from < 1)) {
        throw new IllegalArgumentException(
            "from must be above 0, where the weight may be infinite, and below 1 but was %s"
                .formatted(from));
      }
      this.from = from;
      this.weighting = Objects.requireNonNull(weighting, "weighting");
      double log = StrictMath.log(from);
      for (int i = 0; i <= CELLS; i++) {
        edges[i] = i == CELLS ? 1 : i == 0 ? from : StrictMath.exp(log * (CELLS - i) / CELLS);
      }
      for (int i = 0; i < CELLS; i++) {
        double middle = 0.5 * (edges[i] + edges[i + 1]);
        double std = process.marginal(middle).std();
        double mass = weighting.at(process, middle) / (std * std) * (edges[i + 1] - edges[i]);
        if (!(mass > 0) || Double.isInfinite(mass)) {
          throw new IllegalArgumentException(
              "weighting must be finite and above 0 but λ/σ² is %s at t = %s"
                  .formatted(mass / (edges[i + 1] - edges[i]), middle));
        }
        shares[i + 1] = shares[i] + mass;
      }
      double total = shares[CELLS];
      for (int i = 0; i <= CELLS; i++) {
        shares[i] /= total;
      }
    }

    private static int cell(double[] edges, double value) {
      int found = Arrays.binarySearch(edges, value);
      return Math.clamp(found >= 0 ? found : -found - 2, 0, CELLS - 1);
    }

    @Override
    public double time(double u) {
      int i = cell(shares, u);
      double share = (u - shares[i]) / (shares[i + 1] - shares[i]);
      return edges[i] + share * (edges[i + 1] - edges[i]);
    }

    @Override
    public double weight(double t) {
      int i = cell(edges, t);
      return (edges[i + 1] - edges[i]) / (shares[i + 1] - shares[i]) / (1 - from);
    }

    @Override
    public String toString() {
      return "Importance[%s, from=%s]".formatted(weighting, from);
    }
  }

  /// Every time of a process from its earliest on equally likely.
  static TimeLaw uniform(LinearSde process) {
    return new Uniform(process.earliestTime(), 1);
  }

  /// The levels of a ladder, all equally likely.
  static TimeLaw levels(SigmaLadder ladder) {
    return new Levels(ladder.times());
  }
}
