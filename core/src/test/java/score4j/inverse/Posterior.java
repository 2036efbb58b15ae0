package score4j.inverse;

import score4j.Score;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.process.LinearSde;
import score4j.process.TimeGrid;
import score4j.rng.Key;
import score4j.sample.ReverseSde;

/// Samples of a reverse diffusion, and how far they are from a mixture that is known.
final class Posterior {
  /// Distances of samples from a law: of means and covariances entry by entry, of mode weights, in
  /// units of the law.
  record Distance(double mean, double covariance, double weights) {}

  private Posterior() {}

  static Batch sample(Score score, LinearSde process, TimeGrid grid, int n, Key key) {
    return ReverseSde.of(process, grid).withDenoise(false).sample(score, n, key);
  }

  static Distance distance(Batch x, GaussianMixture law) {
    int dim = law.dim();
    int n = x.rows();
    double[] mean = law.mean();
    double[][] covariance = law.covariance();
    double[] m = new double[dim];
    double[][] c = new double[dim][dim];
    double[] w = new double[law.components().size()];
    double[] point = new double[dim];
    for (int r = 0; r < n; r++) {
      Guidance.read(x, r, point);
      int best = 0;
      double most = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < w.length; k++) {
        Gaussian component = law.components().get(k);
        double log = component.logDensity(point) + Math.log(law.weights()[k]);
        if (log > most) {
          most = log;
          best = k;
        }
      }
      w[best] += 1.0 / n;
      for (int i = 0; i < dim; i++) {
        m[i] += point[i] / n;
        for (int j = 0; j < dim; j++) {
          c[i][j] += (point[i] - mean[i]) * (point[j] - mean[j]) / n;
        }
      }
    }
    double ofMean = 0;
    double ofCovariance = 0;
    double ofWeights = 0;
    for (int i = 0; i < dim; i++) {
      ofMean = Math.max(ofMean, Math.abs(m[i] - mean[i]) / Math.sqrt(covariance[i][i]));
      for (int j = 0; j < dim; j++) {
        double scale = Math.sqrt(covariance[i][i] * covariance[j][j]);
        double shift = (m[i] - mean[i]) * (m[j] - mean[j]);
        ofCovariance = Math.max(ofCovariance, Math.abs(c[i][j] - shift - covariance[i][j]) / scale);
      }
    }
    for (int k = 0; k < w.length; k++) {
      ofWeights = Math.max(ofWeights, Math.abs(w[k] - law.weights()[k]));
    }
    return new Distance(ofMean, ofCovariance, ofWeights);
  }
}
