package score4j.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// Runs programs in virtual machines of their own, on the JDK that runs the tests.
final class Jvm {
  /// A log record takes one line, whichever of the two loggers of the JDK writes it.
  private static final List<String> ONE_LINE_A_RECORD =
      List.of(
          "-Djava.util.logging.SimpleFormatter.format=%4$s: %5$s%6$s%n",
          "-Djdk.system.logger.format=%4$s: %5$s%6$s%n");

  private Jvm() {}

  /// What a program printed, and its exit code.
  record Output(int exit, List<String> out, List<String> err) {
    /// What the program's log says. The warning of the virtual machine itself about the incubator
    /// module, which nothing can silence, is not part of it.
    List<String> log() {
      return err.stream().filter(line -> !line.contains("Using incubator module")).toList();
    }
  }

  /// Runs the `java` of a Java home, and fails with all that it printed if its exit code is not 0.
  static Output java(Path home, List<String> arguments) throws IOException, InterruptedException {
    Output output = tryJava(home, arguments);
    assertThat(output.exit()).as("java %s printed %s", arguments, output).isZero();
    return output;
  }

  /// Runs the `java` of a Java home.
  static Output tryJava(Path home, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin/java").toString());
    command.addAll(ONE_LINE_A_RECORD);
    command.addAll(arguments);
    Path out = Files.createTempFile("score4j", ".out");
    Path err = Files.createTempFile("score4j", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      // nothing from outside may change which kernels run
      Map<String, String> environment = builder.environment();
      Stream.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")
          .forEach(environment::remove);
      int exit = builder.start().waitFor();
      return new Output(exit, Files.readAllLines(out), Files.readAllLines(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /// The Java home that runs this test.
  static Path home() {
    return Path.of(System.getProperty("java.home"));
  }

  /// Runs `javac`, `jar` or `jlink` of the JDK that runs the tests.
  static void tool(String name, Object... arguments) {
    ToolProvider tool =
        ToolProvider.findFirst(name)
            .orElseThrow(() -> new AssertionError("the tests need a full JDK: no " + name));
    String[] words = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
    assertThat(tool.run(System.out, System.err, words)).as("%s %s", name, List.of(words)).isZero();
  }
}
