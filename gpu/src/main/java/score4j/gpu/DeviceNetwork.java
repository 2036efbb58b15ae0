package score4j.gpu;

import java.util.ArrayList;
import java.util.List;
import score4j.nn.Conditioning;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.rng.Key;

/// A network on a card: its weights as kernels have them, and the launches that compute scores and
/// steps of rows which are on the card, too.
final class DeviceNetwork implements AutoCloseable {
  /// Factors of a row: keep, gain, kick, c_in, c_skip, c_out.
  static final int FACTORS = 6;

  // what a launch may take of a multiprocessor: about half a second of an old one, because a screen
  // may be waiting
  private static final double MOST_OPERATIONS = 5e10;
  private static final long MOST_SCRATCH = 1L << 27;
  private static final int LEAST_ROWS = 128;
  private static final int TRANSPOSE_SHARED = 4224;
  private static final int DENSE_SHARED = 32_768;

  private final Session session;
  private final Mlp mlp;
  private final Arithmetic arithmetic;
  private final boolean plain;
  private final int dim;
  private final int extras;
  private final int widest;
  private final DeviceArray weights;
  private final DeviceArray sizes;
  private final List<DeviceArray> scratch = new ArrayList<>();
  private int scratchRows;

  /// Whether there was no room for more.
  private boolean scratchFull;

  private boolean closed;

  DeviceNetwork(Session session, ScoreNetwork network, Arithmetic arithmetic) {
    this.session = session;
    this.arithmetic = arithmetic;
    mlp = network.mlp();
    dim = mlp.outputs();
    extras = mlp.inputs() - dim;
    plain = network.conditioning().scaling() == Conditioning.Scaling.PLAIN;
    widest = mlp.sizes().stream().mapToInt(Integer::intValue).max().orElseThrow();
    KernelPlan plan = plan(1); // the limit is that of any batch
    session.say("scores of " + mlp.sizes(), plan.limit(), plan);
    float[] packed = pack(mlp, network.parameters().data());
    weights = session.allocate("the weights of " + mlp.sizes(), packed.length);
    sizes = session.allocate("the sizes of " + mlp.sizes(), mlp.sizes().size());
    weights.upload(packed, 0, 0, packed.length);
    float[] bits = new float[mlp.sizes().size()];
    for (int l = 0; l < bits.length; l++) {
      bits[l] = Float.intBitsToFloat(mlp.sizes().get(l));
    }
    sizes.upload(bits, 0, 0, bits.length);
  }

  /// For each layer the weights transposed, [in][out padded to 4], or of a narrow one as they are,
  /// [out][in padded to 4]; then the bias, padded; with 0.
  static float[] pack(Mlp mlp, float[] flat) {
    float[] packed = new float[Math.toIntExact(KernelPlan.packedFloats(mlp))];
    int at = 0;
    int to = 0;
    for (int l = 1; l <= mlp.layers(); l++) {
      int in = mlp.sizes().get(l - 1);
      int out = mlp.sizes().get(l);
      boolean narrow = KernelPlan.isNarrow(mlp, l);
      int perInput = narrow ? 1 : pad(out);
      int perOutput = narrow ? pad(in) : 1;
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < in; i++) {
          packed[to + i * perInput + o * perOutput] = flat[at + o * in + i];
        }
      }
      to += (int) KernelPlan.weightFloats(mlp, l);
      System.arraycopy(flat, at + in * out, packed, to, out);
      at += (in + 1) * out;
      to += pad(out);
    }
    return packed;
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "the score was closed: make another with Session.score or Backend.score");
    }
  }

  Mlp mlp() {
    return mlp;
  }

  int dim() {
    return dim;
  }

  /// How many inputs there are beside x.
  int extras() {
    return extras;
  }

  KernelPlan plan(long n) {
    return KernelPlan.of(mlp, session.device(), n);
  }

  /// Takes the memory that scores and steps of n rows need beside the rows.
  void reserve(int n) {
    if (!plan(n).fused()) {
      reserveScratch(n);
    }
  }

  /// How many bytes that is for each row.
  long bytesPerRow(int n) {
    return plan(n).fused() ? 0 : 2L * Float.BYTES * widest;
  }

  /// What is the same for some rows, as kernels take it.
  ///
  /// @param factors the address of rows of [#FACTORS] numbers
  /// @param extra that of rows of features and context; 0 if there are none
  /// @param bias0 that of rows of biases of the first layer which have them in; 0 if not
  /// @param perRow whether each row of x has its own
  record Table(long factors, long extra, long bias0, boolean perRow) {}

  /// Writes the scores of n rows at `x` to `out`, which may be the same place if the plan is fused.
  void scores(long x, long out, int n, Table table) {
    KernelPlan plan = plan(n);
    if (plan.fused()) {
      launch(plan, x, out, n, 0, table, new Key(0), 0, 0, 0, 0);
      return;
    }
    reserveScratch(n);
    for (int row = 0; row < n; row += scratchRows) {
      int rows = Math.min(scratchRows, n - row);
      long at = (long) row * dim * Float.BYTES;
      long factors = table.factors() + (table.perRow() ? 4L * row * FACTORS : 0);
      long extra = table.extra() + (table.perRow() ? 4L * row * extras : 0);
      long last = forward(x + at, rows, factors, extra, table.perRow());
      Launcher arguments =
          session
              .arguments()
              .pointer(last)
              .pointer(x + at)
              .pointer(factors)
              .number(table.perRow() ? 1 : 0)
              .number(plain ? 1 : 0)
              .pointer(out + at)
              .number(rows)
              .number(dim)
              .number(pad(rows));
      launch(arguments, "finish", tiles(rows, dim), 1, 256, TRANSPOSE_SHARED);
    }
  }

  /// Makes steps `from` to `to` of n chains at `x`, in place.
  ///
  /// @param table rows for steps from `firstRow` on, of which there are `rows`; steps beyond are
  ///     like the last
  void steps(
      long x,
      int n,
      Table table,
      long firstRow,
      int rows,
      Key key,
      long from,
      long to,
      long firstSample) {
    KernelPlan plan = plan(n);
    if (plan.fused()) {
      double operations = 2.0 * KernelPlan.packedFloats(mlp) * n;
      long most =
          (long) Math.max(1, MOST_OPERATIONS * session.device().multiprocessors() / operations);
      for (long step = from; step < to; ) {
        int count = (int) Math.min(Math.min(most, 1 << 20), to - step);
        int first = (int) Math.min(step - firstRow, rows - 1);
        launch(plan, x, x, n, count, table, key, step, firstSample, first, rows - 1);
        step += count;
      }
      return;
    }
    reserveScratch(n);
    for (int row = 0; row < n; row += scratchRows) {
      int part = Math.min(scratchRows, n - row);
      long at = x + (long) row * dim * Float.BYTES;
      long sample = firstSample + row;
      for (long step = from; step < to; step++) {
        long index = Math.min(step - firstRow, rows - 1);
        long factors = table.factors() + 4 * index * FACTORS;
        long last = forward(at, part, factors, table.extra() + 4 * index * extras, false);
        Launcher arguments =
            session
                .arguments()
                .pointer(last)
                .pointer(at)
                .pointer(factors)
                .number(plain ? 1 : 0)
                .number((int) key.bits())
                .number((int) (key.bits() >>> 32))
                .number((int) step)
                .number((int) sample)
                .number((int) (sample >>> 32))
                .number(part)
                .number(dim)
                .number(pad(part));
        launch(arguments, "step", tiles(part, dim), 1, 256, TRANSPOSE_SHARED);
      }
    }
  }

  private void launch(
      KernelPlan plan,
      long x,
      long out,
      int n,
      int steps,
      Table table,
      Key key,
      long firstStep,
      long firstSample,
      int firstFactor,
      int lastFactor) {
    Launcher arguments =
        session
            .arguments()
            .pointer(weights.pointer(0))
            .number((int) weights.length())
            .pointer(sizes.pointer(0))
            .number(mlp.layers())
            .pointer(x)
            .pointer(out)
            .number(n)
            .number(steps)
            .pointer(table.factors())
            .pointer(table.extra())
            .number(extras)
            .pointer(table.bias0())
            .number(table.perRow() ? 1 : 0)
            .number(plain ? 1 : 0)
            .number((int) key.bits())
            .number((int) (key.bits() >>> 32))
            .number((int) firstStep)
            .number((int) firstSample)
            .number((int) (firstSample >>> 32))
            .number((int) KernelPlan.actFloats(mlp))
            .number(firstFactor)
            .number(lastFactor);
    launch(arguments, plan.kernel(), Math.ceilDiv(n, plan.rows()), 1, plan.block(), plan.shared());
  }

  /// Computes F of some rows.
  ///
  /// @return where it is, [D][rows padded to 4]
  private long forward(long x, int n, long factors, long extra, boolean perRow) {
    int ld = pad(n);
    long from = scratch.getFirst().pointer(0);
    long to = scratch.getLast().pointer(0);
    Launcher arguments =
        session
            .arguments()
            .pointer(x)
            .pointer(factors)
            .pointer(extras == 0 ? 0 : extra)
            .number(extras)
            .number(perRow ? 1 : 0)
            .pointer(from)
            .number(n)
            .number(dim)
            .number(ld);
    launch(arguments, "assemble", tiles(ld, dim), 1, 256, TRANSPOSE_SHARED);
    long layer = weights.pointer(0);
    for (int l = 1; l <= mlp.layers(); l++) {
      int in = mlp.sizes().get(l - 1);
      int out = mlp.sizes().get(l);
      long bias = layer + Float.BYTES * KernelPlan.weightFloats(mlp, l);
      arguments =
          session.arguments().pointer(layer).pointer(bias).pointer(from).pointer(to).number(in);
      if (KernelPlan.isNarrow(mlp, l)) {
        arguments.number(ld).number(ld);
        launch(arguments, "dense_narrow", Math.ceilDiv(ld, 128), out, 128, 0);
      } else {
        arguments.number(out).number(ld).number(ld).number(l < mlp.layers() ? 1 : 0);
        launch(
            arguments, "dense", Math.ceilDiv(out, 128), Math.ceilDiv(ld, 128), 256, DENSE_SHARED);
      }
      layer = bias + 4L * pad(out);
      long swapped = from;
      from = to;
      to = swapped;
    }
    return from;
  }

  /// How many tiles of 32 rows and 32 coordinates there are.
  private static long tiles(int rows, int dim) {
    return (long) Math.ceilDiv(rows, 32) * Math.ceilDiv(dim, 32);
  }

  private void launch(
      Launcher arguments, String kernel, long gridX, int gridY, int block, int shared) {
    arguments.launch(
        session.kernels(mlp.activation(), arithmetic).function(kernel, shared),
        kernel,
        gridX,
        gridY,
        1,
        block,
        shared);
  }

  /// Takes memory for the matrices between layers, for all rows or as many as there is room for.
  private void reserveScratch(int n) {
    int wanted = (int) Math.min(n, Math.max(LEAST_ROWS, MOST_SCRATCH / widest));
    if (wanted <= scratchRows || scratchFull) {
      return;
    }
    freeScratch();
    for (int rows = wanted; ; rows = Math.max(LEAST_ROWS, rows / 2)) {
      String what = "a matrix between layers for %,d rows of %s".formatted(rows, mlp.sizes());
      try {
        scratch.add(session.allocate(what, (long) widest * pad(rows)));
        scratch.add(session.allocate(what, (long) widest * pad(rows)));
        scratchRows = rows;
        scratchFull = rows < wanted;
        return;
      } catch (GpuMemoryException e) {
        freeScratch();
        if (rows <= LEAST_ROWS) {
          throw e;
        }
      }
    }
  }

  /// Gives back what rows needed.
  void freeScratch() {
    scratch.forEach(DeviceArray::close);
    scratch.clear();
    scratchRows = 0;
    scratchFull = false;
  }

  private static int pad(int n) {
    return (n + 3) & ~3;
  }

  @Override
  public void close() {
    closed = true;
    freeScratch();
    weights.close();
    sizes.close();
  }
}
