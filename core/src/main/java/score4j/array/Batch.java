package score4j.array;

import java.util.Arrays;
import java.util.Objects;

/// A matrix of samples: `rows` samples of `cols` coordinates, row-major in one `float[]`.
///
/// The array is shared, not copied, by [#wrap] and [#data]: hot methods write into it. Everything
/// else that returns numbers returns a copy.
public final class Batch {
  private final float[] data;
  private final int rows;
  private final int cols;

  private Batch(float[] data, int rows, int cols) {
    this.data = data;
    this.rows = rows;
    this.cols = cols;
  }

  /// A batch of zeros.
  ///
  /// @throws IllegalArgumentException if `rows < 0`, `cols < 1` or `rows·cols` does not fit an
  /// array
  public static Batch zeros(int rows, int cols) {
    return new Batch(new float[size(rows, cols)], rows, cols);
  }

  /// A batch over the caller's array, which must hold exactly `rows·cols` numbers; not copied.
  ///
  /// @throws IllegalArgumentException if the length is not `rows·cols`
  public static Batch wrap(float[] data, int rows, int cols) {
    Objects.requireNonNull(data, "data");
    int size = size(rows, cols);
    if (data.length != size) {
      throw new IllegalArgumentException(
          "data has %d numbers but %d rows of %d columns take %d: pass an array of exactly that length"
              .formatted(data.length, rows, cols, size));
    }
    return new Batch(data, rows, cols);
  }

  /// A batch from an array of rows, copied. There must be at least one row, and all must be of one
  /// length.
  ///
  /// @throws IllegalArgumentException if there is no row or the rows are ragged
  public static Batch of(float[]... rows) {
    if (rows.length == 0) {
      throw new IllegalArgumentException(
          "rows is empty, so the number of columns is unknown: use zeros(0, cols)");
    }
    int cols = rows[0].length;
    Batch batch = zeros(rows.length, cols);
    for (int r = 0; r < rows.length; r++) {
      if (rows[r].length != cols) {
        throw new IllegalArgumentException(
            "row %d has %d columns but row 0 has %d: make all rows equally long"
                .formatted(r, rows[r].length, cols));
      }
      System.arraycopy(rows[r], 0, batch.data, r * cols, cols);
    }
    return batch;
  }

  private static int size(int rows, int cols) {
    if (rows < 0 || cols < 1) {
      throw new IllegalArgumentException(
          "a batch needs rows ≥ 0 and cols ≥ 1 but got %d × %d".formatted(rows, cols));
    }
    long size = (long) rows * cols;
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%d × %d numbers do not fit one array: split the batch".formatted(rows, cols));
    }
    return (int) size;
  }

  /// The number of samples B.
  public int rows() {
    return rows;
  }

  /// The number of coordinates D of a sample.
  public int cols() {
    return cols;
  }

  /// The numbers themselves, row-major: coordinate c of sample r is at `r·cols + c`. Shared, not
  /// copied.
  public float[] data() {
    return data;
  }

  /// Coordinate `col` of sample `row`.
  public float get(int row, int col) {
    return data[Objects.checkIndex(row, rows) * cols + Objects.checkIndex(col, cols)];
  }

  /// Sets coordinate `col` of sample `row`.
  public void set(int row, int col, float value) {
    data[Objects.checkIndex(row, rows) * cols + Objects.checkIndex(col, cols)] = value;
  }

  /// A copy of sample `row`.
  public float[] row(int row) {
    Objects.checkIndex(row, rows);
    return Arrays.copyOfRange(data, row * cols, (row + 1) * cols);
  }

  /// A copy of coordinate `col` of all samples.
  public float[] column(int col) {
    Objects.checkIndex(col, cols);
    float[] column = new float[rows];
    for (int r = 0; r < rows; r++) {
      column[r] = data[r * cols + col];
    }
    return column;
  }

  /// A copy of samples `from` (included) to `to` (excluded).
  public Batch slice(int from, int to) {
    Objects.checkFromToIndex(from, to, rows);
    return new Batch(Arrays.copyOfRange(data, from * cols, to * cols), to - from, cols);
  }

  /// A copy of the samples at the given row numbers, in that order.
  public Batch select(int... indices) {
    Batch selected = zeros(indices.length, cols);
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(
          data, Objects.checkIndex(indices[i], rows) * cols, selected.data, i * cols, cols);
    }
    return selected;
  }

  /// A copy.
  public Batch copy() {
    return new Batch(data.clone(), rows, cols);
  }

  /// Checks that this batch has `cols` columns, as every consumer of samples must.
  ///
  /// @param name what the caller calls this argument
  /// @throws IllegalArgumentException if it has another number of columns
  public void requireCols(String name, int cols) {
    if (this.cols != cols) {
      throw new IllegalArgumentException(
          "%s has %d columns but %d are expected: choose other columns or a model of that dimension"
              .formatted(name, this.cols, cols));
    }
  }

  /// Checks that this batch is of the shape of another.
  ///
  /// @throws IllegalArgumentException if rows or columns differ
  public void requireShape(String name, int rows, int cols) {
    if (this.rows != rows || this.cols != cols) {
      throw new IllegalArgumentException(
          "%s is %d × %d but must be %d × %d (rows × columns)"
              .formatted(name, this.rows, this.cols, rows, cols));
    }
  }

  /// Checks that every number is finite.
  ///
  /// @throws IllegalArgumentException naming the first row and column that is not
  public void requireFinite(String name) {
    for (int i = 0; i < data.length; i++) {
      if (!Float.isFinite(data[i])) {
        throw new IllegalArgumentException(
            "%s must be finite but row %d, column %d is %s: remove or repair that row"
                .formatted(name, i / cols, i % cols, data[i]));
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Batch b
        && b.rows == rows
        && b.cols == cols
        && Arrays.equals(b.data, data);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * rows + cols) + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "Batch[%d × %d]".formatted(rows, cols);
  }
}
