package score4j.sample;

import java.util.Arrays;
import score4j.internal.kernel.Fma;

/// Makes [AffineSteps] on a tile: one score, one draw of noise and one loop each.
///
/// @param steps the list
record AffineStep(AffineSteps steps) implements TileStep {
  @Override
  public void step(Tile tile, long step) {
    float kick = steps.kick(step);
    tile.score(steps.time(step));
    if (kick == 0) { // no noise to draw
      Arrays.fill(tile.z, 0, tile.size(), 0);
    } else {
      tile.noise(step);
    }
    update(
        tile.x.data(),
        tile.s.data(),
        tile.z,
        tile.size(),
        steps.keep(step),
        steps.gain(step),
        kick);
  }

  static void update(
      float[] x, float[] s, float[] z, int size, float keep, float gain, float kick) {
    for (int i = 0; i < size; i++) {
      x[i] = Fma.fma(kick, z[i], Fma.fma(gain, s[i], keep * x[i]));
    }
  }
}
