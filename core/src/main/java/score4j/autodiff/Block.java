package score4j.autodiff;

/// Where the numbers of a value lie while a program runs in `float`.
final class Block {
  /// How the numbers lie.
  enum Kind {
    /// What differs by sample: each number is a row of as many lanes as a tile has samples, in the
    /// memory of a thread.
    TILE,
    /// What is the same for all samples, each number a row of 16 equal lanes: so one kernel serves
    /// both.
    WIDE,
    /// What is the same for all samples, number by number: parameters, and gradients.
    COMPACT
  }

  private final Kind kind;
  private final int size;
  private int offset = -1;

  /// Room for some numbers.
  Block(Kind kind, int size) {
    this.kind = kind;
    this.size = size;
  }

  Kind kind() {
    return kind;
  }

  boolean isTile() {
    return kind == Kind.TILE;
  }

  /// How many numbers there are.
  int size() {
    return size;
  }

  /// How many floats all of them take if they are the same for all samples; whole vectors.
  int floats() {
    return kind == Kind.WIDE ? Math.multiplyExact(size, Frame.WIDTH) : Frame.padded(size);
  }

  void place(int offset) {
    this.offset = offset;
  }

  /// Rows from the start of a tile, or floats from the start of what is shared.
  int offset() {
    return offset;
  }
}
