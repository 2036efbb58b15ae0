package score4j.sample;

import org.jspecify.annotations.Nullable;
import score4j.rng.Key;
import score4j.rng.Noise;

/// Where chains have their noise from: a key, or numbers that a test gives.
@FunctionalInterface
interface NoiseSource {
  /// Writes the standard normal numbers of one step for `rows` samples from `firstSample` on.
  void normals(long step, long firstSample, int rows, int cols, float[] out);

  /// The key that says all of them; null if none does.
  default @Nullable Key key() {
    return null;
  }

  /// The noise of a key. It prints as the key.
  static NoiseSource of(Key key) {
    return new NoiseSource() {
      @Override
      public void normals(long step, long firstSample, int rows, int cols, float[] out) {
        Noise.normals(key, (int) step, firstSample, rows, cols, out, 0);
      }

      @Override
      public Key key() {
        return key;
      }

      @Override
      public String toString() {
        return key.toString();
      }
    };
  }
}
