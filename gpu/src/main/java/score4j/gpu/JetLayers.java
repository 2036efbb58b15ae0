package score4j.gpu;

/// The passes of a network over some rows, a launch for each layer and what is done to it: the way
/// for networks that do not fit a multiprocessor. jet.cuh explains it.
final class JetLayers implements JetPass {
  private static final int DENSE_SHARED = 32_768;
  private static final int WEIGHTS_SHARED = 33_792;
  private static final int TRANSPOSE_SHARED = 4224;

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

  /// Writes J·v to where scores go, of one direction v for each row.
  void derivatives() {
    outputs();
    transpose(on.outputs() + (long) Float.BYTES * n, on.directionsPointer());
  }

  /// Writes Jᵀ·w to where scores go, of w where cotangents of outputs are; without tangents.
  void inputCotangents() {
    outputs();
    cotangents(on.scoreBar().pointer(0), 0, 0);
    for (int l = sizes.layers; l >= 1; l--) {
      back(l);
      if (l > 1) {
        pullback(l - 1);
      }
    }
    transpose(on.cotangents(), on.scoreBar().pointer(0));
  }

  /// Writes the first D rows of a matrix, [D][columns], to where scores go.
  ///
  /// @param any n × D numbers, which are read and not used
  private void transpose(long from, long any) {
    Launcher arguments =
        network
            .arguments()
            .pointer(from)
            .pointer(any)
            .pointer(any)
            .number(0)
            .number(1)
            .pointer(on.score().pointer(0))
            .number(n)
            .number(sizes.dim)
            .number(columns);
    network.launch(
        arguments,
        "finish",
        blocks(Math.ceilDiv(n, 32), Math.ceilDiv(sizes.dim, 32)),
        1,
        1,
        256,
        TRANSPOSE_SHARED);
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
      long g = gradients(l);
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
        back(l);
        pullback(l - 1);
        if (l > 2) {
          activate(l - 2);
        } else {
          inputs();
        }
      }
    }
  }

  /// Where the cotangents of a layer's outputs are, before the activation.
  private long gradients(int l) {
    return l == sizes.layers ? on.outputs() : on.units(l);
  }

  /// Computes the cotangents of a layer's inputs.
  private void back(int l) {
    long weights = network.packed(sizes.backward(l));
    dense(weights, 0, gradients(l), on.cotangents(), sizes.size(l), sizes.size(l - 1), 0);
  }

  /// Takes them through the activation of the layer below.
  private void pullback(int l) {
    perUnit("jet_pullback", l, on.units(l), on.cotangents());
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
    perUnit("jet_activate", l, on.units(l), on.activations());
  }

  private void perUnit(String kernel, int l, long z, long other) {
    Launcher arguments =
        network
            .arguments()
            .pointer(z)
            .pointer(other)
            .number(n)
            .number(sizes.tangents)
            .number(columns);
    network.launch(arguments, kernel, blocks(rowBlocks(), sizes.size(l)), 1, 1, 128, 0);
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
