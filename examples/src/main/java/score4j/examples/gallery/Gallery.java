package score4j.examples.gallery;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import score4j.Threads;
import score4j.examples.output.OutputFile;
import score4j.examples.plot.Fonts;
import score4j.rng.Key;

/// Runs experiments one after the other, prints their numbers, and writes their pictures and a page
/// that shows them all.
///
/// @param folder where pictures and page go; made if it is not there
/// @param seed where all randomness comes from
/// @param threads how many threads may work; no number depends on it
/// @param pictures whether to draw, or only to print numbers
public record Gallery(Path folder, long seed, Threads threads, boolean pictures) {
  /// All experiments, in the order of the page.
  public static List<Experiment> experiments() {
    MixtureFit mixture = new MixtureFit();
    return List.of(
        new GaussianExperiment(),
        new NetworkExperiment(),
        new ComponentsExperiment(),
        new PositiveExperiment(),
        new TwoGaussiansExperiment(),
        new AnnealedExperiment(),
        new ProcessesExperiment(),
        new LikelihoodExperiment(),
        new OrdersExperiment(),
        new RingExperiment(),
        new SlicedRingExperiment(),
        new MixtureExperiment(mixture),
        new LangevinExperiment(mixture),
        new SmallNetExperiment(),
        new FaithfulExperiment(),
        new QuakesExperiment(),
        new WineExperiment(),
        new DigitsExperiment(),
        new EnergyExperiment(),
        new AuditExperiment());
  }

  /// Runs the experiments.
  ///
  /// @return whether every number met its bound
  /// @throws IOException if a file cannot be written
  /// @throws IllegalStateException if pictures are wanted and this machine cannot draw text
  public boolean run(List<Experiment> experiments, PrintWriter out) throws IOException {
    if (pictures) {
      Fonts.require();
      makeFolder();
    }
    long begin = System.nanoTime();
    List<IndexPage.Section> sections = new ArrayList<>();
    for (Experiment experiment : experiments) {
      long start = System.nanoTime();
      Context context = new Context(folder, Key.of(seed), threads, pictures);
      experiment.run(context);
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      sections.add(new IndexPage.Section(experiment, context.outcome(), time));
      print(out, sections.getLast());
    }
    Duration total = Duration.ofNanos(System.nanoTime() - begin);
    List<Check> missed =
        sections.stream()
            .flatMap(section -> section.outcome().checks().stream())
            .filter(check -> !check.passes())
            .toList();
    long bounds =
        sections.stream()
            .flatMap(section -> section.outcome().checks().stream())
            .filter(check -> check.verdict() != Check.Verdict.INFORMATION)
            .count();
    out.printf(
        "%d of %d bounds met in %s%n", bounds - missed.size(), bounds, IndexPage.time(total));
    if (pictures) {
      Path page = folder.resolve("index.html");
      OutputFile.write(page, IndexPage.of(sections, seed, total));
      out.printf("pictures: %s%n", page);
    }
    out.flush();
    return missed.isEmpty();
  }

  private void makeFolder() throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IOException(
          "cannot make the folder %s: choose another with --out".formatted(folder), e);
    }
    if (!Files.isWritable(folder)) {
      throw new IOException("cannot write into the folder %s: no permission".formatted(folder));
    }
  }

  private static void print(PrintWriter out, IndexPage.Section section) {
    Experiment experiment = section.experiment();
    out.printf(
        "%s  %s (%s)%n", experiment.id(), experiment.title(), IndexPage.time(section.time()));
    for (Check check : section.outcome().checks()) {
      String verdict =
          switch (check.verdict()) {
            case OK -> "ok";
            case MISSED -> "MISSED";
            case INFORMATION -> "";
          };
      out.println(
          "  %-44s %10s  %-6s  %s"
              .formatted(check.name(), check.shown(), verdict, check.bound())
              .stripTrailing());
    }
    out.println();
    out.flush();
  }
}
