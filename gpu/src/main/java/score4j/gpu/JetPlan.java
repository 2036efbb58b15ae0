package score4j.gpu;

import score4j.nn.Mlp;

/// How values, tangents and gradients of a network are made on a card, which is what losses,
/// divergences and quadratic forms take, and which limit kept them from the faster way.
///
/// ```text
/// jet_gradient   losses with gradients: sizes up to 128 that fit shared memory
/// jet_forward    divergences and forms: the same, and less to fit
/// layers         anything: a launch for each layer, matrices between them in the card's memory
/// ```
/// The first two make a tile of rows in one launch, from inputs to results. Where gradients may be
/// asked for, values go the way of the gradients, which take them up. Scores are the same bits both
/// ways; sums over rows are taken in another order.
///
/// @param kernel its name, or `layers`
/// @param shared bytes of shared memory of a block
/// @param limit why not by tiles, or "" if they are
public record JetPlan(String kernel, int shared, String limit) {
  private static final String LAYERS = "layers";

  /// The way of a network.
  ///
  /// @param gradients whether gradients are asked for, too
  public static JetPlan of(Mlp mlp, boolean gradients, Device device) {
    return of(new JetSizes(mlp, 0), gradients, device.sharedPerBlock());
  }

  /// @param room the most bytes of shared memory that a block may have
  static JetPlan of(JetSizes sizes, boolean gradients, int room) {
    String kernel = gradients ? "jet_gradient" : "jet_forward";
    int largest = sizes.largest();
    if (largest > JetSizes.MOST_WIDTH) {
      return layers(
          "a size of %d is above %d, the most of %s"
              .formatted(largest, JetSizes.MOST_WIDTH, kernel));
    }
    long shared = gradients ? sizes.gradientShared() : sizes.forwardShared();
    return shared <= room
        ? new JetPlan(kernel, (int) shared, "")
        : layers(KernelPlan.memory(kernel, shared, room));
  }

  private static JetPlan layers(String limit) {
    return new JetPlan(LAYERS, JetLayers.SHARED, limit);
  }

  /// Whether a tile of rows is made in one launch.
  public boolean byTiles() {
    return !kernel.equals(LAYERS);
  }

  /// One line, such as `jet_gradient: tiles of rows in one launch, 105,536 bytes of shared memory a
  /// block` or `layers: a launch for each layer, because …`.
  @Override
  public String toString() {
    String what =
        byTiles()
            ? "tiles of rows in one launch, %,d bytes of shared memory a block".formatted(shared)
            : "a launch for each layer";
    return kernel + ": " + what + (limit.isEmpty() ? "" : ", because " + limit);
  }
}
