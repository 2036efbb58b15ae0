package score4j.autodiff;

import score4j.internal.kernel.KernelChoice;
import score4j.internal.kernel.Kernels;
import score4j.internal.kernel.LaneKernels;

/// The memory that the steps of a program work on: what is shared, and what belongs to one thread.
final class Frame {
  /// How many equal lanes a number has that is the same for all samples.
  static final int WIDTH = Kernels.ALIGN;

  final Kernels kernels = KernelChoice.kernels();
  final LaneKernels lane = kernels.lanes();
  float[] shared = {};
  float[] tile = {};
  float[] zeros = {};
  float[] ones = {};
  float[] scratch = {};
  /// Sums over the samples of a chunk so far.
  float[] sums = {};
  /// Results that differ by sample.
  float[][] outputs = {};
  /// The number of lanes of a tile, a power of 2, and how many of them are samples.
  int lanes = WIDTH;
  int samples = WIDTH;
  /// The number of the first sample of the tile in the batch.
  int first;

  static int padded(int n) {
    return Math.addExact(n, WIDTH - 1) & -WIDTH;
  }

  float[] floats(Block block) {
    return block.isTile() ? tile : shared;
  }

  /// The floats of one number.
  int unit(Block block) {
    return switch (block.kind()) {
      case TILE -> lanes;
      case WIDE -> WIDTH;
      case COMPACT -> 1;
    };
  }

  /// Where a block begins in its array.
  int start(Block block) {
    return block.isTile() ? block.offset() * lanes : block.offset();
  }

  /// Makes room for tiles.
  void size(int lanes, int tileRows, int zeroRows, int scratchRows) {
    if ((long) tileRows * lanes > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "the function keeps %d numbers of each of %d samples at once, more than an array holds: take fewer coordinates, or directional derivatives"
              .formatted(tileRows, lanes));
    }
    if (tile.length < tileRows * lanes) {
      tile = new float[tileRows * lanes];
    }
    if (zeros.length < zeroRows * lanes) {
      zeros = new float[zeroRows * lanes];
    }
    if (scratch.length < scratchRows * lanes) {
      scratch = new float[scratchRows * lanes];
    }
    if (ones.length < lanes) {
      ones = new float[lanes];
    }
  }

  /// Says which samples the next steps are for.
  void tile(int first, int samples, int lanes) {
    this.first = first;
    this.samples = samples;
    this.lanes = lanes;
    java.util.Arrays.fill(ones, 0, samples, 1f);
    java.util.Arrays.fill(ones, samples, lanes, 0f);
  }
}
