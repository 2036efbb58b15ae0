package score4j.gpu;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Work that takes seconds: all of it is started before the first test, done by two threads in the
/// order in which it was started, and each test asks for its own.
///
/// @param <K> the names of the work
/// @param <V> the results
final class TwoAtATime<K, V> implements AutoCloseable {
  private final Map<K, Future<V>> started = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(2);

  void start(K name, Callable<V> work) {
    started.put(name, threads.submit(work));
  }

  /// Waits for a result.
  V of(K name) throws ExecutionException, InterruptedException {
    return Objects.requireNonNull(started.get(name), "not started").get();
  }

  /// Leaves undone what nobody has asked for.
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
