package score4j.io;

import java.util.Arrays;
import java.util.List;

/// A named entry's numbers in a file: a shape and `float` values, row-major.
public final class Tensor {
  private final List<Integer> shape;
  private final float[] data;

  private Tensor(List<Integer> shape, float[] data) {
    this.shape = shape;
    this.data = data;
  }

  /// A tensor over the caller's array; not copied. The empty shape is a single number.
  ///
  /// @param shape the lengths of the axes, the slowest first
  /// @throws IllegalArgumentException if a length is negative or the product is not the number of
  ///     values
  public static Tensor wrap(List<Integer> shape, float[] data) {
    long size = 1;
    for (int length : shape) {
      if (length < 0) {
        throw new IllegalArgumentException(
            "shape must have lengths of at least 0 but was %s".formatted(shape));
      }
      size = Math.min(size * length, 1L << 32);
    }
    if (size != data.length) {
      throw new IllegalArgumentException(
          "data has %d numbers but shape %s takes %s"
              .formatted(data.length, shape, size < 1L << 32 ? size : "more than an array holds"));
    }
    return new Tensor(List.copyOf(shape), data);
  }

  /// The lengths of the axes, the slowest first.
  public List<Integer> shape() {
    return shape;
  }

  /// The numbers, row-major. Shared, not copied.
  public float[] data() {
    return data;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor t && t.shape.equals(shape) && Arrays.equals(t.data, data);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "Tensor" + shape;
  }
}
