package score4j.gpu;

import java.util.ArrayList;
import java.util.List;

/// Memory of a card for the passes of a network over some rows.
final class JetMemory implements AutoCloseable {
  private final Session session;
  private final List<DeviceArray> all = new ArrayList<>();
  private final int rows;
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
    long bytes = bytesPerRow(sizes, perRow, directional, tiles, gradients);
    try {
      long length = directional ? (long) rows * sizes.tangents * sizes.dim : 1;
      input = take("inputs of %,d rows", (long) rows * sizes.inputs, bytes);
      directions = take("directions of %,d rows", length, bytes);
      score = take("scores of %,d rows", (long) rows * sizes.dim, bytes);
      forms = take("forms of %,d rows", Math.max(1, (long) rows * perRow), bytes);
      scoreBar = gradients ? take("cotangents of %,d rows", score.length(), bytes) : score;
      formsBar = gradients ? take("cotangents of %,d rows", forms.length(), bytes) : forms;
      losses = take("losses of %,d rows", 2L * JetSizes.MOST_BLOCKS, -1);
      partials = losses;
      if (!tiles) {
        long columns = sizes.columns(rows);
        matrices.add(matrix(sizes.widest, columns, bytes)); // a
        matrices.add(gradients ? matrix(sizes.widest, columns, bytes) : matrices.getFirst()); // c
        matrices.add(matrix(JetSizes.pad(sizes.dim), columns, bytes)); // y
        for (int l = 1; l < sizes.layers; l++) { // z
          matrices.add(
              gradients || l == 1
                  ? matrix(gradients ? JetSizes.pad(sizes.size(l)) : sizes.widest, columns, bytes)
                  : matrices.getLast());
        }
      }
    } catch (GpuException e) {
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

  private DeviceArray take(String what, long length, long bytesPerRow) {
    DeviceArray array = session.allocate(what.formatted(rows), length, bytesPerRow);
    all.add(array);
    return array;
  }

  private DeviceArray matrix(long height, long columns, long bytesPerRow) {
    return take("a matrix between layers for %,d rows", height * columns, bytesPerRow);
  }

  void reservePartials(int parameters, int parts) {
    try {
      partials = take("partial gradients of %,d rows", (long) parameters * parts, -1);
    } catch (GpuException e) {
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
