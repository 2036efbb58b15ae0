package score4j.rng;

import score4j.internal.kernel.KernelChoice;
import score4j.internal.kernel.NoiseKernels;
import score4j.internal.kernel.NoiseKernels.Law;

/// When a vector kernel takes over from its scalar twin. Both give the same bits, so nothing but
/// time depends on it: the one reason to read a clock here.
///
/// A vector kernel runs on objects, hundreds of times slower, until C2 has compiled it. So a
/// program begins with the scalar twin. One that has made [#ENOUGH] blocks in fills of [#SHORT] or
/// more, some hundredths of a second's worth, gives every [#PART]th block to the vector kernel, in
/// short calls because it is calls that bring C2; and everything once those calls were faster than
/// the scalar twin ever was, [#WINS] times in a row. A count of calls would not do, because C2
/// takes seconds and not calls.
///
/// Threads may count over each other, which costs a few more calls.
final class Learning {
  private static final int ENOUGH = 1 << 20;
  private static final int PART = 8;
  private static final int SHORT = 64;
  private static final int WINS = 16;
  private static final NoiseKernels SCALAR = KernelChoice.scalar().noise();

  /// Blocks made, up to [#ENOUGH].
  private int made;

  /// Blocks since the last short call.
  private long since;

  /// The least nanoseconds a block took the scalar twin; 0 before it was timed.
  private double scalarTime;

  private int wins;

  void fill(
      Law law, long key, int step, long firstSample, int rows, int cols, float[] out, int offset) {
    if (wins >= WINS) {
      vector(law, key, step, firstSample, rows, cols, out, offset);
      return;
    }
    int perRow = (cols + 3) >>> 2;
    int few = Math.ceilDiv(SHORT, perRow);
    if (rows < few) {
      SCALAR.fill(law, key, step, firstSample, rows, cols, out, offset);
      return;
    }
    int tried = 0;
    if (made < ENOUGH) {
      made = (int) Math.min(ENOUGH, made + (long) rows * perRow);
    } else {
      since += (long) rows * perRow;
      for (; tried + few <= rows && since >= (long) PART * few * perRow; tried += few) {
        since -= (long) PART * few * perRow;
        long start = System.nanoTime();
        vector(law, key, step, firstSample + tried, few, cols, out, offset + tried * cols);
        wins = System.nanoTime() - start < scalarTime * few * perRow ? wins + 1 : 0;
      }
    }
    int rest = rows - tried;
    long start = System.nanoTime();
    SCALAR.fill(law, key, step, firstSample + tried, rest, cols, out, offset + tried * cols);
    if (rest >= few) {
      double time = (System.nanoTime() - start) / ((double) rest * perRow);
      scalarTime = scalarTime == 0 ? time : Math.min(scalarTime, time);
    }
  }

  private static void vector(
      Law law, long key, int step, long firstSample, int rows, int cols, float[] out, int offset) {
    KernelChoice.kernels().noise().fill(law, key, step, firstSample, rows, cols, out, offset);
  }
}
