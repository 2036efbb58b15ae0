package score4j.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/// What forward and reverse mode share: slopes of elementary functions, and products over axes.
final class Rules {
  private final Trace trace;

  Rules(Trace trace) {
    this.trace = trace;
  }

  private int number(double value) {
    return trace.constant(Shape.SCALAR, value);
  }

  private int mul(int a, int b) {
    return trace.binary(Op.Pair.MUL, a, b);
  }

  private int unary(Op.Function function, int x) {
    return trace.unary(function, x);
  }

  /// The derivative of y = f(x) at x, or −1 where it is 0 everywhere.
  int slope(Op.Function function, int x, int y) {
    return switch (function) {
      case NEG -> number(-1);
      case EXP -> y;
      case LOG -> trace.add(new Op.Power(-1), x);
      case LOG1P -> trace.add(new Op.Power(-1), trace.binary(Op.Pair.ADD, x, number(1)));
      case EXPM1 -> trace.binary(Op.Pair.ADD, y, number(1));
      case SQRT -> mul(number(0.5), trace.add(new Op.Power(-1), y));
      case SIN -> unary(Op.Function.COS, x);
      case COS -> unary(Op.Function.NEG, unary(Op.Function.SIN, x));
      case TANH -> trace.binary(Op.Pair.SUB, number(1), mul(y, y));
      case SIGMOID -> mul(y, trace.binary(Op.Pair.SUB, number(1), y));
      case SOFTPLUS -> unary(Op.Function.SIGMOID, x);
      case ERF ->
          mul(
              number(2 / Math.sqrt(Math.PI)),
              unary(Op.Function.EXP, unary(Op.Function.NEG, mul(x, x))));
      case RELU -> unary(Op.Function.STEP, x);
      case ABS -> unary(Op.Function.SIGN, x);
      case STEP, SIGN -> -1;
    };
  }

  /// p·x^(p − 1).
  int slope(double exponent, int x) {
    return mul(number(exponent), trace.add(new Op.Power(exponent - 1), x));
  }

  /// The product of other operands with the same transpositions, rank and axes.
  int product(Op.MatMul like, int a, int b) {
    return product(like.transposeLeft(), like.transposeRight(), like.rank(), like.over(), a, b);
  }

  /// A product summed over axes. Along an axis that one operand alone has, that operand is summed
  /// first; along one that neither has, the sum multiplies.
  int product(
      boolean transposeLeft, boolean transposeRight, int rank, SortedSet<Axis> over, int a, int b) {
    int left = a;
    int right = b;
    List<Axis> both = new ArrayList<>();
    List<Axis> neither = new ArrayList<>();
    for (Axis axis : over) {
      boolean inLeft = trace.axes(a).contains(axis);
      boolean inRight = trace.axes(b).contains(axis);
      if (inLeft && inRight) {
        both.add(axis);
      } else if (inLeft) {
        left = trace.add(new Op.SumAxis(axis), left);
      } else if (inRight) {
        right = trace.add(new Op.SumAxis(axis), right);
      } else {
        neither.add(axis);
      }
    }
    int y =
        trace.add(new Op.MatMul(transposeLeft, transposeRight, rank, Trace.set(both)), left, right);
    for (Axis axis : neither) {
      y = mul(y, trace.add(new Op.Size(axis)));
    }
    return y;
  }

  /// The sum over some axes.
  int sum(int id, SortedSet<Axis> over) {
    int y = id;
    for (Axis axis : over) {
      y = trace.add(new Op.SumAxis(axis), y);
    }
    return y;
  }

  /// A scalar as a value of the shape, any other as it is.
  int wide(int id, Shape shape) {
    return trace.shape(id).equals(shape) ? id : trace.add(new Op.Broadcast(shape), id);
  }
}
