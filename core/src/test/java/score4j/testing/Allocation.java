package score4j.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// Counts the bytes that the calling thread allocates.
public final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocation() {}

  /// The least number of bytes that one of five runs of `task` allocated on the calling thread,
  /// after one run that is not counted. The least, because the first use of a class or a call site
  /// may allocate once.
  public static long bytes(Runnable task) {
    task.run();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      least = Math.min(least, bytesOnce(task));
    }
    return least;
  }

  /// The number of bytes that one run of `task` allocated on the calling thread.
  public static long bytesOnce(Runnable task) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    task.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
