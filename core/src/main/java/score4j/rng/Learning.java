package score4j.rng;

import score4j.internal.kernel.KernelChoice;
import score4j.internal.kernel.NoiseKernels;
import score4j.internal.kernel.NoiseKernels.Law;

/// When a vector kernel takes over from its scalar twin. Both give the same bits, so nothing but
/// time depends on it.
///
/// A vector kernel runs on objects, hundreds of times slower, until C2 has compiled it. So a
/// program begins with the scalar twin. One that has made [#ENOUGH] blocks, some hundredths of a
/// second's worth, gives a small part of each fill to the vector kernel, in short calls because it
/// is calls that bring C2; and everything once those calls were the faster way [#WINS] times in a
/// row.
///
/// Threads may count over each other, which costs a few more calls.
final class Learning {
  private static final int ENOUGH = 1 << 20;
  private static final int PART = 8;
  private static final int SHORT = 64;
  private static final int WINS = 16;
  private static final NoiseKernels SCALAR = KernelChoice.scalar().noise();

  private int made;
  private int wins;

  void fill(
      Law law, long key, int step, long firstSample, int rows, int cols, float[] out, int offset) {
    if (wins == WINS) {
      vector(law, key, step, firstSample, rows, cols, out, offset);
      return;
    }
    int perRow = (cols + 3) >>> 2;
    if (made < ENOUGH) {
      made = (int) Math.min(ENOUGH, made + (long) rows * perRow);
      SCALAR.fill(law, key, step, firstSample, rows, cols, out, offset);
      return;
    }
    int few = Math.ceilDiv(SHORT, perRow);
    int tried = 0;
    long start = System.nanoTime();
    while (tried + few <= rows && tried * PART <= rows) {
      vector(law, key, step, firstSample + tried, few, cols, out, offset + tried * cols);
      tried += few;
    }
    long middle = System.nanoTime();
    int rest = rows - tried;
    SCALAR.fill(law, key, step, firstSample + tried, rest, cols, out, offset + tried * cols);
    if (tried > 0 && rest > 0) {
      boolean faster = (middle - start) * rest < (System.nanoTime() - middle) * tried;
      wins = faster ? wins + 1 : 0;
    }
  }

  private static void vector(
      Law law, long key, int step, long firstSample, int rows, int cols, float[] out, int offset) {
    KernelChoice.kernels().noise().fill(law, key, step, firstSample, rows, cols, out, offset);
  }
}
