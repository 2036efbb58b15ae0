package score4j.bench.peers;

import java.util.function.Consumer;
import java.util.function.IntFunction;

/// How many rows at once is fastest: as few as stay in the cache, but enough to outweigh the cost
/// of a call.
final class Fastest {
  private static final int SMALLEST = 16;
  private static final long NANOS = 100_000_000;

  private Fastest() {}

  /// Makes the work for all rows at once, for half of them and so on, runs each for a tenth of a
  /// second, and returns the one whose fastest run is fastest.
  ///
  /// @param make the work in chunks of so many rows, a divisor of all
  static <T> T of(String what, int rows, IntFunction<T> make, Consumer<T> run) {
    T best = make.apply(rows);
    double fastest = nanos(best, run);
    int chosen = rows;
    for (int chunk = half(rows, rows); chunk >= SMALLEST; chunk = half(chunk, rows)) {
      T candidate = make.apply(chunk);
      double time = nanos(candidate, run);
      if (time < fastest) {
        best = candidate;
        fastest = time;
        chosen = chunk;
      }
    }
    System.out.printf("# %s: %d of %d rows at once%n", what, chosen, rows);
    return best;
  }

  /// The largest divisor of `rows` that is at most half of the chunk.
  private static int half(int chunk, int rows) {
    int divisor = chunk / 2;
    while (divisor > 0 && rows % divisor != 0) {
      divisor--;
    }
    return divisor;
  }

  private static <T> double nanos(T work, Consumer<T> run) {
    run.accept(work);
    long start = System.nanoTime();
    long now = start;
    long fastest = Long.MAX_VALUE;
    do {
      run.accept(work);
      long end = System.nanoTime();
      fastest = Math.min(fastest, end - now);
      now = end;
    } while (now - start < NANOS);
    return fastest;
  }
}
