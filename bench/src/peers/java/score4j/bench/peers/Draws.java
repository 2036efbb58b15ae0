package score4j.bench.peers;

import score4j.bench.Workload;
import score4j.rng.Key;

/// The random numbers of a workload as score4j draws them.
final class Draws {
  private Draws() {}

  /// Those of a key: B × draws × D.
  static float[] of(Workload data, Key key) {
    float[] draws = new float[data.x().data().length * data.objective().draws()];
    data.objective().draw(key, 0, data.x(), draws);
    return draws;
  }
}
