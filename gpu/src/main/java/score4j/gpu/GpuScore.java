package score4j.gpu;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.nn.ScoreArguments;
import score4j.nn.ScoreNetwork;
import score4j.rng.Key;
import score4j.sample.AffineSteps;
import score4j.sample.ChainScore;

/// The score of a network, computed on a card: a copy of its parameters stays there.
///
/// Scores and chains have the bits of the network's own; divergences, quadratic forms and products
/// with the Jacobian are the same within rounding. Not so with [Arithmetic#FAST], which states an
/// error for scores alone. All of it runs on the card, and so does guidance by a measurement but
/// for the measurement's part:
///
/// ```text
/// score, chains                       whole in one launch, or layer by layer    plan
/// scoreAndDivergence, scoreAndForms   by tiles, or layer by layer               derivativePlan
/// jvp, vjp                            layer by layer
/// ```
/// Where a limit keeps a plan from faster kernels, the log says so once.
///
/// Rows that do not fit the card's memory at once go there part by part. A call that fails leaves
/// the caller's arrays as they were. Safe for several threads, which take turns.
public final class GpuScore implements DifferentiableScore, ChainScore, AutoCloseable {
  /// The most rows of an array on the card.
  private static final int MOST_ROWS = 1 << 30;

  /// The most numbers of a part, in rows or in what they are told: what pinned memory holds.
  private static final int MOST_FLOATS = 8 << 20;

  private static final int LEAST_ROWS = 128;
  private static final int WANTED_ROWS = 1 << 15;

  private final Session session;
  private final ScoreNetwork network;
  private final Arithmetic arithmetic;
  private final DeviceNetwork device;
  private final TimeRows times;
  private final DeviceTable table;
  private final int dim;
  private final ScoreArguments arguments;
  private @Nullable DeviceArray rows;
  private @Nullable DeviceArray results;
  private int capacity;
  private @Nullable ScoreJets jets;
  private final Runnable spare = this::freeSpare;

  GpuScore(Session session, ScoreNetwork network, Arithmetic arithmetic) {
    this.session = session;
    this.network = Objects.requireNonNull(network, "network");
    this.arithmetic = Objects.requireNonNull(arithmetic, "arithmetic");
    dim = network.dim();
    arguments = new ScoreArguments(dim, network.conditioning());
    device = session.make(() -> new DeviceNetwork(session, network, arithmetic));
    times = new TimeRows(network, false);
    table = new DeviceTable(session, device.extras());
    session.addSpare(spare);
  }

  /// The network.
  public ScoreNetwork network() {
    return network;
  }

  /// Which kernels compute scores and chains of so many rows.
  public KernelPlan plan(long rows) {
    return device.plan(rows);
  }

  /// Which kernels compute divergences and quadratic forms.
  public JetPlan derivativePlan() {
    return JetPlan.of(network.mlp(), false, session.device());
  }

  @Override
  public int dim() {
    return dim;
  }

  /// Enough rows to fill a card, as many as go to it at once.
  @Override
  public int rowsAtOnce() {
    return Math.clamp(MOST_FLOATS / dim, LEAST_ROWS, WANTED_ROWS);
  }

  @Override
  public void score(Batch x, int from, int to, double t, Batch out) {
    arguments.requireRows(x, from, to, out);
    arguments.requireTime(t);
    scores(x, from, to, null, t, out);
  }

  @Override
  public void score(Batch x, int from, int to, double[] t, Batch out) {
    arguments.requireRows(x, from, to, out);
    arguments.requireTimes(t, from, to);
    scores(x, from, to, t, 0, out);
  }

  /// Writes the scores of rows that are on the card to where they are wanted there; nothing is
  /// copied but the time's features, and the call returns before the card is done.
  ///
  /// @param x rows × D numbers
  /// @param out at least as many; not `x`
  /// @throws IllegalArgumentException if an array is too short or another session's, or rows are
  ///     not from 1 to 2³⁰
  public void score(DeviceArray x, int rows, double t, DeviceArray out) {
    requireOurs("x", x);
    requireOurs("out", out);
    if (rows < 1 || rows > MOST_ROWS) {
      throw new IllegalArgumentException(
          "rows must be from 1 to %,d but was %,d".formatted(MOST_ROWS, rows));
    }
    long length = (long) rows * dim;
    if (x.length() < length || out.length() < length) {
      throw new IllegalArgumentException(
          "%,d rows of %d take %,d numbers but x has %,d and out %,d: allocate more"
              .formatted(rows, dim, length, x.length(), out.length()));
    }
    arguments.requireTime(t);
    session.runAgain(
        () -> {
          device.requireOpen();
          times.one(t);
          device.scores(x.pointer(0), out.pointer(0), rows, table.upload(times, false));
        });
  }

  private void requireOurs(String name, DeviceArray array) {
    if (!array.isOf(session)) {
      throw new IllegalArgumentException(
          "%s is an array of another session: allocate it with %s".formatted(name, session));
    }
  }

  /// The most rows that go to the card at once.
  static int mostRows(int dim, int extras, boolean perRow) {
    int widest = perRow ? Math.max(dim, Math.max(DeviceNetwork.FACTORS, extras)) : dim;
    return Math.max(1, MOST_FLOATS / widest);
  }

  private void scores(Batch x, int from, int to, double @Nullable [] each, double t, Batch out) {
    session.runAgain(
        () -> {
          device.requireOpen();
          int n = to - from;
          int part = Math.min(n, mostRows(dim, device.extras(), each != null));
          while (n > 0) {
            try {
              parts(x, from, n, part, each, t, out);
              return;
            } catch (GpuMemoryException e) {
              freeRows();
              table.close();
              device.freeScratch();
              if (part <= LEAST_ROWS) {
                throw tooLarge(e, part, each != null);
              }
              part = Math.max(LEAST_ROWS, part / 2);
            }
          }
        });
  }

  private GpuMemoryException tooLarge(GpuMemoryException e, int rows, boolean perRow) {
    long row =
        2L * Float.BYTES * dim
            + device.bytesPerRow(rows)
            + (perRow ? table.bytes(2, 0) - table.bytes(1, 0) : 0);
    long once = table.bytes(1, 0) - (perRow ? table.bytes(2, 0) - table.bytes(1, 0) : 0);
    long free = session.freeBytes();
    long fits = Math.clamp((free - once) / row, 0, rows - 1);
    return e.of("a batch of %,d rows of %d".formatted(rows, dim), rows * row + once, free, fits);
  }

  private void parts(
      Batch x, int from, int n, int part, double @Nullable [] each, double t, Batch out) {
    reserve(part);
    boolean whole = part >= n;
    // many parts: the caller's array is written when all have come
    float[] target = whole ? out.data() : new float[Math.multiplyExact(n, dim)];
    for (int row = 0; row < n; row += part) {
      int count = Math.min(part, n - row);
      part(x, from + row, count, each, t, target, (whole ? from : row) * dim);
    }
    if (!whole) {
      System.arraycopy(target, 0, out.data(), from * dim, target.length);
    }
  }

  private void part(
      Batch x, int row, int n, double @Nullable [] each, double t, float[] target, int to) {
    DeviceArray in = Objects.requireNonNull(rows);
    DeviceArray out = Objects.requireNonNull(results);
    if (each == null) {
      times.one(t);
    } else {
      times.each(each, row, n);
    }
    DeviceNetwork.Table at = table.upload(times, each != null);
    in.upload(x.data(), row * dim, 0, n * dim);
    device.scores(in.pointer(0), out.pointer(0), n, at);
    out.download(0, target, to, n * dim);
  }

  /// Takes memory for n rows.
  private void reserve(int n) {
    if (n > capacity) {
      freeRows();
      String what = "a batch of %,d rows of %d".formatted(n, dim);
      rows = session.allocate(what, (long) n * dim);
      results = session.allocate(what, (long) n * dim);
      capacity = n;
    }
  }

  /// Gives back what the next call takes anew.
  private void freeSpare() {
    if (jets != null) {
      jets.close();
      jets = null;
    }
    freeRows();
    table.close();
    device.freeScratch();
  }

  private void freeRows() {
    if (rows != null) {
      rows.close();
    }
    if (results != null) {
      results.close();
    }
    rows = null;
    results = null;
    capacity = 0;
  }

  @Override
  public Chain begin(AffineSteps steps, Batch x, long firstSample, Key key) {
    x.requireCols("x", dim);
    for (int step = 0; step < steps.size(); step++) {
      arguments.requireTime(steps.time(step));
    }
    return session.callAgain(
        () -> {
          device.requireOpen();
          return new GpuChain(session, device, network, arithmetic, steps, x, firstSample, key);
        });
  }

  @Override
  public void jvp(Batch x, Batch v, double t, Batch out) {
    arguments.requireProducts(x, "v", v, out);
    arguments.requireTime(t);
    session.runAgain(() -> jets().products(x, v, null, t, false, out));
  }

  @Override
  public void jvp(Batch x, Batch v, double[] t, Batch out) {
    arguments.requireProducts(x, "v", v, out);
    arguments.requireTimes(t, 0, x.rows());
    session.runAgain(() -> jets().products(x, v, t, 0, false, out));
  }

  @Override
  public void vjp(Batch x, Batch w, double t, Batch out) {
    arguments.requireProducts(x, "w", w, out);
    arguments.requireTime(t);
    session.runAgain(() -> jets().products(x, w, null, t, true, out));
  }

  @Override
  public void vjp(Batch x, Batch w, double[] t, Batch out) {
    arguments.requireProducts(x, "w", w, out);
    arguments.requireTimes(t, 0, x.rows());
    session.runAgain(() -> jets().products(x, w, t, 0, true, out));
  }

  @Override
  public void divergence(Batch x, double t, float[] out) {
    x.requireCols("x", dim);
    arguments.requireRoom("out", out, x.rows());
    arguments.requireTime(t);
    session.runAgain(() -> jets().divergences(x, 0, x.rows(), null, t, null, out));
  }

  @Override
  public void scoreAndDivergence(
      Batch x, int from, int to, double[] t, Batch score, float[] divergence) {
    arguments.requireRows(x, from, to, score);
    arguments.requireTimes(t, from, to);
    arguments.requireRoom("divergence", divergence, to);
    session.runAgain(() -> jets().divergences(x, from, to, t, 0, score, divergence));
  }

  @Override
  public void scoreAndForms(
      Batch x,
      int from,
      int to,
      double[] t,
      float[] directions,
      int count,
      Batch score,
      float[] forms) {
    arguments.requireRows(x, from, to, score);
    arguments.requireTimes(t, from, to);
    arguments.requireForms(to, directions, count, forms);
    if (count == 0) {
      scores(x, from, to, t, 0, score);
    } else {
      session.runAgain(() -> jets().forms(x, from, to, t, directions, count, score, forms));
    }
  }

  private ScoreJets jets() {
    device.requireOpen();
    if (jets == null) {
      jets = new ScoreJets(session, network, arithmetic);
    }
    return jets;
  }

  /// Gives the memory back. Does nothing the second time.
  @Override
  public void close() {
    session.alone(
        () -> {
          session.removeSpare(spare);
          device.close();
          freeSpare();
        });
  }

  @Override
  public String toString() {
    return "GpuScore[%s on %s]".formatted(network, session.device().name());
  }
}
