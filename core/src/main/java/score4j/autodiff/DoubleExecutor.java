package score4j.autodiff;

import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;

/// Runs programs in `double`, one step after the other over all instances: the oracle.
///
/// A value lies instance by instance, the axes in their order (the batch first), and each instance
/// row by row.
final class DoubleExecutor {
  private final Program program;
  private final int batch;
  private final double[][] values;

  private DoubleExecutor(Program program, int batch) {
    this.program = program;
    this.batch = batch;
    values = new double[program.size()][];
  }

  /// The results of a program.
  ///
  /// @param batch the number of samples B
  /// @param inputs in their order: B × size for what differs by sample, else size
  static double[][] run(Program program, int batch, double[]... inputs) {
    DoubleExecutor run = new DoubleExecutor(program, batch);
    for (int i = 0; i < inputs.length; i++) {
      int id = program.inputs().get(i);
      int expected = run.instances(run.node(id).axes()) * run.node(id).shape().size();
      if (inputs[i].length != expected) {
        throw new IllegalArgumentException(
            "%s has %d numbers but %d are expected"
                .formatted(run.node(id), inputs[i].length, expected));
      }
      run.values[id] = inputs[i];
    }
    for (int id = 0; id < program.size(); id++) {
      if (!(run.node(id).op() instanceof Op.Input)) {
        run.values[id] = run.evaluate(run.node(id));
      }
    }
    return program.outputs().stream().map(id -> run.values[id].clone()).toArray(double[][]::new);
  }

  private Node node(int id) {
    return program.nodes().get(id);
  }

  private int instances(SortedSet<Axis> axes) {
    return axes.stream().mapToInt(axis -> axis.size(batch)).reduce(1, Math::multiplyExact);
  }

  /// For each instance along some axes, the instance of a value that has others.
  private int[] places(SortedSet<Axis> axes, SortedSet<Axis> of) {
    int[] places = new int[instances(axes)];
    for (int i = 0; i < places.length; i++) {
      int rest = i;
      int divisor = places.length;
      int place = 0;
      for (Axis axis : axes) {
        divisor /= axis.size(batch);
        int at = rest / divisor;
        rest %= divisor;
        if (of.contains(axis)) {
          place = place * axis.size(batch) + at;
        }
      }
      places[i] = place;
    }
    return places;
  }

  // where number j of instance i of a node lies in an input that may be a scalar
  private double at(int input, int[] places, int i, int j) {
    int size = node(input).shape().size();
    return values[input][places[i] * size + (size == 1 ? 0 : j)];
  }

  private double[] evaluate(Node node) {
    List<Integer> inputs = node.inputs();
    int size = node.shape().size();
    int instances = instances(node.axes());
    double[] y = new double[instances * size];
    int[][] places = new int[inputs.size()][];
    for (int k = 0; k < places.length; k++) {
      places[k] = places(node.axes(), node(inputs.get(k)).axes());
    }
    switch (node.op()) {
      case Op.Input input -> throw new AssertionError(input);
      case Op.Constant constant -> Arrays.setAll(y, constant::at);
      case Op.Size op -> y[0] = op.axis().size(batch);
      case Op.Basis basis -> {
        for (int k = 0; k < size; k++) {
          y[k * size + k] = 1;
        }
      }
      case Op.Unary op -> {
        for (int i = 0; i < y.length; i++) {
          y[i] = Arithmetic.apply(op.function(), values[inputs.getFirst()][i]);
        }
      }
      case Op.Power op -> {
        for (int i = 0; i < y.length; i++) {
          y[i] = Arithmetic.power(values[inputs.getFirst()][i], op.exponent());
        }
      }
      case Op.Binary op -> {
        for (int i = 0; i < y.length; i++) {
          y[i] =
              Arithmetic.apply(
                  op.pair(),
                  at(inputs.get(0), places[0], i / size, i % size),
                  at(inputs.get(1), places[1], i / size, i % size));
        }
      }
      case Op.Select select -> {
        for (int i = 0; i < y.length; i++) {
          int k = at(inputs.get(0), places[0], i / size, i % size) != 0 ? 1 : 2;
          y[i] = at(inputs.get(k), places[k], i / size, i % size);
        }
      }
      case Op.Sum sum -> {
        Shape from = node(inputs.getFirst()).shape();
        for (int i = 0; i < values[inputs.getFirst()].length; i++) {
          int row = i % from.size() / from.cols();
          int col = i % from.cols();
          int to = sum.rows() && sum.cols() ? 0 : sum.rows() ? col : row;
          y[i / from.size() * size + to] += values[inputs.getFirst()][i];
        }
      }
      case Op.Largest largest -> {
        int from = node(inputs.getFirst()).shape().size();
        for (int i = 0; i < y.length; i++) {
          y[i] =
              Arrays.stream(values[inputs.getFirst()], i * from, (i + 1) * from)
                  .max()
                  .orElseThrow();
        }
      }
      case Op.Broadcast broadcast -> {
        int from = node(inputs.getFirst()).shape().size();
        for (int i = 0; i < y.length; i++) {
          y[i] = values[inputs.getFirst()][i / size * from + i % from];
        }
      }
      case Op.MatMul product -> multiply(product, node, y);
      case Op.Transpose transpose -> {
        for (int i = 0; i < y.length; i++) {
          int row = i % size / node.shape().cols();
          int col = i % node.shape().cols();
          y[i] = values[inputs.getFirst()][i / size * size + col * node.shape().rows() + row];
        }
      }
      case Op.Slice slice -> block(slice.row(), slice.col(), inputs.getFirst(), node, y, false);
      case Op.Pad pad -> block(pad.row(), pad.col(), inputs.getFirst(), node, y, true);
      case Op.SumAxis sum -> {
        SortedSet<Axis> all = node(inputs.getFirst()).axes();
        int[] to = places(all, node.axes());
        for (int i = 0; i < values[inputs.getFirst()].length; i++) {
          y[to[i / size] * size + i % size] += values[inputs.getFirst()][i];
        }
      }
      case Op.Gather gather -> gather(gather.axis(), node, inputs.getFirst(), y);
      case Op.Spread spread -> spread(spread.axis(), node, inputs.getFirst(), y);
      case Op.Copy op -> System.arraycopy(values[inputs.getFirst()], 0, y, 0, y.length);
      case Op.Stop op -> System.arraycopy(values[inputs.getFirst()], 0, y, 0, y.length);
      case Op.Reshape op -> System.arraycopy(values[inputs.getFirst()], 0, y, 0, y.length);
    }
    return y;
  }

  private void multiply(Op.MatMul product, Node node, double[] y) {
    int a = node.inputs().get(0);
    int b = node.inputs().get(1);
    SortedSet<Axis> all = new java.util.TreeSet<>(node(a).axes());
    all.addAll(node(b).axes());
    int[] toA = places(all, node(a).axes());
    int[] toB = places(all, node(b).axes());
    int[] toY = places(all, node.axes());
    Shape left = node(a).shape();
    Shape right = node(b).shape();
    int rows = node.shape().rows();
    int cols = node.shape().cols();
    int inner = product.transposeLeft() ? left.rows() : left.cols();
    int rowStep = product.transposeLeft() ? 1 : left.cols();
    int innerStep = product.transposeLeft() ? left.cols() : 1;
    int otherStep = product.transposeRight() ? 1 : right.cols();
    int colStep = product.transposeRight() ? right.cols() : 1;
    for (int i = 0; i < toY.length; i++) {
      int ao = toA[i] * left.size();
      int bo = toB[i] * right.size();
      int yo = toY[i] * rows * cols;
      for (int r = 0; r < rows; r++) {
        for (int p = 0; p < inner; p++) {
          double factor = values[a][ao + r * rowStep + p * innerStep];
          for (int c = 0; c < cols; c++) {
            y[yo + r * cols + c] += factor * values[b][bo + p * otherStep + c * colStep];
          }
        }
      }
    }
  }

  private void block(int row, int col, int input, Node node, double[] y, boolean pad) {
    Shape inner = pad ? node(input).shape() : node.shape();
    Shape outer = pad ? node.shape() : node(input).shape();
    int instances = instances(node.axes());
    for (int i = 0; i < instances; i++) {
      for (int r = 0; r < inner.rows(); r++) {
        int in = i * inner.size() + r * inner.cols();
        int out = i * outer.size() + (row + r) * outer.cols() + col;
        System.arraycopy(values[input], pad ? in : out, y, pad ? out : in, inner.cols());
      }
    }
  }

  // row k of the result is instance k of the input
  private void gather(Axis axis, Node node, int input, double[] y) {
    int length = node(input).shape().size();
    int rows = axis.size(batch);
    SortedSet<Axis> all = new java.util.TreeSet<>(node.axes());
    all.add(axis);
    int[] from = places(all, node(input).axes());
    int[] to = places(all, node.axes());
    int[] row = places(all, Trace.set(axis));
    for (int i = 0; i < from.length; i++) {
      System.arraycopy(
          values[input], from[i] * length, y, (to[i] * rows + row[i]) * length, length);
    }
  }

  // instance k of the result is row k of the input
  private void spread(Axis axis, Node node, int input, double[] y) {
    int length = node.shape().size();
    int rows = axis.size(batch);
    int[] from = places(node.axes(), node(input).axes());
    int[] row = places(node.axes(), Trace.set(axis));
    for (int i = 0; i < from.length; i++) {
      System.arraycopy(values[input], (from[i] * rows + row[i]) * length, y, i * length, length);
    }
  }
}
