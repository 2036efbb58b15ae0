package score4j.examples.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  @TempDir Path folder;

  private long files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  @Test
  void replacesWhatIsThere() throws IOException {
    Path file = folder.resolve("a.txt");
    OutputFile.write(file, "one");
    OutputFile.write(file, "two");
    assertThat(file).hasContent("two");
    assertThat(files()).isEqualTo(1);
  }

  @Test
  void aFailureOnTheWayLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("a.txt");
    OutputFile.write(file, "old");
    assertThatThrownBy(
            () ->
                OutputFile.write(
                    file,
                    out -> {
                      out.write(new byte[100_000]);
                      throw new IOException("disk full");
                    }))
        .hasMessage("disk full");
    assertThat(file).hasContent("old");
    assertThat(files()).isEqualTo(1);
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path file = folder.resolve("a.txt");
    Path link = folder.resolve("link");
    OutputFile.write(file, "old");
    Files.createSymbolicLink(link, file);
    OutputFile.write(link, "new");
    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("new");
  }

  @Test
  void badTargetsAreRefusedBeforeAnythingIsWritten() {
    Path missing = folder.resolve("no/such/a.txt");
    assertThatThrownBy(() -> OutputFile.checked(missing))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "cannot write %s: the folder %s does not exist, create it first",
            missing, missing.getParent());
    assertThatThrownBy(() -> OutputFile.checked(folder))
        .hasMessage("cannot write %s: it is a folder, name a file in it", folder);
    assertThatThrownBy(() -> OutputFile.checked(Path.of("/dev/null")))
        .hasMessage("cannot write /dev/null: it is not a plain file");
  }
}
