package score4j.autodiff;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// The steps of a function as they are written down: each once, with its shape, simplified as far
/// as its inputs allow. Steps are known by their number; a step's inputs have smaller ones.
final class Trace {
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Node, Integer> known = new HashMap<>();
  // of each step, the unit vectors that it is a multiple of, or −1
  private final List<Integer> units = new ArrayList<>();
  private final Map<List<Integer>, Integer> picked = new HashMap<>();
  private int axes;
  private int copies;

  Node node(int id) {
    return nodes.get(id);
  }

  Shape shape(int id) {
    return nodes.get(id).shape();
  }

  SortedSet<Axis> axes(int id) {
    return nodes.get(id).axes();
  }

  int size() {
    return nodes.size();
  }

  /// An axis that no other value has.
  Axis axis(int size) {
    axes++;
    return new Axis(axes, size);
  }

  int input(String name, Shape shape, boolean batched) {
    return enter(new Node(new Op.Input(name), List.of(), shape, batched ? set(Axis.BATCH) : set()));
  }

  int constant(Shape shape, double... values) {
    return enter(new Node(new Op.Constant(values), List.of(), shape, set()));
  }

  /// A step that no simplification merges with another.
  int copy(int of) {
    copies++;
    return add(new Op.Copy(copies), of);
  }

  int unary(Op.Function function, int x) {
    return add(new Op.Unary(function), x);
  }

  int binary(Op.Pair pair, int a, int b) {
    return add(new Op.Binary(pair), a, b);
  }

  int sum(int x) {
    return add(new Op.Sum(true, true), x);
  }

  /// The step that does this, an old one if there is one.
  int add(Op op, int... inputs) {
    List<Integer> list = new ArrayList<>();
    for (int input : inputs) {
      list.add(input);
    }
    Shape shape = shape(op, list);
    int simpler = new Simplify(this).apply(op, list, shape);
    if (simpler >= 0) {
      return simpler;
    }
    if (op instanceof Op.Binary binary && commutes(binary.pair())) {
      Collections.sort(list);
    }
    return enter(new Node(op, List.copyOf(list), shape, axes(op, list)));
  }

  private static boolean commutes(Op.Pair pair) {
    return pair == Op.Pair.ADD || pair == Op.Pair.MUL;
  }

  private int enter(Node node) {
    Integer old = known.get(node);
    if (old != null) {
      return old;
    }
    nodes.add(node);
    known.put(node, nodes.size() - 1);
    units.add(unit(node, nodes.size() - 1));
    return nodes.size() - 1;
  }

  /// The step with the unit vectors e_k if a value is c_k·e_k at instance k of their axis, or −1.
  int unit(int id) {
    return units.get(id);
  }

  private int unit(Node node, int id) {
    int left = node.inputs().isEmpty() ? -1 : unit(node.inputs().getFirst());
    return switch (node.op()) {
      case Op.Basis basis -> id;
      case Op.Unary unary when unary.function() == Op.Function.NEG -> left;
      case Op.Binary binary -> {
        int right = unit(node.inputs().get(1));
        yield switch (binary.pair()) {
          case MUL, SCALE -> left >= 0 ? left : right;
          case DIV -> left;
          case ADD, SUB -> left == right ? left : -1;
          case MIN, MAX, GREATER -> -1;
        };
      }
      default -> -1;
    };
  }

  /// e_k·v, number k of a vector at instance k of an axis, each made once.
  int pick(int basis, int vector) {
    List<Integer> key = List.of(basis, vector);
    Integer old = picked.get(key);
    if (old == null) {
      old = add(new Op.MatMul(false, true, 0, set()), basis, vector);
      picked.put(key, old);
    }
    return old;
  }

  static SortedSet<Axis> set(Axis... axes) {
    return set(List.of(axes));
  }

  static SortedSet<Axis> set(Collection<Axis> axes) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(axes));
  }

  static SortedSet<Axis> without(SortedSet<Axis> axes, Collection<Axis> others) {
    SortedSet<Axis> rest = new TreeSet<>(axes);
    rest.removeAll(others);
    return set(rest);
  }

  SortedSet<Axis> union(List<Integer> inputs) {
    SortedSet<Axis> all = new TreeSet<>();
    inputs.forEach(input -> all.addAll(axes(input)));
    return set(all);
  }

  private SortedSet<Axis> axes(Op op, List<Integer> inputs) {
    SortedSet<Axis> all = union(inputs);
    return switch (op) {
      case Op.Input input -> throw new AssertionError(input);
      case Op.Constant constant -> throw new AssertionError(constant);
      case Op.Size size -> set();
      case Op.Basis basis -> set(basis.axis());
      case Op.MatMul product -> without(all, product.over());
      case Op.SumAxis sum -> without(all, List.of(sum.axis()));
      case Op.Gather gather -> without(all, List.of(gather.axis()));
      case Op.Spread spread -> {
        SortedSet<Axis> more = new TreeSet<>(all);
        more.add(spread.axis());
        yield set(more);
      }
      case Op.Copy copy -> all;
      case Op.Stop stop -> all;
      case Op.Unary unary -> all;
      case Op.Binary binary -> all;
      case Op.Power power -> all;
      case Op.Select select -> all;
      case Op.Sum sum -> all;
      case Op.Largest largest -> all;
      case Op.Broadcast broadcast -> all;
      case Op.Transpose transpose -> all;
      case Op.Reshape reshape -> all;
      case Op.Slice slice -> all;
      case Op.Pad pad -> all;
    };
  }

  private Shape shape(Op op, List<Integer> inputs) {
    Shape first = inputs.isEmpty() ? Shape.SCALAR : shape(inputs.getFirst());
    return switch (op) {
      case Op.Input input -> throw new AssertionError(input);
      case Op.Constant constant -> throw new AssertionError(constant);
      case Op.Size size -> Shape.SCALAR;
      case Op.Basis basis -> Shape.vector(basis.axis().size());
      case Op.Copy copy -> first;
      case Op.Stop stop -> first;
      case Op.Unary unary -> first;
      case Op.Power power -> first;
      case Op.Binary binary -> common(binary.pair().name(), inputs);
      case Op.Select select -> common("select", inputs);
      case Op.Sum sum ->
          sum.rows() && sum.cols()
              ? Shape.SCALAR
              : Shape.vector(
                  sum.rows() ? matrix("sum", first).cols() : matrix("sum", first).rows());
      case Op.Largest largest -> Shape.SCALAR;
      case Op.Broadcast broadcast -> {
        Shape shape = broadcast.shape();
        require(
            first.isScalar()
                || (first.rank() == 1 && shape.rank() > 0 && first.cols() == shape.cols()),
            "broadcast takes a scalar, or a vector as long as the rows of %s, but got %s"
                .formatted(shape, first));
        yield shape;
      }
      case Op.MatMul product -> product(product, first, shape(inputs.get(1)));
      case Op.Transpose transpose -> matrix("transpose", first).transposed();
      case Op.Reshape reshape -> {
        require(
            reshape.shape().size() == first.size(),
            "reshape keeps the number of numbers but %s has %s and %s has %s"
                .formatted(first, first.size(), reshape.shape(), reshape.shape().size()));
        yield reshape.shape();
      }
      case Op.Slice slice -> {
        Shape shape = slice.shape();
        require(
            slice.row() >= 0
                && slice.col() >= 0
                && slice.row() + shape.rows() <= first.rows()
                && slice.col() + shape.cols() <= first.cols(),
            "a slice of %s from row %s, column %s is not inside %s"
                .formatted(shape, slice.row(), slice.col(), first));
        yield shape;
      }
      case Op.Pad pad -> pad.shape();
      case Op.SumAxis sum -> first;
      case Op.Gather gather -> {
        require(
            first.rank() < 2,
            "rows of matrices would have rank 3 but got %s: reshape it first".formatted(first));
        yield first.isScalar()
            ? Shape.vector(gather.axis().size())
            : Shape.matrix(gather.axis().size(), first.cols());
      }
      case Op.Spread spread -> first.rank() == 2 ? Shape.vector(first.cols()) : Shape.SCALAR;
    };
  }

  private Shape common(String name, List<Integer> inputs) {
    Shape shape = Shape.SCALAR;
    for (int input : inputs) {
      Shape next = shape(input);
      if (shape.isScalar()) {
        shape = next;
      }
      require(
          next.isScalar() || next.equals(shape),
          "%s takes equal shapes, or a scalar and any, but got %s and %s: broadcast one to the other"
              .formatted(name.toLowerCase(java.util.Locale.ROOT), shape, next));
    }
    return shape;
  }

  private static Shape product(Op.MatMul product, Shape left, Shape right) {
    int rows = product.transposeLeft() ? left.cols() : left.rows();
    int inner = product.transposeLeft() ? left.rows() : left.cols();
    int cols = product.transposeRight() ? right.rows() : right.cols();
    int other = product.transposeRight() ? right.cols() : right.rows();
    require(
        inner == other,
        "matmul sums over %s columns of the left but %s rows of the right (%s, %s): transpose one"
            .formatted(inner, other, left, right));
    return new Shape(product.rank(), rows, cols);
  }

  private static Shape matrix(String name, Shape shape) {
    require(shape.rank() == 2, "%s takes a matrix but got %s".formatted(name, shape));
    return shape;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
