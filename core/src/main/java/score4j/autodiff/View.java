package score4j.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// A value as part of a block: where its numbers lie along its axes, rows and columns. A
/// transposed, sliced or repeated value is another view of the same block.
///
/// @param start the place of the first number, in numbers
/// @param axes those other than the batch, in their order
/// @param strides the distance of neighbours along each axis, then of rows, then of columns; 0
///     where they are the same number
record View(Block block, int start, List<Axis> axes, List<Integer> strides) {
  /// All of a new block, one number after the other.
  static View of(Block block, SortedSet<Axis> axes, Shape shape) {
    List<Axis> inner = inner(axes);
    int[] sizes = sizes(inner, shape);
    Integer[] strides = new Integer[sizes.length];
    int stride = 1;
    for (int d = sizes.length - 1; d >= 0; d--) {
      strides[d] = stride;
      stride *= sizes[d];
    }
    return new View(block, 0, inner, List.of(strides));
  }

  /// One number that stands for all.
  static View number(Block block) {
    return new View(block, 0, List.of(), List.of(0, 0));
  }

  static List<Axis> inner(SortedSet<Axis> axes) {
    return axes.stream().filter(axis -> !axis.equals(Axis.BATCH)).toList();
  }

  /// The sizes of axes, rows and columns.
  static int[] sizes(List<Axis> axes, Shape shape) {
    int[] sizes = new int[axes.size() + 2];
    for (int d = 0; d < axes.size(); d++) {
      sizes[d] = axes.get(d).size();
    }
    sizes[axes.size()] = shape.rows();
    sizes[axes.size() + 1] = shape.cols();
    return sizes;
  }

  static int size(SortedSet<Axis> axes, Shape shape) {
    int size = 1;
    for (int n : sizes(inner(axes), shape)) {
      size = Math.multiplyExact(size, n);
    }
    return size;
  }

  int rowStride() {
    return strides.get(axes.size());
  }

  int colStride() {
    return strides.get(axes.size() + 1);
  }

  int stride(Axis axis) {
    int at = axes.indexOf(axis);
    return at < 0 ? 0 : strides.get(at);
  }

  /// The strides along other axes, then of rows and columns: 0 along what this does not have.
  int[] along(List<Axis> others) {
    int[] all = new int[others.size() + 2];
    for (int d = 0; d < others.size(); d++) {
      all[d] = stride(others.get(d));
    }
    all[others.size()] = rowStride();
    all[others.size() + 1] = colStride();
    return all;
  }

  /// Whether the numbers lie one after the other in the order of axes, rows and columns.
  boolean isContiguous(Shape shape) {
    int[] sizes = sizes(axes, shape);
    int stride = 1;
    for (int d = sizes.length - 1; d >= 0; d--) {
      if (sizes[d] > 1 && strides.get(d) != stride) {
        return false;
      }
      stride *= sizes[d];
    }
    return true;
  }

  private View with(int start, int row, int col) {
    List<Integer> all = new ArrayList<>(strides.subList(0, axes.size()));
    all.add(row);
    all.add(col);
    return new View(block, start, axes, List.copyOf(all));
  }

  View transposed() {
    return with(start, colStride(), rowStride());
  }

  View slice(int row, int col) {
    return with(start + row * rowStride() + col * colStride(), rowStride(), colStride());
  }

  /// A scalar everywhere, or a vector as every row.
  View broadcast(Shape from) {
    return with(start, 0, from.isScalar() ? 0 : colStride());
  }

  /// The same numbers in another shape; null if these strides cannot say so.
  @Nullable View reshaped(Shape from, Shape to) {
    int flat;
    if (from.rows() == 1) {
      flat = colStride();
    } else if (from.cols() == 1 || rowStride() == from.cols() * colStride()) {
      flat = from.cols() == 1 ? rowStride() : colStride();
    } else {
      return null;
    }
    return with(start, to.cols() * flat, flat);
  }

  /// The instances of an axis as rows.
  View gathered(Axis axis, Shape from) {
    List<Axis> rest = new ArrayList<>(axes);
    List<Integer> all = new ArrayList<>();
    rest.remove(axis);
    rest.forEach(other -> all.add(stride(other)));
    if (from.isScalar()) {
      all.add(0);
      all.add(stride(axis));
    } else {
      all.add(stride(axis));
      all.add(colStride());
    }
    return new View(block, start, List.copyOf(rest), List.copyOf(all));
  }

  /// Rows as the instances of an axis.
  View spread(Axis axis, SortedSet<Axis> to, Shape from) {
    List<Axis> inner = inner(to);
    List<Integer> all = new ArrayList<>();
    int step = from.rank() == 2 ? rowStride() : colStride();
    inner.forEach(other -> all.add(stride(other) + (other.equals(axis) ? step : 0)));
    all.add(0);
    all.add(from.rank() == 2 ? colStride() : 0);
    return new View(block, start, inner, List.copyOf(all));
  }
}
