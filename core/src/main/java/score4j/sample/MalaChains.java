package score4j.sample;

import java.util.Arrays;

/// What is kept of every chain of [Mala]: its step size while that is being found, and how often it
/// has moved. Each is written by the thread that has the sample.
final class MalaChains {
  private final long warmUp;
  private final float[] stepSize;
  private final double[] log;
  private final double[] sum;
  private final long[] taken;

  MalaChains(int rows, double stepSize, long warmUp) {
    this.warmUp = warmUp;
    this.stepSize = new float[rows];
    log = new double[rows];
    sum = new double[rows];
    taken = new long[rows];
    Arrays.fill(this.stepSize, (float) stepSize);
    Arrays.fill(log, StrictMath.log(stepSize));
  }

  float stepSize(int row) {
    return stepSize[row];
  }

  /// How far step `step` may move log ε; the same for all chains.
  double gain(long step) {
    return step < warmUp ? 2 * StrictMath.pow(step + 1.0, -0.6) : 0;
  }

  /// Takes note of step `step`; during the warm-up, by Robbins and Monro's rule.
  void record(int row, long step, double gain, double probability, boolean moved) {
    if (step >= warmUp) {
      taken[row] += moved ? 1 : 0;
      return;
    }
    log[row] = Math.clamp(log[row] + gain * (probability - Mala.ACCEPTANCE), -80, 80);
    long second = warmUp / 2;
    if (step >= second) {
      sum[row] += log[row];
    }
    double next = step == warmUp - 1 ? sum[row] / (warmUp - second) : log[row];
    stepSize[row] = (float) StrictMath.exp(next);
  }

  Mala.Report report(long steps) {
    double[] sizes = new double[stepSize.length];
    double[] acceptance = new double[stepSize.length];
    for (int r = 0; r < sizes.length; r++) {
      sizes[r] = stepSize[r];
      acceptance[r] = (double) taken[r] / (steps - warmUp); // NaN if all was warm-up
    }
    return new Mala.Report(sizes, acceptance);
  }
}
