package score4j.nn;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import score4j.array.Batch;

/// Scores of a network together with divergences, or with quadratic forms of its Jacobian, by the
/// passes of a [JetDevice]: what a score on a device needs beside its scores to serve likelihoods.
///
/// The same numbers as the [ScoreNetwork]'s within the rounding of the device's passes; scalings
/// are done here, as there. Devices open when they are first needed, one for the trace and one for
/// each count of directions. Safe for several threads, which take turns.
public final class DeviceForms implements AutoCloseable {
  private static final int MOST_ROWS = 1 << 14;

  private final ScoreNetwork network;
  private final JetDevice.Factory factory;
  private final float[] parameters;
  private final float[] context;
  private final int dim;
  private final int inputs;
  private @Nullable Passes trace;
  private @Nullable Passes directional;
  private boolean closed;

  private DeviceForms(ScoreNetwork network, JetDevice.Factory factory) {
    this.network = network;
    this.factory = factory;
    parameters = network.parameters().data();
    context = network.context();
    dim = network.dim();
    inputs = network.mlp().inputs();
  }

  /// The forms of a network, with a copy of its parameters and its context.
  public static DeviceForms of(ScoreNetwork network, JetDevice.Factory factory) {
    return new DeviceForms(
        Objects.requireNonNull(network, "network"), Objects.requireNonNull(factory, "factory"));
  }

  /// Writes divergences of all rows at one time, as [ScoreNetwork#divergence].
  public synchronized void divergence(Batch x, double t, float[] out) {
    x.requireCols("x", dim);
    requireRoom("out", out, x.rows());
    network.requireTime(t);
    trace().run(x, 0, x.rows(), null, t, null, null, out);
  }

  /// Writes scores and divergences, as [ScoreNetwork#scoreAndDivergence].
  public synchronized void scoreAndDivergence(
      Batch x, int from, int to, double[] t, Batch score, float[] divergence) {
    requireRows(x, from, to, t, score);
    requireRoom("divergence", divergence, to);
    trace().run(x, from, to, t, 0, null, score, divergence);
  }

  /// Writes scores and quadratic forms along directions, as [ScoreNetwork#scoreAndForms].
  ///
  /// @param directions `count` vectors for each row, B × count × D
  public synchronized void scoreAndForms(
      Batch x,
      int from,
      int to,
      double[] t,
      float[] directions,
      int count,
      Batch score,
      float[] forms) {
    requireRows(x, from, to, t, score);
    requireRoom("directions", directions, (long) to * count * dim);
    requireRoom("forms", forms, (long) to * count);
    if (count == 0) {
      network.score(x, from, to, t, score);
      return;
    }
    directional(count).run(x, from, to, t, 0, directions, score, forms);
  }

  private void requireRows(Batch x, int from, int to, double[] t, Batch score) {
    x.requireCols("x", dim);
    score.requireShape("score", x.rows(), dim);
    Objects.checkFromToIndex(from, to, x.rows());
    network.requireTimes(t, from, to);
  }

  private static void requireRoom(String name, float[] array, long length) {
    ScoreNetwork.requireRoom(name, array, length);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the device is closed: make new forms");
    }
  }

  private Passes trace() {
    requireOpen();
    if (trace == null) {
      trace = new Passes(Forms.TRACE, 1);
    }
    return trace;
  }

  private Passes directional(int count) {
    requireOpen();
    if (directional != null && directional.count != count) {
      directional.device.close();
      directional = null;
    }
    if (directional == null) {
      directional = new Passes(Forms.DIRECTIONAL, count);
    }
    return directional;
  }

  /// Gives the memory back. Does nothing the second time.
  @Override
  public synchronized void close() {
    closed = true;
    if (trace != null) {
      trace.device.close();
    }
    if (directional != null) {
      directional.device.close();
    }
    trace = null;
    directional = null;
  }

  private final class Passes {
    final JetDevice device;
    final int count;
    private final Forms kind;
    private final int capacity;
    private @Nullable Conditioner conditioner;
    private float[] input = {};
    private float[] directions = {};
    private float[] output = {};
    private float[] forms = {};
    private int room;

    Passes(Forms kind, int count) {
      this.kind = kind;
      this.count = count;
      device = factory.open(network.mlp(), kind, count);
      capacity = Math.min(device.capacity(), MOST_ROWS);
      device.parameters(parameters);
    }

    private void makeRoom(int rows) {
      if (rows > room) {
        room = rows;
        if (network.conditioning().isNone()) {
          input = new float[rows * inputs];
        } else {
          conditioner = new Conditioner(network.conditioning(), dim, rows);
          input = conditioner.rows;
        }
        directions = new float[kind == Forms.DIRECTIONAL ? rows * count * dim : 0];
        output = new float[rows * dim];
        forms = new float[rows * count];
      }
    }

    void run(
        Batch x,
        int from,
        int to,
        double @Nullable [] times,
        double t,
        float @Nullable [] v,
        @Nullable Batch score,
        float[] out) {
      makeRoom(Math.min(to - from, capacity));
      for (int row = from; row < to; row += capacity) {
        int n = Math.min(capacity, to - row);
        if (conditioner == null) {
          System.arraycopy(x.data(), row * dim, input, 0, n * dim);
        } else {
          for (int r = 0; r < n; r++) {
            double time = times == null ? t : times[row + r];
            conditioner.row(r, time, x.data(), (row + r) * dim, context, 0);
          }
        }
        if (v != null) {
          System.arraycopy(v, row * count * dim, directions, 0, n * count * dim);
        }
        device.forward(input, directions, n, false, output, forms);
        if (conditioner != null) {
          conditioner.forms(forms, directions, count, kind, n);
        }
        System.arraycopy(forms, 0, out, row * count, n * count);
        if (score != null) {
          if (conditioner != null) {
            conditioner.score(output, x.data(), row * dim, n);
          }
          System.arraycopy(output, 0, score.data(), row * dim, n * dim);
        }
      }
    }
  }
}
