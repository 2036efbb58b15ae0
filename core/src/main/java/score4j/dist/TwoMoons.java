package score4j.dist;

import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;

/// Two interleaved half circles in the plane with normal noise around them: samples to fit a score
/// to, without a density in closed form.
///
/// ```text
/// (cos θ, sin θ)  or  (1 − cos θ, ½ − sin θ),  each half the time,  θ ~ U[0, π),   plus std·z
/// ```
///
/// @param std the noise; 0.05 to 0.1 is usual
public record TwoMoons(double std) {
  /// Checks the range.
  public TwoMoons {
    if (!(std >= 0) || !Double.isFinite(std)) {
      throw new IllegalArgumentException(
          "std must be finite and at least 0 but was %s".formatted(std));
    }
  }

  /// `n` independent samples. Sample i depends on the key and on i alone.
  public Batch sample(Key key, int n) {
    Batch x = Noise.normals(key, n, 2);
    Key choice = key.fold(0);
    for (int r = 0; r < n; r++) {
      double u = 2 * Noise.uniform(choice, 0, r);
      boolean upper = u < 1;
      double angle = Math.PI * (upper ? u : u - 1);
      double cos = StrictMath.cos(angle);
      double sin = StrictMath.sin(angle);
      x.set(r, 0, (float) ((upper ? cos : 1 - cos) + std * x.get(r, 0)));
      x.set(r, 1, (float) ((upper ? sin : 0.5 - sin) + std * x.get(r, 1)));
    }
    return x;
  }
}
