package score4j.autodiff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Forward mode: tangents of steps in terms of the tangents of what they are made of.
///
/// New steps are ordinary ones, so that they can be differentiated again. A value whose tangent is
/// 0 has none.
final class Forward {
  private final Trace trace;
  private final Rules rules;
  private final Map<Integer, Integer> tangents = new HashMap<>();

  private Forward(Trace trace) {
    this.trace = trace;
    rules = new Rules(trace);
  }

  /// ẏ, given the tangent of one step.
  static int jvp(Trace trace, int y, int x, int xDot) {
    Forward forward = new Forward(trace);
    forward.tangents.put(x, xDot);
    for (int id = x + 1; id <= y; id++) {
      int tangent = forward.tangent(id);
      if (tangent >= 0) {
        forward.tangents.put(id, forward.rules.wide(tangent, trace.shape(id)));
      }
    }
    Integer yDot = forward.tangents.get(y);
    return yDot == null ? trace.constant(trace.shape(y), 0) : yDot;
  }

  // −1 for none
  private int tangent(int id) {
    Node node = trace.node(id);
    List<Integer> inputs = node.inputs();
    boolean moves = false;
    for (int input : inputs) {
      moves |= tangents.containsKey(input);
    }
    if (!moves) {
      return -1;
    }
    int a = inputs.getFirst();
    return switch (node.op()) {
      case Op.Input input -> -1;
      case Op.Constant constant -> -1;
      case Op.Size size -> -1;
      case Op.Basis basis -> -1;
      case Op.Stop stop -> -1;
      case Op.Largest largest -> -1;
      case Op.Copy copy -> dot(a);
      case Op.Unary unary -> {
        int slope = rules.slope(unary.function(), a, id);
        yield slope < 0 ? -1 : trace.binary(Op.Pair.MUL, dot(a), slope);
      }
      case Op.Power power -> trace.binary(Op.Pair.MUL, dot(a), rules.slope(power.exponent(), a));
      case Op.Binary binary -> binary(binary.pair(), a, inputs.get(1), id);
      case Op.Select select -> trace.add(select, a, dot(inputs.get(1)), dot(inputs.get(2)));
      case Op.MatMul product -> {
        int b = inputs.get(1);
        List<Integer> terms = new ArrayList<>();
        if (tangents.containsKey(a)) {
          terms.add(rules.product(product, dot(a), b));
        }
        if (tangents.containsKey(b)) {
          terms.add(rules.product(product, a, dot(b)));
        }
        yield terms.size() == 1
            ? terms.getFirst()
            : trace.binary(Op.Pair.ADD, terms.getFirst(), terms.get(1));
      }
      case Op.Sum sum -> trace.add(sum, dot(a));
      case Op.Broadcast broadcast -> trace.add(broadcast, dot(a));
      case Op.Transpose transpose -> trace.add(transpose, dot(a));
      case Op.Reshape reshape -> trace.add(reshape, dot(a));
      case Op.Slice slice -> trace.add(slice, dot(a));
      case Op.Pad pad -> trace.add(pad, dot(a));
      case Op.SumAxis sum -> trace.add(sum, dot(a));
      case Op.Gather gather -> trace.add(gather, dot(a));
      case Op.Spread spread -> trace.add(spread, dot(a));
    };
  }

  private int binary(Op.Pair pair, int a, int b, int y) {
    return switch (pair) {
      case ADD -> trace.binary(Op.Pair.ADD, dot(a), dot(b));
      case SUB -> trace.binary(Op.Pair.SUB, dot(a), dot(b));
      case MUL, SCALE ->
          trace.binary(Op.Pair.ADD, trace.binary(pair, dot(a), b), trace.binary(pair, a, dot(b)));
      case DIV ->
          trace.binary(
              Op.Pair.DIV,
              trace.binary(Op.Pair.SUB, dot(a), trace.binary(Op.Pair.MUL, y, dot(b))),
              b);
      case MIN -> trace.add(new Op.Select(), trace.binary(Op.Pair.GREATER, a, b), dot(b), dot(a));
      case MAX -> trace.add(new Op.Select(), trace.binary(Op.Pair.GREATER, b, a), dot(b), dot(a));
      case GREATER -> -1;
    };
  }

  private int dot(int id) {
    Integer tangent = tangents.get(id);
    return tangent == null ? trace.constant(trace.shape(id), 0) : tangent;
  }
}
