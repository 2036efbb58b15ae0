package score4j.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import score4j.internal.kernel.KernelChoice;

/// Checks that a benchmark measures the kernels that it says, and that they compute what the scalar
/// ones do.
///
/// A process has one kind of kernels, so the two kinds are compared through a folder: scalar leaves
/// its numbers there, and vector must find the same bits.
public final class Variant {
  /// The system property with the folder; empty if there is nothing to compare with.
  public static final String FOLDER = "score4j.bench.agreement";

  private Variant() {}

  /// Throws unless these kernels run in this process.
  ///
  /// @param kernels `scalar` or `vector`
  public static void require(String kernels) {
    String running = KernelChoice.kernels().name();
    if (!running.startsWith(kernels)) {
      throw new IllegalStateException(
          "%s kernels run here but the benchmark is of %s: start it through %s"
              .formatted(running, kernels, Main.class.getName()));
    }
  }

  /// Throws unless the vector kernels computed the bits that the scalar ones did.
  ///
  /// @param name what was computed
  public static void agree(String kernels, String name, double loss, float[] gradient) {
    String folder = System.getProperty(FOLDER);
    if (folder == null) {
      throw new IllegalStateException(
          "-D%s is not set: start through %s".formatted(FOLDER, Main.class.getName()));
    }
    if (folder.isEmpty()) {
      return;
    }
    long hash = Double.doubleToLongBits(loss);
    for (float g : gradient) {
      hash = hash * 0x100000001B3L ^ Float.floatToIntBits(g);
    }
    Path file = Path.of(folder, name);
    String mine = Long.toHexString(hash);
    try {
      if (kernels.equals("scalar")) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, mine);
      } else if (!Files.exists(file)) {
        throw new IllegalStateException(
            "nothing to compare with: run the scalar kernels of %s first".formatted(name));
      } else if (!Files.readString(file).equals(mine)) {
        throw new IllegalStateException("vector and scalar kernels disagree on %s".formatted(name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
