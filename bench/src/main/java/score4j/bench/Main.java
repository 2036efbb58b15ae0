package score4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import score4j.backend.Backend;
import score4j.bench.gpu.Card;
import score4j.bench.report.CardTable;
import score4j.bench.report.Report;
import score4j.bench.trace.GradientNoise;

/// JMH with its own options, run once for each kind of kernels: a process has one kind, so the
/// parameter `kernels` has to become a system property of the processes that JMH starts.
public final class Main {
  private Main() {}

  /// Runs the benchmarks that the options of JMH choose, all by default; or, if the first argument
  /// is `report`, those of the [Report], with its options; or, if it is `card`, prints the
  /// [CardTable] of the files that follow.
  ///
  /// Where there is no card, what is to run on the backend `gpu` is left out, and a line says why.
  public static void main(String[] args)
      throws CommandLineOptionException, RunnerException, IOException {
    if (args.length > 0 && args[0].equals("report")) {
      System.exit(Report.run(Arrays.copyOfRange(args, 1, args.length)));
    }
    if (args.length > 0 && args[0].equals("card")) {
      System.exit(CardTable.run(System.out, System.err, Arrays.copyOfRange(args, 1, args.length)));
    }
    CommandLineOptions options = new CommandLineOptions(args);
    if (options.shouldHelp()) {
      options.showHelp();
    } else if (options.shouldList()) {
      new Runner(options).list();
    } else if (options.shouldListWithParams()) {
      new Runner(options).listWithParams(options);
    } else if (options.shouldListProfilers()) {
      options.listProfilers();
    } else if (options.shouldListResultFormats()) {
      options.listResultFormats();
    } else {
      run(options);
    }
  }

  private static void run(CommandLineOptions options) throws RunnerException, IOException {
    List<String> backends = backends(options);
    if (backends.isEmpty()) {
      return;
    }
    Path agreement = Files.createTempDirectory("score4j-bench");
    List<RunResult> results;
    try {
      results = run(options, backends, agreement);
    } finally {
      delete(agreement);
    }
    System.out.println("\nAll kernels\n");
    ResultFormatFactory.getInstance(ResultFormatType.TEXT, System.out).writeOut(results);
    // each run above wrote its own part over the other's
    if (options.getResult().hasValue()) {
      ResultFormatFactory.getInstance(
              options.getResultFormat().orElse(ResultFormatType.CSV), options.getResult().get())
          .writeOut(results);
    }
    GradientNoise.report(results, System.out);
  }

  private static List<RunResult> run(
      CommandLineOptions options, List<String> backends, Path agreement) throws RunnerException {
    List<RunResult> results = new ArrayList<>();
    // scalar first: it is the definition that vector is compared with
    Collection<String> all = options.getParameter("kernels").orElse(List.of("scalar", "vector"));
    boolean compared = all.contains("scalar");
    if (!compared) {
      System.out.println("# Not compared with the scalar kernels, which were not asked for");
    }
    for (String kernels : all.stream().sorted().toList()) {
      List<String> jvmArgs = new ArrayList<>(options.getJvmArgsAppend().orElse(List.of()));
      jvmArgs.add("-Dscore4j.kernels=" + kernels);
      jvmArgs.add("-D" + Variant.FOLDER + "=" + (compared ? agreement : ""));
      Options one =
          new OptionsBuilder()
              .parent(options)
              .param("kernels", kernels)
              .param("backend", backends.toArray(String[]::new))
              .jvmArgsAppend(jvmArgs.toArray(String[]::new))
              .shouldFailOnError(true)
              .build();
      results.addAll(new Runner(one).run());
    }
    return results;
  }

  // those that were asked for and can be had
  private static List<String> backends(CommandLineOptions options) {
    List<String> all =
        new ArrayList<>(options.getParameter("backend").orElse(List.of(Backend.CPU, Backend.GPU)));
    String missing = Card.missing();
    if (!missing.isEmpty() && all.removeIf(name -> name.startsWith(Backend.GPU))) {
      if (options.getParameter("backend").hasValue() || choosesBackends(options)) {
        System.out.println("# The backend gpu is left out: " + missing);
      }
    }
    return all;
  }

  private static boolean choosesBackends(CommandLineOptions options) {
    return BenchmarkList.defaultList()
        .find(
            OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
            options.getIncludes(),
            options.getExcludes())
        .stream()
        .anyMatch(benchmark -> benchmark.getParams().orElse(Map.of()).containsKey("backend"));
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
