package score4j.objective;

import java.util.Arrays;
import score4j.autodiff.Expr;
import score4j.nn.Tile;

/// Terms that several objectives share.
final class Heads {
  private Heads() {}

  /// ½ Σ xᵢ².
  static Expr halfSquare(Expr x) {
    return x.square().sum().mul(0.5);
  }

  /// loss = ½‖s‖², s̄ = s.
  static void halfSquaredNorm(Tile tile) {
    int dim = tile.dim();
    float[] score = tile.score();
    double[] losses = tile.losses();
    if (dim == 1) {
      // a loop that C2 makes vectors of
      for (int t = 0; t < tile.samples(); t++) {
        losses[t] = 0.5 * ((double) score[t] * score[t]);
      }
    } else {
      for (int t = 0; t < tile.samples(); t++) {
        losses[t] = 0.5 * squares(score, t * dim, dim);
      }
    }
    System.arraycopy(score, 0, tile.scoreBar(), 0, tile.samples() * dim);
  }

  // four sums, because one waits for itself
  private static double squares(float[] x, int from, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int to = from + n;
    int i = from;
    for (; i + 4 <= to; i += 4) {
      s0 += (double) x[i] * x[i];
      s1 += (double) x[i + 1] * x[i + 1];
      s2 += (double) x[i + 2] * x[i + 2];
      s3 += (double) x[i + 3] * x[i + 3];
    }
    for (; i < to; i++) {
      s0 += (double) x[i] * x[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /// loss += weight·Σ_k q_k, q̄_k = weight.
  static void addForms(Tile tile, float weight) {
    int k = tile.tangents();
    float[] forms = tile.forms();
    double[] losses = tile.losses();
    if (k == 1) {
      for (int t = 0; t < tile.samples(); t++) {
        losses[t] += (double) weight * forms[t];
      }
      Arrays.fill(tile.formsBar(), 0, tile.samples(), weight);
      return;
    }
    for (int t = 0; t < tile.samples(); t++) {
      double sum = 0;
      for (int i = t * k; i < (t + 1) * k; i++) {
        sum += forms[i];
      }
      losses[t] += weight * sum;
    }
    Arrays.fill(tile.formsBar(), 0, tile.samples() * k, weight);
  }

  /// loss = ½‖s − target‖², s̄ = s − target.
  static void halfSquaredError(Tile tile, float[] target) {
    int dim = tile.dim();
    float[] score = tile.score();
    float[] error = tile.scoreBar();
    for (int i = 0; i < tile.samples() * dim; i++) {
      error[i] = score[i] - target[i];
    }
    for (int t = 0; t < tile.samples(); t++) {
      tile.losses()[t] = 0.5 * squares(error, t * dim, dim);
    }
  }

  /// With s at the noised point in the first row of a sample and s₀ where there is no noise in the
  /// second: loss = ½‖s‖² − (s − s₀)·target, s̄ = s − target, s̄₀ = target.
  static void controlledError(Tile tile, float[] target) {
    int dim = tile.dim();
    float[] score = tile.score();
    float[] bar = tile.scoreBar();
    for (int t = 0; t < tile.samples(); t++) {
      int noised = 2 * t * dim;
      int clean = noised + dim;
      double along = 0;
      for (int d = 0; d < dim; d++) {
        float goal = target[t * dim + d];
        along += ((double) score[noised + d] - score[clean + d]) * goal;
        bar[noised + d] = score[noised + d] - goal;
        bar[clean + d] = goal;
      }
      tile.losses()[t] = 0.5 * squares(score, noised, dim) - along;
    }
  }

  /// ½‖s‖² − (s − s₀)·target.
  static Expr controlledError(Expr score, Expr clean, Expr target) {
    return halfSquare(score).sub(score.sub(clean).mul(target).sum());
  }

  /// Multiplies the loss of each sample with a weight.
  static void scale(Tile tile, float[] weights) {
    int samples = tile.samples();
    int scores = tile.evaluations() * tile.dim();
    int forms = tile.evaluations() * tile.tangents();
    for (int t = 0; t < samples; t++) {
      float weight = weights[t];
      tile.losses()[t] *= weight;
      for (int i = t * scores; i < (t + 1) * scores; i++) {
        tile.scoreBar()[i] *= weight;
      }
      for (int i = t * forms; i < (t + 1) * forms; i++) {
        tile.formsBar()[i] *= weight;
      }
    }
  }
}
