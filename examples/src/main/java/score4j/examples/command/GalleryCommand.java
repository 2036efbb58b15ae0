package score4j.examples.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import score4j.Threads;
import score4j.examples.gallery.Experiment;
import score4j.examples.gallery.Gallery;

/// `score4j gallery`: the experiments, their numbers and their pictures.
@Command(
    name = "gallery",
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
final class GalleryCommand extends Subcommand {
  private static final int MISSED = 1;

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

  @Mixin private SeedOption seed = new SeedOption();

  @Mixin private ThreadsOption threads = new ThreadsOption();

  GalleryCommand() {}

  @Override
  public Integer call() throws IOException {
    List<Experiment> all = Gallery.experiments();
    if (list) {
      all.forEach(e -> out().printf("%-14s %s%n", e.id(), e.title()));
      return 0;
    }
    Threads team = threads.team();
    for (String id : only) {
      if (all.stream().noneMatch(e -> e.id().startsWith(id))) {
        throw new OptionException(
            "--only: there is no experiment '%s', there are %s"
                .formatted(id, String.join(", ", all.stream().map(Experiment::id).toList())));
      }
    }
    List<Experiment> chosen =
        only.isEmpty()
            ? all
            : all.stream().filter(e -> only.stream().anyMatch(e.id()::startsWith)).toList();
    Gallery gallery = new Gallery(out, seed.value(), team, !noPictures);
    return gallery.run(chosen, out()) ? 0 : MISSED;
  }
}
