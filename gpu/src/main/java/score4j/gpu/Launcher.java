package score4j.gpu;

import static score4j.gpu.Driver.check;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/// Arguments of a kernel, in memory outside the Java heap as the driver wants them: an array of
/// addresses of eight bytes each. The driver copies them when it is called.
final class Launcher {
  private static final int MOST = 48;
  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(2 * MOST * Long.BYTES).order(ByteOrder.nativeOrder());
  private final long base = MemorySegment.ofBuffer(memory).address();
  private final Pointer addresses = Pointer.to(memory);
  private final CUstream stream;
  private int count;
  private long launches;

  Launcher(CUstream stream) {
    this.stream = stream;
    for (int i = 0; i < MOST; i++) {
      memory.putLong(i * Long.BYTES, base + (MOST + i) * (long) Long.BYTES);
    }
  }

  /// How many kernels were launched.
  long launches() {
    return launches;
  }

  /// Adds an address on the card; 0 for none.
  Launcher pointer(long address) {
    memory.putLong(next(), address);
    return this;
  }

  Launcher number(int value) {
    memory.putInt(next(), value);
    return this;
  }

  Launcher number(float value) {
    memory.putFloat(next(), value);
    return this;
  }

  /// Forgets what was added and not launched.
  void clear() {
    count = 0;
  }

  private int next() {
    return (MOST + count++) * Long.BYTES;
  }

  /// Launches a kernel with what was added.
  void launch(
      CUfunction kernel, String name, long gridX, int gridY, int gridZ, int block, int shared) {
    check(
        JCudaDriver.cuLaunchKernel(
            kernel,
            Math.toIntExact(gridX),
            gridY,
            gridZ,
            block,
            1,
            1,
            shared,
            stream,
            addresses,
            null),
        "cuLaunchKernel(" + name + ")");
    launches++;
  }
}
