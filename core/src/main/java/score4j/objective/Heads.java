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
    for (int t = 0; t < tile.samples(); t++) {
      double sum = 0;
      for (int d = t * dim; d < (t + 1) * dim; d++) {
        sum += (double) score[d] * score[d];
      }
      tile.losses()[t] = 0.5 * sum;
    }
    System.arraycopy(score, 0, tile.scoreBar(), 0, tile.samples() * dim);
  }

  /// loss += weight·Σ_k q_k, q̄_k = weight.
  static void addForms(Tile tile, float weight) {
    int k = tile.tangents();
    float[] forms = tile.forms();
    for (int t = 0; t < tile.samples(); t++) {
      double sum = 0;
      for (int i = t * k; i < (t + 1) * k; i++) {
        sum += forms[i];
      }
      tile.losses()[t] += weight * sum;
    }
    Arrays.fill(tile.formsBar(), 0, tile.samples() * k, weight);
  }

  /// loss = ½‖s − target‖², s̄ = s − target.
  static void halfSquaredError(Tile tile, float[] target) {
    int dim = tile.dim();
    float[] score = tile.score();
    for (int t = 0; t < tile.samples(); t++) {
      double sum = 0;
      for (int d = t * dim; d < (t + 1) * dim; d++) {
        float error = score[d] - target[d];
        tile.scoreBar()[d] = error;
        sum += (double) error * error;
      }
      tile.losses()[t] = 0.5 * sum;
    }
  }
}
