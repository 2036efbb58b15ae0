package score4j.internal.parallel;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Threads that share the chunks of one loop after another. The caller works along; without an
/// executor the others are daemon threads that start when first needed, spin for a moment between
/// loops, sleep, and end when idle.
///
/// Who computes a chunk is a matter of chance, so a chunk must write to places of its own; the
/// caller then combines them in the order of their numbers. A loop allocates nothing.
public final class Team implements AutoCloseable {
  /// The body of a loop.
  @FunctionalInterface
  public interface Chunk {
    /// Does chunk `index`. No two threads hold the same `member` number (0 ≤ member < members) at
    /// a time, so it may choose a workspace.
    void run(int index, int member);
  }

  // A step of training leaves about 20 µs between two loops: spinning bridges that, sleeping
  // would cost 50.
  private static final int SPINS = 20_000;
  private static final long IDLE_NANOS = 500_000_000L;
  private static final Chunk NOTHING = (index, member) -> {};

  private final @Nullable Executor executor;
  private final Member[] others;
  // loop number << 32 | next chunk: taking a chunk by compare-and-set also proves that its loop
  // still runs
  private final AtomicLong ticket = new AtomicLong();
  private final AtomicInteger unfinished = new AtomicInteger();
  private volatile int chunks;
  private volatile Chunk body = NOTHING;
  private volatile @Nullable Throwable failure;
  private volatile @Nullable Thread waiting;
  private volatile boolean closed;

  /// A team of `members` threads, the calling one included.
  ///
  /// @param executor where the others run; null for daemon threads of this team
  public Team(int members, @Nullable Executor executor) {
    this.executor = executor;
    others = new Member[members - 1];
    for (int i = 0; i < others.length; i++) {
      others[i] = new Member(i + 1);
    }
  }

  /// The number of threads.
  public int members() {
    return others.length + 1;
  }

  /// Runs chunks 0 … count − 1, each once, and returns when all are done. One loop at a time:
  /// callers queue.
  ///
  /// @throws RuntimeException the first failure of a chunk, after all others have ended
  public synchronized void run(int count, Chunk chunk) {
    if (closed) {
      throw new IllegalStateException("the threads are closed: make a new object");
    }
    if (others.length == 0 || count <= 1) {
      for (int i = 0; i < count; i++) {
        chunk.run(i, 0);
      }
      return;
    }
    // close the old loop before its fields change, or a late member could take a chunk of the new
    // one by an old ticket
    long next = ((ticket.get() >>> 32) + 1) << 32;
    ticket.set(next + Integer.MAX_VALUE);
    body = chunk;
    chunks = count;
    failure = null;
    unfinished.set(count);
    waiting = Thread.currentThread();
    ticket.set(next);
    int helpers = Math.min(others.length, count - 1);
    for (int i = 0; i < helpers; i++) {
      others[i].wake();
    }
    work(0);
    for (int spins = 0; unfinished.get() > 0; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, 1_000_000);
      }
    }
    waiting = null;
    body = NOTHING;
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      if (thrown instanceof RuntimeException e) {
        throw e;
      }
      if (thrown instanceof Error e) {
        throw e;
      }
      throw new IllegalStateException(thrown);
    }
  }

  /// Whether a chunk was found.
  private boolean work(int member) {
    boolean worked = false;
    while (true) {
      long t = ticket.get();
      int index = (int) t;
      Chunk chunk = body;
      if (index >= chunks) {
        return worked;
      }
      if (!ticket.compareAndSet(t, t + 1)) {
        continue;
      }
      worked = true;
      try {
        chunk.run(index, member);
      } catch (Throwable e) {
        if (failure == null) {
          failure = e;
        }
      }
      if (unfinished.decrementAndGet() == 0) {
        LockSupport.unpark(waiting);
      }
    }
  }

  /// Ends the daemon threads of this team. A caller's executor is left alone.
  @Override
  public synchronized void close() {
    closed = true;
    for (Member member : others) {
      LockSupport.unpark(member.thread);
    }
  }

  private final class Member implements Runnable {
    private final int number;
    private final AtomicBoolean running = new AtomicBoolean();
    private final AtomicBoolean requested = new AtomicBoolean();
    private volatile boolean asleep;
    private volatile @Nullable Thread thread;

    Member(int number) {
      this.number = number;
    }

    // Without this member the loop is slower and no less complete, so a refusal is no failure. A
    // request that still waits in the executor's queue is not made again.
    void wake() {
      if (running.get()) {
        if (asleep) {
          LockSupport.unpark(thread);
        }
      } else if (requested.compareAndSet(false, true)) {
        try {
          if (executor != null) {
            executor.execute(this);
          } else {
            Thread daemon = new Thread(this, "score4j-" + number);
            daemon.setDaemon(true);
            daemon.start();
          }
        } catch (RejectedExecutionException | OutOfMemoryError e) {
          requested.set(false);
        }
      }
    }

    @Override
    public void run() {
      requested.set(false);
      // an executor may be so late that the next loop has started this member again
      if (!running.compareAndSet(false, true)) {
        return;
      }
      try {
        if (executor != null) {
          work(number);
        } else {
          thread = Thread.currentThread();
          serve();
        }
      } finally {
        running.set(false);
      }
    }

    private void serve() {
      int spins = 0;
      long idleSince = 0;
      while (!closed) {
        if (work(number)) {
          spins = 0;
        } else if (spins < SPINS) {
          spins++;
          Thread.onSpinWait();
        } else {
          if (spins == SPINS) {
            spins++;
            idleSince = System.nanoTime();
          }
          asleep = true;
          if ((int) ticket.get() >= chunks) {
            LockSupport.parkNanos(Team.this, IDLE_NANOS);
          }
          asleep = false;
          if ((int) ticket.get() < chunks) {
            spins = 0;
          } else if (System.nanoTime() - idleSince > IDLE_NANOS) {
            return;
          }
        }
      }
    }
  }
}
