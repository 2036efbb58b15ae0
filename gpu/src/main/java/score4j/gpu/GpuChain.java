package score4j.gpu;

import org.jspecify.annotations.Nullable;
import score4j.array.Batch;
import score4j.nn.ScoreNetwork;
import score4j.rng.Key;
import score4j.sample.AffineSteps;
import score4j.sample.ChainScore;

/// Chains whose state is on a card from one look to the next, or, if it does not fit there, is
/// taken there part by part.
final class GpuChain implements ChainScore.Chain {
  /// The most steps whose factors are on the card at once.
  private static final int WINDOW = 1 << 14;

  private static final int MOST_FLOATS = 8 << 20;
  private static final int LEAST_ROWS = 128;

  private final Session session;
  private final DeviceNetwork network;
  private final AffineSteps steps;
  private final long firstSample;
  private final Key key;
  private final int rows;
  private final int dim;
  private final TimeRows times;
  private final DeviceTable table;

  /// The state of all chains, or of a part.
  private @Nullable DeviceArray state;

  private int capacity;

  /// The state of all chains, if the card has room for a part only; else null.
  private float @Nullable [] away;

  private boolean closed;

  private DeviceNetwork.@Nullable Table window;
  private long windowFirst;
  private int windowRows;

  GpuChain(
      Session session,
      DeviceNetwork device,
      ScoreNetwork network,
      Arithmetic arithmetic,
      AffineSteps steps,
      Batch x,
      long firstSample,
      Key key) {
    this.session = session;
    this.network = device;
    this.steps = steps;
    this.firstSample = firstSample;
    this.key = key;
    rows = x.rows();
    dim = x.cols();
    boolean biases =
        arithmetic == Arithmetic.FAST
            && device.extras() > 0
            && device.mlp().layers() > 1
            && device.plan(rows).fused();
    times = new TimeRows(network, biases);
    table = new DeviceTable(session, device.extras());
    if (rows > 0) {
      session.run(() -> start(x));
    }
  }

  private void start(Batch x) {
    try {
      DeviceArray on = reserve(rows);
      if (capacity >= rows) {
        on.upload(x.data(), 0, 0, rows * dim);
      } else {
        away = x.data().clone();
      }
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /// Takes memory for the state of so many chains and what their steps need, or for as many as fit.
  private DeviceArray reserve(int most) {
    for (int count = most; ; ) {
      try {
        DeviceArray made =
            session.allocate(
                "the state of %,d chains of %d".formatted(count, dim), (long) count * dim);
        state = made;
        capacity = count;
        reserveSteps();
        return made;
      } catch (GpuMemoryException e) {
        release();
        network.freeScratch();
        if (count <= LEAST_ROWS) {
          long row = (long) Float.BYTES * dim + network.bytesPerRow(count);
          long once = table.bytes(most(), times.width());
          long free = session.freeBytes();
          throw e.of(
              "%,d chains of %d".formatted(count, dim),
              count * row + once,
              free,
              Math.clamp((free - once) / row, 0, count - 1));
        }
        count = less(count);
      }
    }
  }

  private void reserveSteps() {
    table.reserve(most(), times.width());
    network.reserve(capacity);
  }

  /// The state's array, with all that steps need beside it, so that none of them fails in the
  /// middle for want of memory.
  private DeviceArray ready() {
    DeviceArray on = state;
    if (on == null) {
      return reserve(less(rows));
    }
    try {
      reserveSteps();
      return on;
    } catch (GpuMemoryException e) { // others have taken it: the state comes away
      if (away == null) {
        float[] now = new float[rows * dim];
        on.download(0, now, 0, now.length);
        away = now;
      }
      release();
      network.freeScratch();
      return reserve(less(rows));
    }
  }

  /// Fewer chains, if so few are of use.
  private int less(int count) {
    return Math.min(count, Math.max(LEAST_ROWS, Math.min(count / 2, MOST_FLOATS / dim)));
  }

  private void release() {
    if (state != null) {
      state.close();
      state = null;
    }
    table.close();
    window = null;
    capacity = 0;
  }

  /// How many steps have their factors on the card at once.
  private int most() {
    int widest = Math.max(DeviceNetwork.FACTORS, Math.max(network.extras(), times.width()));
    return Math.min(steps.size(), Math.clamp(MOST_FLOATS / widest, 1, WINDOW));
  }

  @Override
  public void advance(long from, long to) {
    if (rows == 0) {
      return;
    }
    session.run(
        () -> {
          requireOpen();
          DeviceArray on = ready();
          if (away == null) {
            advance(on, rows, 0, from, to);
            return;
          }
          float[] after = new float[away.length];
          for (int row = 0; row < rows; row += capacity) {
            int n = Math.min(capacity, rows - row);
            on.upload(away, row * dim, 0, n * dim);
            advance(on, n, row, from, to);
            on.download(0, after, row * dim, n * dim);
          }
          away = after;
        });
  }

  private void advance(DeviceArray on, int n, int row, long from, long to) {
    for (long step = from; step < to; ) {
      DeviceNetwork.Table rows = window(step);
      boolean last = windowFirst + windowRows >= steps.size();
      long end = last ? to : Math.min(to, windowFirst + windowRows);
      network.steps(
          on.pointer(0), n, rows, windowFirst, windowRows, key, step, end, firstSample + row);
      step = end;
    }
  }

  /// Has the factors of a step, and of as many after it as fit, on the card.
  private DeviceNetwork.Table window(long step) {
    long index = Math.min(step, steps.size() - 1L);
    DeviceNetwork.Table now = window;
    if (now == null || index < windowFirst || index >= windowFirst + windowRows) {
      windowFirst = steps.size() <= most() ? 0 : index;
      windowRows = (int) Math.min(most(), steps.size() - windowFirst);
      times.steps(steps, windowFirst, windowRows);
      now = table.upload(times, false);
      window = now;
    }
    return now;
  }

  @Override
  public void read(Batch x) {
    x.requireShape("x", rows, dim);
    if (rows == 0) {
      return;
    }
    session.run(
        () -> {
          requireOpen();
          if (away != null) {
            System.arraycopy(away, 0, x.data(), 0, away.length);
          } else if (state != null) {
            state.download(0, x.data(), 0, rows * dim);
          }
        });
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the chain was closed: begin another");
    }
    network.requireOpen();
  }

  @Override
  public void close() {
    session.alone(
        () -> {
          closed = true;
          release();
        });
  }
}
