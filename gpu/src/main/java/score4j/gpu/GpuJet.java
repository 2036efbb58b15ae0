package score4j.gpu;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import score4j.nn.Forms;
import score4j.nn.JetDevice;
import score4j.nn.Mlp;

/// The passes of a network on a card: values, quadratic forms of the Jacobian, and gradients.
///
/// A [JetPlan] says whether that goes by tiles or layer by layer, and the log says why not by
/// tiles. Sums have a fixed order, which the plan and the sizes of network and batch decide and
/// nothing else: cards with the same plan give the same numbers, however much of their memory is
/// free. What takes no sums over rows goes in parts where it has to.
final class GpuJet implements JetDevice {
  private static final int MOST_ROWS = 1 << 17;
  // what a tile may take; the same on every card, because sums go tile by tile
  private static final long MOST_BYTES = 1L << 30;

  private final Session session;
  private final JetNetwork network;
  private final JetPlan plan;
  private final JetSizes sizes;
  private final boolean trace;
  private final boolean directional;
  private final int perRow;
  private final boolean gradients;
  private final int capacity;
  private final @Nullable DeviceArray sum;
  private @Nullable JetMemory memory;
  private boolean added;

  /// @param gradients whether gradients will be asked for
  GpuJet(
      Session session,
      Mlp mlp,
      Forms forms,
      int tangents,
      Arithmetic arithmetic,
      boolean gradients) {
    this.session = session;
    this.gradients = gradients;
    trace = forms.isTrace() && tangents > 0;
    directional = forms == Forms.DIRECTIONAL && tangents > 0;
    sizes = new JetSizes(mlp, tangents == 0 || directional ? tangents : mlp.outputs());
    perRow = trace ? 1 : sizes.tangents;
    plan = JetPlan.of(sizes, gradients, session.device().sharedPerBlock());
    session.say(
        "%s of %s".formatted(gradients ? "losses" : "derivatives", mlp.sizes()),
        plan.limit(),
        plan);
    network = new JetNetwork(session, mlp, arithmetic);
    sum =
        gradients ? session.allocate("the gradient of " + mlp.sizes(), network.parameters()) : null;
    long rows = Math.clamp(MOST_BYTES / rowBytes(), JetMemory.LEAST_ROWS, MOST_ROWS);
    while (rows > JetMemory.LEAST_ROWS && bytes((int) rows) > MOST_BYTES) {
      rows /= 2;
    }
    capacity = (int) Math.max(rows, JetMemory.LEAST_ROWS);
  }

  private long rowBytes() {
    return JetMemory.bytesPerRow(sizes, perRow, directional, plan.byTiles(), gradients);
  }

  /// What n rows take.
  private long bytes(int n) {
    long partials =
        gradients ? (long) network.parameters() * sizes.mostParts(n, plan.byTiles()) : 0;
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
          network.load(values);
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
    session.runAgain(
        () -> {
          requireOpen();
          if (gradients) { // the rows of a sum stay together
            try {
              forward(input, directions, 0, n, output, forms);
            } catch (GpuMemoryException e) {
              freeMemory();
              throw tooLarge(e, n);
            }
            return;
          }
          JetMemory.inParts(
              n,
              (row, rows) -> forward(input, directions, row, rows, output, forms),
              this::freeMemory,
              this::tooLarge);
        });
  }

  private void forward(
      float[] input, float[] directions, int row, int n, float[] output, float[] forms) {
    JetMemory on = load(input, directions, row, n);
    pass(on, n).forward();
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
      on = new JetMemory(session, sizes, perRow, directional, plan.byTiles(), gradients, n);
      if (gradients) {
        on.reservePartials(network.parameters(), sizes.mostParts(n, plan.byTiles()));
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

  private JetPass pass(JetMemory on, int n) {
    return plan.byTiles()
        ? new JetTiles(network, sizes, trace, on, n)
        : new JetLayers(network, sizes, trace, on, n);
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
          pass(on, n).backward();
          add(on, n);
        });
  }

  @Override
  public double implicit(
      float[] input, float[] directions, int n, float weight, boolean gradientWanted) {
    return session.callAgain(
        () -> {
          requireOpen();
          JetMemory on;
          try {
            on = load(input, directions, 0, n);
          } catch (GpuMemoryException e) {
            freeMemory();
            throw tooLarge(e, n);
          }
          int parts = pass(on, n).implicit(weight, gradientWanted);
          if (gradientWanted) {
            add(on, n);
          }
          return sum(on, parts);
        });
  }

  /// Adds partial gradients to the gradient.
  private void add(JetMemory on, int n) {
    int parameters = network.parameters();
    Launcher arguments =
        network
            .arguments()
            .pointer(on.partials().pointer(0))
            .number(parameters)
            .number(sizes.parts(n, plan.byTiles()))
            .number(1.0f)
            .number(added ? 1 : 0)
            .pointer(requireSum().pointer(0));
    network.launch(arguments, "reduce", Math.ceilDiv(parameters, 32), 1, 1, 256, 1024);
    added = true;
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

  @Override
  public void gradient(float scale, float[] out) {
    session.alone(this::requireOpen);
    int parameters = network.parameters();
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
    if (network.isClosed()) {
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

  @Override
  public void close() {
    session.alone(
        () -> {
          network.close();
          freeMemory();
          if (sum != null) {
            sum.close();
          }
        });
  }

  @Override
  public String toString() {
    return "%s, %s".formatted(session.device().name(), plan);
  }
}
