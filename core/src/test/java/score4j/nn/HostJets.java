package score4j.nn;

import java.util.Arrays;
import score4j.internal.kernel.KernelChoice;
import score4j.internal.kernel.Kernels;

/// A device that is none: the passes of core itself, offered as a device offers them. A tile of
/// more rows than core takes goes by turns; the order of calls is checked.
final class HostJets implements JetDevice {
  int backwards;
  int implicits;
  boolean closed;
  private final int most;
  private final int turn;
  private final Kernels kernels = KernelChoice.kernels();
  private final Packing net;
  private final Jet jet;
  private final Forms kind;
  private final int inputs;
  private final int dim;
  private final int tangents;
  private final float[][] buffers;
  private float[] input = {};
  private float[] directions = {};
  private boolean clear;
  private int open;

  HostJets(Mlp mlp, Forms forms, int tangents, int most) {
    Memory memory = new Memory();
    net = Packing.of(mlp, forms, memory);
    kind = forms;
    this.tangents = tangents;
    this.most = most;
    turn = net.capacity(tangents, forms);
    jet = net.jet(kernels, kernels, turn, tangents, forms);
    memory.allocate();
    buffers = new float[][] {new float[net.gradientLength()]};
    inputs = mlp.inputs();
    dim = mlp.outputs();
  }

  @Override
  public int capacity() {
    return most;
  }

  @Override
  public void parameters(float[] flat) {
    for (int part = 0; part < net.parts(); part++) {
      net.pack(flat, part);
    }
    for (int part = 0; part < net.parts(); part++) {
      net.fold(kernels, part);
    }
    net.clear(buffers[0]);
    clear = true;
    open = 0;
  }

  @Override
  public void forward(
      float[] input,
      float[] directions,
      int n,
      boolean gradientFollows,
      float[] output,
      float[] forms) {
    if (n < 1 || n > most) {
      throw new IllegalArgumentException("%d rows".formatted(n));
    }
    int length = kind == Forms.DIRECTIONAL ? tangents * dim : 0;
    this.input = Arrays.copyOf(input, n * inputs);
    this.directions = Arrays.copyOf(directions, n * length);
    for (int from = 0; from < n; from += turn) {
      int rows = Math.min(turn, n - from);
      turn(from, rows, gradientFollows);
      float[] some = new float[rows * dim];
      jet.score(some, rows);
      System.arraycopy(some, 0, output, from * dim, rows * dim);
      if (tangents > 0) {
        some = new float[rows * tangents];
        jet.forms(some, part(this.directions, length, from, rows), rows);
        System.arraycopy(some, 0, forms, from * tangents, rows * tangents);
      }
    }
    open = gradientFollows ? n : 0;
  }

  private void turn(int from, int rows, boolean gradientFollows) {
    jet.forward(
        part(input, inputs, from, rows),
        part(directions, kind == Forms.DIRECTIONAL ? tangents * dim : 0, from, rows),
        rows,
        (tangents > 0 ? 1 : 0) + (gradientFollows ? 1 : 0));
  }

  private static float[] part(float[] whole, int length, int from, int rows) {
    return Arrays.copyOfRange(whole, from * length, (from + rows) * length);
  }

  @Override
  public void backward(float[] outputBar, float[] formsBar, int n) {
    if (n != open) {
      throw new IllegalStateException("forward of %d rows, backward of %d".formatted(open, n));
    }
    int length = directions.length / n;
    for (int from = 0; from < n; from += turn) {
      int rows = Math.min(turn, n - from);
      float[] v = part(directions, length, from, rows);
      if (n > turn) { // the passes know the last turn alone
        turn(from, rows, true);
        if (tangents > 0) {
          jet.forms(new float[rows * tangents], v, rows);
        }
      }
      jet.backward(
          part(input, inputs, from, rows),
          v,
          part(outputBar, dim, from, rows),
          part(formsBar, tangents, from, rows),
          rows,
          clear,
          buffers[0]);
      clear = false;
    }
    open = 0;
    backwards++;
  }

  @Override
  public double implicit(
      float[] input, float[] directions, int n, float weight, boolean gradientWanted) {
    implicits++;
    float[] score = new float[n * dim];
    float[] forms = new float[n * tangents];
    forward(input, directions, n, gradientWanted, score, forms);
    double[] losses = new double[n];
    for (int r = 0; r < n; r++) {
      for (int d = 0; d < dim; d++) {
        losses[r] += 0.5 * score[r * dim + d] * score[r * dim + d];
      }
      for (int k = 0; k < tangents; k++) {
        losses[r] += (double) weight * forms[r * tangents + k];
      }
    }
    if (gradientWanted) {
      float[] formsBar = new float[n * tangents];
      Arrays.fill(formsBar, weight);
      backward(score, formsBar, n);
    }
    return Tile.sum(losses, n);
  }

  @Override
  public void gradient(float scale, float[] out) {
    if (clear || open > 0) {
      throw new IllegalStateException("no gradient yet");
    }
    for (int part = 0; part < net.parts(); part++) {
      net.combine(kernels, buffers, 1, part);
    }
    for (int part = 0; part < net.parts(); part++) {
      net.unpack(kernels, buffers, 1, scale, out, part);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
