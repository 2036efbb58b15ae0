package score4j.gpu;

import java.util.Objects;
import jcuda.driver.CUdeviceptr;

/// Numbers in the memory of a card, which stay there between calls until they are closed, or their
/// session is. What they are at first is undefined.
///
/// Copies go through pinned memory, because a Java array must not be handed to the driver while the
/// garbage collector may move it, and are counted by [Session#usage].
public final class DeviceArray implements AutoCloseable {
  private final Session session;
  private final Address address;
  private final long length;
  private boolean closed;

  DeviceArray(Session session, Address address, long length) {
    this.session = session;
    this.address = address;
    this.length = length;
  }

  /// How many numbers there are.
  public long length() {
    return length;
  }

  /// Copies `count` numbers of `source`, from `from` on, to this array, from `to` on.
  ///
  /// @throws IndexOutOfBoundsException if a range does not fit
  public void upload(float[] source, int from, long to, int count) {
    Objects.checkFromIndexSize(from, count, source.length);
    Objects.checkFromIndexSize(to, count, length);
    session.run(() -> session.staging().upload(source, from, at(to), count));
  }

  /// Copies `count` numbers of this array, from `from` on, to `target`, from `to` on. If the copy
  /// fails, `target` is as it was.
  ///
  /// @throws IndexOutOfBoundsException if a range does not fit
  public void download(long from, float[] target, int to, int count) {
    Objects.checkFromIndexSize(from, count, length);
    Objects.checkFromIndexSize(to, count, target.length);
    session.run(() -> session.staging().download(at(from), target, to, count));
  }

  /// Gives the memory back. Does nothing the second time, or after the session was closed.
  @Override
  public void close() {
    session.free(this);
  }

  CUdeviceptr at(long offset) {
    requireOpen();
    return address.withByteOffset(offset * Float.BYTES);
  }

  /// The address of a number, as kernels take it.
  long pointer(long offset) {
    requireOpen();
    return address.value() + offset * Float.BYTES;
  }

  @SuppressWarnings("ReferenceEquality") // whether it is the same session is the question
  boolean isOf(Session session) {
    return this.session == session;
  }

  long bytes() {
    return length * Float.BYTES;
  }

  CUdeviceptr address() {
    return address;
  }

  boolean isClosed() {
    return closed;
  }

  void markClosed() {
    closed = true;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the array was closed, or its session was");
    }
  }

  @Override
  public String toString() {
    return "DeviceArray[%,d numbers%s]".formatted(length, closed ? ", closed" : "");
  }
}
