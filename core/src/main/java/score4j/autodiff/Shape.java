package score4j.autodiff;

/// The shape of a value for one sample: a scalar, a vector or a matrix.
///
/// @param rank 0, 1 or 2
/// @param rows 1 unless it is a matrix
/// @param cols 1 if it is a scalar, the length if it is a vector
public record Shape(int rank, int rows, int cols) {
  /// A single number.
  public static final Shape SCALAR = new Shape(0, 1, 1);

  /// Refuses what is none of the three.
  public Shape {
    if (rank < 0
        || rank > 2
        || rows < 1
        || cols < 1
        || (rank < 2 && rows > 1)
        || (rank < 1 && cols > 1)) {
      throw new IllegalArgumentException(
          "a value has rank 0, 1 or 2 and at least one number but got rank %d, %d × %d"
              .formatted(rank, rows, cols));
    }
  }

  /// The shape of `n` numbers.
  public static Shape vector(int n) {
    return new Shape(1, 1, n);
  }

  /// The shape of `rows` × `cols` numbers.
  public static Shape matrix(int rows, int cols) {
    return new Shape(2, rows, cols);
  }

  /// How many numbers there are.
  public int size() {
    return Math.multiplyExact(rows, cols);
  }

  Shape transposed() {
    return new Shape(rank, /* rows= */ cols, /* cols= */ rows);
  }

  boolean isScalar() {
    return rank == 0;
  }

  @Override
  public String toString() {
    return switch (rank) {
      case 0 -> "[]";
      case 1 -> "[%d]".formatted(cols);
      default -> "[%d, %d]".formatted(rows, cols);
    };
  }
}
