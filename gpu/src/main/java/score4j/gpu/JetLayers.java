package score4j.gpu;

/// The passes of a network over some rows, a launch for each layer and what is done to it: the way
/// for networks that do not fit a multiprocessor. jet.cuh explains it.
final class JetLayers implements JetPass {
  private static final int DENSE_SHARED = 32_768;
  private static final int WEIGHTS_SHARED = 33_792;

  /// The most bytes of shared memory that one of its kernels takes.
  static final int SHARED = WEIGHTS_SHARED;

  private final JetNetwork network;
  private final JetSizes sizes;
  private final boolean trace;
  private final JetMemory on;
  private final int n;
  private final int columns;

  JetLayers(JetNetwork network, JetSizes sizes, boolean trace, JetMemory on, int n) {
    this.network = network;
    this.sizes = sizes;
    this.trace = trace;
    this.on = on;
    this.n = n;
    columns = sizes.columns(n);
  }

  @Override
  public void forward() {
    outputs();
    Launcher arguments =
        network
            .arguments()
            .pointer(on.outputs())
            .number(n)
            .number(sizes.dim)
            .pointer(on.directionsPointer())
            .number(sizes.tangents)
            .number(trace ? 1 : 0)
            .number(columns)
            .pointer(on.score().pointer(0))
            .pointer(on.formsPointer());
    network.launch(arguments, "jet_outputs", rowBlocks(), 1, 1, 128, 0);
  }

  @Override
  public int implicit(float weight, boolean gradientWanted) {
    outputs();
    int parts = cotangents(0, 0, weight);
    if (gradientWanted) {
      gradient();
    }
    return parts;
  }

  @Override
  public void backward() {
    cotangents(on.scoreBar().pointer(0), on.formsBarPointer(), 0);
    gradient();
  }

  /// Computes outputs and their tangents, as columns.
  private void outputs() {
    inputs();
    int last = sizes.layers;
    for (int l = 1; l < last; l++) {
      boolean ones = l == 1 && network.sampleOrder() == 1;
      long bias = ones ? 0 : network.packed(sizes.bias(l));
      int inner = sizes.size(l - 1) + (ones ? 1 : 0);
      dense(
          network.packed(sizes.forward(l)),
          bias,
          on.activations(),
          on.units(l),
          inner,
          sizes.size(l),
          ones ? 0 : n);
      activate(l);
    }
    dense(
        network.packed(sizes.forward(last)),
        network.packed(sizes.bias(last)),
        on.activations(),
        on.outputs(),
        sizes.size(last - 1),
        sizes.dim,
        n);
    if (sizes.dim <= KernelPlan.NARROW && network.sampleOrder() == 0) {
      Launcher arguments =
          network
              .arguments()
              .pointer(network.packed(sizes.backward(last)))
              .pointer(network.packed(sizes.bias(last)))
              .pointer(on.activations())
              .pointer(on.outputs())
              .number(sizes.size(last - 1))
              .number(columns)
              .number(n);
      network.launch(arguments, "dense_narrow", rowBlocks(), sizes.dim, 1, 128, 0);
    }
  }

  /// Makes cotangents of the outputs.
  ///
  /// @param scoreBar where those of the score are; 0 for those of the implicit loss
  /// @return how many parts the loss has
  private int cotangents(long scoreBar, long formsBar, float weight) {
    int blocks = Math.min(rowBlocks(), JetSizes.MOST_BLOCKS);
    Launcher arguments =
        network
            .arguments()
            .pointer(on.outputs())
            .number(n)
            .number(sizes.dim)
            .pointer(on.directionsPointer())
            .number(sizes.tangents)
            .number(trace ? 1 : 0)
            .pointer(scoreBar)
            .pointer(formsBar)
            .number(weight)
            .number(columns)
            .pointer(on.losses().pointer(0));
    network.launch(arguments, "jet_cotangents", blocks, 1, 1, 128, 1024);
    return blocks;
  }

  /// Writes partial gradients.
  private void gradient() {
    int span = sizes.span(columns);
    int splits = sizes.splits(columns);
    for (int l = sizes.layers; l >= 1; l--) {
      long g = l == sizes.layers ? on.outputs() : on.units(l);
      int out = sizes.size(l);
      int in = sizes.size(l - 1);
      Launcher arguments =
          network
              .arguments()
              .pointer(g)
              .pointer(on.activations())
              .number(out)
              .number(in)
              .number(columns)
              .number(span)
              .pointer(on.partials().pointer(sizes.flat(l)))
              .number(network.parameters());
      network.launch(
          arguments,
          "jet_weights",
          Math.ceilDiv(in, 128),
          Math.ceilDiv(out, 128),
          splits,
          256,
          WEIGHTS_SHARED);
      arguments =
          network
              .arguments()
              .pointer(g)
              .number(n)
              .number(columns)
              .number(span)
              .pointer(on.partials().pointer(sizes.flat(l) + (long) out * in))
              .number(network.parameters());
      network.launch(arguments, "jet_biases", out, splits, 1, 128, 512);
      if (l > 1) {
        dense(network.packed(sizes.backward(l)), 0, g, on.cotangents(), out, in, 0);
        arguments =
            network
                .arguments()
                .pointer(on.units(l - 1))
                .pointer(on.cotangents())
                .number(n)
                .number(sizes.tangents)
                .number(columns);
        network.launch(arguments, "jet_pullback", blocks(rowBlocks(), in), 1, 1, 128, 0);
        if (l > 2) {
          activate(l - 2);
        } else {
          inputs();
        }
      }
    }
  }

  private void inputs() {
    Launcher arguments =
        network
            .arguments()
            .pointer(on.input().pointer(0))
            .number(n)
            .number(sizes.inputs)
            .number(sizes.dim)
            .pointer(on.directionsPointer())
            .number(sizes.tangents)
            .pointer(on.activations())
            .number(columns);
    int blocks = blocks(Math.ceilDiv(columns, 256), sizes.inputs + 1);
    network.launch(arguments, "jet_inputs", blocks, 1, 1, 256, 0);
  }

  private void activate(int l) {
    Launcher arguments =
        network
            .arguments()
            .pointer(on.units(l))
            .pointer(on.activations())
            .number(n)
            .number(sizes.tangents)
            .number(columns);
    network.launch(arguments, "jet_activate", blocks(rowBlocks(), sizes.size(l)), 1, 1, 128, 0);
  }

  private void dense(long weights, long bias, long from, long to, int inner, int out, int biased) {
    Launcher arguments =
        network
            .arguments()
            .pointer(weights)
            .pointer(bias)
            .pointer(from)
            .pointer(to)
            .number(inner)
            .number(out)
            .number(columns)
            .number(biased)
            .number(0);
    network.launch(
        arguments,
        "dense",
        Math.ceilDiv(out, 128),
        Math.ceilDiv(columns, 128),
        1,
        256,
        DENSE_SHARED);
  }

  /// Blocks of a grid of one dimension: units may be more than a second one holds.
  private static int blocks(int across, int rows) {
    return Math.multiplyExact(across, rows);
  }

  private int rowBlocks() {
    return Math.ceilDiv(n, 128);
  }
}
