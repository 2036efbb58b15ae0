package score4j.autodiff;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// A nest of loops over operands with strides, flattened: how long the runs are that a kernel takes
/// in one call, and where each begins.
final class Runs {
  /// The number of rows of a run.
  final int length;

  /// For each operand, where each run begins.
  final int[][] starts;

  private final boolean[] repeats;
  private final BitSet firsts = new BitSet();

  private Runs(int length, int[][] starts, boolean[] repeats) {
    this.length = length;
    this.starts = starts;
    this.repeats = repeats;
    BitSet seen = new BitSet();
    for (int r = 0; r < starts[0].length; r++) {
      firsts.set(r, !seen.get(starts[0][r]));
      seen.set(starts[0][r]);
    }
  }

  /// The runs of a nest of loops.
  ///
  /// @param strides of each operand, the result first
  /// @param streams whether an operand's rows are as long as those of the result, so that they may
  ///     follow each other in a run
  static Runs of(int[] sizes, int[][] strides, boolean[] streams) {
    List<int[]> loops = merged(sizes, strides);
    int operands = strides.length;
    int length = 1;
    boolean[] repeats = new boolean[operands];
    if (!loops.isEmpty()) {
      int[] last = loops.getLast();
      boolean whole = last[1] == 1;
      for (int o = 0; o < operands; o++) {
        whole &= last[1 + o] == 0 || (last[1 + o] == 1 && streams[o]);
      }
      if (whole) {
        loops.removeLast();
        length = last[0];
        for (int o = 0; o < operands; o++) {
          repeats[o] = last[1 + o] == 0;
        }
      }
    }
    for (int o = 0; o < operands; o++) {
      repeats[o] |= !streams[o];
    }
    return new Runs(length, starts(loops, operands), repeats);
  }

  /// Every instance on its own.
  ///
  /// @param streams as above
  static Runs each(int[] sizes, int[][] strides, boolean... streams) {
    boolean[] repeats = new boolean[strides.length];
    for (int o = 0; o < streams.length; o++) {
      repeats[o] = !streams[o];
    }
    return new Runs(1, starts(merged(sizes, strides), strides.length), repeats);
  }

  // each loop as its size and the strides of all operands; loops that go on where the inner one
  // ends are one
  private static List<int[]> merged(int[] sizes, int[][] strides) {
    List<int[]> loops = new ArrayList<>();
    for (int d = 0; d < sizes.length; d++) {
      if (sizes[d] == 1) {
        continue;
      }
      int[] loop = new int[1 + strides.length];
      loop[0] = sizes[d];
      boolean same = !loops.isEmpty();
      for (int o = 0; o < strides.length; o++) {
        loop[1 + o] = strides[o][d];
        same = same && loops.getLast()[1 + o] == sizes[d] * strides[o][d];
      }
      if (same) {
        loop[0] *= loops.removeLast()[0];
      }
      loops.add(loop);
    }
    return loops;
  }

  private static int[][] starts(List<int[]> loops, int operands) {
    int count = 1;
    for (int[] loop : loops) {
      count = Math.multiplyExact(count, loop[0]);
    }
    int[][] starts = new int[operands][count];
    for (int r = 0; r < count; r++) {
      int rest = r;
      for (int d = loops.size() - 1; d >= 0; d--) {
        int[] loop = loops.get(d);
        int at = rest % loop[0];
        rest /= loop[0];
        for (int o = 0; o < operands; o++) {
          starts[o][r] += at * loop[1 + o];
        }
      }
    }
    return starts;
  }

  int count() {
    return starts[0].length;
  }

  /// Whether no run before this one has the same result.
  boolean isFirst(int run) {
    return firsts.get(run);
  }

  /// Whether an operand is the same along a run.
  boolean repeats(int operand) {
    return repeats[operand];
  }

  /// Which bits of a place in a run say where an operand is read.
  int mask(int operand, int unit) {
    return repeats[operand] ? unit - 1 : -1;
  }
}
