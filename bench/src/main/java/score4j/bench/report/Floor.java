package score4j.bench.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import score4j.bench.Workload;
import score4j.objective.Denoising;
import score4j.objective.Objective;
import score4j.objective.Regularized;
import score4j.objective.Sliced;

/// The least that a workload can cost on one thread: its useful multiply-adds at the processor's
/// measured peak, and 0.2 ns for each transcendental function.
///
/// ```text
/// floor = 2·products/peak + 0.2 ns·transcendentals
/// ```
/// **Products**, for each of B samples, with e₁ and e_L the weights of the first and last layer, m
/// those between hidden layers, h₁ and h₂ the hidden widths, and K directions:
///
/// ```text
/// scores alone                e₁ + m + e_L
/// denoising                   2·e₁ + 3·m + 3·e_L    value, weights, cotangents above the input
/// sliced, K random            + K·(2·e₁ + 3·m + 2·e_L + h)       Wᵀv of the last layer is shared
/// exact, K = D unit vectors   + 3·K·m + e₁ + 2·e_L       nothing for the first layer's tangents
/// exact, one hidden layer     + 2·h, and 3·D·h a step    the trace is φ′·c, c = diag(W₁·W₂)
/// exact, two hidden layers    + 3·h₁·h₂, and 3·D·h₁·h₂ a step     φ₂′ᵀ·(W₂ ∘ W₁W₃)·φ₁′
/// regularised, D = 1          as exact with one hidden layer, + h
/// ```
/// Of several ways the cheapest counts. Element-wise products are left out: between wide layers
/// they are below 2%. **Transcendentals**: one for each hidden unit of each sample. Random numbers
/// are left out.
///
/// At 236 GFLOP/s these counts give the floors of the project's plan within 5%, but for: W2 0.54 ms
/// (plan 0.6) and W3 2.1 µs (plan 3), where the plan counts element-wise products; W4-784-m1 2.19,
/// W4-128-m4 1.29 and W4-784-m4 5.12 ms (plan 2.4, 1.4, 6), where it carries tangents through the
/// last layer once more; W4-D-exact 0.23, 0.24, 0.28, 0.46 ms up to D = 128 (plan 0.2, 0.2, 0.25,
/// 0.4), where it counts less for the fold W₁·W₃; W6a 2.2 s (plan 2.0), where it leaves the
/// products out; W7b 195 ms (plan 185), where it counts 3 of 13 ms of softplus. The goals are the
/// plan's in ms all the same.
///
/// @param products useful multiply-adds of one run
/// @param transcendentals how often an activation is taken
/// @param bytes what one run reads and writes at least once: samples, parameters, results; for
///     chains in each step
/// @param goalNanos what we hold ourselves to at [#PLAN_PEAK]
public record Floor(double products, double transcendentals, double bytes, double goalNanos) {
  /// The GFLOP/s for which the plan states its goals.
  public static final double PLAN_PEAK = 236;

  private static final double TRANSCENDENTAL = 0.2;
  private static final int CHAINS = 10_000;
  private static final int CHAIN_STEPS = 1_000;
  private static final int POINTS = 65_536;

  /// The goals of the plan in ms.
  private static final Map<String, Double> GOALS =
      Map.ofEntries(
          Map.entry("W1", 0.84),
          Map.entry("W2", 0.9),
          Map.entry("W3", 0.006),
          Map.entry("W3r", 0.007),
          Map.entry("W4-2-exact", 1.3 * 0.2),
          Map.entry("W4-8-exact", 1.3 * 0.2),
          Map.entry("W4-32-exact", 1.3 * 0.25),
          Map.entry("W4-128-exact", 1.3 * 0.4),
          Map.entry("W4-784-exact", 1.3 * 1.6),
          Map.entry("W4-2-m1", 1.25 * 0.23),
          Map.entry("W4-8-m1", 1.25 * 0.24),
          Map.entry("W4-32-m1", 1.25 * 0.30),
          Map.entry("W4-128-m1", 1.25 * 0.57),
          Map.entry("W4-784-m1", 1.25 * 2.4),
          Map.entry("W4-2-m4", 1.25 * 0.55),
          Map.entry("W4-8-m4", 1.25 * 0.58),
          Map.entry("W4-32-m4", 1.25 * 0.72),
          Map.entry("W4-128-m4", 1.25 * 1.4),
          Map.entry("W4-784-m4", 1.25 * 6),
          Map.entry("W5a", 0.30),
          Map.entry("W5b", 7.3),
          Map.entry("W6a", 3000.0),
          Map.entry("W6b", 2400.0),
          Map.entry("W7a", 16.0),
          Map.entry("W7b", 220.0));

  /// The names of all workloads, in the order of the page.
  public static List<String> workloads() {
    return Stream.concat(
            Workload.names().sorted(Floor::compare), Stream.of("W6a", "W6b", "W7a", "W7b"))
        .toList();
  }

  // W4 by objective, then dimension; the others by name
  private static int compare(String a, String b) {
    return rank(a).compareTo(rank(b));
  }

  private static String rank(String name) {
    String[] parts = name.split("-", -1);
    return parts.length < 3
        ? name
        : "%s %s %4d".formatted(parts[0], parts[2], Integer.valueOf(parts[1]));
  }

  /// The floor of a workload.
  public static Floor of(String workload) {
    double goal = GOALS.getOrDefault(workload, Double.NaN) * 1e6;
    return switch (workload) {
      case "W6a" -> evaluations(CHAIN_STEPS, CHAINS, goal, 1, 1024, 1);
      case "W6b" -> evaluations(CHAIN_STEPS, CHAINS, goal, 2, 64, 128, 64, 2);
      case "W7a" -> evaluations(1, POINTS, goal, 2, 64, 128, 64, 2);
      case "W7b" -> evaluations(1, POINTS, goal, 64, 512, 512, 64);
      default -> {
        Workload step = Workload.named(workload);
        int[] sizes = step.mlp().sizes().stream().mapToInt(Integer::intValue).toArray();
        yield step(step.objective(), step.x().rows(), goal, sizes);
      }
    };
  }

  private static Floor evaluations(int times, int rows, double goal, int... sizes) {
    Shape s = Shape.of(sizes);
    double each = (double) times * rows;
    return new Floor(
        each * (s.first + s.middle + s.last),
        each * s.units,
        times * 4.0 * (2.0 * rows * sizes[0] + s.parameters),
        goal);
  }

  private static Floor step(Objective objective, int rows, double goal, int... sizes) {
    Shape s = Shape.of(sizes);
    int dim = sizes[0];
    double value = 2 * s.first + 3 * s.middle + 3 * s.last;
    double products;
    if (objective instanceof Denoising) {
      products = rows * value;
    } else if (objective instanceof Sliced sliced) {
      double above = sizes[sizes.length - 2];
      products =
          rows * (value + sliced.probes() * (2 * s.first + 3 * s.middle + 2 * s.last + above));
    } else {
      double plain = rows * (value + 3 * dim * s.middle + s.first + 2 * s.last);
      double folded = Double.POSITIVE_INFINITY;
      if (sizes.length == 3) {
        folded = rows * (value + 2.0 * sizes[1]) + 3.0 * dim * sizes[1];
      } else if (sizes.length == 4) {
        folded = (rows + dim) * 3 * s.middle + rows * value;
      }
      products = Math.min(plain, folded);
      if (objective instanceof Regularized) {
        products += (double) rows * sizes[1];
      }
    }
    return new Floor(
        products, (double) rows * s.units, 4.0 * (2 * s.parameters + (double) rows * dim), goal);
  }

  /// FLOP, two for each product.
  public double flop() {
    return 2 * products;
  }

  /// The floor in ns.
  ///
  /// @param peak in GFLOP/s
  public double nanos(double peak) {
    return flop() / peak + TRANSCENDENTAL * transcendentals;
  }

  /// The goal in ns: as far above this processor's floor as the plan's is above the plan's.
  ///
  /// @param peak in GFLOP/s
  public double goalNanos(double peak) {
    return goalNanos / nanos(PLAN_PEAK) * nanos(peak);
  }

  /// FLOP for each byte.
  public double intensity() {
    return flop() / bytes;
  }

  private record Shape(double first, double middle, double last, double units, double parameters) {
    static Shape of(int... sizes) {
      double middle = 0;
      double units = 0;
      double parameters = 0;
      for (int l = 1; l < sizes.length; l++) {
        double weights = (double) sizes[l - 1] * sizes[l];
        parameters += weights + sizes[l];
        if (l > 1 && l < sizes.length - 1) {
          middle += weights;
        }
        if (l < sizes.length - 1) {
          units += sizes[l];
        }
      }
      int end = sizes.length - 1;
      double first = (double) sizes[0] * sizes[1];
      double last = (double) sizes[end - 1] * sizes[end];
      return new Shape(first, middle, last, units, parameters);
    }
  }
}
