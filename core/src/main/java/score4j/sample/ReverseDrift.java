package score4j.sample;

import score4j.internal.kernel.Fma;
import score4j.process.LinearSde;
import score4j.process.Sde;
import score4j.process.TimeGrid;

/// The drift of a reverse diffusion, b = f(x, t) − g(t)²·s(x, t), at the times of a grid.
///
/// For a linear process f is a number times x; any other is asked for f one sample after another,
/// in double.
final class ReverseDrift {
  private final Sde process;
  private final TimeGrid grid;
  private final boolean linear;
  // at the times of the grid
  private final float[] coefficient;
  private final float[] square;
  private final double[] diffusion;

  ReverseDrift(Sde process, TimeGrid grid) {
    this.process = process;
    this.grid = grid;
    linear = process instanceof LinearSde;
    coefficient = new float[grid.steps() + 1];
    square = new float[grid.steps() + 1];
    diffusion = new double[grid.steps() + 1];
    for (int i = 0; i <= grid.steps(); i++) {
      double g = process.diffusion(grid.time(i));
      diffusion[i] = g;
      square[i] = (float) (g * g);
      if (process instanceof LinearSde known) {
        coefficient[i] = (float) known.driftCoefficient(grid.time(i));
      }
    }
  }

  /// g at time i of the grid.
  double diffusion(int i) {
    return diffusion[i];
  }

  /// Memory of a thread for one sample.
  double[][] room(int cols) {
    return linear ? new double[2][0] : new double[2][cols];
  }

  /// Writes b at time i of the grid for samples and their scores.
  ///
  /// @param room from [#room]
  void drift(float[] x, float[] s, int size, int i, double[][] room, float[] out) {
    float minus = -square[i];
    if (linear) {
      float a = coefficient[i];
      for (int k = 0; k < size; k++) {
        out[k] = Fma.fma(minus, s[k], a * x[k]);
      }
      return;
    }
    double[] point = room[0];
    double[] drift = room[1];
    for (int first = 0; first < size; first += point.length) {
      for (int d = 0; d < point.length; d++) {
        point[d] = x[first + d];
      }
      process.drift(point, grid.time(i), drift);
      for (int d = 0; d < point.length; d++) {
        out[first + d] = Fma.fma(minus, s[first + d], (float) drift[d]);
      }
    }
  }
}
