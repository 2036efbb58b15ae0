package score4j.objective;

import score4j.array.Batch;
import score4j.autodiff.Expr;
import score4j.nn.Tile;
import score4j.process.LinearSde;
import score4j.process.Marginal;
import score4j.rng.Key;
import score4j.rng.Noise;

/// What a process does to samples before a loss is taken: a time for each, and noise of that time.
///
/// ```text
/// x_t = α(t)·x + σ(t)·z,   z ~ N(0, I)
/// ```
/// Sample i of a key takes its time from [TimeLaw] and its noise from step 0 of the key.
///
/// @param process α and σ
/// @param times the law of t
/// @param weighting λ
record Noising(LinearSde process, TimeLaw times, Weighting weighting) {
  /// The vectors of a definition that say t, λ, α and σ, each number D times, and z.
  static final int DRAWS = 5;

  // 2⁶⁴/φ, odd
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final long TIMES = 0x74696D65; // apart from other keys

  /// The share of the law of sample 0, as a fraction of 2⁶⁴.
  static long start(Key key) {
    return (long) (Noise.uniform(key.fold(TIMES), 0, 0) * 0x1p53) << 11;
  }

  /// The time of a sample.
  ///
  /// @param start of its key
  double time(long start, long sample) {
    return times.time(((start + sample * GOLDEN) >>> 11) * 0x1p-53);
  }

  /// λ and the weight of the law.
  double weight(double t) {
    return weighting.at(process, t) * times.weight(t);
  }

  /// Draws times and noise: times and weights of the tile, and z in its auxiliary rows.
  void draw(Tile tile) {
    Noise.normals(
        tile.key(), 0, tile.firstSample(), tile.samples(), tile.dim(), tile.auxiliary().data(), 0);
    long start = start(tile.key());
    for (int i = 0; i < tile.samples(); i++) {
      double t = time(start, tile.firstSample() + i);
      tile.times()[i] = t;
      tile.weights()[i] = (float) weight(t);
    }
  }

  /// Adds the noise: x_t where the first score of each sample is wanted, α·x for the others. Leaves
  /// −z/σ, the score of x_t given x, where z was.
  void corrupt(Tile tile) {
    int dim = tile.dim();
    float[] noise = tile.auxiliary().data();
    float[] input = tile.input();
    float[] x = tile.x().data();
    int evaluations = tile.evaluations();
    for (int i = 0; i < tile.samples(); i++) {
      Marginal marginal = process.marginal(tile.times()[i]);
      float scale = (float) marginal.meanScale();
      float std = (float) marginal.std();
      float inverse = (float) (-1 / marginal.std());
      for (int d = 0; d < dim; d++) {
        int at = i * dim + d;
        float mean = scale * x[at];
        int row = i * evaluations * dim + d;
        input[row] = mean + std * noise[at];
        for (int e = 1; e < evaluations; e++) {
          input[row + e * dim] = mean;
        }
        noise[at] *= inverse;
      }
    }
  }

  /// Writes the five vectors of each sample, and leaves room for more behind them.
  ///
  /// @param draws how many vectors a sample has
  void draw(Key key, long firstSample, Batch x, int draws, float[] out) {
    int dim = x.cols();
    long start = start(key);
    for (int i = 0; i < x.rows(); i++) {
      double t = time(start, firstSample + i);
      Marginal marginal = process.marginal(t);
      double[] numbers = {t, weight(t), marginal.meanScale(), marginal.std()};
      int row = i * draws * dim;
      for (double number : numbers) {
        java.util.Arrays.fill(out, row, row + dim, (float) number);
        row += dim;
      }
      Noise.normals(key, 0, firstSample + i, 1, dim, out, row);
    }
  }

  /// x_t of a definition.
  static Expr noised(Expr x, Expr draws) {
    return x.mul(draws.row(2)).add(draws.row(4).mul(draws.row(3)));
  }

  /// λ of a definition.
  static Expr weight(Expr draws) {
    return draws.row(1).get(0);
  }
}
