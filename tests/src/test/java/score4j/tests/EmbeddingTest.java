package score4j.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The jar in a stranger's program: compiled against it alone, on the class path, on the module
/// path and linked into an image, with and without the vector module, it gives the same bits and
/// logs at most one line.
@Tag("jar")
class EmbeddingTest {
  private static final String VECTOR = "jdk.incubator.vector";
  private static final Path JAR =
      Path.of(Objects.requireNonNull(System.getProperty("score.jar"))).normalize();

  @TempDir private static Path folder;

  /// One way to run the consumer.
  ///
  /// @param kernels what the log line must name, if there is one
  record Way(String name, String image, List<String> arguments, String kernels) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Way> ways() {
    String classPath = JAR + File.pathSeparator + folder.resolve("classes");
    String modulePath = JAR + File.pathSeparator + folder.resolve("module");
    List<String> onClassPath = List.of("-cp", classPath, "consumer.Consumer");
    List<String> onModulePath = List.of("-p", modulePath, "-m", "consumer/consumer.Consumer");
    List<String> linked = List.of("-m", "consumer/consumer.Consumer");
    return Stream.of(
        new Way("class path", "", onClassPath, "scalar"),
        new Way("class path, with the flag", "", flag(onClassPath), "vector"),
        new Way("module path", "", onModulePath, "scalar"),
        new Way("module path, with the flag", "", flag(onModulePath), "vector"),
        new Way("image without the vector module", "scalar-image", linked, "scalar"),
        new Way("image with it, without the flag", "vector-image", linked, "scalar"),
        new Way("image with it, with the flag", "vector-image", flag(linked), "vector"));
  }

  private static List<String> flag(List<String> arguments) {
    return Stream.concat(Stream.of("--add-modules", VECTOR), arguments.stream()).toList();
  }

  private static final Map<String, Jvm.Output> OUTPUTS = new HashMap<>();

  @BeforeAll
  static void compileLinkAndRun() throws Exception {
    assertThat(JAR).as("the jar of core, which `mvn verify` builds before this test").exists();
    Path sources = resource("consumer/src");
    Path program = sources.resolve("consumer/Consumer.java");
    Jvm.tool("javac", "-d", folder.resolve("classes"), "-cp", JAR, program);
    Path descriptor = sources.resolve("module-info.java");
    Path module = folder.resolve("module");
    Jvm.tool("javac", "-Xlint:-incubating", "-d", module, "-p", JAR, descriptor, program);
    link("scalar-image", "consumer");
    link("vector-image", "consumer," + VECTOR);
    for (Way way : ways().toList()) {
      Path home = way.image().isEmpty() ? Jvm.home() : folder.resolve(way.image());
      OUTPUTS.put(way.name(), Jvm.java(home, way.arguments()));
    }
  }

  private static void link(String image, String modules) {
    String path = JAR + File.pathSeparator + folder.resolve("module");
    Path output = folder.resolve(image);
    Jvm.tool("jlink", "-p", path, "--add-modules", modules, "--output", output);
  }

  private static Path resource(String name) throws URISyntaxException {
    URL url = Objects.requireNonNull(EmbeddingTest.class.getClassLoader().getResource(name), name);
    return Path.of(url.toURI());
  }

  private static Jvm.Output output(Way way) {
    return Objects.requireNonNull(OUTPUTS.get(way.name()));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void logsAtMostOneLine(Way way) {
    assertThat(output(way).log())
        .hasSizeLessThanOrEqualTo(1)
        .allMatch(line -> line.contains("kernels: " + way.kernels()));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void givesTheSameBits(Way way) {
    List<String> out = output(way).out();
    System.out.println(out + " " + way);
    assertThat(out).hasSize(1).allMatch(line -> line.startsWith("bits "));
    assertThat(out).isEqualTo(output(ways().findFirst().orElseThrow()).out());
  }
}
