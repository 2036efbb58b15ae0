package score4j.gpu;

/// The passes of a network over some rows, a launch for all of a pass: the way for networks that
/// fit a multiprocessor. jet.cuh explains it.
final class JetTiles implements JetPass {
  private static final int BLOCK = 128;

  private final JetNetwork network;
  private final JetSizes sizes;
  private final boolean trace;
  private final JetMemory on;
  private final int n;

  JetTiles(JetNetwork network, JetSizes sizes, boolean trace, JetMemory on, int n) {
    this.network = network;
    this.sizes = sizes;
    this.trace = trace;
    this.on = on;
    this.n = n;
  }

  @Override
  public void forward() {
    Launcher arguments =
        arguments()
            .number(network.sampleOrder())
            .pointer(on.score().pointer(0))
            .pointer(on.formsPointer());
    network.launch(
        arguments,
        "jet_forward",
        Math.ceilDiv(n, sizes.particles()),
        1,
        1,
        BLOCK,
        (int) sizes.forwardShared());
  }

  /// Without the gradient the kernel ends at the last layer's cotangents, of which it makes the
  /// loss.
  @Override
  public int implicit(float weight, boolean gradientWanted) {
    return gradient(0, 0, weight, gradientWanted ? on.partials().pointer(0) : 0);
  }

  @Override
  public void backward() {
    gradient(on.scoreBar().pointer(0), on.formsBarPointer(), 0, on.partials().pointer(0));
  }

  /// @param scoreBar cotangents of outputs; 0 for those of the implicit loss
  /// @param partials where partial gradients go; 0 if the loss is all that is wanted
  private int gradient(long scoreBar, long formsBar, float weight, long partials) {
    int parts = sizes.parts(n, true);
    Launcher arguments =
        arguments()
            .pointer(scoreBar)
            .pointer(formsBar)
            .number(weight)
            .number(network.sampleOrder())
            .pointer(partials)
            .number(network.parameters())
            .pointer(on.losses().pointer(0));
    network.launch(arguments, "jet_gradient", parts, 1, 1, BLOCK, (int) sizes.gradientShared());
    return parts;
  }

  private Launcher arguments() {
    return network
        .arguments()
        .pointer(network.packed(0))
        .pointer(network.layout())
        .number(sizes.layers)
        .pointer(on.input().pointer(0))
        .number(n)
        .pointer(on.directionsPointer())
        .number(sizes.tangents)
        .number(trace ? 1 : 0);
  }
}
