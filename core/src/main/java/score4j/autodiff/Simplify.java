package score4j.autodiff;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/// What a new step is worth: known numbers, an old step, or a cheaper one.
///
/// A product with a constant 0 counts as 0 whatever the other factor, as it must be for values that
/// a derivative does not depend on.
final class Simplify {
  private static final int NO = -1;

  private final Trace trace;

  Simplify(Trace trace) {
    this.trace = trace;
  }

  /// The number of the simpler step, or −1.
  int apply(Op op, List<Integer> inputs, Shape shape) {
    int a = inputs.isEmpty() ? NO : inputs.get(0);
    int b = inputs.size() < 2 ? NO : inputs.get(1);
    return switch (op) {
      case Op.Size size ->
          size.axis().size() > 0 ? trace.constant(Shape.SCALAR, size.axis().size()) : NO;
      case Op.Unary unary -> unary(unary.function(), a, shape);
      case Op.Binary binary -> binary(binary.pair(), a, b, shape);
      case Op.Power power -> power(power.exponent(), a, shape);
      case Op.Select select -> b == inputs.get(2) && trace.shape(b).equals(shape) ? b : NO;
      case Op.Sum sum when trace.shape(a).rank() == 1 && trace.unit(a) != NO ->
          trace.pick(trace.unit(a), a);
      case Op.Sum sum ->
          trace.shape(a).size() == 1 && shape.equals(trace.shape(a))
              ? a
              : uniform(a) ? scaled(a, (double) trace.shape(a).size() / shape.size(), shape) : NO;
      case Op.Largest largest -> trace.shape(a).isScalar() ? trace.add(new Op.Stop(), a) : NO;
      case Op.Broadcast broadcast ->
          trace.shape(a).equals(shape) ? a : uniform(a) ? scaled(a, 1, shape) : NO;
      case Op.MatMul product -> product(product, a, b, shape);
      case Op.Transpose transpose -> {
        if (uniform(a)) {
          yield scaled(a, 1, shape);
        }
        yield trace.node(a).op() instanceof Op.Transpose ? trace.node(a).inputs().getFirst() : NO;
      }
      case Op.Reshape reshape ->
          trace.shape(a).equals(shape) ? a : uniform(a) ? scaled(a, 1, shape) : NO;
      case Op.Slice slice ->
          trace.shape(a).equals(shape) ? a : uniform(a) ? scaled(a, 1, shape) : NO;
      case Op.Pad pad -> trace.shape(a).equals(shape) ? a : is(a, 0) ? zeros(shape) : NO;
      case Op.SumAxis sum -> {
        if (is(a, 0)) {
          yield a;
        }
        yield trace.axes(a).contains(sum.axis())
            ? NO
            : trace.binary(Op.Pair.MUL, a, trace.add(new Op.Size(sum.axis())));
      }
      case Op.Gather gather -> uniform(a) ? scaled(a, 1, shape) : NO;
      case Op.Spread spread -> uniform(a) ? scaled(a, 1, shape) : NO;
      case Op.Stop stop -> constant(a) || trace.node(a).op() instanceof Op.Stop ? a : NO;
      case Op.Copy copy -> NO;
      case Op.Basis basis -> NO;
      case Op.Input input -> NO;
      case Op.Constant known -> NO;
    };
  }

  private int unary(Op.Function function, int a, Shape shape) {
    if (constant(a)) {
      return map(a, shape, x -> Arithmetic.apply(function, x));
    }
    if (function == Op.Function.NEG && negated(a)) {
      return inner(a);
    }
    return NO;
  }

  private int power(double exponent, int a, Shape shape) {
    if (constant(a)) {
      return map(a, shape, x -> Arithmetic.power(x, exponent));
    }
    if (exponent == 0) {
      return trace.constant(shape, 1);
    }
    if (exponent == 1) {
      return a;
    }
    return exponent == 2 ? trace.binary(Op.Pair.MUL, a, a) : NO;
  }

  private int binary(Op.Pair pair, int a, int b, Shape shape) {
    if (constant(a) && constant(b)) {
      return combine(a, b, shape, (x, y) -> Arithmetic.apply(pair, x, y));
    }
    return switch (pair) {
      case ADD -> {
        if (is(a, 0)) {
          yield wide(b, shape);
        }
        if (is(b, 0)) {
          yield wide(a, shape);
        }
        if (a == b) {
          yield trace.binary(Op.Pair.MUL, a, trace.constant(Shape.SCALAR, 2));
        }
        if (negated(b)) {
          yield trace.binary(Op.Pair.SUB, a, inner(b));
        }
        yield negated(a) ? trace.binary(Op.Pair.SUB, b, inner(a)) : NO;
      }
      case SUB -> {
        if (is(a, 0)) {
          yield wide(trace.unary(Op.Function.NEG, b), shape);
        }
        if (is(b, 0)) {
          yield wide(a, shape);
        }
        if (negated(a) && inner(a) == b) {
          yield trace.binary(Op.Pair.MUL, b, trace.constant(Shape.SCALAR, -2));
        }
        yield negated(b) ? trace.binary(Op.Pair.ADD, a, inner(b)) : NO;
      }
      case MUL, SCALE -> times(pair, a, b, shape);
      case DIV -> {
        if (is(a, 0)) {
          yield zeros(shape);
        }
        yield is(b, 1) ? wide(a, shape) : NO;
      }
      case MIN, MAX -> a == b ? a : NO;
      case GREATER -> a == b ? zeros(shape) : NO;
    };
  }

  private int times(Op.Pair pair, int a, int b, Shape shape) {
    if (is(a, 0) || is(b, 0)) {
      return zeros(shape);
    }
    if (is(a, 1)) {
      return wide(b, shape);
    }
    if (is(b, 1)) {
      return wide(a, shape);
    }
    if (is(a, -1)) {
      return wide(trace.unary(Op.Function.NEG, b), shape);
    }
    if (is(b, -1)) {
      return wide(trace.unary(Op.Function.NEG, a), shape);
    }
    if (negated(a)) {
      return trace.unary(Op.Function.NEG, trace.binary(pair, inner(a), b));
    }
    return negated(b) ? trace.unary(Op.Function.NEG, trace.binary(pair, a, inner(b))) : NO;
  }

  private int product(Op.MatMul product, int a, int b, Shape shape) {
    if (is(a, 0) || is(b, 0)) {
      return zeros(shape);
    }
    if (product.transposeLeft() || !product.over().isEmpty()) {
      return NO;
    }
    if (!(trace.node(a).op() instanceof Op.Basis basis)) {
      // (c·e_k)·B = c·(e_k·B)
      int unit = trace.shape(a).rank() == 1 ? trace.unit(a) : NO;
      if (unit == NO || trace.shape(b).rank() == 0) {
        return NO;
      }
      return trace.binary(Op.Pair.MUL, trace.pick(unit, a), trace.add(product, unit, b));
    }
    if (shape.isScalar() && product.transposeRight() && trace.axes(b).contains(basis.axis())) {
      return picked(a, basis.axis(), b);
    }
    // e_k·B is row k of B
    if (!trace.axes(b).contains(basis.axis())) {
      boolean vector = trace.shape(b).rank() == 1;
      if (shape.isScalar() && vector && product.transposeRight()) {
        return trace.add(new Op.Spread(basis.axis()), b);
      }
      if (shape.rank() == 1 && !vector) {
        int rows = product.transposeRight() ? trace.add(new Op.Transpose(), b) : b;
        return trace.add(new Op.Spread(basis.axis()), rows);
      }
    }
    return NO;
  }

  /// Number k of a vector at instance k of an axis, e_k·v: the same of what the vector is made of,
  /// so that a divergence takes no D × D numbers. −1 if that is no other step.
  private int picked(int basis, Axis axis, int vector) {
    Node node = trace.node(vector);
    List<Integer> inputs = node.inputs();
    return switch (node.op()) {
      case Op.Basis other -> other.axis().equals(axis) ? trace.constant(Shape.SCALAR, 1) : NO;
      case Op.Unary unary -> trace.unary(unary.function(), pick(basis, axis, inputs.getFirst()));
      case Op.Power power -> trace.add(power, pick(basis, axis, inputs.getFirst()));
      case Op.Binary binary ->
          trace.binary(
              binary.pair(), pick(basis, axis, inputs.get(0)), pick(basis, axis, inputs.get(1)));
      case Op.Select select ->
          trace.add(
              select,
              pick(basis, axis, inputs.get(0)),
              pick(basis, axis, inputs.get(1)),
              pick(basis, axis, inputs.get(2)));
      case Op.Broadcast broadcast ->
          trace.shape(inputs.getFirst()).isScalar() ? inputs.getFirst() : NO;
      // row k of the matrix
      case Op.MatMul product
          when !product.transposeLeft()
              && product.over().isEmpty()
              && trace.shape(inputs.get(0)).rank() == 1
              && trace.shape(inputs.get(1)).rank() == 2
              && !trace.axes(inputs.get(1)).contains(axis) -> {
        int matrix = inputs.get(1);
        int rows = product.transposeRight() ? matrix : trace.add(new Op.Transpose(), matrix);
        int row = trace.add(new Op.Spread(axis), rows);
        yield trace.add(new Op.MatMul(false, true, 0, Trace.set()), inputs.get(0), row);
      }
      default -> NO;
    };
  }

  private int pick(int basis, Axis axis, int value) {
    if (trace.shape(value).isScalar()) {
      return value;
    }
    return trace.axes(value).contains(axis)
        ? trace.pick(basis, value)
        : trace.add(new Op.Spread(axis), value);
  }

  private boolean constant(int id) {
    return trace.node(id).op() instanceof Op.Constant;
  }

  private boolean uniform(int id) {
    return trace.node(id).op() instanceof Op.Constant c && c.isUniform();
  }

  private boolean is(int id, double value) {
    return trace.node(id).op() instanceof Op.Constant c && c.is(value);
  }

  private boolean negated(int id) {
    return trace.node(id).op() instanceof Op.Unary unary && unary.function() == Op.Function.NEG;
  }

  private int inner(int id) {
    return trace.node(id).inputs().getFirst();
  }

  private int zeros(Shape shape) {
    return trace.constant(shape, 0);
  }

  private int wide(int id, Shape shape) {
    return trace.shape(id).equals(shape) ? id : trace.add(new Op.Broadcast(shape), id);
  }

  private int scaled(int id, double factor, Shape shape) {
    return trace.constant(shape, factor * ((Op.Constant) trace.node(id).op()).at(0));
  }

  private int map(int a, Shape shape, DoubleUnaryOperator function) {
    Op.Constant constant = (Op.Constant) trace.node(a).op();
    double[] values = new double[constant.isUniform() ? 1 : shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = function.applyAsDouble(constant.at(i));
    }
    return trace.constant(shape, values);
  }

  private int combine(int a, int b, Shape shape, DoubleBinaryOperator function) {
    Op.Constant left = (Op.Constant) trace.node(a).op();
    Op.Constant right = (Op.Constant) trace.node(b).op();
    double[] values = new double[left.isUniform() && right.isUniform() ? 1 : shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = function.applyAsDouble(left.at(i), right.at(i));
    }
    return trace.constant(shape, values);
  }
}
