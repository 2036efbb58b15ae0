package score4j.sample;

import java.util.Arrays;
import score4j.internal.kernel.Fma;

/// Steps that are affine in state, score and noise, with factors that are numbers: what most
/// samplers come down to once their process and grid are known.
///
/// ```text
/// x ← keep·x + gain·s(x, t) + kick·z          as fma(kick, z, fma(gain, s, keep·x))
/// ```
/// The factors are computed in double when the list is made and rounded to float once. A step is
/// one score, one draw of noise and one loop over the tile. Steps beyond the last are like the
/// last.
final class AffineSteps implements TileStep {
  private double[] time = new double[16];
  private float[] keep = new float[16];
  private float[] gain = new float[16];
  private float[] kick = new float[16];
  private int size;

  /// Appends a step.
  void add(double time, double keep, double gain, double kick) {
    if (size == this.time.length) {
      this.time = Arrays.copyOf(this.time, 2 * size);
      this.keep = Arrays.copyOf(this.keep, 2 * size);
      this.gain = Arrays.copyOf(this.gain, 2 * size);
      this.kick = Arrays.copyOf(this.kick, 2 * size);
    }
    this.time[size] = time;
    this.keep[size] = (float) keep;
    this.gain[size] = (float) gain;
    this.kick[size] = (float) kick;
    size++;
  }

  /// Appends Langevin step number one more: x + stepSize·s + √(2·stepSize)·z.
  void addLangevin(double time, double stepSize) {
    add(time, 1, stepSize, Math.sqrt(2 * stepSize));
  }

  /// How many steps there are.
  int size() {
    return size;
  }

  @Override
  public void step(Tile tile, long step) {
    int i = (int) Math.min(step, size - 1);
    tile.score(time[i]);
    if (kick[i] == 0) { // no noise to draw
      Arrays.fill(tile.z, 0, tile.size(), 0);
    } else {
      tile.noise(step);
    }
    update(tile.x.data(), tile.s.data(), tile.z, tile.size(), keep[i], gain[i], kick[i]);
  }

  static void update(
      float[] x, float[] s, float[] z, int size, float keep, float gain, float kick) {
    for (int i = 0; i < size; i++) {
      x[i] = Fma.fma(kick, z[i], Fma.fma(gain, s[i], keep * x[i]));
    }
  }
}
