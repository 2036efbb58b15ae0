package score4j.array;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// All weights of a model in one flat `float[P]`, with named slices into it.
///
/// Optimisers, averages and files see one array; layers see their slice. The array is shared, not
/// copied, by [#data].
public final class Parameters {
  /// A named matrix inside the flat array: `rows × cols`, row-major, from `offset`. A vector is one
  /// with `cols = 1` and is written as `[rows]`.
  ///
  /// @param vector whether it is a vector; then cols is 1
  public record Slice(String name, int offset, int rows, int cols, boolean vector) {
    /// Checks that the slice is a place in an array.
    public Slice {
      Objects.requireNonNull(name, "name");
      if (vector && cols != 1) {
        throw new IllegalArgumentException(
            "slice %s is a vector but has %d cols: give its length as rows, and cols = 1"
                .formatted(name, cols));
      }
      if (offset < 0 || rows < 1 || cols < 1 || (long) rows * cols + offset > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "slice %s of %d × %d numbers at %d is no place in an array: make rows and cols positive"
                .formatted(name, rows, cols, offset));
      }
    }

    /// The number of parameters in the slice.
    public int size() {
      return rows * cols;
    }
  }

  private final List<Slice> slices;
  private final float[] data;

  private Parameters(List<Slice> slices, float[] data) {
    this.slices = slices;
    this.data = data;
  }

  /// Parameters over the caller's array; not copied. The slices must follow each other without hole
  /// or overlap.
  ///
  /// @throws IllegalArgumentException if they do not, or do not fill the array
  public static Parameters wrap(List<Slice> slices, float[] data) {
    int end = count(slices);
    if (end != data.length) {
      throw new IllegalArgumentException(
          "data has %d numbers but the slices take %d (P)".formatted(data.length, end));
    }
    return new Parameters(List.copyOf(slices), data);
  }

  /// The number of parameters P of slices that follow each other.
  ///
  /// @throws IllegalArgumentException if there is a hole or an overlap, or two have one name
  public static int count(List<Slice> slices) {
    int end = 0;
    Set<String> names = new HashSet<>();
    for (Slice slice : slices) {
      if (slice.offset() != end) {
        throw new IllegalArgumentException(
            "slice %s starts at %d but the one before ends at %d: let each begin where the last ends"
                .formatted(slice.name(), slice.offset(), end));
      }
      if (!names.add(slice.name())) {
        throw new IllegalArgumentException(
            "two slices are called %s: give each a name of its own".formatted(slice.name()));
      }
      end += slice.size();
    }
    return end;
  }

  /// Parameters that are all zero.
  public static Parameters zeros(List<Slice> slices) {
    return wrap(
        slices,
        new float[slices.isEmpty() ? 0 : slices.getLast().offset() + slices.getLast().size()]);
  }

  /// The number of parameters P.
  public int size() {
    return data.length;
  }

  /// The flat array. Shared, not copied.
  public float[] data() {
    return data;
  }

  /// The slices in the order of the flat array.
  public List<Slice> slices() {
    return slices;
  }

  /// The slice of that name.
  ///
  /// @throws IllegalArgumentException if there is none
  public Slice slice(String name) {
    for (Slice slice : slices) {
      if (slice.name().equals(name)) {
        return slice;
      }
    }
    throw new IllegalArgumentException(
        "no parameter is called %s: there are %s"
            .formatted(name, slices.stream().map(Slice::name).toList()));
  }

  /// A copy of the numbers of one slice.
  public float[] get(String name) {
    Slice slice = slice(name);
    return Arrays.copyOfRange(data, slice.offset(), slice.offset() + slice.size());
  }

  /// Overwrites the numbers of one slice.
  ///
  /// @throws IllegalArgumentException if the length differs
  public void set(String name, float[] values) {
    Slice slice = slice(name);
    Objects.requireNonNull(values, "values");
    if (values.length != slice.size()) {
      throw new IllegalArgumentException(
          "%s takes %d numbers but got %d".formatted(name, slice.size(), values.length));
    }
    System.arraycopy(values, 0, data, slice.offset(), values.length);
  }

  /// A copy with the same slices.
  public Parameters copy() {
    return new Parameters(slices, data.clone());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Parameters p && p.slices.equals(slices) && Arrays.equals(p.data, data);
  }

  @Override
  public int hashCode() {
    return 31 * slices.hashCode() + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "Parameters[%d in %d slices]".formatted(data.length, slices.size());
  }
}
