package score4j.sample;

import score4j.array.Batch;
import score4j.internal.kernel.Fma;
import score4j.process.TimeGrid;

/// One step of a reverse diffusion by the stochastic trapezoidal rule; see [ReverseSde].
final class StochasticHeunStep implements TileStep {
  private final TimeGrid grid;
  private final ReverseDrift drift;
  private final double[][] room;
  private final Batch predicted;
  private final float[] b;
  private final float[] c;

  StochasticHeunStep(TimeGrid grid, ReverseDrift drift, Tile tile) {
    this.grid = grid;
    this.drift = drift;
    room = drift.room(tile.cols());
    predicted = tile.another();
    b = new float[tile.z.length];
    c = new float[tile.z.length];
  }

  @Override
  public void step(Tile tile, long step) {
    int i = (int) step;
    int size = tile.size();
    double t = grid.time(i);
    double next = grid.time(i + 1);
    double g = drift.diffusion(i);
    double then = drift.diffusion(i + 1);
    float back = (float) (next - t);
    float kick = (float) Math.sqrt(0.5 * (g * g + then * then) * (t - next));
    float[] x = tile.x.data();
    float[] y = predicted.data();
    float[] z = tile.z;
    tile.score(t);
    tile.noise(step);
    drift.drift(x, tile.s.data(), size, i, room, b);
    for (int k = 0; k < size; k++) {
      y[k] = Fma.fma(kick, z[k], Fma.fma(back, b[k], x[k]));
    }
    tile.score(predicted, next, tile.s);
    drift.drift(y, tile.s.data(), size, i + 1, room, c);
    // from the prediction, half of the difference of the drifts
    float half = 0.5f * back;
    for (int k = 0; k < size; k++) {
      x[k] = Fma.fma(half, c[k] - b[k], y[k]);
    }
  }
}
