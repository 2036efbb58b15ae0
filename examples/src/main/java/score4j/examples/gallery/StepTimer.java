package score4j.examples.gallery;

import java.util.Arrays;
import score4j.train.Listener;

/// Measures the time between training steps.
final class StepTimer implements Listener {
  private double[] times = new double[1024];
  private int count;
  private long last;

  @Override
  public void step(long step, double loss) {
    long now = System.nanoTime();
    if (last != 0) {
      if (count == times.length) {
        times = Arrays.copyOf(times, 2 * count);
      }
      times[count++] = (now - last) * 1e-6;
    }
    last = now;
  }

  /// The median of the second half, in milliseconds: by then the code is compiled.
  double median() {
    double[] half = Arrays.copyOfRange(times, count / 2, count);
    Arrays.sort(half);
    return half[half.length / 2];
  }
}
