package score4j.nn;

import score4j.internal.kernel.Aligned;

/// Working memory of a computation: spans of one array, each at the start of a cache line where
/// [Aligned] arrays are: those of no less than an eighth of the size from which on they are,
/// because they are made that large.
final class Memory {
  private long length = Aligned.LEAD;
  private float[] floats = {};

  /// Room for `n` numbers, all 0 at first.
  ///
  /// @return where it begins in [#floats]
  int reserve(long n) {
    if (floats.length > 0) {
      throw new IllegalStateException("the memory is allocated: reserve before");
    }
    long start = length;
    length += (n + Aligned.LINE - 1) & -Aligned.LINE;
    if (length > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "the network needs %d numbers of working memory, more than an array holds: make it smaller or use fewer threads or directional derivatives"
              .formatted(length));
    }
    return (int) start;
  }

  /// Makes the array, once everything is reserved.
  void allocate() {
    long alone = Aligned.alone();
    floats = new float[(int) (length >= alone / 8 ? Math.max(length, alone) : length)];
  }

  /// The array.
  float[] floats() {
    return floats;
  }
}
