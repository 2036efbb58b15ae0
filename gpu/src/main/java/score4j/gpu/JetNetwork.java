package score4j.gpu;

import score4j.nn.Mlp;

/// A network as the kernels of tangents and gradients take it: its weights on a card, both ways
/// round, and the launches of the kernels for its activation.
final class JetNetwork implements AutoCloseable {
  private final Session session;
  private final Mlp mlp;
  private final Arithmetic arithmetic;
  private final int parameters;
  private final int layers;
  private final DeviceArray flat;
  private final DeviceArray packed;
  private final DeviceArray layout;
  private boolean closed;

  JetNetwork(Session session, Mlp mlp, Arithmetic arithmetic) {
    this.session = session;
    this.mlp = mlp;
    this.arithmetic = arithmetic;
    parameters = mlp.parameterCount();
    JetSizes sizes = new JetSizes(mlp, 0);
    layers = sizes.layers;
    String what = "the weights of " + mlp.sizes();
    flat = session.allocate(what, parameters);
    packed = session.allocate(what, sizes.packed());
    layout = session.allocate(what, layers + 1L);
    float[] bits = new float[layers + 1];
    for (int l = 0; l < bits.length; l++) {
      bits[l] = Float.intBitsToFloat(sizes.size(l));
    }
    layout.upload(bits, 0, 0, bits.length);
  }

  Session session() {
    return session;
  }

  Mlp mlp() {
    return mlp;
  }

  /// P.
  int parameters() {
    return parameters;
  }

  /// 1 where the processor sums over samples' units in another order.
  int sampleOrder() {
    return KernelPlan.isShallow(mlp) ? 1 : 0;
  }

  /// Takes P numbers in the layout of [Mlp#slices].
  void load(float[] values) {
    flat.upload(values, 0, 0, parameters);
    Launcher arguments =
        arguments()
            .pointer(packed.pointer(0))
            .pointer(flat.pointer(0))
            .pointer(layout.pointer(0))
            .number(layers);
    launch(arguments, "jet_pack", 256, 1, 1, 256, 0);
  }

  /// Where the weights are, from an offset on.
  long packed(long offset) {
    return packed.pointer(offset);
  }

  /// Where the sizes are.
  long layout() {
    return layout.pointer(0);
  }

  Launcher arguments() {
    return session.arguments();
  }

  void launch(
      Launcher arguments, String kernel, int gridX, int gridY, int gridZ, int block, int shared) {
    arguments.launch(
        session.kernels(mlp.activation(), arithmetic).function(kernel, shared),
        kernel,
        gridX,
        gridY,
        gridZ,
        block,
        shared);
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    flat.close();
    packed.close();
    layout.close();
  }
}
