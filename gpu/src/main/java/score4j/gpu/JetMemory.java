package score4j.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/// Memory of a card for the passes of a network over some rows.
final class JetMemory implements AutoCloseable {
  /// So many rows are not cut into parts.
  static final int LEAST_ROWS = 64;

  private final Session session;
  private final List<DeviceArray> all = new ArrayList<>();
  private final int rows;
  private final int perRow;
  private final boolean directional;
  private final DeviceArray input;
  private final DeviceArray directions;
  private final DeviceArray score;
  private final DeviceArray forms;
  private final DeviceArray scoreBar;
  private final DeviceArray formsBar;
  private final DeviceArray losses;
  private final List<DeviceArray> matrices = new ArrayList<>();
  private DeviceArray partials;

  JetMemory(
      Session session,
      JetSizes sizes,
      int perRow,
      boolean directional,
      boolean tiles,
      boolean gradients,
      int rows) {
    this.session = session;
    this.rows = rows;
    this.perRow = perRow;
    this.directional = directional;
    try {
      long length = directional ? (long) rows * sizes.tangents * sizes.dim : 1;
      input = take("inputs of %,d rows", (long) rows * sizes.inputs);
      directions = take("directions of %,d rows", length);
      score = take("scores of %,d rows", (long) rows * sizes.dim);
      forms = take("forms of %,d rows", Math.max(1, (long) rows * perRow));
      scoreBar = gradients ? take("cotangents of %,d rows", score.length()) : score;
      formsBar = gradients ? take("cotangents of %,d rows", forms.length()) : forms;
      losses = take("losses of %,d rows", 2L * JetSizes.MOST_BLOCKS);
      partials = losses;
      if (!tiles) {
        long columns = sizes.columns(rows);
        matrices.add(matrix(sizes.widest, columns)); // a
        matrices.add(gradients ? matrix(sizes.widest, columns) : matrices.getFirst()); // c
        matrices.add(matrix(JetSizes.pad(sizes.dim), columns)); // y
        for (int l = 1; l < sizes.layers; l++) { // z
          matrices.add(
              gradients || l == 1
                  ? matrix(gradients ? JetSizes.pad(sizes.size(l)) : sizes.widest, columns)
                  : matrices.getLast());
        }
      }
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /// How many bytes a row takes.
  static long bytesPerRow(
      JetSizes sizes, int perRow, boolean directional, boolean tiles, boolean gradients) {
    long floats =
        sizes.inputs
            + (directional ? (long) sizes.tangents * sizes.dim : 0)
            + (gradients ? 2L : 1L) * (sizes.dim + perRow);
    return 4 * (floats + (tiles ? 0 : (1L + sizes.tangents) * sizes.layerRows(gradients)));
  }

  /// What is done to some neighbouring rows.
  interface Part {
    void run(int row, int rows);
  }

  /// Does something to n rows which have nothing to do with each other: at once, or in as large
  /// parts as there is memory for.
  ///
  /// @param free gives back the memory of an attempt that failed
  /// @param tooLarge what to throw if the least rows are too many
  static void inParts(
      int n,
      Part work,
      Runnable free,
      BiFunction<GpuMemoryException, Integer, GpuMemoryException> tooLarge) {
    int part = n;
    for (int row = 0; row < n; ) {
      int rows = Math.min(part, n - row);
      try {
        work.run(row, rows);
        row += rows;
      } catch (GpuMemoryException e) {
        free.run();
        if (rows <= LEAST_ROWS) {
          throw tooLarge.apply(e, rows);
        }
        part = Math.max(LEAST_ROWS, rows / 2);
      }
    }
  }

  private DeviceArray take(String what, long length) {
    DeviceArray array = session.allocate(what.formatted(rows), length);
    all.add(array);
    return array;
  }

  private DeviceArray matrix(long height, long columns) {
    return take("a matrix between layers for %,d rows", height * columns);
  }

  void reservePartials(int parameters, int parts) {
    try {
      partials = take("partial gradients of %,d rows", (long) parameters * parts);
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /// How many rows there is room for.
  int rows() {
    return rows;
  }

  DeviceArray input() {
    return input;
  }

  DeviceArray directions() {
    return directions;
  }

  DeviceArray score() {
    return score;
  }

  DeviceArray forms() {
    return forms;
  }

  DeviceArray scoreBar() {
    return scoreBar;
  }

  DeviceArray formsBar() {
    return formsBar;
  }

  DeviceArray losses() {
    return losses;
  }

  DeviceArray partials() {
    return partials;
  }

  /// Where directions are; 0 if they are unit vectors.
  long directionsPointer() {
    return directional ? directions.pointer(0) : 0;
  }

  /// Where forms go; 0 if there are none.
  long formsPointer() {
    return perRow == 0 ? 0 : forms.pointer(0);
  }

  /// Where cotangents of forms are; 0 if there are none.
  long formsBarPointer() {
    return perRow == 0 ? 0 : formsBar.pointer(0);
  }

  long activations() {
    return matrices.get(0).pointer(0);
  }

  long cotangents() {
    return matrices.get(1).pointer(0);
  }

  long outputs() {
    return matrices.get(2).pointer(0);
  }

  /// z of a hidden layer, from 1.
  long units(int layer) {
    return matrices.get(2 + layer).pointer(0);
  }

  @Override
  public void close() {
    all.forEach(DeviceArray::close);
    all.clear();
  }
}
