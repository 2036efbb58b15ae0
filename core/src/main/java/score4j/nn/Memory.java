package score4j.nn;

/// Working memory of a computation: spans of one array, each at the start of a cache line where
/// the JVM allows it, because kernels lose 10–20% on vectors that straddle two lines.
///
/// Usually the numbers of an array begin 16 bytes into the object, so spans begin there plus 48
/// bytes. That is the start of a line if the object is, and it is if G1 gives it a region of its
/// own: any object larger than half a region. Arrays of no less than an eighth of that size are
/// therefore padded to it. Smaller ones, and those of other collectors, lie as they fall.
final class Memory {
  private static final int LINE = 16;
  private static final int LEAD = 12;

  private long length = LEAD;
  private float[] floats = {};

  /// Room for `n` numbers, all 0 at first.
  ///
  /// @return where it begins in [#floats]
  int reserve(long n) {
    if (floats.length > 0) {
      throw new IllegalStateException("the memory is allocated: reserve before");
    }
    long start = length;
    length += (n + LINE - 1) & -LINE;
    if (length > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "the network needs %d numbers of working memory, more than an array holds: make it smaller or use fewer threads or directional derivatives"
              .formatted(length));
    }
    return (int) start;
  }

  /// Makes the array, once everything is reserved.
  void allocate() {
    long alone = regionBytes() / 2 / Float.BYTES;
    floats = new float[(int) (length >= alone / 8 ? Math.max(length, alone) : length)];
  }

  /// The array.
  float[] floats() {
    return floats;
  }

  // what G1 chooses: a 2048th of the heap, between 1 and 32 MB, rounded up to a power of 2
  private static long regionBytes() {
    long share = Math.clamp(Runtime.getRuntime().maxMemory() / 2048, 1L << 20, 1L << 25);
    return Long.highestOneBit(2 * share - 1);
  }
}
