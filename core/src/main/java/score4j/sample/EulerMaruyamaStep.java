package score4j.sample;

import score4j.internal.kernel.Fma;
import score4j.process.TimeGrid;

/// One step of a reverse diffusion with any drift, h = t_i − t_{i+1}: x ← x − h·b + g·√h·z.
final class EulerMaruyamaStep implements TileStep {
  private final TimeGrid grid;
  private final ReverseDrift drift;
  private final double[][] room;
  private final float[] b;

  EulerMaruyamaStep(TimeGrid grid, ReverseDrift drift, Tile tile) {
    this.grid = grid;
    this.drift = drift;
    room = drift.room(tile.cols());
    b = new float[tile.z.length];
  }

  @Override
  public void step(Tile tile, long step) {
    int i = (int) step;
    double h = grid.time(i) - grid.time(i + 1);
    tile.score(grid.time(i));
    tile.noise(step);
    drift.drift(tile.x.data(), tile.s.data(), tile.size(), i, room, b);
    float[] x = tile.x.data();
    float[] z = tile.z;
    float back = (float) -h;
    float kick = (float) (drift.diffusion(i) * Math.sqrt(h));
    for (int k = 0; k < tile.size(); k++) {
      x[k] = Fma.fma(kick, z[k], Fma.fma(back, b[k], x[k]));
    }
  }
}
