package score4j.internal.kernel;

/// Arrays whose numbers begin at the start of a cache line where the JVM allows it, because kernels
/// lose a third on vectors that straddle two lines.
///
/// Usually the numbers of an array begin 16 bytes into the object, so the first [#LEAD] of them are
/// left out. What follows is at the start of a line if the object is, and it is if G1 gives it a
/// region of its own: any object larger than half a region. Smaller ones, and those of other
/// collectors, lie as they fall.
public final class Aligned {
  /// Numbers in a cache line.
  public static final int LINE = 16;

  /// How many numbers of an array come before its first cache line.
  public static final int LEAD = 12;

  private Aligned() {}

  /// The length from which on an array has a region of its own.
  public static long alone() {
    return regionBytes() / 2 / Float.BYTES;
  }

  // what G1 chooses: a 2048th of the heap, between 1 and 32 MB, rounded up to a power of 2
  private static long regionBytes() {
    long share = Math.clamp(Runtime.getRuntime().maxMemory() / 2048, 1L << 20, 1L << 25);
    return Long.highestOneBit(2 * share - 1);
  }

  /// Places of equal size, one for each thread, in arrays that are large enough to be aligned. An
  /// array lives as long as a thread that has a place in it.
  static final class Places {
    private final int size;
    private final ThreadLocal<Place> mine = ThreadLocal.withInitial(this::take);
    private float[] slab = {};
    private int next;

    /// @param size floats in a place, a multiple of [#LINE]
    Places(int size) {
      this.size = size;
    }

    /// The calling thread's.
    Place mine() {
      return mine.get();
    }

    private synchronized Place take() {
      if (next + size > slab.length) {
        slab = new float[(int) Math.max(alone(), LEAD + (long) size)];
        next = LEAD;
      }
      Place place = new Place(slab, next);
      next += size;
      return place;
    }
  }

  /// A part of an array.
  static final class Place {
    final float[] floats;
    final int at;

    Place(float[] floats, int at) {
      this.floats = floats;
      this.at = at;
    }
  }
}
