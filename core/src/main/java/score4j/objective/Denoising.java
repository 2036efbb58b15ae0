package score4j.objective;

import java.util.function.UnaryOperator;
import score4j.array.Batch;
import score4j.autodiff.Expr;
import score4j.nn.Tile;
import score4j.rng.Key;
import score4j.rng.Noise;

/// Denoising score matching at one noise level: learns the score of the data with Gaussian noise
/// added.
///
/// ```text
/// J(θ) = E_x E_z [ ½‖s(x + σz) + z/σ‖² ],   z ~ N(0, I)                 Vincent 2011, equation 11
/// ```
/// - **Minimum**: ½(D/σ² − E‖∇ log p_σ‖²), where p_σ is the law of x + σz; large at small σ even
///   for a perfect network.
/// - **Cost**: no derivative of the score.
///
/// @param sigma σ > 0, in the units of the data
public record Denoising(double sigma) implements Objective {
  /// Checks that σ is positive and that a float holds it and its inverse.
  public Denoising {
    // σ and 1/σ enter as floats
    if (!(sigma >= 1e-30 && sigma <= 1e30)) {
      throw new IllegalArgumentException(
          "sigma must be between 1e-30 and 1e30 but was %s: try a tenth of the data's standard deviation"
              .formatted(sigma));
    }
  }

  @Override
  public String name() {
    return "denoising";
  }

  @Override
  public int tangents(int dim) {
    return 0;
  }

  @Override
  public void prepare(Tile tile) {
    Noise.normals(
        tile.key(), 0, tile.firstSample(), tile.samples(), tile.dim(), tile.auxiliary().data(), 0);
    corrupt(tile);
  }

  /// Makes the input x + σz and leaves the target −z/σ where the noise z was.
  void corrupt(Tile tile) {
    float[] noise = tile.auxiliary().data();
    float[] input = tile.input();
    float scale = (float) sigma;
    float inverse = (float) (-1 / sigma);
    for (int i = 0; i < tile.samples() * tile.dim(); i++) {
      input[i] += scale * noise[i];
      noise[i] *= inverse;
    }
  }

  @Override
  public void evaluate(Tile tile) {
    Heads.halfSquaredError(tile, tile.auxiliary().data());
  }

  @Override
  public boolean differentiatesScore() {
    return false;
  }

  @Override
  public int draws() {
    return 1;
  }

  @Override
  public void draw(Key key, long firstSample, Batch x, float[] out) {
    Noise.normals(key, 0, firstSample, x.rows(), x.cols(), out, 0);
  }

  @Override
  public Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws) {
    Expr noise = draws.row(0);
    return Heads.halfSquare(score.apply(x.add(noise.mul(sigma))).add(noise.div(sigma)));
  }
}
