package score4j.autodiff;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which steps that differ by sample are one: a value that one other step alone reads is not
/// written to memory. What lies in the second-level cache takes longer to read than to compute.
final class Fusion {
  /// What becomes one.
  enum Kind {
    /// A product with a shared matrix, and something shared added.
    BIAS,
    /// A product number by number, added to or taken from something.
    MULTIPLY_ADD,
    /// A product number by number, and its sum over an axis or over a vector.
    SUM_OF_PRODUCTS
  }

  /// A step with the one it reads.
  ///
  /// @param inner the step that is not made on its own
  /// @param other what else there is to read; −1 for none
  record Fused(Kind kind, int inner, int other) {}

  private final Plan plan;
  private final Map<Integer, Fused> fused = new HashMap<>();
  private final Set<Integer> absorbed = new HashSet<>();

  Fusion(Plan plan) {
    this.plan = plan;
    Program program = plan.program;
    int[] uses = new int[program.size()];
    program.outputs().forEach(output -> uses[output] += 2);
    program.nodes().forEach(node -> node.inputs().forEach(input -> uses[input]++));
    for (int id = 0; id < program.size(); id++) {
      Fused found = plan.varies(id) ? find(id, uses) : null;
      // what is absorbed already stays in its place
      if (found != null && !fused.containsKey(found.inner())) {
        fused.put(id, found);
        absorbed.add(found.inner());
      }
    }
  }

  /// What a step is one with; null for none.
  @Nullable Fused of(int id) {
    return fused.get(id);
  }

  /// Whether a step is part of another.
  boolean isAbsorbed(int id) {
    return absorbed.contains(id);
  }

  private @Nullable Fused find(int id, int[] uses) {
    Node node = plan.node(id);
    if (node.op() instanceof Op.Binary op
        && (op.pair() == Op.Pair.ADD || op.pair() == Op.Pair.SUB)) {
      int a = node.inputs().get(0);
      int b = node.inputs().get(1);
      for (int inner : op.pair() == Op.Pair.ADD ? new int[] {b, a} : new int[] {b}) {
        int other = inner == b ? a : b;
        if (uses[inner] != 1 || !isLike(inner, node)) {
          continue;
        }
        if (op.pair() == Op.Pair.ADD && isShared(inner) && !plan.varies(other)) {
          return new Fused(Kind.BIAS, inner, other);
        }
        if (isProduct(inner)) {
          return new Fused(Kind.MULTIPLY_ADD, inner, other);
        }
      }
      return null;
    }
    boolean sums =
        node.op() instanceof Op.SumAxis
            || (node.op() instanceof Op.Sum
                && plan.node(node.inputs().getFirst()).shape().rank() == 1);
    if (sums) {
      int inner = node.inputs().getFirst();
      return uses[inner] == 1 && isProduct(inner)
          ? new Fused(Kind.SUM_OF_PRODUCTS, inner, -1)
          : null;
    }
    return null;
  }

  private boolean isLike(int id, Node node) {
    return plan.varies(id)
        && plan.node(id).shape().equals(node.shape())
        && plan.node(id).axes().equals(node.axes());
  }

  private boolean isProduct(int id) {
    return plan.varies(id)
        && plan.node(id).op() instanceof Op.Binary op
        && op.pair() == Op.Pair.MUL;
  }

  /// Whether it is a product of what varies with what does not, for each sample.
  private boolean isShared(int id) {
    Node node = plan.node(id);
    return node.op() instanceof Op.MatMul
        && plan.varies(node.inputs().get(0)) != plan.varies(node.inputs().get(1));
  }
}
