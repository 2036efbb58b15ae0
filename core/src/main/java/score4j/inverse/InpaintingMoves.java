package score4j.inverse;

import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Marginal;
import score4j.process.TimeGrid;

/// The moves of [Inpainting] in their order, with their coefficients.
///
/// ```text
/// known    x ← knownScale·v + knownStd·z
/// missing  x ← fromState·x + fromScore·s + std·z
/// ```
final class InpaintingMoves {
  private static final int MOST = 1 << 24;

  private final double[] times; // of the score, NaN where none is asked for
  private final double[] fromState;
  private final double[] fromScore;
  private final double[] stds;
  private final double[] knownScales; // NaN where known coordinates are as the others
  private final double[] knownStds;
  private int count;

  private InpaintingMoves(int size) {
    times = new double[size];
    fromState = new double[size];
    fromScore = new double[size];
    stds = new double[size];
    knownScales = new double[size];
    knownStds = new double[size];
  }

  static InpaintingMoves of(LinearSde process, TimeGrid grid, int resamplings, int jump) {
    int steps = grid.steps();
    long count = steps + 1 + 2L * (resamplings - 1) * jump * (steps / jump);
    if (count > MOST) {
      throw new IllegalArgumentException(
          "%d steps made %d times are %d moves but 2²⁴ are the most: use fewer of either"
              .formatted(steps, resamplings, count));
    }
    InpaintingMoves moves = new InpaintingMoves((int) count);
    int[] left = new int[steps + 1]; // how often to go back up from a place of the grid
    for (int place = steps; place >= jump; place -= jump) {
      left[place] = resamplings - 1;
    }
    for (int place = 0; place < steps; ) {
      Marginal at = process.marginal(grid.time(place));
      moves.down(grid.time(place), at, process.marginal(grid.time(++place)));
      if (left[place] > 0) {
        left[place]--;
        for (int k = 0; k < jump; k++) {
          Marginal low = process.marginal(grid.time(place));
          moves.up(process.marginal(grid.time(--place)), low);
        }
      }
    }
    double last = grid.time(steps);
    moves.down(last, process.marginal(last), new Marginal(1, 0));
    return moves;
  }

  private void down(double t, Marginal at, Marginal next) {
    double a = at.meanScale() / next.meanScale();
    double variance = at.std() * at.std();
    double nextVariance = next.std() * next.std();
    double added = variance - a * a * nextVariance;
    double denoised = variance > 0 ? next.meanScale() * added / variance : next.meanScale();
    double rest = variance > 0 ? a * nextVariance / variance : 0;
    times[count] = t;
    fromState[count] = rest + denoised / at.meanScale();
    fromScore[count] = denoised * variance / at.meanScale();
    stds[count] = variance > 0 ? Math.sqrt(Math.max(0, added) * nextVariance / variance) : 0;
    knownScales[count] = next.meanScale();
    knownStds[count++] = next.std();
  }

  private void up(Marginal at, Marginal low) {
    double a = at.meanScale() / low.meanScale();
    times[count] = Double.NaN;
    fromState[count] = a;
    stds[count] = Math.sqrt(Math.max(0, at.std() * at.std() - a * a * low.std() * low.std()));
    knownScales[count++] = Double.NaN;
  }

  boolean asksForScore(int move) {
    return !Double.isNaN(times[move]);
  }

  double time(int move) {
    return times[move];
  }

  /// Makes a move for rows `first` (included) to `last` (excluded).
  void make(
      int move, Batch x, Batch s, float[] z, int first, int last, Batch known, long firstSample) {
    int dim = x.cols();
    float[] data = x.data();
    boolean replaces = asksForScore(move);
    for (int r = first; r < last; r++) {
      int row = known.rows() == 1 ? 0 : (int) (firstSample + r);
      for (int d = 0; d < dim; d++) {
        int i = r * dim + d;
        float value = known.data()[row * dim + d];
        if (!replaces) {
          data[i] = (float) (fromState[move] * data[i] + stds[move] * z[i]);
        } else if (Float.isNaN(value)) {
          data[i] =
              (float)
                  (fromState[move] * data[i] + fromScore[move] * s.data()[i] + stds[move] * z[i]);
        } else {
          data[i] = (float) (knownScales[move] * value + knownStds[move] * z[i]);
        }
      }
    }
  }
}
