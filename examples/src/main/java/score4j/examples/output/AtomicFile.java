package score4j.examples.output;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Files that are there whole or not at all: written beside the target under another name, forced
/// to disk, renamed.
///
/// A process killed on the way leaves the old file, or none, under the name that was asked for.
public final class AtomicFile {
  private AtomicFile() {}

  /// What writes the content.
  @FunctionalInterface
  public interface Content {
    /// Writes everything; the stream is buffered and closed by the caller.
    void writeTo(OutputStream out) throws IOException;
  }

  /// Writes the content to `target`, replacing what is there.
  ///
  /// @throws IOException if the file cannot be written; its message is one line that names the file
  public static void write(Path target, Content content) throws IOException {
    Path file = checkedTarget(target);
    Path temporary =
        file.resolveSibling(
            ".%s.%d.part".formatted(file.getFileName(), ProcessHandle.current().pid()));
    try {
      try (FileChannel channel =
              FileChannel.open(
                  temporary,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING,
                  StandardOpenOption.WRITE);
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      move(temporary, file);
    } catch (AccessDeniedException e) {
      throw new IOException("cannot write %s: permission denied".formatted(target), e);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /// Writes text as UTF-8.
  ///
  /// @throws IOException if the file cannot be written
  public static void write(Path target, String text) throws IOException {
    write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// Checks that a later [#write] to `target` can work, so that a long run does not end without its
  /// result.
  ///
  /// @throws IOException if the folder is missing or may not be written, or `target` is not a plain
  /// file
  public static void check(Path target) throws IOException {
    checkedTarget(target);
  }

  private static Path checkedTarget(Path target) throws IOException {
    if (Files.isDirectory(target)) {
      throw new IOException("cannot write %s: it is a folder, name a file in it".formatted(target));
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new IOException("cannot write %s: it is not a plain file".formatted(target));
    }
    // a link stays a link: what it points to is replaced
    Path file = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(
          "cannot write %s: the folder %s does not exist, create it first"
              .formatted(target, folder));
    }
    if (!Files.isWritable(folder)) {
      throw new IOException(
          "cannot write %s: no permission in the folder %s".formatted(target, folder));
    }
    return file;
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
