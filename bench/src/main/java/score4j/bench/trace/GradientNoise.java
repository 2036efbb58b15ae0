package score4j.bench.trace;

import java.io.PrintStream;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import score4j.Threads;
import score4j.array.Batch;
import score4j.bench.Workload;
import score4j.internal.kernel.KernelChoice;
import score4j.nn.JetEngine;
import score4j.rng.Key;

/// What a step is worth: the time of a step beside the noise of its gradient, over fresh batches
/// and probes.
///
/// ```text
/// noise = E‖g − E g‖² / ‖E g‖²
/// at equal time = noise·time per step, as a multiple of the exact trace's
/// ```
/// The last is what a fixed time buys, when as many steps as fit are averaged.
public final class GradientNoise {
  private static final int DRAWS = 40;
  // the more coordinates, the less their sum varies, and the more each draw costs
  private static final int FEW_DRAWS = 12;
  private static final int FEW_FROM = 512;

  private GradientNoise() {}

  /// How a gradient varies over batches and probes.
  ///
  /// @param variance E‖g − E g‖²
  /// @param signal ‖E g‖²
  public record Noise(double variance, double signal) {}

  private static int draws(int dim) {
    return dim < FEW_FROM ? DRAWS : FEW_DRAWS;
  }

  /// Prints a table for the dimensions that were timed with vector kernels; nothing if none were.
  public static void report(Collection<RunResult> results, PrintStream out) {
    Map<Integer, Map<String, Double>> micros = new TreeMap<>();
    for (RunResult result : results) {
      var parameters = result.getParams();
      if (parameters.getBenchmark().startsWith(ExactVersusSlicedBench.class.getName())
          && parameters.getParam("kernels").equals("vector")) {
        micros
            .computeIfAbsent(Integer.valueOf(parameters.getParam("dim")), d -> new TreeMap<>())
            .put(parameters.getParam("objective"), result.getPrimaryResult().getScore());
      }
    }
    micros.values().removeIf(times -> !times.containsKey("exact"));
    if (micros.isEmpty()) {
      return;
    }
    String kernels = KernelChoice.kernels().name();
    out.printf(
        "%nGradient noise over %d batches, %d from D = %d, on %s kernels%n%n",
        DRAWS, FEW_DRAWS, FEW_FROM, kernels);
    out.println("   D  objective     µs/step   noise   at equal time");
    micros.forEach((dim, times) -> report(dim, times, out));
  }

  private static void report(int dim, Map<String, Double> times, PrintStream out) {
    Noise exact = noise(dim, "exact");
    double unit = exact.variance() * times.getOrDefault("exact", Double.NaN);
    times.forEach(
        (objective, time) -> {
          double variance = noise(dim, objective).variance();
          out.printf("%4d  %-10s", dim, objective);
          out.printf(
              "%10.1f %7.4f %15.2f%n", time, variance / exact.signal(), variance * time / unit);
        });
  }

  /// The noise of W4 in `dim` dimensions, unbiased, from the same batches for every objective.
  ///
  /// @param objective as in [ExactVersusSlicedBench]
  public static Noise noise(int dim, String objective) {
    int draws = draws(dim);
    Workload workload = ExactVersusSlicedBench.workload(objective, dim);
    int size = workload.parameters().size();
    float[] gradient = new float[size];
    double[] sum = new double[size];
    double squares = 0;
    try (JetEngine engine = workload.engine(Threads.ONE)) {
      for (int draw = 0; draw < draws; draw++) {
        Batch x = Workload.batch(1000 + draw, workload.x().rows(), dim);
        engine.lossAndGradient(workload.parameters(), x, Key.of(draw), gradient);
        for (int i = 0; i < size; i++) {
          sum[i] += gradient[i];
          squares += (double) gradient[i] * gradient[i];
        }
      }
    }
    double mean = 0;
    for (double s : sum) {
      mean += (s / draws) * (s / draws);
    }
    double variance = (squares / draws - mean) * draws / (draws - 1);
    return new Noise(variance, mean - variance / draws);
  }
}
