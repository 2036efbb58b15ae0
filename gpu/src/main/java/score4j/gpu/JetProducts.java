package score4j.gpu;

import org.jspecify.annotations.Nullable;

/// Products with the Jacobian of a network's output, J·v or Jᵀ·w, on a card, layer by layer: no
/// kernel of the tiles gives them. Used while the session is held.
///
/// - **Cost** of a row: two columns forward for J·v; for Jᵀ·w one forward and one back.
final class JetProducts implements AutoCloseable {
  private static final int MOST_ROWS = 1 << 17;
  private static final long MOST_BYTES = 1L << 30;

  private final JetNetwork network;
  private final boolean transposed;
  private final JetSizes sizes;
  private final int capacity;
  private @Nullable JetMemory memory;

  /// @param network which stays open
  /// @param transposed whether the products are Jᵀ·w
  JetProducts(JetNetwork network, boolean transposed) {
    this.network = network;
    this.transposed = transposed;
    sizes = new JetSizes(network.mlp(), transposed ? 0 : 1);
    capacity = Math.clamp(MOST_BYTES / rowBytes(), JetMemory.LEAST_ROWS, MOST_ROWS);
  }

  /// The most rows of a call.
  int capacity() {
    return capacity;
  }

  private long rowBytes() {
    return JetMemory.bytesPerRow(sizes, 0, !transposed, false, transposed);
  }

  /// Computes the products of some rows.
  ///
  /// @param input rows of network inputs, n × inputs
  /// @param vectors v or w, n × D
  /// @param n rows, at most [#capacity]
  /// @param products n × D
  void compute(float[] input, float[] vectors, int n, float[] products) {
    JetMemory.inParts(
        n,
        (row, rows) -> {
          JetMemory on = load(input, vectors, row, rows);
          JetLayers layers = new JetLayers(network, sizes, false, on, rows);
          if (transposed) {
            layers.inputCotangents();
          } else {
            layers.derivatives();
          }
          on.score().download(0, products, row * sizes.dim, rows * sizes.dim);
        },
        this::freeMemory,
        (e, rows) -> {
          long free = network.session().freeBytes();
          long once = Float.BYTES * 2L * JetSizes.MOST_BLOCKS;
          return e.of(
              "a batch of %,d rows with products".formatted(rows),
              rows * rowBytes() + once,
              free,
              Math.clamp((free - once) / rowBytes(), 0, rows - 1));
        });
  }

  private JetMemory load(float[] input, float[] vectors, int row, int n) {
    JetMemory on = memory;
    if (on == null || on.rows() < n) {
      freeMemory();
      on = new JetMemory(network.session(), sizes, 0, !transposed, false, transposed, n);
      memory = on;
    }
    on.input().upload(input, row * sizes.inputs, 0, n * sizes.inputs);
    DeviceArray to = transposed ? on.scoreBar() : on.directions();
    to.upload(vectors, row * sizes.dim, 0, n * sizes.dim);
    return on;
  }

  private void freeMemory() {
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }

  @Override
  public void close() {
    freeMemory();
  }
}
