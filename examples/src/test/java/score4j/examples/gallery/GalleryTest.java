package score4j.examples.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import score4j.Threads;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;

class GalleryTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();

  /// An experiment of one number.
  private record Stub(String id, double value) implements Experiment {
    @Override
    public String title() {
      return "Stub <%s>".formatted(id);
    }

    @Override
    public String about() {
      return "Nothing & no more.";
    }

    @Override
    public void run(Context context) throws IOException {
      context.add(Check.atMost("number", value, 1));
      context.add(Check.information("note", 2, "for nothing"));
      double[] x = {0, 1};
      context.picture(
          id + ".png",
          "A line.",
          () -> Figure.of(Panel.of(id, "x", "y").line("", x, x, Theme.BLUE, 2)));
    }
  }

  private boolean run(boolean pictures, Experiment... experiments) throws IOException {
    return new Gallery(folder.resolve("out"), 1, Threads.ONE, pictures)
        .run(List.of(experiments), new PrintWriter(out));
  }

  @Test
  void pageNamesEveryPictureAndNumber() throws IOException {
    assertThat(run(true, new Stub("one", 0.5), new Stub("two", 1))).isTrue();
    String page = Files.readString(folder.resolve("out/index.html"));
    Matcher image = Pattern.compile("<img src=\"([^\"]+)\"").matcher(page);
    List<String> images = new ArrayList<>();
    while (image.find()) {
      images.add(image.group(1));
      assertThat(folder.resolve("out").resolve(image.group(1))).isNotEmptyFile();
    }
    assertThat(images).containsExactly("one.png", "two.png");
    assertThat(page)
        .contains(
            "Stub &lt;one&gt;", "Nothing &amp; no more.", "0.5000", "at most 1", "for nothing")
        .doesNotContain("http://", "https://");
    assertThat(out.toString()).contains("2 of 2 bounds met");
  }

  @Test
  void oneMissedBoundFailsTheGallery() throws IOException {
    assertThat(run(false, new Stub("one", 0.5), new Stub("two", 1.5))).isFalse();
    assertThat(out.toString()).contains("MISSED", "1 of 2 bounds met");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void idsAreDistinctAndGoIntoFileNames() {
    List<String> ids = Gallery.experiments().stream().map(Experiment::id).toList();
    assertThat(ids)
        .containsExactly(
            "000-gaussian",
            "000-network",
            "000-mixtures",
            "000-positive",
            "002-mixture",
            "002-annealed",
            "002-processes",
            "002-likelihood",
            "002-orders",
            "003-ring",
            "003-sliced",
            "004-mixture",
            "004-langevin",
            "001-small-net",
            "faithful",
            "quakes",
            "wine",
            "digits",
            "energy",
            "audit");
  }

  @Test
  void quickExperimentsMeetTheirBoundsAndDraw() throws IOException {
    List<Experiment> quick =
        Gallery.experiments().stream().filter(e -> e.id().equals("faithful")).toList();
    assertThat(run(true, quick.toArray(Experiment[]::new))).as(out.toString()).isTrue();
    assertThat(folder.resolve("out/faithful.png")).isNotEmptyFile();
  }

  @Test
  void numbersDoNotDependOnThreads() throws IOException {
    String one = numbers(Threads.ONE);
    assertThat(numbers(Threads.of(2))).isEqualTo(one);
  }

  private String numbers(Threads threads) throws IOException {
    Context context = new Context(folder, score4j.rng.Key.of(3), threads, false);
    new SmallNetExperiment().run(context);
    return context.outcome().checks().toString();
  }

  @Test
  void machineWithoutFontsIsToldWhatToInstall() throws IOException, InterruptedException {
    Path none = folder.resolve("fonts.conf");
    Files.writeString(none, "<fontconfig></fontconfig>");
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Duser.home=" + folder, // Java keeps the fonts that it found once in its home
                "-cp",
                System.getProperty("java.class.path"),
                "score4j.examples.Main",
                "gallery",
                "--only",
                "faithful",
                "--out",
                folder.resolve("out").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("FONTCONFIG_FILE", none.toString());
    Process process = builder.start();
    int code = process.waitFor();
    List<String> lines;
    try (Stream<String> all = Files.lines(output)) {
      lines = all.toList();
    }
    // where Java finds fonts without fontconfig, as on Windows and macOS, there is nothing to tell
    if (!File.separator.equals("\\") && !System.getProperty("os.name").startsWith("Mac")) {
      assertThat(lines).singleElement().asString().contains("fontconfig", "fonts-dejavu-core");
      assertThat(code).isEqualTo(2);
    }
  }
}
