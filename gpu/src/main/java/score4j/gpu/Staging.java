package score4j.gpu;

import static score4j.gpu.Driver.check;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Objects;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/// Copies between Java arrays and a card by way of one piece of pinned memory outside the Java
/// heap: what the card reads and writes on its own while Java runs on must not be moved, and a JVM
/// may corrupt arrays that native code holds on to (JDK-8377811).
///
/// What goes up is copied in pieces, so that the card takes one while Java fills the next. What
/// comes down arrives whole before the caller's array is touched; more than the pinned memory holds
/// goes through an array of its own for the same reason.
final class Staging {
  private static final int LEAST = 1 << 20;
  private static final int MOST = 32 << 20;
  private static final int PIECE = 2 << 20;

  private final CUstream stream;
  private final Pointer memory = new Pointer();
  private @Nullable FloatBuffer floats;
  private int capacity;

  /// How many bytes, from the beginning, the card is not yet known to have read.
  private int used;

  private long uploaded;
  private long downloaded;

  Staging(CUstream stream) {
    this.stream = stream;
  }

  /// Bytes copied to the card.
  long uploaded() {
    return uploaded;
  }

  /// Bytes copied from the card.
  long downloaded() {
    return downloaded;
  }

  /// Bytes of pinned memory.
  int pinned() {
    return capacity;
  }

  private FloatBuffer reserve(long bytes) {
    int wanted = Math.clamp(Long.highestOneBit(Math.max(bytes, 1) * 2 - 1), LEAST, MOST);
    if (wanted > capacity) {
      synchronize();
      free();
      int code = JCudaDriver.cuMemHostAlloc(memory, wanted, 0);
      if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
        throw new GpuMemoryException(
            "cuMemHostAlloc", "a buffer of pinned memory of this machine", wanted, 0, 0, -1);
      }
      check(code, "cuMemHostAlloc");
      capacity = wanted;
      floats = memory.getByteBuffer(0, wanted).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
    return Objects.requireNonNull(floats);
  }

  void upload(float[] source, int from, CUdeviceptr target, int count) {
    FloatBuffer buffer = reserve(4L * count);
    for (int done = 0; done < count; ) {
      int piece = Math.min(count - done, PIECE / Float.BYTES);
      if (used + 4 * piece > capacity) {
        synchronize();
      }
      buffer.put(used / Float.BYTES, source, from + done, piece);
      check(
          JCudaDriver.cuMemcpyHtoDAsync(
              target.withByteOffset(4L * done), memory.withByteOffset(used), 4L * piece, stream),
          "cuMemcpyHtoDAsync");
      used += 4 * piece;
      uploaded += 4L * piece;
      done += piece;
    }
  }

  void download(CUdeviceptr source, float[] target, int to, int count) {
    FloatBuffer buffer = reserve(4L * count);
    if (4L * count <= capacity) {
      buffer.get(arrive(source, 4 * count) / Float.BYTES, target, to, count);
      return;
    }
    float[] whole = new float[count];
    int piece = capacity / Float.BYTES;
    for (int done = 0; done < count; done += piece) {
      int n = Math.min(piece, count - done);
      int at = arrive(source.withByteOffset(4L * done), 4 * n);
      buffer.get(at / Float.BYTES, whole, done, n);
    }
    System.arraycopy(whole, 0, target, to, count);
  }

  /// Waits for bytes of the card, behind those that it has yet to read if there is room.
  ///
  /// @return where they are
  private int arrive(CUdeviceptr source, int bytes) {
    if (used + bytes > capacity) {
      synchronize();
    }
    int at = used;
    check(
        JCudaDriver.cuMemcpyDtoHAsync(memory.withByteOffset(at), source, bytes, stream),
        "cuMemcpyDtoHAsync");
    synchronize();
    downloaded += bytes;
    return at;
  }

  /// Waits for all that was asked for.
  void synchronize() {
    check(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize");
    used = 0;
  }

  /// Gives the pinned memory back.
  void free() {
    if (capacity > 0) {
      int code = JCudaDriver.cuMemFreeHost(memory);
      capacity = 0;
      floats = null;
      check(code, "cuMemFreeHost");
    }
  }
}
