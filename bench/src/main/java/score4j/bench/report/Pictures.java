package score4j.bench.report;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import score4j.bench.Workload;
import score4j.bench.kernel.GemmBench;
import score4j.bench.report.Chart.Scale;

/// The pictures of the report; each is left out if its results are missing.
final class Pictures {
  private static final Map<String, String> LEVELS = new LinkedHashMap<>();

  static {
    LEVELS.put("16", "L1");
    LEVELS.put("512", "L2");
    LEVELS.put("16384", "L3");
    LEVELS.put("524288", "memory");
  }

  private final Results results;
  private final double peak;
  private final Path folder;
  private final List<String> written = new ArrayList<>();

  Pictures(Results results, double peak, Path folder) {
    this.results = results;
    this.peak = peak;
    this.folder = folder;
  }

  /// Draws what can be drawn.
  ///
  /// @return the names of the pictures, without ending
  List<String> write() throws IOException {
    roofline();
    ratios();
    crossover();
    warmUp();
    return List.copyOf(written);
  }

  private void write(String name, Chart... charts) throws IOException {
    Figure.of(charts).write(folder, name);
    written.add(name);
  }

  /// The levels of the memory by their working sets in KB.
  static Map<String, String> levels() {
    return Collections.unmodifiableMap(LEVELS);
  }

  private void roofline() throws IOException {
    if (results.peak().isEmpty()) {
      return;
    }
    List<Spot> spots = spots();
    double right = 3 * spots.stream().mapToDouble(Spot::x).max().orElse(100);
    double top = 2 * peak;
    double bottom =
        Math.min(peak / 60, 0.6 * spots.stream().mapToDouble(Spot::y).min().orElse(peak));
    Chart chart =
        new Chart(
                "Roofline of one thread",
                "lines: measured peak and read bandwidth; blue: workloads; green: matrix products"
                    + " alone",
                Scale.log("FLOP for each byte that must be read or written", 0.05, right),
                Scale.log("GFLOP/s", bottom, top))
            .size(760, 400)
            .margins(66, 40);
    for (Map.Entry<String, String> level : LEVELS.entrySet()) {
      results
          .bandwidth(level.getKey())
          .ifPresent(
              b -> {
                double ridge = peak / b;
                chart.line(
                    new double[] {bottom / b, ridge}, new double[] {bottom, peak}, Look.AXIS, 1.6);
                double from = Math.max(0.06, 2.2 * bottom / b);
                chart.onSlope(
                    from,
                    from * b,
                    2 * from,
                    2 * from * b,
                    "%s %s GB/s".formatted(level.getValue(), Text.number(b)));
              });
    }
    double corner =
        LEVELS.keySet().stream()
            .flatMap(k -> results.bandwidth(k).stream())
            .mapToDouble(b -> peak / b)
            .min()
            .orElse(0.05);
    chart.line(new double[] {corner, right}, new double[] {peak, peak}, Look.INK, 1.8);
    chart.onSlope(
        2 * corner, peak, 4 * corner, peak, "peak %s GFLOP/s".formatted(Text.number(peak)));
    for (Spot spot : spots) {
      chart.dot(spot.x(), spot.y(), spot.color(), 7);
    }
    for (Spot spot : spots) {
      chart.name(spot.x(), spot.y(), spot.name(), spot.color());
    }
    write("roofline", chart);
  }

  private record Spot(String name, double x, double y, Color color) {}

  private List<Spot> spots() {
    List<Spot> spots = new ArrayList<>();
    for (Result gemm : results.of("kernel.GemmBench.gemm", Map.of("kernels", "vector")).toList()) {
      GemmBench.Shape shape = GemmBench.Shape.of(gemm.param("workload"), gemm.param("form"));
      spots.add(
          new Spot(
              "%s %s".formatted(gemm.param("workload"), gemm.param("form")),
              shape.flop() / shape.bytes(),
              shape.flop() / gemm.median(),
              Look.GREEN));
    }
    for (String workload : Floor.workloads()) {
      Optional<Result> time = results.ours(workload, 1);
      // two kinds that lie beside others
      if (time.isPresent() && !workload.endsWith("-m4") && !workload.equals("W3r")) {
        Floor floor = Floor.of(workload);
        double y = floor.flop() / time.get().median();
        spots.add(new Spot(workload, floor.intensity(), y, Look.BLUE));
      }
    }
    return spots;
  }

  private void ratios() throws IOException {
    List<String> rows =
        Floor.workloads().stream()
            .filter(w -> results.ours(w, 1).isPresent() || peers(w).findAny().isPresent())
            .toList();
    if (rows.isEmpty()) {
      return;
    }
    double[] times =
        rows.stream()
            .flatMapToDouble(
                w ->
                    results.ours(w, 1).stream()
                        .flatMapToDouble(t -> DoubleStream.of(t.min(), t.upper()))
                        .map(t -> t / Floor.of(w).nanos(peak)))
            .toArray();
    double most = Math.max(2, 1.2 * DoubleStream.of(times).max().orElse(2));
    double least = Math.min(0.9, 0.95 * DoubleStream.of(times).min().orElse(1));
    double height = Math.max(120, 19.0 * rows.size());
    Chart ours =
        new Chart(
                "Our step against its floor",
                "one thread; dot: median, line: quartiles; rose stroke: goal; 1 is the floor",
                Scale.log("time / floor", least, most),
                Scale.rows(rows))
            .size(400, height)
            .margins(112, 30);
    ours.line(new double[] {1, 1}, new double[] {-0.6, rows.size() - 0.4}, Look.GREY, 1.2);
    for (int row = 0; row < rows.size(); row++) {
      Floor floor = Floor.of(rows.get(row));
      double unit = floor.nanos(peak);
      ours.tick(floor.goalNanos(peak) / unit, row, Look.ROSE);
      int at = row;
      results
          .ours(rows.get(row), 1)
          .ifPresent(
              t -> ours.dot(t.lower() / unit, t.median() / unit, t.upper() / unit, at, Look.BLUE));
    }
    List<String> compared =
        rows.stream()
            .filter(w -> results.ours(w, 1).isPresent() && peers(w).findAny().isPresent())
            .toList();
    if (compared.isEmpty()) {
      write("ratios", ours);
      return;
    }
    write("ratios", ours, peersChart(compared));
  }

  private Stream<Result> peers(String workload) {
    return Stream.of("libtorch-expert", "libtorch-idiom")
        .flatMap(l -> results.peer(l, workload).stream());
  }

  private Chart peersChart(List<String> rows) {
    double most = 2;
    double least = 0.9;
    for (String workload : rows) {
      double own = results.ours(workload, 1).orElseThrow().median();
      double[] ratios = peers(workload).mapToDouble(p -> p.median() / own).toArray();
      most = Math.max(most, 1.2 * DoubleStream.of(ratios).max().orElse(1));
      least = Math.min(least, 0.9 * DoubleStream.of(ratios).min().orElse(1));
    }
    Chart chart =
        new Chart(
                "libtorch against ours",
                "one thread each; line: quartiles; above 1 libtorch takes longer",
                Scale.log("libtorch's time / ours", least, most),
                Scale.rows(rows))
            .size(400, Math.max(120, 19.0 * rows.size()))
            .margins(112, 30);
    chart.line(new double[] {1, 1}, new double[] {-0.6, rows.size() - 0.4}, Look.GREY, 1.2);
    for (int row = 0; row < rows.size(); row++) {
      String workload = rows.get(row);
      double own = results.ours(workload, 1).orElseThrow().median();
      int at = row;
      results
          .peer("libtorch-idiom", workload)
          .ifPresent(
              p -> chart.dot(p.lower() / own, p.median() / own, p.upper() / own, at, Look.ROSE));
      results
          .peer("libtorch-expert", workload)
          .ifPresent(
              p -> chart.dot(p.lower() / own, p.median() / own, p.upper() / own, at, Look.ORANGE));
    }
    String top = rows.getFirst();
    double own = results.ours(top, 1).orElseThrow().median();
    results
        .peer("libtorch-idiom", top)
        .ifPresent(p -> chart.name(p.median() / own, 0, "idiom", Look.ROSE));
    results
        .peer("libtorch-expert", top)
        .ifPresent(p -> chart.name(p.median() / own, 0, "expert", Look.ORANGE));
    return chart;
  }

  /// An objective of the comparison of traces.
  private record Objective(String name, String label, Color color, boolean dashed) {}

  /// Time and noise of an objective in one dimension.
  ///
  /// @param atEqualTime variance × time, as a multiple of the exact trace's
  record Point(int dim, String objective, double nanos, double noise, double atEqualTime) {}

  /// The comparison of traces: by objective, then dimension.
  static Map<String, List<Point>> points(Results results) {
    Map<String, List<Point>> points = new TreeMap<>();
    for (String objective : List.of("exact", "diagonal", "m1", "m4")) {
      for (int dim : Workload.DIMENSIONS) {
        Optional<Result> time = trace(results, objective, dim);
        if (time.isPresent()) {
          double[] noise = noise(results, objective, dim);
          double[] exact = noise(results, "exact", dim);
          double unit =
              trace(results, "exact", dim).map(Result::median).orElse(Double.NaN) * exact[0];
          double nanos = time.get().median();
          points
              .computeIfAbsent(objective, o -> new ArrayList<>())
              .add(new Point(dim, objective, nanos, noise[0] / exact[1], noise[0] * nanos / unit));
        }
      }
    }
    return points;
  }

  // the same time as in the table of workloads
  private static Optional<Result> trace(Results results, String objective, int dim) {
    return results.ours("W4-%d-%s".formatted(dim, objective), 1);
  }

  // the trace has one gradient, however it is computed
  private static double[] noise(Results results, String objective, int dim) {
    String measured = objective.equals("diagonal") ? "exact" : objective;
    return results
        .find(Suite.NOISE, Map.of("objective", measured, "dim", Integer.toString(dim)))
        .map(Result::values)
        .filter(values -> values.size() == 2)
        .map(values -> new double[] {values.get(0), values.get(1)})
        .orElse(new double[] {Double.NaN, Double.NaN});
  }

  private void crossover() throws IOException {
    Map<String, List<Point>> points = points(results);
    if (points.isEmpty()) {
      return;
    }
    boolean both = points.containsKey("diagonal");
    List<Objective> objectives =
        List.of(
            new Objective("exact", both ? "exact, cyclic" : "exact", Look.BLUE, false),
            new Objective("diagonal", "exact, unit vectors", Look.BLUE, true),
            new Objective("m4", "4 probes", Look.ORANGE, false),
            new Objective("m1", "1 probe", Look.ROSE, false));
    double[] dims = Workload.DIMENSIONS.stream().mapToDouble(d -> d).toArray();
    double[] times =
        points.values().stream().flatMap(List::stream).mapToDouble(p -> p.nanos() / 1e6).toArray();
    double[] worths =
        points.values().stream()
            .flatMap(List::stream)
            .mapToDouble(Point::atEqualTime)
            .filter(Double::isFinite)
            .toArray();
    Chart time =
        new Chart(
                "Time of a step",
                "D-128-128-D softplus, 256 samples, one thread",
                Scale.log("dimensions D", 1.7, 950, dims),
                low(times, "ms"))
            .margins(66, 136);
    Chart worth =
        new Chart(
                "Noise at equal time",
                "gradient variance × time of a step, over the exact trace's: lower is better",
                Scale.log("dimensions D", 1.7, 950, dims),
                low(worths, "times the exact trace's"))
            .margins(66, 136);
    for (Objective objective : objectives) {
      List<Point> line = points.getOrDefault(objective.name(), List.of());
      if (!line.isEmpty()) {
        curve(time, objective, line.stream().mapToDouble(Point::dim).toArray(), 1e-6, line);
        if (worths.length > 0) {
          curve(worth, objective, line.stream().mapToDouble(Point::dim).toArray(), 0, line);
        }
      }
    }
    if (worths.length > 0) {
      write("crossover", time, worth);
    } else {
      write("crossover", time);
    }
  }

  private static Scale low(double[] values, String label) {
    double least = DoubleStream.of(values).min().orElse(1);
    double most = DoubleStream.of(values).max().orElse(1);
    return Scale.log(label, least / 1.4, most * 1.4);
  }

  private static void curve(
      Chart chart, Objective objective, double[] x, double factor, List<Point> line) {
    double[] y =
        line.stream().mapToDouble(p -> factor > 0 ? p.nanos() * factor : p.atEqualTime()).toArray();
    if (objective.dashed()) {
      chart.dashes(x, y, objective.color(), 2.2);
    } else {
      chart.line(x, y, objective.color(), 2.2);
    }
    for (int i = 0; i < x.length; i++) {
      chart.dot(x[i], y[i], objective.color(), 6);
    }
    chart.end(x[x.length - 1], y[y.length - 1], objective.label(), objective.color());
  }

  private void warmUp() throws IOException {
    List<Result> plain = results.of(Suite.CURVE, Map.of("aot", "none")).toList();
    List<Result> cached = results.of(Suite.CURVE, Map.of("aot", "cache")).toList();
    if (plain.isEmpty()) {
      return;
    }
    double[] all =
        Stream.concat(plain.stream(), cached.stream())
            .flatMapToDouble(r -> DoubleStream.of(Curve.of(r).points()[1]))
            .toArray();
    double most = 1.5 * DoubleStream.of(all).max().orElse(1);
    double least = DoubleStream.of(all).min().orElse(0.1) / 1.5;
    double end = plain.stream().mapToDouble(r -> Curve.of(r).end()).max().orElse(5000);
    Chart chart =
        new Chart(
                "The first seconds of a new JVM",
                "workload W1, one thread: every step since the process started; dot: the first",
                Scale.linear("seconds since the start", 0, end / 1e3),
                Scale.log("ms for a step", least, most))
            .size(620, 300)
            .margins(66, 146);
    curves(chart, cached, Look.ORANGE, "with an AOT cache");
    curves(chart, plain, Look.BLUE, "as it is");
    write("warm-up", chart);
  }

  private static void curves(Chart chart, List<Result> runs, Color color, String label) {
    for (int i = 0; i < runs.size(); i++) {
      double[][] points = Curve.of(runs.get(i)).points();
      int last = points[0].length - 1;
      chart.line(points[0], points[1], color, 1.6);
      chart.dot(points[0][0], points[1][0], color, 6);
      if (i == 0) {
        chart.end(points[0][last], points[1][last], label, color);
      }
    }
  }
}
