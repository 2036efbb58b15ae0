package score4j.autodiff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// A traced function: a list of primitive steps on scalars, vectors and matrices, simplified, with
/// nothing in it that the results do not need. Printing shows it, one step a line.
public final class Program {
  private final List<Node> nodes;
  private final List<Integer> inputs;
  private final List<Integer> outputs;

  private Program(List<Node> nodes, List<Integer> inputs, List<Integer> outputs) {
    this.nodes = List.copyOf(nodes);
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
  }

  /// What the steps of a trace amount to.
  static Program of(Trace trace, List<Integer> inputs, List<Integer> outputs) {
    List<Node> all = new ArrayList<>();
    for (int id = 0; id < trace.size(); id++) {
      all.add(trace.node(id));
    }
    Program whole = new Program(all, inputs, outputs);
    // twice: a step may lose its last use when what it led to is simplified
    return whole.replayed().replayed();
  }

  private Program replayed() {
    Trace trace = new Trace();
    List<Integer> places = new ArrayList<>();
    for (int input : inputs) {
      Node node = nodes.get(input);
      String name = ((Op.Input) node.op()).name();
      places.add(trace.input(name, node.shape(), !node.axes().isEmpty()));
    }
    List<Integer> results = replay(trace, places);
    List<Node> all = new ArrayList<>();
    for (int id = 0; id < trace.size(); id++) {
      all.add(trace.node(id));
    }
    return new Program(all, places, results);
  }

  List<Node> nodes() {
    return nodes;
  }

  /// The numbers of the inputs among the nodes, in the order in which values are given.
  List<Integer> inputs() {
    return inputs;
  }

  List<Integer> outputs() {
    return outputs;
  }

  /// Whether a step adds up samples, or counts them.
  boolean mixesSamples() {
    for (Node node : nodes) {
      boolean varies = node.axes().contains(Axis.BATCH);
      for (int input : node.inputs()) {
        if (!varies && nodes.get(input).axes().contains(Axis.BATCH)) {
          return true;
        }
      }
      if (node.op() instanceof Op.Size) {
        return true;
      }
    }
    return false;
  }

  /// How many steps there are, inputs and constants included.
  public int size() {
    return nodes.size();
  }

  /// Writes the steps that the results need into another trace.
  ///
  /// @param values the steps there that take the places of the inputs
  /// @return the steps of the results
  List<Integer> replay(Trace trace, List<Integer> values) {
    boolean[] needed = new boolean[nodes.size()];
    outputs.forEach(output -> needed[output] = true);
    for (int id = nodes.size() - 1; id >= 0; id--) {
      if (needed[id]) {
        nodes.get(id).inputs().forEach(input -> needed[input] = true);
      }
    }
    Map<Integer, Integer> places = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      places.put(inputs.get(i), values.get(i));
    }
    Map<Axis, Axis> axes = new HashMap<>();
    axes.put(Axis.BATCH, Axis.BATCH);
    for (int id = 0; id < nodes.size(); id++) {
      if (needed[id] && !places.containsKey(id)) {
        places.put(id, replay(nodes.get(id), trace, places, axes));
      }
    }
    return outputs.stream().map(places::get).toList();
  }

  private static int replay(
      Node node, Trace trace, Map<Integer, Integer> places, Map<Axis, Axis> axes) {
    int[] inputs = node.inputs().stream().mapToInt(places::get).toArray();
    return switch (node.op()) {
      case Op.Input input -> throw new AssertionError("no value for " + input);
      case Op.Constant constant -> trace.constant(node.shape(), constant.values());
      case Op.Copy copy -> inputs[0];
      case Op.Size size -> trace.add(new Op.Size(axis(size.axis(), trace, axes)));
      case Op.Basis basis -> trace.add(new Op.Basis(axis(basis.axis(), trace, axes)));
      case Op.SumAxis sum -> trace.add(new Op.SumAxis(axis(sum.axis(), trace, axes)), inputs);
      case Op.Gather gather -> trace.add(new Op.Gather(axis(gather.axis(), trace, axes)), inputs);
      case Op.Spread spread -> trace.add(new Op.Spread(axis(spread.axis(), trace, axes)), inputs);
      case Op.MatMul product -> {
        SortedSet<Axis> over = new TreeSet<>();
        product.over().forEach(axis -> over.add(axis(axis, trace, axes)));
        yield new Rules(trace)
            .product(
                product.transposeLeft(),
                product.transposeRight(),
                product.rank(),
                over,
                inputs[0],
                inputs[1]);
      }
      case Op.Stop op -> trace.add(op, inputs);
      case Op.Unary op -> trace.add(op, inputs);
      case Op.Binary op -> trace.add(op, inputs);
      case Op.Power op -> trace.add(op, inputs);
      case Op.Select op -> trace.add(op, inputs);
      case Op.Sum op -> trace.add(op, inputs);
      case Op.Largest op -> trace.add(op, inputs);
      case Op.Broadcast op -> trace.add(op, inputs);
      case Op.Transpose op -> trace.add(op, inputs);
      case Op.Reshape op -> trace.add(op, inputs);
      case Op.Slice op -> trace.add(op, inputs);
      case Op.Pad op -> trace.add(op, inputs);
    };
  }

  private static Axis axis(Axis axis, Trace trace, Map<Axis, Axis> axes) {
    return axes.computeIfAbsent(axis, old -> trace.axis(old.size()));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int id = 0; id < nodes.size(); id++) {
      text.append("%%%d = %s%n".formatted(id, nodes.get(id)));
    }
    return text.append("return %s%n".formatted(outputs)).toString();
  }
}
