package score4j.bench.report;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import score4j.io.AtomicFile;

/// Runs the benchmarks and writes `report.md` with its pictures.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args=report
/// ```
/// `report --full` takes about half an hour instead of three minutes; `report --from a.json,b.json`
/// measures nothing and takes what JMH wrote (`-rf json -rff a.json`), so that runs of other
/// libraries can be laid beside ours.
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs the benchmarks and writes report.md with its pictures.")
public final class Report implements Callable<Integer> {
  private static final String BEGIN = "<!-- report: written by report --site -->";
  private static final String END = "<!-- /report -->";

  @Option(
      names = "--full",
      description = "everything, with several processes each: half an hour, not three minutes")
  private boolean full;

  @Option(
      names = "--from",
      split = ",",
      paramLabel = "FILE",
      description = "measure nothing: take results of earlier runs; the later file counts")
  private List<Path> from = List.of();

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "where everything goes (default: ${DEFAULT-VALUE})")
  private Path out = module().resolve("target").resolve("report");

  @Option(
      names = "--site",
      description = "also copy the pictures into the sources, and the headline into the README")
  private boolean site;

  private Report() {}

  /// Runs with these options.
  ///
  /// @return the exit code: 0, 1 if it failed, 2 for a wrong option
  public static int run(String... args) {
    CommandLine line = new CommandLine(new Report());
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          if (e instanceof IOException) {
            command.getErr().println("report: " + e.getMessage());
            return 1;
          }
          throw e;
        });
    return line.execute(args);
  }

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createDirectories(out.toAbsolutePath());
    List<Path> files = from.isEmpty() ? List.of(measure(folder)) : from;
    Results results = Results.read(files);
    double peak = results.peak().orElse(Floor.PLAN_PEAK);
    List<String> pictures = new Pictures(results, peak, folder).write();
    Page page = new Page(results, peak, pictures);
    Path file = folder.resolve("report.md");
    write(file, page.text());
    if (site) {
      copy(folder, pictures, page);
    }
    System.err.println("report: " + file);
    return 0;
  }

  private Path measure(Path folder) throws IOException {
    Map<String, String> stamp = new LinkedHashMap<>(Stamp.now(full ? "report --full" : "report"));
    Path log = folder.resolve("jmh.log");
    try (PrintStream jmh = new PrintStream(Files.newOutputStream(log), true)) {
      // where the processes that JMH starts say which kernels they have
      PrintStream err = System.err;
      System.setErr(jmh);
      try {
        return new Suite(full, folder, jmh, stamp).run(new Progress(err));
      } finally {
        System.setErr(err);
      }
    }
  }

  private static void copy(Path folder, List<String> pictures, Page page) throws IOException {
    Path target = Files.createDirectories(module().resolve("src").resolve("site"));
    for (String picture : pictures) {
      for (String ending : List.of(".png", ".svg")) {
        Files.copy(
            folder.resolve(picture + ending),
            target.resolve(picture + ending),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Path readme = module().resolve("..").resolve("README.md").normalize();
    String text = Files.readString(readme);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IOException("README.md has no lines '%s' and '%s'".formatted(BEGIN, END));
    }
    String shown =
        "%s%n%n%sMeasured %s.%n%n".formatted(BEGIN, page.headline() + "\n", page.origin());
    write(readme, text.substring(0, begin) + shown + text.substring(end));
  }

  private static void write(Path file, String text) throws IOException {
    String lines = text.lines().collect(Collectors.joining("\n", "", "\n"));
    AtomicFile.write(
        file,
        channel -> {
          ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8));
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }

  // the folder of this module: benchmarks.jar or the classes lie in its folder target
  private static Path module() {
    try {
      Path code = Path.of(Report.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      for (Path up = code; up != null; up = up.getParent()) {
        if (up.endsWith("target")) {
          return up.resolveSibling("");
        }
      }
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    return Path.of("");
  }
}
