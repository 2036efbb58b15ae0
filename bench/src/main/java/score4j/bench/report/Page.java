package score4j.bench.report;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import score4j.bench.kernel.GemmBench;
import score4j.bench.kernel.TailBench;

/// The report as Markdown; a number that was not measured is a dash.
record Page(Results results, double peak, List<String> pictures) {
  private static final List<String> HEADLINE =
      List.of(
          "W1",
          "W2",
          "W3",
          "W4-2-exact",
          "W4-32-exact",
          "W4-784-exact",
          "W4-784-m1",
          "W5a",
          "W5b",
          "W6a",
          "W6b",
          "W7a",
          "W7b");

  String text() {
    StringBuilder page = new StringBuilder("# What score4j costs\n\n");
    environment(page);
    page.append("\n## Every workload\n\n");
    page.append(
        """
        Medians, with the fastest in brackets. The floor is what the useful multiply-adds take at \
        the peak below, and 0.2 ns for each transcendental function; the goal is the plan's, \
        scaled by the floor. A dash was not measured.

        """);
    page.append(table(Floor.workloads()));
    picture(page, "ratios", "Every workload against its floor and libtorch");
    roofline(page);
    crossover(page);
    warmUp(page);
    kernels(page);
    return page.toString();
  }

  private void environment(StringBuilder page) {
    List<Result> stamps = results.of(Stamp.BENCHMARK, Map.of()).toList();
    for (Result stamp : stamps) {
      page.append("| measured | |\n|---|---|\n");
      stamp.params().forEach((k, v) -> page.append("| %s | %s |%n".formatted(k, v)));
    }
    if (stamps.isEmpty()) {
      page.append("The results do not say where and when they were taken.\n");
    }
  }

  private void picture(StringBuilder page, String name, String alt) {
    if (pictures.contains(name)) {
      page.append("\n![%s](%s.png)%n".formatted(alt, name));
    }
  }

  /// The table of what we hold ourselves to, as a page of its own.
  String headline() {
    return table(HEADLINE);
  }

  /// When the first of the results was taken and by which command.
  String origin() {
    return results
        .find(Stamp.BENCHMARK, Map.of())
        .map(
            s ->
                "%s by `%s` on %s with Java of %s"
                    .formatted(
                        s.param("date"), s.param("command"), s.param("processor"), s.param("java")))
        .orElse("unknown");
  }

  private String table(List<String> workloads) {
    StringBuilder table =
        new StringBuilder(
            "| workload | ours, 1 thread | ours, 2 threads | libtorch idiom | libtorch expert |"
                + " floor | goal | ours / floor | 1 thread / 2 |\n"
                + "|---|---|---|---|---|---|---|---|---|\n");
    for (String workload : workloads) {
      Floor floor = Floor.of(workload);
      Optional<Result> one = results.ours(workload, 1);
      Optional<Result> two = results.ours(workload, 2);
      double unit = floor.nanos(peak);
      table.append(
          "| %s | %s | %s | %s | %s | %s | %s | %s | %s |%n"
              .formatted(
                  workload,
                  time(one),
                  time(two),
                  time(results.peer("libtorch-idiom", workload)),
                  time(results.peer("libtorch-expert", workload)),
                  Text.time(unit),
                  Text.time(floor.goalNanos(peak)),
                  Text.ratio(median(one) / unit),
                  Text.ratio(median(one) / median(two))));
    }
    return table.toString();
  }

  private static double median(Optional<Result> result) {
    return result.map(Result::median).orElse(Double.NaN);
  }

  private static String time(Optional<Result> result) {
    return result
        .map(r -> "%s (%s)".formatted(Text.time(r.median()), Text.time(r.min())))
        .orElse(Text.NONE);
  }

  private void roofline(StringBuilder page) {
    page.append("\n## The processor\n\n");
    page.append(
        results.peak().isPresent()
            ? "One thread does %s GFLOP/s at best.".formatted(Text.number(peak))
            : "The peak was not measured; %s GFLOP/s are taken for it."
                .formatted(Text.number(peak)));
    for (Map.Entry<String, String> level : Pictures.levels().entrySet()) {
      results
          .bandwidth(level.getKey())
          .ifPresent(
              b ->
                  page.append(
                      " It reads %s GB/s from %s.".formatted(Text.number(b), level.getValue())));
    }
    page.append(
        """
         Bytes are those that must pass at least once: samples, parameters, results.
        """);
    picture(page, "roofline", "GFLOP/s of every workload below what the processor allows");
  }

  private void crossover(StringBuilder page) {
    Map<String, List<Pictures.Point>> points = Pictures.points(results);
    if (points.isEmpty()) {
      return;
    }
    page.append(
        """

        ## The exact trace against probes

        Noise is the variance of the gradient over batches and probes, as a multiple of its \
        squared mean. At equal time is noise × time, as a multiple of the exact trace's: above 1, \
        probes need longer for the same certainty.

        | D | objective | step | noise | at equal time |
        |---|---|---|---|---|
        """);
    points.values().stream()
        .flatMap(List::stream)
        .sorted(Comparator.comparingInt(Pictures.Point::dim))
        .forEach(
            p ->
                page.append(
                    "| %d | %s | %s | %s | %s |%n"
                        .formatted(
                            p.dim(),
                            p.objective(),
                            Text.time(p.nanos()),
                            Text.number(p.noise()),
                            Text.ratio(p.atEqualTime()))));
    picture(page, "crossover", "Time and worth of the exact trace and of probes over dimensions");
  }

  private void warmUp(StringBuilder page) {
    List<Result> curves = results.of(Suite.CURVE, Map.of()).toList();
    if (curves.isEmpty()) {
      return;
    }
    page.append(
        """

        ## A new JVM

        Workload W1 from the start of the process, without any preparation. Fast: 20 steps whose \
        median is at most 1.2 times the last ones'. Lost: what the process took beyond its steps \
        at the last speed.

        | ahead-of-time cache | first step done | fast after | last steps | lost |
        |---|---|---|---|---|
        """);
    for (Result result : curves) {
      Curve curve = Curve.of(result);
      page.append(
          "| %s | %s | %s | %s | %s |%n"
              .formatted(
                  result.param("aot"),
                  Text.time(1e6 * curve.first()),
                  Text.time(1e6 * curve.fast()),
                  Text.time(1e6 * curve.settled()),
                  Text.time(1e6 * curve.lost())));
    }
    picture(page, "warm-up", "The time of each step in the first seconds");
  }

  private void kernels(StringBuilder page) {
    List<Result> gemms = results.of("kernel.GemmBench.gemm", Map.of("kernels", "vector")).toList();
    if (!gemms.isEmpty()) {
      page.append(
          """

          ## The kernels alone

          GFLOP/s of the matrix products on a tile of 96 rows. Naive is the loop with one sum.

          | product | naive | scalar | vector | scalar / naive | vector / peak |
          |---|---|---|---|---|---|
          """);
      gemms.forEach(gemm -> gemm(page, gemm));
    }
    List<Result> activations =
        results.of("kernel.ActivationBench", Map.of("kernels", "vector", "order", "0")).toList();
    if (!activations.isEmpty()) {
      page.append("\n| activation | ns | ns with two derivatives |\n|---|---|---|\n");
      for (Result plain : activations) {
        Optional<Result> jet =
            results.find(
                "kernel.ActivationBench",
                Map.of("kernels", "vector", "order", "2", "function", plain.param("function")));
        page.append(
            "| %s | %s | %s |%n"
                .formatted(
                    plain.param("function"),
                    Text.number(plain.median()),
                    Text.number(median(jet))));
      }
    }
    List<Result> tails = results.of("kernel.TailBench", Map.of("kernels", "vector")).toList();
    if (!tails.isEmpty()) {
      page.append("\n| width of 2-w-w-2 | step | ps for a useful multiply-add |\n|---|---|---|\n");
      for (Result tail : tails) {
        int width = Integer.parseInt(tail.param("width"));
        page.append(
            "| %d | %s | %s |%n"
                .formatted(
                    width,
                    Text.time(tail.median()),
                    Text.number(1e3 * tail.median() / TailBench.products(width))));
      }
    }
  }

  private void gemm(StringBuilder page, Result vector) {
    String workload = vector.param("workload");
    String form = vector.param("form");
    double flop = GemmBench.Shape.of(workload, form).flop();
    Map<String, String> same = Map.of("workload", workload, "form", form, "kernels", "scalar");
    double naive = flop / median(results.find("kernel.GemmBench.naive", same));
    double scalar = flop / median(results.find("kernel.GemmBench.gemm", same));
    double fast = flop / vector.median();
    page.append(
        "| %s %s | %s | %s | %s | %s | %s |%n"
            .formatted(
                workload,
                form,
                Text.number(naive),
                Text.number(scalar),
                Text.number(fast),
                Text.ratio(scalar / naive),
                Text.ratio(fast / peak)));
  }
}
