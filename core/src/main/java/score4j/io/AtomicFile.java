package score4j.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Writes a file so that nobody ever sees half of it: at every moment, even when the process is
/// killed or the power fails, the name leads to the old file or to the whole new one.
///
/// The bytes go into a temporary file in the same folder, which is forced to the disk and then
/// renamed over the target. If anything fails, the temporary file is removed and the old file
/// stays. A symbolic link is replaced, not followed.
public final class AtomicFile {
  private AtomicFile() {}

  /// What writes the content of a file.
  @FunctionalInterface
  public interface Body {
    /// Writes everything into the channel, which the caller closes. `java.nio.channels.Channels`
    /// makes a stream or a writer of it; those must be flushed.
    void write(WritableByteChannel channel) throws IOException;
  }

  /// Writes `target` through `body`.
  ///
  /// @throws IOException if the folder does not exist, or writing or renaming fails
  public static void write(Path target, Body body) throws IOException {
    Path absolute = target.toAbsolutePath();
    Path folder = absolute.getParent();
    if (folder == null || Files.isDirectory(absolute)) {
      throw new IOException("%s is a folder: give the name of a file".formatted(target));
    }
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(
          target.toString(), null, "there is no folder %s: create it first".formatted(folder));
    }
    Temporary temporary = create(folder);
    try {
      try (FileChannel channel = temporary.channel) {
        body.write(channel);
        channel.force(true);
      }
      Files.move(
          temporary.path,
          absolute,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (Throwable e) {
      try {
        Files.deleteIfExists(temporary.path);
      } catch (IOException leftover) {
        e.addSuppressed(leftover);
      }
      throw e;
    }
    forceFolder(folder);
  }

  private record Temporary(Path path, FileChannel channel) {}

  /// A new file of this process. Not `Files.createTempFile`: that one is for its owner's eyes
  /// alone, and so would be the file after the renaming.
  private static Temporary create(Path folder) throws IOException {
    long process = ProcessHandle.current().pid();
    for (int i = 0; ; i++) {
      Path path = folder.resolve(".score4j-%d-%d.tmp".formatted(process, i));
      try {
        return new Temporary(
            path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
      } catch (FileAlreadyExistsException e) {
        if (i == 9999) {
          throw e; // left behind by killed processes, or thousands of writers at once
        }
      }
    }
  }

  /// Makes the renaming itself last. Where a folder cannot be forced (Windows) the system does it
  /// in its own time.
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // The file is complete and in its place; only the moment when its name lasts is unknown.
    }
  }
}
