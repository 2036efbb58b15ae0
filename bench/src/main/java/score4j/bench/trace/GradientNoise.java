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

  private GradientNoise() {}

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
    out.printf("%nGradient noise over %d batches, on %s kernels%n%n", DRAWS, kernels);
    out.println("   D  objective     µs/step   noise   at equal time");
    micros.forEach((dim, times) -> report(dim, times, out));
  }

  private static void report(int dim, Map<String, Double> times, PrintStream out) {
    double[] exact = noise(dim, "exact");
    double unit = exact[0] * times.getOrDefault("exact", Double.NaN);
    times.forEach(
        (objective, time) -> {
          double variance = noise(dim, objective)[0];
          out.printf("%4d  %-10s", dim, objective);
          out.printf("%10.1f %7.4f %15.2f%n", time, variance / exact[1], variance * time / unit);
        });
  }

  /// E‖g − E g‖² and ‖E g‖², both unbiased, from the same batches for every objective.
  static double[] noise(int dim, String objective) {
    Workload workload = ExactVersusSlicedBench.workload(objective, dim);
    int size = workload.parameters().size();
    float[] gradient = new float[size];
    double[] sum = new double[size];
    double squares = 0;
    try (JetEngine engine = workload.engine(Threads.ONE)) {
      for (int draw = 0; draw < DRAWS; draw++) {
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
      mean += (s / DRAWS) * (s / DRAWS);
    }
    double variance = (squares / DRAWS - mean) * DRAWS / (DRAWS - 1);
    return new double[] {variance, mean - variance / DRAWS};
  }
}
