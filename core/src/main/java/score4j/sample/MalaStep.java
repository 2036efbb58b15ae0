package score4j.sample;

import score4j.Score;
import score4j.array.Batch;
import score4j.internal.kernel.Fma;
import score4j.rng.Key;
import score4j.rng.Noise;

/// One proposal for every sample of a tile, taken or not; see [Mala].
final class MalaStep implements TileStep {
  private final MalaChains chains;
  private final Key key;
  private final Key acceptance;
  private final LogRatio ratio;
  private final Batch y;
  private final Batch sy;
  private final float[] uniform;
  private final double[] difference;

  MalaStep(MalaChains chains, Score score, int inner, Key key, Tile tile) {
    this.chains = chains;
    this.key = key;
    // normals and uniforms of one key share words
    acceptance = key.fold(1);
    ratio = LogRatio.of(score, inner, tile);
    y = tile.another();
    sy = tile.another();
    uniform = new float[tile.x.rows()];
    difference = new double[tile.x.rows()];
  }

  @Override
  public void loaded(Tile tile) {
    tile.score(0);
    ratio.start(tile);
    for (int i = 0; i < tile.size(); i++) {
      if (!Float.isFinite(tile.s.data()[i])) {
        throw new ArithmeticException(
            "the score at the start of row %d is %s (key %s): no proposal can be made from there"
                .formatted(tile.first() + i / tile.cols(), tile.s.data()[i], key));
      }
    }
  }

  @Override
  public void step(Tile tile, long step) {
    int cols = tile.cols();
    float[] x = tile.x.data();
    float[] s = tile.s.data();
    tile.noise(step);
    for (int r = 0; r < tile.rows(); r++) {
      float epsilon = chains.stepSize(tile.first() + r);
      float kick = (float) Math.sqrt(2.0 * epsilon);
      for (int i = r * cols; i < (r + 1) * cols; i++) {
        y.data()[i] = Fma.fma(kick, tile.z[i], Fma.fma(epsilon, s[i], x[i]));
      }
    }
    tile.score(y, 0, sy);
    ratio.difference(tile, y, sy, difference);
    Noise.uniforms(acceptance, (int) step, tile.firstSample(), tile.rows(), 1, uniform, 0);
    double gain = chains.gain(step);
    for (int r = 0; r < tile.rows(); r++) {
      int row = tile.first() + r;
      double log =
          difference[r] + logProposals(x, s, y.data(), sy.data(), r, cols, chains.stepSize(row));
      // a proposal that is not finite, or whose density is not, is no place to go
      double probability = Double.isNaN(log) ? 0 : StrictMath.exp(Math.min(0, log));
      boolean taken = uniform[r] < probability;
      if (taken) {
        System.arraycopy(y.data(), r * cols, x, r * cols, cols);
        System.arraycopy(sy.data(), r * cols, s, r * cols, cols);
        ratio.accepted(r);
      }
      chains.record(row, step, gain, probability, taken);
    }
  }

  /// log q(x | y) − log q(y | x) for the law of the proposal q(y | x) = N(x + ε·s(x), 2ε·I).
  static double logProposals(
      float[] x, float[] s, float[] y, float[] sy, int row, int cols, double epsilon) {
    double there = 0;
    double back = 0;
    for (int i = row * cols; i < (row + 1) * cols; i++) {
      double move = (double) y[i] - x[i];
      double forward = move - epsilon * s[i];
      double backward = -move - epsilon * sy[i];
      there += forward * forward;
      back += backward * backward;
    }
    return (there - back) / (4 * epsilon);
  }
}
