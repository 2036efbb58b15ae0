package score4j.autodiff;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a program runs in `float`: in turns, first what is the same for all samples, then a pass
/// over the batch, tile by tile, whose sums the next turn begins with.
///
/// Most programs take one pass. One whose samples need a sum over the batch, such as a mean that is
/// subtracted, takes another, which computes again what it needs. Everything is planned once: the
/// steps, and where each value lies.
final class Plan {
  /// What a pass does to a tile, and the sums it leaves.
  ///
  /// @param before what is the same for all samples and must be known first
  /// @param input where the samples go; null if it needs none
  record Turn(List<Step> before, @Nullable Block input, List<Step> tile, List<Sums> sums) {}

  /// A sum over the batch: rows of `width` floats, of which the first `cols` count, in `offset`
  /// of the sums of a chunk.
  ///
  /// @param transposed whether each instance of `rows` × `cols` numbers is the result's transposed
  record Sums(
      int offset, int instances, int rows, int cols, int width, boolean transposed, Block result) {
    int floats() {
      return Frame.padded(instances * rows * width);
    }
  }

  /// Numbers that are known before.
  record Known(Block block, Op.Constant values) {}

  final Program program;
  final List<Turn> turns = new ArrayList<>();
  final List<Step> after;
  final List<Known> known = new ArrayList<>();
  final List<Block> batchSizes = new ArrayList<>();

  /// Where each result lies that is the same for all samples, and its numbers in that block.
  final List<@Nullable View> results = new ArrayList<>();

  final List<int[]> resultPlaces = new ArrayList<>();

  /// Where inputs go that are the same for all samples.
  final Map<Integer, Block> given = new HashMap<>();
  int tileRows;
  int zeroRows = 1;
  int scratchRows = 1;
  int sumFloats;
  int sharedFloats;

  // the turn before which a value is known, or in whose pass it is computed
  private final int[] turn;

  /// Plans a program.
  Plan(Program program) {
    this.program = program;
    turn = turns(program);
    int last = 0;
    for (int t : turn) {
      last = Math.max(last, t);
    }
    Lowering lowering = new Lowering(this);
    for (int t = 0; t <= last; t++) {
      lowering.shared(wanted(t, false));
      List<Integer> wanted = wanted(t, true);
      if (!wanted.isEmpty()) {
        turns.add(lowering.pass(wanted));
      }
    }
    for (int output : program.outputs()) {
      View view = varies(output) ? null : lowering.compact(output);
      results.add(view);
      resultPlaces.add(view == null ? new int[0] : Lowering.each(node(output), view).starts[0]);
    }
    after = List.copyOf(lowering.rest());
  }

  Node node(int id) {
    return program.nodes().get(id);
  }

  /// Whether a value differs by sample.
  boolean varies(int id) {
    return node(id).axes().contains(Axis.BATCH);
  }

  /// Whether a step adds up the samples.
  boolean sums(int id) {
    return !varies(id) && node(id).inputs().stream().anyMatch(this::varies);
  }

  /// Room in what is shared.
  Block reserve(Block.Kind kind, int size) {
    Block block = new Block(kind, size);
    block.place(sharedFloats);
    sharedFloats = Math.addExact(sharedFloats, block.floats());
    return block;
  }

  private int[] turns(Program program) {
    int[] turns = new int[program.size()];
    for (int id = 0; id < turns.length; id++) {
      for (int input : node(id).inputs()) {
        turns[id] = Math.max(turns[id], turns[input]);
      }
      if (sums(id)) {
        turns[id]++;
      }
    }
    return turns;
  }

  /// The steps of a turn that the results need: those shared, or those of the pass with what it
  /// sums.
  private List<Integer> wanted(int t, boolean pass) {
    BitSet wanted = new BitSet();
    for (int id = program.size() - 1; id >= 0; id--) {
      if (!pass) {
        wanted.set(id, !varies(id) && !sums(id) && turn[id] == t);
        continue;
      }
      boolean end = sums(id) ? turn[id] == t + 1 : varies(id) && turn[id] == t && isOutput(id);
      if (end || wanted.get(id)) {
        wanted.set(id);
        node(id).inputs().stream().filter(this::varies).forEach(wanted::set);
      }
    }
    return wanted.stream().boxed().toList();
  }

  private boolean isOutput(int id) {
    return program.outputs().contains(id);
  }
}
