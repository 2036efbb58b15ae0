package score4j.bench.report;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// One benchmark with one set of parameters: the quantiles of its score, in ns or in operations per
/// ns.
///
/// @param benchmark class and method without `score4j.bench.`, such as `train.StepBench.gradient`
/// @param values what it consists of where these are few, else empty
record Result(
    String benchmark,
    Map<String, String> params,
    double min,
    double lower,
    double median,
    double upper,
    double max,
    List<Double> values) {

  static Result of(String benchmark, Map<String, String> params, double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Result(
        benchmark,
        params,
        quantile(sorted, 0),
        quantile(sorted, 0.25),
        quantile(sorted, 0.5),
        quantile(sorted, 0.75),
        quantile(sorted, 1),
        Arrays.stream(values).boxed().toList());
  }

  private static double quantile(double[] sorted, double p) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    double at = p * (sorted.length - 1);
    int left = (int) at;
    int right = Math.min(left + 1, sorted.length - 1);
    return sorted[left] + (at - left) * (sorted[right] - sorted[left]);
  }

  /// The same in other units.
  Result times(double factor) {
    return new Result(
        benchmark,
        params,
        min * factor,
        lower * factor,
        median * factor,
        upper * factor,
        max * factor,
        values.stream().map(v -> v * factor).toList());
  }

  String param(String name) {
    return params.getOrDefault(name, "");
  }

  boolean has(Map<String, String> wanted) {
    return wanted.entrySet().stream().allMatch(e -> param(e.getKey()).equals(e.getValue()));
  }
}
