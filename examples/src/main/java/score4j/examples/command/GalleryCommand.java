package score4j.examples.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import score4j.Threads;
import score4j.examples.gallery.Experiment;
import score4j.examples.gallery.Gallery;

/// `score4j gallery`: the experiments, their numbers and their pictures.
@Command(
    name = "gallery",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the experiments: learns scores whose answers are known, prints each number beside its"
          + " bound, and leaves pictures and one page that shows them all.",
      "",
      "Exit code 0 if every number meets its bound, 1 if one does not."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  score4j gallery",
      "  score4j gallery --only 003-ring,faithful --out pictures",
      "  score4j gallery --no-pictures --seed 7"
    })
final class GalleryCommand implements Callable<Integer> {
  private static final int MISSED = 1;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "where pictures and page go (default: ${DEFAULT-VALUE})")
  private Path out = Path.of("gallery");

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "ID",
      description = "run these experiments only, by id or its beginning; --list names them")
  private List<String> only = List.of();

  @Option(names = "--list", description = "name the experiments and stop")
  private boolean list;

  @Option(names = "--no-pictures", description = "print the numbers only")
  private boolean noPictures;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "where all randomness comes from (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads to use; no number depends on it (default: all processors)")
  private int threads = Runtime.getRuntime().availableProcessors();

  GalleryCommand() {}

  @Override
  public Integer call() throws IOException {
    List<Experiment> all = Gallery.experiments();
    if (list) {
      all.forEach(e -> spec.commandLine().getOut().printf("%-14s %s%n", e.id(), e.title()));
      return 0;
    }
    Options.atLeast(spec, "--threads", threads, 1);
    for (String id : only) {
      if (all.stream().noneMatch(e -> e.id().startsWith(id))) {
        throw new ParameterException(
            spec.commandLine(),
            "--only: there is no experiment '%s', there are %s"
                .formatted(id, String.join(", ", all.stream().map(Experiment::id).toList())));
      }
    }
    List<Experiment> chosen =
        only.isEmpty()
            ? all
            : all.stream().filter(e -> only.stream().anyMatch(e.id()::startsWith)).toList();
    Gallery gallery = new Gallery(out, seed, Threads.of(threads), !noPictures);
    return gallery.run(chosen, spec.commandLine().getOut()) ? 0 : MISSED;
  }
}
