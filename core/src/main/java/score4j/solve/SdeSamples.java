package score4j.solve;

import java.util.function.DoubleUnaryOperator;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;

/// The samples of a batch on their way along an [SdeSolver], in double.
final class SdeSamples {
  private SdeSamples() {}

  /// How one sample makes one step.
  @FunctionalInterface
  interface Step {
    /// Moves a sample.
    ///
    /// @param noise g at both times
    /// @param x the sample, D numbers
    /// @param z D standard normal numbers
    void step(double t, double next, double[] noise, double[] x, double[] z);
  }

  static void solve(
      Step step,
      DoubleUnaryOperator diffusion,
      double[] times,
      Batch x,
      long firstSample,
      Key key) {
    Arguments.checkTimes(times);
    int cols = x.cols();
    double[] state = new double[x.data().length];
    for (int i = 0; i < state.length; i++) {
      state[i] = x.data()[i];
    }
    float[] z = new float[state.length];
    double[] point = new double[cols];
    double[] kick = new double[cols];
    double[] g = new double[2];
    g[1] = diffusion.applyAsDouble(times[0]);
    for (int k = 0; k + 1 < times.length; k++) {
      g[0] = g[1];
      g[1] = diffusion.applyAsDouble(times[k + 1]);
      Noise.normals(key, k, firstSample, x.rows(), cols, z, 0);
      for (int first = 0; first < state.length; first += cols) {
        for (int d = 0; d < cols; d++) {
          point[d] = state[first + d];
          kick[d] = z[first + d];
        }
        step.step(times[k], times[k + 1], g, point, kick);
        System.arraycopy(point, 0, state, first, cols);
      }
    }
    for (int i = 0; i < state.length; i++) {
      if (!Double.isFinite(state[i])) {
        throw new ArithmeticException(
            "the path of row %d is %s at the end, key %s: use more steps"
                .formatted(i / cols, state[i], key));
      }
      x.data()[i] = (float) state[i];
    }
  }
}
