package score4j.gpu;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import score4j.nn.Forms;
import score4j.nn.JetDevice;
import score4j.nn.Mlp;

/// The passes of a network on a card: values, quadratic forms of the Jacobian, and gradients.
///
/// Networks up to 128 wide stay in the multiprocessors from inputs to results; wider ones go layer
/// by layer through the card's memory. Sums have a fixed order, which the sizes of network and
/// batch decide and nothing else, so that the same card and any other give the same numbers,
/// however much of their memory is free. What takes no sums over rows goes in parts where it has
/// to.
final class GpuJet implements JetDevice {
  private static final int MOST_ROWS = 1 << 17;
  private static final int LEAST_ROWS = 64;
  // what a tile may take; the same on every card, because sums go tile by tile
  private static final long MOST_BYTES = 1L << 30;

  private final Session session;
  private final Mlp mlp;
  private final Arithmetic arithmetic;
  private final JetSizes sizes;
  private final boolean trace;
  private final boolean directional;
  private final int perRow;
  private final int parameters;
  private final boolean forwardTiles;
  private final boolean gradientTiles;
  private final boolean gradients;
  private final int capacity;
  private final DeviceArray flat;
  private final DeviceArray packed;
  private final DeviceArray layout;
  private final @Nullable DeviceArray sum;
  private @Nullable JetMemory memory;
  private boolean added;
  private boolean closed;

  /// @param gradients whether gradients will be asked for
  GpuJet(
      Session session,
      Mlp mlp,
      Forms forms,
      int tangents,
      Arithmetic arithmetic,
      boolean gradients) {
    this.session = session;
    this.mlp = mlp;
    this.arithmetic = arithmetic;
    this.gradients = gradients;
    trace = forms.isTrace() && tangents > 0;
    directional = forms == Forms.DIRECTIONAL && tangents > 0;
    sizes = new JetSizes(mlp, tangents == 0 || directional ? tangents : mlp.outputs());
    perRow = trace ? 1 : sizes.tangents;
    parameters = mlp.parameterCount();
    int room = session.device().sharedPerBlock();
    gradientTiles = gradients && sizes.byTiles(true, room);
    forwardTiles = gradients ? gradientTiles : sizes.byTiles(false, room);
    String what = "the weights of " + mlp.sizes();
    flat = session.allocate(what, parameters);
    packed = session.allocate(what, sizes.packed());
    layout = session.allocate(what, sizes.layers + 1L);
    sum = gradients ? session.allocate("the gradient of " + mlp.sizes(), parameters) : null;
    float[] bits = new float[sizes.layers + 1];
    for (int l = 0; l < bits.length; l++) {
      bits[l] = Float.intBitsToFloat(sizes.size(l));
    }
    layout.upload(bits, 0, 0, bits.length);
    long rows = Math.clamp(MOST_BYTES / rowBytes(), LEAST_ROWS, MOST_ROWS);
    while (rows > LEAST_ROWS && bytes((int) rows) > MOST_BYTES) {
      rows /= 2;
    }
    capacity = (int) Math.max(rows, LEAST_ROWS);
  }

  private long rowBytes() {
    return JetMemory.bytesPerRow(sizes, perRow, directional, forwardTiles, gradients);
  }

  /// What n rows take.
  private long bytes(int n) {
    long partials = gradients ? (long) parameters * sizes.mostParts(n, gradientTiles) : 0;
    return n * rowBytes() + Float.BYTES * (partials + 2L * JetSizes.MOST_BLOCKS);
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public void parameters(float[] values) {
    session.run(
        () -> {
          requireOpen();
          added = false;
          flat.upload(values, 0, 0, parameters);
          Launcher arguments =
              session
                  .arguments()
                  .pointer(packed.pointer(0))
                  .pointer(flat.pointer(0))
                  .pointer(layout.pointer(0))
                  .number(sizes.layers);
          launch(arguments, "jet_pack", 256, 1, 1, 256, 0);
        });
  }

  @Override
  public void forward(
      float[] input,
      float[] directions,
      int n,
      boolean gradientFollows,
      float[] output,
      float[] forms) {
    session.run(
        () -> {
          requireOpen();
          int part = n;
          for (int row = 0; row < n; ) {
            int rows = Math.min(part, n - row);
            try {
              forward(input, directions, row, rows, output, forms);
              row += rows;
            } catch (GpuMemoryException e) {
              freeMemory();
              if (gradients || rows <= LEAST_ROWS) {
                throw tooLarge(e, rows);
              }
              part = Math.max(LEAST_ROWS, rows / 2); // rows have nothing to do with each other
            }
          }
        });
  }

  private void forward(
      float[] input, float[] directions, int row, int n, float[] output, float[] forms) {
    JetMemory on = load(input, directions, row, n);
    if (forwardTiles) {
      forwardByTiles(on, n);
    } else {
      new JetLayers(this, on, n).forward(true);
    }
    on.score().download(0, output, row * sizes.dim, n * sizes.dim);
    if (perRow > 0) {
      on.forms().download(0, forms, row * perRow, n * perRow);
    }
  }

  private GpuMemoryException tooLarge(GpuMemoryException e, int n) {
    long free = session.freeBytes();
    if (gradients) { // a sample may be several rows, so nothing is said of the batch
      String what = "a tile of %,d rows with gradients, smaller in a smaller batch,".formatted(n);
      return e.of(what, bytes(n), free, -1);
    }
    long fits = Math.clamp((free - bytes(0)) / rowBytes(), 0, n - 1);
    return e.of("a batch of %,d rows with forms".formatted(n), bytes(n), free, fits);
  }

  private void freeMemory() {
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }

  private JetMemory load(float[] input, float[] directions, int row, int n) {
    JetMemory on = memory;
    if (on == null || on.rows() < n) {
      freeMemory();
      on = new JetMemory(session, sizes, perRow, directional, forwardTiles, gradients, n);
      if (gradients) {
        on.reservePartials(parameters, sizes.mostParts(n, gradientTiles));
      }
      memory = on;
    }
    on.input().upload(input, row * sizes.inputs, 0, n * sizes.inputs);
    if (directional) {
      int length = sizes.tangents * sizes.dim;
      on.directions().upload(directions, row * length, 0, n * length);
    }
    return on;
  }

  private void forwardByTiles(JetMemory on, int n) {
    Launcher arguments =
        tileArguments(on, n)
            .number(sampleOrder())
            .pointer(on.score().pointer(0))
            .pointer(perRow == 0 ? 0 : on.forms().pointer(0));
    launch(
        arguments,
        "jet_forward",
        Math.ceilDiv(n, sizes.particles()),
        1,
        1,
        128,
        sizes.forwardShared());
  }

  private Launcher tileArguments(JetMemory on, int n) {
    return session
        .arguments()
        .pointer(packed.pointer(0))
        .pointer(layout.pointer(0))
        .number(sizes.layers)
        .pointer(on.input().pointer(0))
        .number(n)
        .pointer(directions(on))
        .number(sizes.tangents)
        .number(trace ? 1 : 0);
  }

  @Override
  public void backward(float[] outputBar, float[] formsBar, int n) {
    session.run(
        () -> {
          requireOpen();
          JetMemory on = requireMemory();
          on.scoreBar().upload(outputBar, 0, 0, n * sizes.dim);
          if (perRow > 0) {
            on.formsBar().upload(formsBar, 0, 0, n * perRow);
          }
          gradient(on, n, on.scoreBar().pointer(0), 0);
        });
  }

  @Override
  public double implicit(
      float[] input, float[] directions, int n, float weight, boolean gradientWanted) {
    return session.call(
        () -> {
          requireOpen();
          JetMemory on;
          try {
            on = load(input, directions, 0, n);
          } catch (GpuMemoryException e) {
            freeMemory();
            throw tooLarge(e, n);
          }
          if (gradientTiles && !gradientWanted) {
            forwardByTiles(on, n);
            return implicit(on, n, weight);
          }
          if (!gradientTiles) {
            new JetLayers(this, on, n).forward(false);
          }
          if (gradientWanted) {
            return sum(on, gradient(on, n, 0, weight));
          }
          return sum(on, new JetLayers(this, on, n).cotangents(0, weight));
        });
  }

  /// Adds to the gradient.
  ///
  /// @param scoreBar cotangents of outputs; 0 for those of the implicit loss
  /// @return how many parts the loss has
  private int gradient(JetMemory on, int n, long scoreBar, float weight) {
    int parts = sizes.parts(n, gradientTiles);
    int losses;
    if (gradientTiles) {
      losses = parts;
      Launcher arguments =
          tileArguments(on, n)
              .pointer(scoreBar)
              .pointer(scoreBar == 0 || perRow == 0 ? 0 : on.formsBar().pointer(0))
              .number(weight)
              .number(sampleOrder())
              .pointer(on.partials().pointer(0))
              .number(parameters)
              .pointer(on.losses().pointer(0));
      launch(arguments, "jet_gradient", parts, 1, 1, 128, sizes.gradientShared());
    } else {
      JetLayers layers = new JetLayers(this, on, n);
      losses = layers.cotangents(scoreBar, weight);
      layers.backward();
    }
    Launcher arguments =
        session
            .arguments()
            .pointer(on.partials().pointer(0))
            .number(parameters)
            .number(parts)
            .number(1.0f)
            .number(added ? 1 : 0)
            .pointer(requireSum().pointer(0));
    launch(arguments, "reduce", Math.ceilDiv(parameters, 32), 1, 1, 256, 1024);
    added = true;
    return losses;
  }

  /// The sum of parts of a loss, which are doubles.
  private static double sum(JetMemory on, int parts) {
    float[] halves = new float[2 * parts];
    on.losses().download(0, halves, 0, halves.length);
    double sum = 0;
    for (int i = 0; i < parts; i++) {
      long low = Float.floatToRawIntBits(halves[2 * i]) & 0xFFFFFFFFL;
      long high = Float.floatToRawIntBits(halves[2 * i + 1]);
      sum += Double.longBitsToDouble(high << 32 | low);
    }
    return sum;
  }

  private double implicit(JetMemory on, int n, float weight) {
    float[] score = new float[n * sizes.dim];
    float[] forms = new float[n * perRow];
    on.score().download(0, score, 0, score.length);
    if (perRow > 0) {
      on.forms().download(0, forms, 0, forms.length);
    }
    double squares = 0;
    for (float s : score) {
      squares += (double) s * s;
    }
    double traces = 0;
    for (float q : forms) {
      traces += q;
    }
    return 0.5 * squares + weight * traces;
  }

  @Override
  public void gradient(float scale, float[] out) {
    session.alone(this::requireOpen);
    if (!added) {
      Arrays.fill(out, 0, parameters, 0);
      return;
    }
    float[] total = new float[parameters];
    requireSum().download(0, total, 0, parameters);
    for (int i = 0; i < parameters; i++) {
      out[i] = scale * total[i];
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the engine's device was closed: open another engine");
    }
  }

  private JetMemory requireMemory() {
    if (memory == null) {
      throw new IllegalStateException("backward was called before forward");
    }
    return memory;
  }

  private DeviceArray requireSum() {
    if (sum == null) {
      throw new IllegalStateException("this device was opened without gradients");
    }
    return sum;
  }

  JetSizes sizes() {
    return sizes;
  }

  boolean trace() {
    return trace;
  }

  int parameters() {
    return parameters;
  }

  /// 1 where the processor sums over samples' units in another order.
  int sampleOrder() {
    return KernelPlan.isShallow(mlp) ? 1 : 0;
  }

  long packed(long offset) {
    return packed.pointer(offset);
  }

  long directions(JetMemory on) {
    return directional ? on.directions().pointer(0) : 0;
  }

  long forms(JetMemory on) {
    return perRow == 0 ? 0 : on.forms().pointer(0);
  }

  long formsBar(JetMemory on) {
    return perRow == 0 ? 0 : on.formsBar().pointer(0);
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

  @Override
  public void close() {
    session.alone(
        () -> {
          closed = true;
          freeMemory();
          flat.close();
          packed.close();
          layout.close();
          if (sum != null) {
            sum.close();
          }
        });
  }

  @Override
  public String toString() {
    return "%s, %s"
        .formatted(
            session.device().name(),
            gradientTiles || forwardTiles ? "jets by tiles" : "jets layer by layer");
  }
}
