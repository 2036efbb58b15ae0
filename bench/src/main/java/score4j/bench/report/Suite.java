package score4j.bench.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import score4j.bench.Variant;
import score4j.bench.Workload;
import score4j.bench.trace.GradientNoise;
import score4j.bench.train.WarmUpCurve;
import score4j.io.AtomicFile;

/// Runs what the report needs, one job after the other, and keeps what is known in one file.
///
/// A process that JMH starts has vector kernels unless its job says scalar. They are not compared
/// with the scalar ones here, which the build does; the setups still check every result.
final class Suite {
  static final String NOISE = "trace.GradientNoise";
  static final String CURVE = "train.WarmUpCurve";

  private static final String PREFIX = "score4j.bench.";
  private static final double FORK_SECONDS = 1.2;

  /// How long a benchmark warms up and is measured, in ms for each iteration.
  private record Timing(int forks, int warmUps, int warmUpMillis, int rounds, int millis) {
    double seconds() {
      return forks * (FORK_SECONDS + 1e-3 * (warmUps * warmUpMillis + rounds * millis));
    }
  }

  @FunctionalInterface
  private interface Work {
    /// Returns entries of JSON, separated by commas.
    String run() throws IOException, RunnerException, InterruptedException;
  }

  private record Job(String name, double seconds, Work work) {}

  private final boolean full;
  private final Path folder;
  private final Map<String, String> stamp;
  private final List<Job> jobs = new ArrayList<>();
  private final OutputFormat log;

  Suite(boolean full, Path folder, PrintStream log, Map<String, String> stamp) {
    this.full = full;
    this.folder = folder;
    this.stamp = stamp;
    this.log = OutputFormatFactory.createFormatInstance(log, VerboseMode.NORMAL);
    plan();
  }

  private void plan() {
    Timing brief = full ? new Timing(1, 3, 500, 5, 400) : new Timing(1, 2, 250, 3, 150);
    Timing step = full ? new Timing(3, 3, 1000, 5, 500) : new Timing(1, 3, 550, 3, 250);
    Timing trace = full ? new Timing(2, 3, 1000, 5, 400) : new Timing(1, 4, 550, 3, 150);
    Timing chains = full ? new Timing(1, 2, 2500, 3, 2500) : new Timing(1, 2, 250, 3, 250);
    // many short rounds: the best of them is the ceiling
    Timing ceiling = new Timing(1, 2, 250, full ? 30 : 10, 100);
    jmh("roofline.PeakBench.fma", ceiling, Map.of());
    for (String kilobytes : List.of("16", "512", "16384", "524288")) {
      jmh("roofline.BandwidthBench.read", ceiling, Map.of("kilobytes", kilobytes));
    }
    kernels(brief);
    List<String> once = List.of("W1", "W2", "W3", "W5a", "W5b");
    List<String> twice = full ? Workload.names().toList() : List.of("W1", "W5b");
    for (String workload : full ? Workload.names().toList() : once) {
      jmh("train.StepBench.gradient", step, vector("workload", workload, "threads", "1"));
    }
    for (String workload : twice) {
      jmh("train.StepBench.gradient", step, vector("workload", workload, "threads", "2"));
    }
    for (int dim : Workload.DIMENSIONS) {
      for (String objective : List.of("exact", "diagonal", "m1", "m4")) {
        boolean diagonal = objective.equals("diagonal");
        if (diagonal && !full && dim > 128) {
          continue;
        }
        jmh(
            "trace.ExactVersusSlicedBench.gradient",
            trace,
            vector("objective", objective, "dim", Integer.toString(dim)));
        if (diagonal) { // the noise of exact
          continue;
        }
        jobs.add(
            new Job(
                "noise of %s in %d dimensions".formatted(objective, dim),
                dim < 128 ? 0.1 : 1,
                () -> noise(dim, objective)));
      }
    }
    for (String workload : List.of("W7a", "W7b")) {
      for (String threads : full ? List.of("1", "2") : List.of("1")) {
        jmh("sample.ScoreBench.scores", step, vector("workload", workload, "threads", threads));
      }
    }
    for (String workload : List.of("W6a", "W6b")) {
      for (String threads : full ? List.of("1", "2") : List.of("1")) {
        Map<String, String> chosen = vector("workload", workload, "threads", threads);
        chosen.put("steps", full ? "1000" : "50");
        jmh("sample.LangevinBench.chains", chains, chosen);
      }
    }
    warmUp();
  }

  private void kernels(Timing timing) {
    for (String workload : full ? List.of("W1", "W4-128", "W5b") : List.of("W4-128")) {
      for (String form : full ? List.of("data", "weights") : List.of("data")) {
        for (String kernels : List.of("scalar", "vector")) {
          Map<String, String> chosen = vector("workload", workload, "form", form);
          chosen.put("kernels", kernels);
          jmh("kernel.GemmBench.gemm", timing, chosen);
          if (kernels.equals("scalar")) {
            jmh("kernel.GemmBench.naive", timing, chosen);
          }
        }
      }
    }
    if (full) {
      for (String function : List.of("TANH", "SIGMOID", "SOFTPLUS", "SILU", "GELU", "RELU")) {
        for (String order : List.of("0", "2")) {
          jmh(
              "kernel.ActivationBench.activate",
              timing,
              vector("function", function, "order", order));
        }
      }
      for (String width : List.of("15", "16", "17", "63", "64", "65", "127", "128", "129")) {
        jmh("kernel.TailBench.gradient", timing, vector("width", width));
      }
    }
  }

  private static Map<String, String> vector(String... params) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("kernels", "vector");
    for (int i = 0; i < params.length; i += 2) {
      all.put(params[i], params[i + 1]);
    }
    return all;
  }

  private void jmh(String benchmark, Timing timing, Map<String, String> params) {
    String name =
        Stream.concat(Stream.of(benchmark), params.values().stream())
            .collect(Collectors.joining(" "));
    jobs.add(new Job(name, timing.seconds(), () -> run(benchmark, timing, params)));
  }

  private String run(String benchmark, Timing timing, Map<String, String> params)
      throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + (PREFIX + benchmark).replace(".", "\\.") + "$")
            .forks(timing.forks)
            .warmupIterations(timing.warmUps)
            .warmupTime(TimeValue.milliseconds(timing.warmUpMillis))
            .measurementIterations(timing.rounds)
            .measurementTime(TimeValue.milliseconds(timing.millis))
            .jvmArgsAppend(
                "-Dscore4j.kernels=" + params.getOrDefault("kernels", "vector"),
                "-D" + Variant.FOLDER + "=")
            .shouldFailOnError(true);
    params.forEach(options::param);
    List<RunResult> results = List.copyOf(new Runner(options.build(), log).run());
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    ResultFormatFactory.getInstance(
            ResultFormatType.JSON, new PrintStream(json, true, StandardCharsets.UTF_8))
        .writeOut(results);
    String list = json.toString(StandardCharsets.UTF_8).strip();
    return list.substring(1, list.length() - 1).strip();
  }

  private static String noise(int dim, String objective) {
    GradientNoise.Noise noise = GradientNoise.noise(dim, objective);
    return entry(
        NOISE,
        Map.of("dim", Integer.toString(dim), "objective", objective),
        List.of(new double[] {noise.variance(), noise.signal()}));
  }

  /// An entry in the form of JMH's.
  static String entry(String name, Map<String, String> params, List<double[]> rows) {
    String named =
        params.entrySet().stream()
            .map(e -> "%s: %s".formatted(quote(e.getKey()), quote(e.getValue())))
            .collect(Collectors.joining(", "));
    String data =
        rows.stream()
            .map(
                row ->
                    IntStream.range(0, row.length)
                        .mapToObj(i -> String.format(Locale.ROOT, "%.6g", row[i]))
                        .collect(Collectors.joining(", ", "[", "]")))
            .collect(Collectors.joining(", ", "[", "]"));
    return """
    {
      "benchmark": %s,
      "params": {%s},
      "primaryMetric": {"scoreUnit": "", "rawData": %s}
    }"""
        .formatted(quote(PREFIX + name), named, data);
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  // a process as it is, one that leaves a cache, and one that uses it
  private void warmUp() {
    double seconds = full ? 5 : 3;
    Path cache = folder.resolve("warm-up.aot");
    int runs = full ? 5 : 1;
    for (int run = 1; run <= runs; run++) {
      curve("none", run, seconds, List.of());
    }
    jobs.add(
        new Job(
            "warm-up, making the cache",
            seconds + 3,
            () -> {
              process(List.of("-XX:AOTCacheOutput=" + cache), seconds);
              return "";
            }));
    for (int run = 1; run <= runs; run++) {
      curve("cache", run, seconds, List.of("-XX:AOTCache=" + cache));
    }
    jobs.add(
        new Job(
            "warm-up, removing the cache",
            0,
            () -> {
              Files.deleteIfExists(cache);
              return "";
            }));
  }

  private void curve(String aot, int run, double seconds, List<String> options) {
    jobs.add(
        new Job(
            "warm-up, cache: " + aot,
            seconds + 0.3,
            () ->
                entry(
                    CURVE,
                    Map.of("aot", aot, "run", Integer.toString(run)),
                    process(options, seconds))));
  }

  private List<double[]> process(List<String> options, double seconds)
      throws IOException, InterruptedException {
    Path csv = folder.resolve("warm-up.csv");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.add("-Dscore4j.kernels=vector");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(WarmUpCurve.class.getName(), csv.toString()));
    command.add(Double.toString(seconds));
    command.add(Long.toString(System.currentTimeMillis()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("warm-up.log").toFile())
            .start();
    if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("the process of the warm-up failed: see warm-up.log");
    }
    List<String[]> lines =
        Files.readAllLines(csv).stream().skip(1).map(line -> line.split(",", -1)).toList();
    Files.delete(csv);
    return List.of(column(lines, 0), column(lines, 1));
  }

  private static double[] column(List<String[]> lines, int column) {
    return lines.stream().mapToDouble(line -> Double.parseDouble(line[column])).toArray();
  }

  /// Runs everything; `results.json` has all that is done after every job. A job that fails is left
  /// out and named at the end.
  Path run(Progress progress) throws IOException {
    Path file = folder.resolve("results.json");
    List<String> entries = new ArrayList<>();
    entries.add(entry(Stamp.BENCHMARK, stamp, List.of()));
    double left = jobs.stream().mapToDouble(Job::seconds).sum();
    progress.plan(jobs.size(), left);
    for (Job job : jobs) {
      progress.begin(job.name(), job.seconds());
      try {
        String text = job.work().run();
        if (!text.isEmpty()) {
          entries.add(text);
        }
      } catch (RunnerException | IOException | IllegalStateException e) {
        progress.failed(job.name(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted in " + job.name(), e);
      }
      write(file, entries);
    }
    progress.end();
    return file;
  }

  private static void write(Path file, List<String> entries) throws IOException {
    String json = entries.stream().collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    AtomicFile.write(
        file,
        channel -> {
          var bytes = ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8));
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }
}
