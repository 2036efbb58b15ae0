package score4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  private static AtomicFile.Body text(String text) {
    return channel -> channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void writesAndReplaces() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, text("first"));
    assertThat(file).hasContent("first");
    AtomicFile.write(file, text("second"));
    assertThat(file).hasContent("second");
    assertThat(files()).containsExactly(file);
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, text("old"));
    for (Throwable failure :
        new Throwable[] {
          new IOException("disk full"), new IllegalStateException("x"), new OutOfMemoryError("y")
        }) {
      assertThatThrownBy(
              () ->
                  AtomicFile.write(
                      file,
                      channel -> {
                        text("new").write(channel);
                        switch (failure) {
                          case IOException e -> throw e;
                          case RuntimeException e -> throw e;
                          case Error e -> throw e;
                          default -> throw new AssertionError(failure);
                        }
                      }))
          .isSameAs(failure);
      assertThat(file).hasContent("old");
      assertThat(files()).containsExactly(file);
    }
  }

  @Test
  void theOldFileIsWholeWhileTheNewOneIsWritten() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, text("old"));
    AtomicFile.write(
        file,
        channel -> {
          text("new").write(channel);
          assertThat(file).hasContent("old");
          assertThat(files()).hasSize(2);
        });
    assertThat(file).hasContent("new");
  }

  @Test
  void whatAKilledProcessLeftDoesNotStopIt() throws IOException {
    Path left = folder.resolve(".score4j-%d-0.tmp".formatted(ProcessHandle.current().pid()));
    Files.writeString(left, "left");
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, text("new"));
    assertThat(file).hasContent("new");
    assertThat(left).hasContent("left");
  }

  @Test
  void aRelativeNameLiesInTheWorkingFolder() {
    Path missing = Path.of("no-such-folder-of-score4j", "a.txt");
    assertThatThrownBy(() -> AtomicFile.write(missing, text("x")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("create it first");
  }

  @Test
  void aFolderIsNoTarget() throws IOException {
    assertThatThrownBy(() -> AtomicFile.write(folder, text("x")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is a folder");
    assertThat(files()).isEmpty();
  }

  private Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList().stream();
    }
  }
}
