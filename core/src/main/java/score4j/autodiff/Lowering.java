package score4j.autodiff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import score4j.internal.kernel.Kernels;
import score4j.internal.kernel.LaneKernels;

/// Turns the nodes of a program into steps on blocks.
///
/// Operations that only move numbers (a transposition, a slice, one row everywhere) take no step:
/// they are views. What is the same for all samples is kept number by number where it can be, and
/// as rows of equal lanes where it meets what differs.
final class Lowering {
  private final Plan plan;
  private final Fusion fusion;
  private final Map<Integer, View> wide = new HashMap<>();
  private final Map<Integer, View> compact = new HashMap<>();
  // of the turn at hand
  private List<Step> before = new ArrayList<>();
  private Map<Integer, View> tiles = new HashMap<>();
  private Tiles memory = new Tiles();

  Lowering(Plan plan) {
    this.plan = plan;
    fusion = new Fusion(plan);
  }

  /// Plans what is the same for all samples.
  void shared(List<Integer> ids) {
    for (int id : ids) {
      if (!moves(plan.node(id).op())) {
        lower(id);
      }
    }
  }

  /// Plans a pass, after what was planned since the one before.
  Plan.Turn pass(List<Integer> ids) {
    tiles = new HashMap<>();
    memory = new Tiles();
    List<Plan.Sums> sums = new ArrayList<>();
    Block input = null;
    int x = plan.program.inputs().getFirst();
    if (ids.contains(x)) {
      input = memory.input(plan.node(x).shape().size());
      tiles.put(x, View.of(input, plan.node(x).axes(), plan.node(x).shape()));
    }
    for (int id : ids) {
      if (plan.sums(id)) {
        sums.add(sum(id));
      } else if (id != x && !moves(plan.node(id).op()) && !fusion.isAbsorbed(id)) {
        lower(id);
      }
    }
    for (int i = 0; i < plan.program.outputs().size(); i++) {
      int id = plan.program.outputs().get(i);
      if (ids.contains(id) && plan.varies(id)) {
        Block whole = whole(id, tile(id));
        emit(new Step.Store(i, whole), whole);
      }
    }
    plan.tileRows = Math.max(plan.tileRows, memory.place());
    Plan.Turn turn = new Plan.Turn(List.copyOf(before), input, memory.steps(), sums);
    before = new ArrayList<>();
    return turn;
  }

  /// Steps that no pass follows.
  List<Step> rest() {
    return before;
  }

  /// Number by number.
  View compact(int id) {
    View known = compact.get(id);
    if (known != null) {
      return known;
    }
    Node node = plan.node(id);
    View view;
    if (moves(node.op())) {
      view = moved(id, compact(node.inputs().getFirst()));
    } else if (node.op() instanceof Op.Constant constant) {
      Block block = plan.reserve(Block.Kind.COMPACT, constant.values().length);
      plan.known.add(new Plan.Known(block, constant));
      view = constant.isUniform() ? View.number(block) : View.of(block, node.axes(), node.shape());
    } else if (node.op() instanceof Op.Basis basis) {
      view = basis(basis, node, Block.Kind.COMPACT);
    } else {
      View from = wide(id);
      Block block = plan.reserve(Block.Kind.COMPACT, View.size(node.axes(), node.shape()));
      before.add(new Step.Collect(block, from, each(node, from)));
      view = View.of(block, node.axes(), node.shape());
    }
    compact.put(id, view);
    return view;
  }

  private View wide(int id) {
    View known = wide.get(id);
    if (known != null) {
      return known;
    }
    Node node = plan.node(id);
    View view;
    if (moves(node.op())) {
      view = moved(id, wide(node.inputs().getFirst()));
    } else if (node.op() instanceof Op.Constant constant) {
      Block block = plan.reserve(Block.Kind.WIDE, constant.values().length);
      plan.known.add(new Plan.Known(block, constant));
      view = constant.isUniform() ? View.number(block) : View.of(block, node.axes(), node.shape());
    } else if (node.op() instanceof Op.Basis basis) {
      view = basis(basis, node, Block.Kind.WIDE);
    } else if (node.op() instanceof Op.Size) {
      Block block = plan.reserve(Block.Kind.WIDE, 1);
      plan.batchSizes.add(block);
      view = View.of(block, node.axes(), node.shape());
    } else {
      View from = compact(id);
      Block block = plan.reserve(Block.Kind.WIDE, View.size(node.axes(), node.shape()));
      before.add(new Step.Widen(block, from, each(node, from)));
      view = View.of(block, node.axes(), node.shape());
    }
    wide.put(id, view);
    return view;
  }

  /// Every number of a value.
  static Runs each(Node node, View view) {
    List<Axis> axes = View.inner(node.axes());
    return Runs.each(View.sizes(axes, node.shape()), new int[][] {view.along(axes)});
  }

  private View basis(Op.Basis basis, Node node, Block.Kind kind) {
    int n = basis.axis().size();
    double[] identity = new double[n * n];
    for (int k = 0; k < n; k++) {
      identity[k * n + k] = 1;
    }
    Block block = plan.reserve(kind, n * n);
    plan.known.add(new Plan.Known(block, new Op.Constant(identity)));
    return View.of(block, node.axes(), node.shape());
  }

  private View tile(int id) {
    View known = tiles.get(id);
    if (known == null) {
      known = moved(id, operand(plan.node(id).inputs().getFirst()));
      tiles.put(id, known);
    }
    return known;
  }

  /// As an operand of a step on rows of lanes.
  private View operand(int id) {
    return plan.varies(id) ? tile(id) : wide(id);
  }

  /// Whether an operation only moves numbers.
  private static boolean moves(Op op) {
    return switch (op) {
      case Op.Copy o -> true;
      case Op.Stop o -> true;
      case Op.Transpose o -> true;
      case Op.Reshape o -> true;
      case Op.Slice o -> true;
      case Op.Broadcast o -> true;
      case Op.Gather o -> true;
      case Op.Spread o -> true;
      case Op.Input o -> false;
      case Op.Constant o -> false;
      case Op.Size o -> false;
      case Op.Basis o -> false;
      case Op.Unary o -> false;
      case Op.Binary o -> false;
      case Op.Power o -> false;
      case Op.Select o -> false;
      case Op.Sum o -> false;
      case Op.Largest o -> false;
      case Op.MatMul o -> false;
      case Op.Pad o -> false;
      case Op.SumAxis o -> false;
    };
  }

  private View moved(int id, View from) {
    Node node = plan.node(id);
    int input = node.inputs().getFirst();
    Shape shape = plan.node(input).shape();
    return switch (node.op()) {
      case Op.Transpose op -> from.transposed();
      case Op.Slice slice -> from.slice(slice.row(), slice.col());
      case Op.Broadcast op -> from.broadcast(shape);
      case Op.Gather gather -> from.gathered(notTheBatch(gather.axis()), shape);
      case Op.Spread spread -> from.spread(notTheBatch(spread.axis()), node.axes(), shape);
      case Op.Reshape reshape -> {
        View view = from.reshaped(shape, reshape.shape());
        if (view == null) {
          Block whole = whole(input, from);
          view = View.of(whole, plan.node(input).axes(), shape).reshaped(shape, reshape.shape());
        }
        yield java.util.Objects.requireNonNull(view);
      }
      default -> from;
    };
  }

  // no method of Expr makes samples rows, or rows samples
  private static Axis notTheBatch(Axis axis) {
    assert !axis.equals(Axis.BATCH);
    return axis;
  }

  /// A view whose numbers follow each other from the start of a block of their own; a copy if they
  /// do not.
  private Block whole(int id, View view) {
    Node node = plan.node(id);
    int size = View.size(node.axes(), node.shape());
    if (view.start() == 0 && view.block().size() == size && view.isContiguous(node.shape())) {
      return view.block();
    }
    Block copy = block(view.block().kind(), size);
    if (copy.kind() == Block.Kind.COMPACT) {
      before.add(new Step.Collect(copy, view, each(node, view)));
      return copy;
    }
    View y = View.of(copy, node.axes(), node.shape());
    // the smaller of a number and itself
    zip(LaneKernels.Pair.MIN, y, view, view, node.axes(), node.shape());
    return copy;
  }

  private Block block(Block.Kind kind, int size) {
    return kind == Block.Kind.TILE ? memory.block(size) : plan.reserve(kind, size);
  }

  private void emit(Step step, Block... blocks) {
    boolean tile = false;
    for (Block block : blocks) {
      tile |= block.isTile();
    }
    if (tile) {
      memory.add(step, blocks);
    } else {
      before.add(step);
    }
  }

  private void zip(
      LaneKernels.Pair pair, View y, View a, View b, SortedSet<Axis> axes, Shape shape) {
    List<Axis> inner = View.inner(axes);
    Runs runs =
        Runs.of(
            View.sizes(inner, shape),
            new int[][] {y.along(inner), a.along(inner), b.along(inner)},
            streams(y, y, a, b));
    emit(new Step.Zip(pair, y, a, b, runs), y.block(), a.block(), b.block());
  }

  private static boolean[] streams(View y, View... operands) {
    boolean[] streams = new boolean[operands.length];
    for (int o = 0; o < streams.length; o++) {
      streams[o] = operands[o].block().kind() == y.block().kind();
    }
    return streams;
  }

  private void lower(int id) {
    Node node = plan.node(id);
    Fusion.Fused fused = fusion.of(id);
    if (fused != null) {
      switch (fused.kind()) {
        case BIAS -> biased(id, node, fused);
        case MULTIPLY_ADD -> multiplyAdd(id, node, fused);
        case SUM_OF_PRODUCTS -> sumOfProducts(id, node, fused);
      }
      return;
    }
    switch (node.op()) {
      case Op.Input input -> given(id, node);
      case Op.Constant constant -> {}
      case Op.Size size -> {}
      case Op.Basis basis -> {}
      case Op.Unary unary -> map(id, node, unary.function());
      case Op.Power power -> power(id, node, power.exponent());
      case Op.Binary binary -> binary(id, node, pair(binary.pair()));
      case Op.Select select -> select(id, node);
      case Op.Sum sum -> {
        int[] keep = new int[2];
        if (!(sum.rows() && sum.cols())) {
          keep[sum.rows() ? 1 : 0] = 1;
        }
        reduce(id, node, LaneKernels.Pair.ADD, 0f, keep);
      }
      case Op.Largest largest ->
          reduce(id, node, LaneKernels.Pair.MAX, Float.NEGATIVE_INFINITY, new int[2]);
      case Op.SumAxis sum -> reduce(id, node, LaneKernels.Pair.ADD, 0f, null);
      case Op.MatMul product -> product(id, node, product);
      case Op.Pad pad -> pad(id, node, pad);
      default -> throw new AssertionError(node);
    }
  }

  private void given(int id, Node node) {
    Block block = plan.reserve(Block.Kind.COMPACT, node.shape().size());
    plan.given.put(id, block);
    compact.put(id, View.of(block, node.axes(), node.shape()));
  }

  /// A new block for the value of a node.
  private View result(int id, Node node, Block.Kind kind) {
    View y = View.of(block(kind, View.size(node.axes(), node.shape())), node.axes(), node.shape());
    switch (kind) {
      case TILE -> tiles.put(id, y);
      case WIDE -> wide.put(id, y);
      case COMPACT -> compact.put(id, y);
    }
    return y;
  }

  /// How a value that an operation makes number by number is kept.
  private Block.Kind kind(int id, Node node) {
    if (plan.varies(id)) {
      return Block.Kind.TILE;
    }
    boolean flat = View.size(node.axes(), node.shape()) > 1;
    for (int input : node.inputs()) {
      flat = flat && (isNumber(input) || isFlat(input, node));
    }
    return flat ? Block.Kind.COMPACT : Block.Kind.WIDE;
  }

  /// Whether all numbers of a shared value are the same one.
  private boolean isNumber(int id) {
    Node node = plan.node(id);
    return switch (node.op()) {
      case Op.Constant constant -> constant.isUniform();
      case Op.Broadcast broadcast -> isNumber(node.inputs().getFirst());
      default -> View.size(node.axes(), node.shape()) == 1;
    };
  }

  /// Whether a shared value is at hand number by number, as many in the same order as the result's.
  private boolean isFlat(int id, Node like) {
    Node node = plan.node(id);
    if (!node.shape().equals(like.shape()) || !node.axes().equals(like.axes())) {
      return false;
    }
    int origin = id;
    while (moves(plan.node(origin).op())) {
      origin = plan.node(origin).inputs().getFirst();
    }
    boolean atHand = compact.containsKey(origin) || plan.node(origin).op() instanceof Op.Constant;
    if (!atHand) {
      return false;
    }
    View view = compact(id);
    return view.isContiguous(node.shape()) && view.start() % Frame.WIDTH == 0;
  }

  private View operand(int id, Block.Kind kind) {
    return kind == Block.Kind.COMPACT && !isNumber(id) ? compact(id) : operand(id);
  }

  private void map(int id, Node node, Op.Function function) {
    Step.Map.Call call =
        switch (function) {
          case NEG -> Step.elementary(LaneKernels.Elementary.NEG);
          case EXP -> Step.elementary(LaneKernels.Elementary.EXP);
          case LOG -> Step.elementary(LaneKernels.Elementary.LOG);
          case LOG1P -> Step.elementary(LaneKernels.Elementary.LOG1P);
          case EXPM1 -> Step.elementary(LaneKernels.Elementary.EXPM1);
          case SQRT -> Step.elementary(LaneKernels.Elementary.SQRT);
          case SIN -> Step.elementary(LaneKernels.Elementary.SIN);
          case COS -> Step.elementary(LaneKernels.Elementary.COS);
          case ERF -> Step.elementary(LaneKernels.Elementary.ERF);
          case STEP -> Step.elementary(LaneKernels.Elementary.STEP);
          case ABS -> Step.elementary(LaneKernels.Elementary.ABS);
          case SIGN -> Step.elementary(LaneKernels.Elementary.SIGN);
          case TANH -> Step.activation(Kernels.Function.TANH);
          case SIGMOID -> Step.activation(Kernels.Function.SIGMOID);
          case SOFTPLUS -> Step.activation(Kernels.Function.SOFTPLUS);
          case RELU -> Step.activation(Kernels.Function.RELU);
        };
    map(id, node, call);
  }

  private void power(int id, Node node, double exponent) {
    if (exponent == -1) {
      map(id, node, Step.elementary(LaneKernels.Elementary.RECIPROCAL));
    } else if (exponent == 0.5) {
      map(id, node, Step.elementary(LaneKernels.Elementary.SQRT));
    } else {
      map(id, node, Step.power(exponent));
    }
  }

  private void map(int id, Node node, Step.Map.Call call) {
    Block.Kind kind = kind(id, node);
    int input = node.inputs().getFirst();
    Block x = whole(input, operand(input, kind));
    Block y = result(id, node, kind).block();
    emit(new Step.Map(call, y, x), y, x);
  }

  private static LaneKernels.Pair pair(Op.Pair pair) {
    return switch (pair) {
      case ADD -> LaneKernels.Pair.ADD;
      case SUB -> LaneKernels.Pair.SUB;
      case MUL -> LaneKernels.Pair.MUL;
      case DIV -> LaneKernels.Pair.DIV;
      case SCALE -> LaneKernels.Pair.SCALE;
      case MIN -> LaneKernels.Pair.MIN;
      case MAX -> LaneKernels.Pair.MAX;
      case GREATER -> LaneKernels.Pair.GREATER;
    };
  }

  /// The strides of a scalar are those of a number that stands for all.
  private View widened(int input, View view, Shape shape) {
    return plan.node(input).shape().isScalar() && !shape.isScalar()
        ? view.broadcast(Shape.SCALAR)
        : view;
  }

  private void binary(int id, Node node, LaneKernels.Pair pair) {
    Block.Kind kind = kind(id, node);
    int left = node.inputs().get(0);
    int right = node.inputs().get(1);
    View a = widened(left, operand(left, kind), node.shape());
    View b = widened(right, operand(right, kind), node.shape());
    zip(pair, result(id, node, kind), a, b, node.axes(), node.shape());
  }

  private void multiplyAdd(int id, Node node, Fusion.Fused fused) {
    Node inner = plan.node(fused.inner());
    int[] inputs = {inner.inputs().get(0), inner.inputs().get(1), fused.other()};
    View[] all = new View[4];
    for (int o = 0; o < 3; o++) {
      all[o + 1] = widened(inputs[o], operand(inputs[o]), node.shape());
    }
    all[0] = result(id, node, Block.Kind.TILE);
    List<Axis> axes = View.inner(node.axes());
    int[][] strides = new int[4][];
    for (int o = 0; o < 4; o++) {
      strides[o] = all[o].along(axes);
    }
    boolean negated = node.op() instanceof Op.Binary op && op.pair() == Op.Pair.SUB;
    Runs runs = Runs.of(View.sizes(axes, node.shape()), strides, streams(all[0], all));
    emit(
        new Step.MultiplyAdd(negated, all[0].block(), all[1], all[2], all[3], runs),
        all[0].block(),
        all[1].block(),
        all[2].block(),
        all[3].block());
  }

  /// A product with a shared matrix that starts from what it is added to.
  private void biased(int id, Node node, Fusion.Fused fused) {
    Node inner = plan.node(fused.inner());
    View y = result(id, node, Block.Kind.TILE);
    View bias = widened(fused.other(), compact(fused.other()), node.shape());
    List<Axis> axes = View.inner(node.axes());
    Runs runs =
        Runs.each(View.sizes(axes, node.shape()), new int[][] {y.along(axes), bias.along(axes)});
    emit(new Step.FillRows(y.block(), bias, runs), y.block());
    sharedProduct(inner, (Op.MatMul) inner.op(), y, union(inner), true);
  }

  /// Σ a·b over an axis, or over the numbers of a vector, without the products in memory.
  private void sumOfProducts(int id, Node node, Fusion.Fused fused) {
    Node inner = plan.node(fused.inner());
    View y = result(id, node, Block.Kind.TILE);
    int left = inner.inputs().get(0);
    int right = inner.inputs().get(1);
    View a = widened(left, operand(left), inner.shape());
    View b = widened(right, operand(right), inner.shape());
    List<Axis> axes = View.inner(node.axes());
    Runs runs =
        Runs.of(
            View.sizes(axes, node.shape()),
            new int[][] {y.along(axes), a.along(axes), b.along(axes)},
            streams(y, y, a, b));
    int terms = inner.shape().cols();
    int aStep = a.colStride();
    int bStep = b.colStride();
    if (node.op() instanceof Op.SumAxis sum) {
      terms = sum.axis().size();
      aStep = a.stride(sum.axis());
      bStep = b.stride(sum.axis());
    }
    emit(
        new Step.Products(
            y.block(),
            new Step.Factor(a, 0, aStep),
            new Step.Factor(b, 0, bStep),
            1,
            1,
            terms,
            runs),
        y.block(),
        a.block(),
        b.block());
  }

  private void select(int id, Node node) {
    Block.Kind kind = plan.varies(id) ? Block.Kind.TILE : Block.Kind.WIDE;
    View[] all = new View[4];
    for (int o = 0; o < 3; o++) {
      int input = node.inputs().get(o);
      all[o + 1] = widened(input, operand(input), node.shape());
    }
    all[0] = result(id, node, kind);
    List<Axis> inner = View.inner(node.axes());
    int[][] strides = new int[4][];
    for (int o = 0; o < 4; o++) {
      strides[o] = all[o].along(inner);
    }
    Runs runs = Runs.of(View.sizes(inner, node.shape()), strides, streams(all[0], all));
    emit(
        new Step.Select(all[0].block(), all[1], all[2], all[3], runs),
        all[0].block(),
        all[1].block(),
        all[2].block(),
        all[3].block());
  }

  /// Sums, or the largest, of rows and columns or along an axis.
  ///
  /// @param keep the strides of the result along rows and columns; null if it has them itself
  private void reduce(
      int id, Node node, LaneKernels.Pair pair, float start, int @Nullable [] keep) {
    int input = node.inputs().getFirst();
    Node from = plan.node(input);
    View x = operand(input);
    View y = result(id, node, plan.varies(id) ? Block.Kind.TILE : Block.Kind.WIDE);
    emit(new Step.Fill(y.block(), start), y.block());
    List<Axis> axes = View.inner(from.axes());
    int[] sizes = View.sizes(axes, from.shape());
    int[] strides = y.along(axes);
    if (keep != null) {
      strides[axes.size()] = keep[0];
      strides[axes.size() + 1] = keep[1];
    }
    int[] steps = x.along(axes);
    int sum = sizes.length;
    // the loop around the longest run, if the sum goes along it
    for (int d = sizes.length - 1, run = 1; d >= 0 && sum == sizes.length; d--) {
      if (sizes[d] > 1 && strides[d] == 0) {
        sum = d;
      } else if (sizes[d] > 1 && !(strides[d] == run && steps[d] == run)) {
        break;
      }
      run *= sizes[d];
    }
    if (pair == LaneKernels.Pair.ADD && sum < sizes.length) {
      int length = sizes[sum];
      sizes[sum] = 1;
      Runs runs = Runs.of(sizes, new int[][] {strides, steps}, new boolean[] {true, true});
      // kernels of rows take no operand that repeats
      if (runs.repeats(1)) {
        runs = Runs.each(sizes, new int[][] {strides, steps}, true, true);
      }
      emit(new Step.SumRows(y.block(), x, length, steps[sum], runs), y.block(), x.block());
    } else {
      Runs runs =
          Runs.of(sizes, new int[][] {strides, strides, steps}, new boolean[] {true, true, true});
      emit(new Step.Zip(pair, y, y, x, runs), y.block(), x.block());
    }
  }

  private void pad(int id, Node node, Op.Pad pad) {
    int input = node.inputs().getFirst();
    View x = operand(input);
    View y = result(id, node, plan.varies(id) ? Block.Kind.TILE : Block.Kind.WIDE);
    emit(new Step.Fill(y.block(), 0f), y.block());
    zip(
        LaneKernels.Pair.MIN,
        y.slice(pad.row(), pad.col()),
        x,
        x,
        plan.node(input).axes(),
        plan.node(input).shape());
  }

  private void product(int id, Node node, Op.MatMul product) {
    View y = result(id, node, plan.varies(id) ? Block.Kind.TILE : Block.Kind.WIDE);
    product(node, product, y);
  }

  private static Step.Factor left(Op.MatMul product, View a) {
    return product.transposeLeft()
        ? new Step.Factor(a, a.colStride(), a.rowStride())
        : new Step.Factor(a, a.rowStride(), a.colStride());
  }

  private static Step.Factor right(Op.MatMul product, View b) {
    return product.transposeRight()
        ? new Step.Factor(b, b.rowStride(), b.colStride())
        : new Step.Factor(b, b.colStride(), b.rowStride());
  }

  private int terms(Node node, Op.MatMul product) {
    Shape shape = plan.node(node.inputs().getFirst()).shape();
    return product.transposeLeft() ? shape.rows() : shape.cols();
  }

  private List<Axis> union(Node node) {
    java.util.TreeSet<Axis> all = new java.util.TreeSet<>();
    node.inputs().forEach(input -> all.addAll(plan.node(input).axes()));
    return View.inner(all);
  }

  /// A product for each sample and instance, summed over axes other than the batch.
  private void product(Node node, Op.MatMul product, View y) {
    int left = node.inputs().get(0);
    int right = node.inputs().get(1);
    List<Axis> axes = union(node);
    if (y.block().isTile() && plan.varies(left) != plan.varies(right)) {
      sharedProduct(node, product, y, axes, false);
      return;
    }
    View a = operand(left);
    View b = operand(right);
    Runs runs =
        Runs.each(
            View.sizes(axes, Shape.SCALAR),
            new int[][] {without(y, axes), without(a, axes), without(b, axes)},
            streams(y, y, a, b));
    int rows = node.shape().rows();
    int cols = node.shape().cols();
    emit(
        new Step.Products(
            y.block(), left(product, a), right(product, b), rows, cols, terms(node, product), runs),
        y.block(),
        a.block(),
        b.block());
  }

  /// A product of what varies by sample and what does not.
  private void sharedProduct(Node node, Op.MatMul product, View y, List<Axis> axes, boolean adds) {
    boolean leftVaries = plan.varies(node.inputs().getFirst());
    int varying = node.inputs().get(leftVaries ? 0 : 1);
    int other = node.inputs().get(leftVaries ? 1 : 0);
    Step.Factor lanes = leftVaries ? left(product, tile(varying)) : right(product, tile(varying));
    Step.Factor shared =
        leftVaries ? right(product, compact(other)) : left(product, compact(other));
    int rows = node.shape().rows();
    int cols = node.shape().cols();
    // one call makes a row of y after the other, of as many numbers as lie together; from the
    // left, a column after the other
    int outer = leftVaries ? rows : cols;
    boolean together = !leftVaries && (cols == 1 || lanes.outer() == 1);
    int width = together ? cols : 1;
    int[] sizes = View.sizes(axes, Shape.SCALAR);
    int[] all = Arrays.copyOf(sizes, sizes.length + 1);
    all[sizes.length] = outer / width;
    Runs runs =
        Runs.each(
            all,
            new int[][] {
              more(y, axes, leftVaries ? cols : 1),
              more(shared.view(), axes, 0),
              more(lanes.view(), axes, lanes.outer())
            });
    plan.zeroRows = Math.max(plan.zeroRows, width);
    emit(
        new Step.SharedProduct(
            adds,
            y.block(),
            leftVaries ? 1 : cols,
            shared,
            lanes,
            leftVaries ? cols : rows,
            width,
            terms(node, product),
            runs),
        y.block(),
        lanes.block());
  }

  private static int[] without(View view, List<Axis> axes) {
    int[] strides = view.along(axes);
    strides[axes.size()] = 0;
    strides[axes.size() + 1] = 0;
    return strides;
  }

  private static int[] more(View view, List<Axis> axes, int stride) {
    int[] strides = Arrays.copyOf(without(view, axes), axes.size() + 3);
    strides[axes.size() + 2] = stride;
    return strides;
  }

  /// A sum over the samples of a batch.
  private Plan.Sums sum(int id) {
    Node node = plan.node(id);
    if (node.op() instanceof Op.MatMul product) {
      int left = node.inputs().get(0);
      int right = node.inputs().get(1);
      if (terms(node, product) == 1 && plan.varies(left) && plan.varies(right)) {
        return outer(id, node, product);
      }
      int size = View.size(node.axes(), node.shape());
      View y = View.of(memory.block(size), node.axes(), node.shape());
      product(node, product, y);
      return sum(id, node, y);
    }
    if (!(node.op() instanceof Op.SumAxis)) {
      throw new AssertionError(node);
    }
    return sum(id, node, tile(node.inputs().getFirst()));
  }

  private Plan.Sums sum(int id, Node node, View x) {
    List<Axis> axes = View.inner(node.axes());
    View y = sumResult(id, node);
    int size = y.block().size();
    Runs runs =
        Runs.of(
            View.sizes(axes, node.shape()),
            new int[][] {y.along(axes), x.along(axes)},
            new boolean[] {true, true});
    Plan.Sums sums = room(new Plan.Sums(plan.sumFloats, 1, 1, size, size, false, y.block()));
    emit(new Step.SumSamples(sums.offset(), x, runs), x.block());
    return sums;
  }

  private View sumResult(int id, Node node) {
    View y =
        View.of(
            plan.reserve(Block.Kind.COMPACT, View.size(node.axes(), node.shape())),
            node.axes(),
            node.shape());
    compact.put(id, y);
    return y;
  }

  private Plan.Sums room(Plan.Sums sums) {
    plan.sumFloats = Math.addExact(plan.sumFloats, sums.floats());
    return sums;
  }

  private Plan.Sums outer(int id, Node node, Op.MatMul product) {
    List<Axis> axes = union(node);
    int rows = node.shape().rows();
    int cols = node.shape().cols();
    View a = tile(node.inputs().get(0));
    View b = tile(node.inputs().get(1));
    // columns are padded to whole vectors: rather those of the longer side
    boolean transposed =
        (long) cols * Frame.padded(rows) < (long) rows * Frame.padded(cols)
            || (cols > rows && rows % Frame.WIDTH == 0 && cols % Frame.WIDTH == 0);
    Step.Factor one = left(product, a);
    Step.Factor two = right(product, b);
    View y = sumResult(id, node);
    int lines = transposed ? cols : rows;
    int width = Frame.padded(transposed ? rows : cols);
    Plan.Sums sums =
        room(
            new Plan.Sums(
                plan.sumFloats,
                y.block().size() / (rows * cols),
                lines,
                transposed ? rows : cols,
                width,
                transposed,
                y.block()));
    int[] to = without(y, axes);
    for (int d = 0; d < to.length; d++) {
      to[d] = to[d] / (rows * cols) * lines * width;
    }
    Runs runs =
        Runs.each(
            View.sizes(axes, Shape.SCALAR),
            new int[][] {to, without(transposed ? b : a, axes), without(transposed ? a : b, axes)});
    plan.scratchRows = Math.max(plan.scratchRows, width);
    emit(
        new Step.OuterSamples(
            sums.offset(),
            width,
            transposed ? two : one,
            transposed ? one : two,
            lines,
            transposed ? rows : cols,
            runs),
        a.block(),
        b.block());
    return sums;
  }
}
