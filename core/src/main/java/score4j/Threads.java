package score4j;

import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// How many threads a computation may use and where they come from. The answer of a computation
/// never depends on it.
///
/// @param count the number of threads, the calling one included
/// @param executor where the others run; null for the library's own daemon threads, which start
/// when first needed
public record Threads(int count, @Nullable Executor executor) {
  /// The calling thread alone.
  public static final Threads ONE = new Threads(1, null);

  /// Checks that the count is at least 1.
  public Threads {
    if (count < 1) {
      throw new IllegalArgumentException("threads must be at least 1 but was %d".formatted(count));
    }
  }

  /// `count` threads of the library.
  public static Threads of(int count) {
    return new Threads(count, null);
  }

  /// One thread a processor of this machine.
  public static Threads available() {
    return of(Runtime.getRuntime().availableProcessors());
  }

  /// `count` threads, of which all but the calling one are tasks given to the caller's executor.
  public static Threads on(Executor executor, int count) {
    Objects.requireNonNull(executor, "executor");
    return new Threads(count, executor);
  }
}
