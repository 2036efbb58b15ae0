package score4j.examples.output;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import score4j.io.AtomicFile;

/// Files that a command leaves behind: there whole or not at all, and refused with one clear line
/// where they cannot be.
public final class OutputFile {
  private OutputFile() {}

  /// What writes the content.
  @FunctionalInterface
  public interface Content {
    /// Writes everything; the stream is buffered, and flushed by the caller.
    void writeTo(OutputStream out) throws IOException;
  }

  /// Writes the content to `target`, replacing what is there.
  ///
  /// @throws IOException if the file cannot be written; its message is one line that names the file
  public static void write(Path target, Content content) throws IOException {
    Path file = checked(target);
    try {
      AtomicFile.write(
          file,
          channel -> {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            content.writeTo(out);
            out.flush();
          });
    } catch (AccessDeniedException e) {
      throw new IOException("cannot write %s: permission denied".formatted(target), e);
    }
  }

  /// Writes text as UTF-8.
  ///
  /// @throws IOException if the file cannot be written
  public static void write(Path target, String text) throws IOException {
    write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// The file that a later write to `target` replaces: `target` itself, or what it links to. Called
  /// before a long run, so that it does not end without its result.
  ///
  /// @throws IOException if the folder is missing or may not be written, or `target` is not a plain
  ///     file
  public static Path checked(Path target) throws IOException {
    if (Files.isDirectory(target)) {
      throw new IOException("cannot write %s: it is a folder, name a file in it".formatted(target));
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new IOException("cannot write %s: it is not a plain file".formatted(target));
    }
    Path file = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException(
          "cannot write %s: the folder %s does not exist, create it first"
              .formatted(target, folder));
    }
    if (!Files.isWritable(folder)) {
      throw new IOException(
          "cannot write %s: no permission in the folder %s".formatted(target, folder));
    }
    return file;
  }

  /// As [#checked(Path)], for a command that also reads a file, which it must not replace.
  ///
  /// @param option what the command calls the file it reads
  /// @throws IOException also if both names lead to one file
  public static void checked(Path target, String option, Path input) throws IOException {
    checked(target);
    if (Files.exists(target) && Files.exists(input) && Files.isSameFile(target, input)) {
      throw new IOException(
          "cannot write %s: it is the file of %s, name another".formatted(target, option));
    }
  }
}
