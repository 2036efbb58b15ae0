package score4j.bench.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The processor beside the card: a table for each network of `score4j.bench.gpu`, and from which
/// batch on the card wins.
///
/// ```text
/// java -jar bench/target/benchmarks.jar card scores.json chains.json …
/// ```
/// What is not a benchmark of JMH, such as another library on the same card, is a column if its
/// file has entries of the same names with a `backend` of its own.
public final class CardTable {
  private static final String PREFIX = "gpu.Backend";
  private static final String CPU = "cpu";
  private static final String GPU = "gpu";
  private static final String RESIDENT = "resident";

  /// What is timed, but for the batch and where: class, network, objective, steps.
  private record Case(String name, Map<String, String> params) {
    @Override
    public String toString() {
      return name
          + params.values().stream().map(v -> " " + v).collect(Collectors.joining())
          + (params.containsKey("steps") ? " steps" : "");
    }
  }

  private final Map<Case, TreeMap<Long, Map<String, Double>>> cases = new LinkedHashMap<>();

  private CardTable(Results results) {
    for (Result result : results.all()) {
      if (result.benchmark().startsWith(PREFIX) && !result.param("batch").isEmpty()) {
        add(result);
      }
    }
  }

  /// Prints the tables of some files of JMH.
  ///
  /// @return the exit code: 0, 1 if a file cannot be read or has nothing of this, 2 without files
  public static int run(PrintStream out, PrintStream err, String... files) {
    if (files.length == 0) {
      err.println("card: name the files that JMH wrote with -rf json -rff FILE");
      return 2;
    }
    CardTable table;
    try {
      table = new CardTable(Results.read(Arrays.stream(files).map(Path::of).toList()));
    } catch (IOException e) {
      err.println("card: " + e.getMessage());
      return 1;
    }
    if (table.cases.isEmpty()) {
      err.println("card: no benchmark of score4j.bench.gpu in " + String.join(", ", files));
      return 1;
    }
    out.print(table.text());
    return 0;
  }

  private void add(Result result) {
    String backend = result.param("backend");
    String[] names = result.benchmark().substring(PREFIX.length()).split("\\.", -1);
    boolean resident = names[names.length - 1].equals(RESIDENT);
    String column = backend;
    if (backend.equals(CPU)) {
      if (resident) {
        return; // the same as what is not
      }
      column = CPU + " × " + result.param("threads");
    } else if (backend.startsWith(GPU) && resident) {
      column = backend + ", " + RESIDENT;
    }
    Map<String, String> params = new LinkedHashMap<>();
    for (String name : List.of("network", "objective", "steps")) {
      if (!result.param(name).isEmpty()) {
        params.put(name, result.param(name));
      }
    }
    cases
        .computeIfAbsent(new Case(names[0].replace("Bench", ""), params), c -> new TreeMap<>())
        .computeIfAbsent(Long.parseLong(result.param("batch")), b -> new LinkedHashMap<>())
        .put(column, result.median());
  }

  private String text() {
    StringBuilder page = new StringBuilder();
    cases.forEach(
        (name, rows) -> {
          List<String> columns =
              rows.values().stream().flatMap(r -> r.keySet().stream()).distinct().sorted().toList();
          page.append("%n## %s%n%n| batch | %s |%n".formatted(name, String.join(" | ", columns)));
          page.append("|---|").append("---|".repeat(columns.size())).append('\n');
          rows.forEach(
              (batch, times) ->
                  page.append("| %,d |".formatted(batch))
                      .append(
                          columns.stream()
                              .map(c -> Text.time(times.getOrDefault(c, Double.NaN)))
                              .collect(Collectors.joining(" | ", " ", " |\n"))));
          for (String slow : columns) {
            if (slow.startsWith(CPU)) {
              for (String fast : columns) {
                if (fast.startsWith(GPU)) {
                  page.append(sentence(rows, slow, fast));
                }
              }
            }
          }
        });
    return page.toString();
  }

  private static String sentence(Map<Long, Map<String, Double>> rows, String slow, String fast) {
    List<double[]> ratios = new ArrayList<>();
    rows.forEach(
        (batch, times) -> {
          Double a = times.get(slow);
          Double b = times.get(fast);
          if (a != null && b != null) {
            ratios.add(new double[] {batch, a / b});
          }
        });
    if (ratios.isEmpty()) {
      return "";
    }
    double[] last = ratios.getLast();
    return "%n%s against %s: %s; %s times as fast at %,d%n"
        .formatted(
            fast,
            slow,
            crossover(ratios)
                .map(
                    b ->
                        b <= ratios.getFirst()[0]
                            ? "wins at every batch"
                            : "wins from a batch of about %,.0f on".formatted(b))
                .orElse("does not win"),
            Text.number(last[1]),
            (long) last[0]);
  }

  /// The batch from which on the ratio stays above 1: where a straight line between logarithms
  /// crosses; the first batch if it is above 1 everywhere, nothing if the last one is not.
  ///
  /// @param ratios pairs of batch and ratio, by rising batch
  static Optional<Double> crossover(List<double[]> ratios) {
    int first = ratios.size();
    while (first > 0 && ratios.get(first - 1)[1] > 1) {
      first--;
    }
    if (first == ratios.size()) {
      return Optional.empty();
    }
    double[] right = ratios.get(first);
    if (first == 0) {
      return Optional.of(right[0]);
    }
    double[] left = ratios.get(first - 1);
    double share = Math.log(1 / left[1]) / Math.log(right[1] / left[1]);
    return Optional.of(left[0] * Math.pow(right[0] / left[0], share));
  }
}
