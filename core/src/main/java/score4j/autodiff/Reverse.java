package score4j.autodiff;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/// Reverse mode: cotangents of what a step is made of in terms of its own.
///
/// A value that is the same along an axis of the result collects the sum over that axis. Axes that
/// only the cotangent has, such as the K rows of a Jacobian, stay.
final class Reverse {
  private final Trace trace;
  private final Rules rules;
  private final Map<Integer, Integer> cotangents = new HashMap<>();
  // where a cotangent may be 0 because a branch was not taken, whose slopes must not count
  private final BitSet masked = new BitSet();
  private final BitSet wanted = new BitSet();
  // axes that no sum goes over, though a value may not have them
  private final SortedSet<Axis> kept;

  private Reverse(Trace trace, SortedSet<Axis> kept) {
    this.trace = trace;
    this.kept = kept;
    rules = new Rules(trace);
  }

  /// The cotangents of some steps, given that of y.
  static int[] vjp(Trace trace, int y, int yBar, int... xs) {
    return vjp(trace, Trace.set(), y, yBar, xs);
  }

  /// The cotangents of some steps for each instance of some axes, also where the steps themselves
  /// are the same for all: the gradient of each sample by parameters.
  static int[] vjp(Trace trace, SortedSet<Axis> kept, int y, int yBar, int... xs) {
    Reverse reverse = new Reverse(trace, kept);
    int first = y;
    for (int x : xs) {
      reverse.wanted.set(x);
      first = Math.min(first, x);
    }
    BitSet sources = (BitSet) reverse.wanted.clone();
    for (int id = first; id <= y; id++) {
      for (int input : trace.node(id).inputs()) {
        if (reverse.wanted.get(input)) {
          reverse.wanted.set(id);
        }
      }
    }
    reverse.cotangents.put(y, yBar);
    for (int id = y; id >= first; id--) {
      Integer bar = reverse.cotangents.get(id);
      // a source is where the sweep ends, unless another source is made of it
      if (bar != null && (!sources.get(id) || reverse.dependsOnOther(id))) {
        reverse.sweep(id, bar);
      }
    }
    int[] bars = new int[xs.length];
    for (int i = 0; i < xs.length; i++) {
      Integer bar = reverse.cotangents.get(xs[i]);
      bars[i] = bar == null ? trace.constant(trace.shape(xs[i]), 0) : bar;
    }
    return bars;
  }

  private boolean dependsOnOther(int id) {
    for (int input : trace.node(id).inputs()) {
      if (wanted.get(input)) {
        return true;
      }
    }
    return false;
  }

  private void sweep(int id, int bar) {
    Node node = trace.node(id);
    List<Integer> inputs = node.inputs();
    int a = inputs.isEmpty() ? -1 : inputs.getFirst();
    boolean mask = masked.get(id);
    switch (node.op()) {
      case Op.Input input -> {}
      case Op.Constant constant -> {}
      case Op.Size size -> {}
      case Op.Basis basis -> {}
      case Op.Stop stop -> {}
      case Op.Largest largest -> {}
      case Op.Copy copy -> give(id, a, bar, mask);
      case Op.Unary unary -> {
        int slope = rules.slope(unary.function(), a, id);
        if (slope >= 0) {
          boolean cut = unary.function() == Op.Function.RELU;
          give(id, a, times(bar, slope, mask), mask || cut);
        }
      }
      case Op.Power power -> give(id, a, times(bar, rules.slope(power.exponent(), a), mask), mask);
      case Op.Binary binary -> binary(binary.pair(), id, a, inputs.get(1), bar, mask);
      case Op.Select select -> {
        int zero = trace.constant(node.shape(), 0);
        give(id, inputs.get(1), trace.add(select, a, bar, zero), true);
        give(id, inputs.get(2), trace.add(select, a, zero, bar), true);
      }
      case Op.MatMul product -> product(product, a, inputs.get(1), bar, mask);
      case Op.Sum sum -> give(id, a, spread(sum, bar, trace.shape(a)), mask);
      case Op.Broadcast broadcast ->
          give(id, a, trace.add(new Op.Sum(true, trace.shape(a).isScalar()), bar), mask);
      case Op.Transpose transpose -> give(id, a, trace.add(transpose, bar), mask);
      case Op.Reshape reshape -> give(id, a, trace.add(new Op.Reshape(trace.shape(a)), bar), mask);
      case Op.Slice slice ->
          give(id, a, trace.add(new Op.Pad(slice.row(), slice.col(), trace.shape(a)), bar), mask);
      case Op.Pad pad ->
          give(id, a, trace.add(new Op.Slice(pad.row(), pad.col(), trace.shape(a)), bar), mask);
      case Op.SumAxis sum -> give(id, a, bar, mask);
      case Op.Gather gather -> {
        int spread = trace.add(new Op.Spread(gather.axis()), bar);
        boolean has = trace.axes(a).contains(gather.axis());
        give(id, a, has ? spread : trace.add(new Op.SumAxis(gather.axis()), spread), mask);
      }
      case Op.Spread spread ->
          collect(
              a,
              rules.sum(
                  trace.add(new Op.Gather(spread.axis()), bar),
                  Trace.without(repeated(node.axes(), a), List.of(spread.axis()))),
              mask);
    }
  }

  private void binary(Op.Pair pair, int id, int a, int b, int bar, boolean mask) {
    switch (pair) {
      case ADD -> {
        give(id, a, bar, mask);
        give(id, b, bar, mask);
      }
      case SUB -> {
        give(id, a, bar, mask);
        give(id, b, trace.unary(Op.Function.NEG, bar), mask);
      }
      case MUL -> {
        give(id, a, times(bar, b, mask), mask);
        give(id, b, times(bar, a, mask), mask);
      }
      case SCALE -> {
        give(id, a, times(bar, b, true), true);
        give(id, b, trace.binary(Op.Pair.SCALE, a, bar), true);
      }
      case DIV -> {
        if (mask) {
          give(id, a, times(bar, trace.add(new Op.Power(-1), b), true), true);
        } else {
          give(id, a, trace.binary(Op.Pair.DIV, bar, b), false);
        }
        int slope = trace.binary(Op.Pair.DIV, id, b);
        give(id, b, trace.unary(Op.Function.NEG, times(bar, slope, mask)), mask);
      }
      case MIN, MAX -> {
        // the first where they are equal
        int second =
            pair == Op.Pair.MIN
                ? trace.binary(Op.Pair.GREATER, a, b)
                : trace.binary(Op.Pair.GREATER, b, a);
        int zero = trace.constant(trace.shape(id), 0);
        give(id, a, trace.add(new Op.Select(), second, zero, bar), true);
        give(id, b, trace.add(new Op.Select(), second, bar, zero), true);
      }
      case GREATER -> {}
    }
  }

  private void product(Op.MatMul product, int a, int b, int bar, boolean mask) {
    boolean ta = product.transposeLeft();
    boolean tb = product.transposeRight();
    SortedSet<Axis> all = trace.union(List.of(a, b));
    int rankA = trace.shape(a).rank();
    int rankB = trace.shape(b).rank();
    if (wanted.get(a)) {
      SortedSet<Axis> over = repeated(all, a);
      collect(
          a,
          ta
              ? rules.product(tb, true, rankA, over, b, bar)
              : rules.product(false, !tb, rankA, over, bar, b),
          mask);
    }
    if (wanted.get(b)) {
      SortedSet<Axis> over = repeated(all, b);
      collect(
          b,
          tb
              ? rules.product(true, ta, rankB, over, bar, a)
              : rules.product(!ta, false, rankB, over, a, bar),
          mask);
    }
  }

  private int spread(Op.Sum sum, int bar, Shape shape) {
    if (sum.rows()) {
      return rules.wide(bar, shape);
    }
    return trace.add(new Op.Transpose(), trace.add(new Op.Broadcast(shape.transposed()), bar));
  }

  /// The axes along which an input is repeated, and its cotangent therefore summed.
  private SortedSet<Axis> repeated(SortedSet<Axis> axes, int input) {
    return Trace.without(Trace.without(axes, trace.axes(input)), kept);
  }

  private int times(int bar, int slope, boolean mask) {
    return trace.binary(mask ? Op.Pair.SCALE : Op.Pair.MUL, bar, slope);
  }

  /// Adds to the cotangent of an input, summed over what the input is repeated along.
  private void give(int id, int input, int bar, boolean mask) {
    if (!wanted.get(input)) {
      return;
    }
    int share = rules.sum(bar, repeated(trace.axes(id), input));
    Shape shape = trace.shape(input);
    if (shape.isScalar() && !trace.shape(share).isScalar()) {
      share = trace.sum(share);
    }
    collect(input, rules.wide(share, shape), mask);
  }

  private void collect(int input, int share, boolean mask) {
    if (!wanted.get(input)) {
      return;
    }
    Integer old = cotangents.get(input);
    cotangents.put(input, old == null ? share : trace.binary(Op.Pair.ADD, old, share));
    if (mask) {
      masked.set(input);
    }
  }
}
