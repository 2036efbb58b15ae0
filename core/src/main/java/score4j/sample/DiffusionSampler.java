package score4j.sample;

import score4j.Score;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;

/// A sampler that leads noise back to data, so that it knows where to start.
public interface DiffusionSampler extends Sampler {
  /// The standard deviation of the normal law N(0, std²·I) that chains start from.
  double startStd();

  /// Starts for chains, drawn by number: row r is sample `firstSample` + r.
  ///
  /// ```text
  /// x = startStd·z,   z the normals of step 0 under key.fold(0)
  /// ```
  default Batch start(int rows, int cols, long firstSample, Key key) {
    Batch x = Batch.zeros(rows, cols);
    Noise.normals(key.fold(0), 0, firstSample, rows, cols, x.data(), 0);
    float std = (float) startStd();
    for (int i = 0; i < x.data().length; i++) {
      x.data()[i] *= std;
    }
    return x;
  }

  /// `n` samples, from starts drawn under the key.
  ///
  /// @throws ArithmeticException if a chain leaves the finite numbers; names the step, the key and
  ///     the row
  default Batch sample(Score score, int n, Key key) {
    return sample(score, n, 0, key);
  }

  /// `n` samples of many: row r is sample `firstSample` + r, whatever part it is drawn with.
  ///
  /// @throws ArithmeticException if a chain leaves the finite numbers; names the step, the key and
  ///     the row
  default Batch sample(Score score, int n, long firstSample, Key key) {
    Batch x = start(n, score.dim(), firstSample, key);
    run(score, x, firstSample, key, Math.max(1, steps()), (step, state) -> {});
    return x;
  }
}
