package score4j.gpu;

import static score4j.gpu.Driver.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;
import score4j.nn.Activation;
import score4j.nn.ScoreNetwork;

/// The use of a card: its context, the kernels that were loaded, and all memory that was taken,
/// which it gives back when it is closed.
///
/// ```java
/// try (Session session = Gpu.open()) {
///   Batch rows = sampler.sample(session.score(network), start, key);
/// }
/// ```
/// A session and what it made may be used by any thread. What they ask for is done one after the
/// other: a call holds the session until its numbers are back. If the card is lost
/// ([GpuLostException]), so is the session; only [#close] is then of use.
public final class Session implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("score4j");

  private record Code(Activation activation, Arithmetic arithmetic) {}

  private final Device device;
  private final CUdevice handle = new CUdevice();
  private final CUcontext context = new CUcontext();
  private final CUstream stream = new CUstream();
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Set<DeviceArray> arrays = new LinkedHashSet<>();
  private final Set<Runnable> spares = new LinkedHashSet<>();
  private final Map<Code, Kernels> modules = new HashMap<>();
  private final Staging staging = new Staging(stream);
  private final Launcher launcher = new Launcher(stream);
  private final Set<String> said = new LinkedHashSet<>();

  /// Whether the thread that holds the lock has the context.
  private boolean current;

  private long bytes;
  private long mostBytes;
  private boolean closed;
  private @Nullable GpuLostException lost;

  Session(Device device) {
    this.device = device;
    check(JCudaDriver.cuDeviceGet(handle, device.index()), "cuDeviceGet");
    String retain = "cuDevicePrimaryCtxRetain";
    int code = JCudaDriver.cuDevicePrimaryCtxRetain(context, handle);
    if (code == CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE) {
      String error = CUresult.stringFor(code);
      throw new GpuException(
          retain, error, "%s: %s (%d): taken by another process".formatted(retain, error, code));
    }
    check(code, retain);
    try {
      // a stream of its own that does not wait for the default one of other users of the context
      run(() -> check(JCudaDriver.cuStreamCreate(stream, 1), "cuStreamCreate"));
    } catch (Throwable e) {
      JCudaDriver.cuDevicePrimaryCtxRelease(handle);
      throw e;
    }
  }

  /// Which card it is.
  public Device device() {
    return device;
  }

  /// A network whose scores are computed on the card, with the processor's bits.
  public GpuScore score(ScoreNetwork network) {
    return score(network, Arithmetic.REPRODUCIBLE);
  }

  /// A network whose scores are computed on the card, with a copy of its parameters there.
  ///
  /// @throws GpuMemoryException if the parameters do not fit
  public GpuScore score(ScoreNetwork network, Arithmetic arithmetic) {
    return new GpuScore(this, network, arithmetic);
  }

  /// Memory for so many numbers.
  ///
  /// @throws GpuMemoryException if there is not enough
  public DeviceArray allocate(long length) {
    return allocate("an array of %,d numbers".formatted(length), length);
  }

  /// What is used, and what was done since the session was opened.
  ///
  /// @param bytes of the card's memory that are taken now
  /// @param mostBytes the most that were taken at a time
  /// @param pinnedBytes of this machine's memory that the card may read and write
  /// @param uploaded bytes copied to the card
  /// @param downloaded bytes copied from the card
  /// @param launches kernels started
  public record Usage(
      long bytes,
      long mostBytes,
      long pinnedBytes,
      long uploaded,
      long downloaded,
      long launches) {}

  /// What is used, and what was done since the session was opened.
  public Usage usage() {
    lock.lock();
    try {
      return new Usage(
          bytes,
          mostBytes,
          staging.pinned(),
          staging.uploaded(),
          staging.downloaded(),
          launcher.launches());
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the card has done all that it was asked for.
  public void synchronize() {
    run(staging::synchronize);
  }

  DeviceArray allocate(String what, long length) {
    if (length < 1) {
      throw new IllegalArgumentException("length must be at least 1 but was " + length);
    }
    return call(
        () -> {
          Address address = new Address();
          long wanted = Math.multiplyExact(length, (long) Float.BYTES);
          int code = JCudaDriver.cuMemAlloc(address, wanted);
          if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            long[] free = new long[1];
            long[] total = new long[1];
            JCudaDriver.cuMemGetInfo(free, total);
            throw new GpuMemoryException("cuMemAlloc", what, wanted, free[0], total[0], -1);
          }
          check(code, "cuMemAlloc");
          DeviceArray array = new DeviceArray(this, address, length);
          arrays.add(array);
          bytes += wanted;
          mostBytes = Math.max(mostBytes, bytes);
          return array;
        });
  }

  /// How many bytes of the card are free.
  long freeBytes() {
    return call(
        () -> {
          long[] free = new long[1];
          check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
          return free[0];
        });
  }

  void free(DeviceArray array) {
    lock.lock();
    try {
      if (!array.isClosed()) {
        array.markClosed();
        arrays.remove(array);
        bytes -= array.bytes();
        if (lost == null) { // the card may still be at work on it, for which the driver waits
          run(() -> check(JCudaDriver.cuMemFree(array.address()), "cuMemFree"));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Makes something. If that fails, no array of it is left.
  <T> T make(Supplier<T> work) {
    return call(
        () -> {
          Set<DeviceArray> before = new HashSet<>(arrays);
          try {
            return work.get();
          } catch (Throwable e) {
            for (DeviceArray array : List.copyOf(arrays)) {
              if (!before.contains(array)) {
                release(array::close);
              }
            }
            throw e;
          }
        });
  }

  /// Is told how to give back what is on the card only to make the next call quicker.
  void addSpare(Runnable giveBack) {
    alone(() -> spares.add(giveBack));
  }

  void removeSpare(Runnable giveBack) {
    alone(() -> spares.remove(giveBack));
  }

  /// Does something that can be begun again. If memory is too short for it, all that is spare is
  /// given back, and it is begun once more; or, if it is a part of such a thing, that is.
  <T> T callAgain(Supplier<T> work) {
    lock.lock();
    try {
      return current ? work.get() : call(() -> orWithoutSpares(work));
    } finally {
      lock.unlock();
    }
  }

  private <T> T orWithoutSpares(Supplier<T> work) {
    try {
      return work.get();
    } catch (GpuMemoryException e) {
      long before = bytes;
      spares.forEach(Runnable::run);
      if (bytes == before) {
        throw e;
      }
      return work.get();
    }
  }

  void runAgain(Runnable work) {
    callAgain(
        () -> {
          work.run();
          return true;
        });
  }

  Staging staging() {
    return staging;
  }

  /// Where the arguments of the next launch go.
  Launcher arguments() {
    launcher.clear();
    return launcher;
  }

  Kernels kernels(Activation activation, Arithmetic arithmetic) {
    return call(
        () ->
            modules.computeIfAbsent(
                new Code(activation, arithmetic),
                code -> Kernels.load(Kernels.ptx(activation, arithmetic))));
  }

  /// Says in the log which kernels do something, once: where a limit keeps it from faster ones, for
  /// all to see.
  ///
  /// @param what such as `scores of [2, 64, 2]`
  /// @param limit why not faster, or "" if it is
  void say(String what, String limit, Object plan) {
    String line = "gpu: %s: %s".formatted(what, plan);
    lock.lock();
    try {
      if (!said.add(line)) {
        return;
      }
    } finally {
      lock.unlock();
    }
    LOG.log(limit.isEmpty() ? System.Logger.Level.DEBUG : System.Logger.Level.INFO, line);
  }

  /// What [#say] was told, in order.
  List<String> said() {
    lock.lock();
    try {
      return List.copyOf(said);
    } finally {
      lock.unlock();
    }
  }

  /// Does something while nobody uses the card, which may be lost, or the session closed.
  void alone(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }

  /// Does something with the card while nobody else does.
  void run(Runnable work) {
    call(
        () -> {
          work.run();
          return true;
        });
  }

  /// Does something with the card while nobody else does.
  <T> T call(Supplier<T> work) {
    lock.lock();
    try {
      requireOpen();
      if (current) { // a part of something that is being done
        return work.get();
      }
      check(JCudaDriver.cuCtxPushCurrent(context), "cuCtxPushCurrent");
      current = true;
      try {
        return work.get();
      } finally {
        current = false;
        JCudaDriver.cuCtxPopCurrent(new CUcontext());
      }
    } catch (GpuLostException e) {
      if (lost == null) {
        lost = e;
      }
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the session was closed: open another");
    }
    if (lost != null) {
      throw new GpuLostException(lost.call(), lost.error());
    }
  }

  /// Gives everything back. Scores, chains and engines of this session are of no use afterwards.
  /// Does nothing the second time.
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      // a card that is lost refuses all of this, and loses it with the context
      JCudaDriver.cuCtxPushCurrent(context);
      List<DeviceArray> left = new ArrayList<>(arrays);
      arrays.clear();
      bytes = 0;
      for (DeviceArray array : left) {
        array.markClosed();
        JCudaDriver.cuMemFree(array.address());
      }
      release(staging::free);
      for (Kernels kernels : modules.values()) {
        release(kernels::unload);
      }
      modules.clear();
      JCudaDriver.cuStreamDestroy(stream);
      JCudaDriver.cuCtxPopCurrent(new CUcontext());
      closed = true;
      JCudaDriver.cuDevicePrimaryCtxRelease(handle);
    } finally {
      lock.unlock();
    }
  }

  private static void release(Runnable work) {
    try {
      work.run();
    } catch (GpuException e) {
      LOG.log(System.Logger.Level.DEBUG, "gpu: {0}", e.getMessage());
    }
  }

  @Override
  public String toString() {
    return "Session[%s%s]".formatted(device, closed ? ", closed" : "");
  }
}
