package score4j.objective;

import java.util.function.UnaryOperator;
import score4j.array.Batch;
import score4j.autodiff.Expr;
import score4j.nn.Tile;
import score4j.rng.Key;
import score4j.rng.Noise;

/// Denoising score matching at one noise level with a control variate, for noise that is small
/// beside the data.
///
/// ```text
/// J(θ) = E_x E_z [ ½‖s(x + σz)‖² + (s(x + σz) − s(x))·z/σ ],   z ~ N(0, I)
/// ```
/// [Denoising] is this plus s(x)·z/σ, whose mean is 0 and whose variance grows as 1/σ², and plus
/// ½‖z‖²/σ², which does not depend on the network. So the gradients have the same expectation.
/// - **Minimum**: −½E‖∇ log p_σ‖², where p_σ is the law of x + σz: comparable to that of the
///   implicit losses, where Denoising shows ½D/σ² more.
/// - **Cost**: two evaluations of the network, no derivative of the score.
///
/// @param sigma σ > 0, in the units of the data
public record ControlledDenoising(double sigma) implements Objective {
  /// Checks that σ is positive and that a float holds it and its inverse.
  public ControlledDenoising {
    sigma = new Denoising(sigma).sigma(); // which checks it
  }

  @Override
  public String name() {
    return "denoising-controlled";
  }

  @Override
  public int tangents(int dim) {
    return 0;
  }

  @Override
  public int evaluations() {
    return 2;
  }

  @Override
  public void prepare(Tile tile) {
    int dim = tile.dim();
    float[] noise = tile.auxiliary().data();
    Noise.normals(tile.key(), 0, tile.firstSample(), tile.samples(), dim, noise, 0);
    float scale = (float) sigma;
    float inverse = (float) (-1 / sigma);
    for (int t = 0; t < tile.samples(); t++) {
      for (int d = 0; d < dim; d++) {
        tile.input()[2 * t * dim + d] += scale * noise[t * dim + d];
        noise[t * dim + d] *= inverse;
      }
    }
  }

  @Override
  public void evaluate(Tile tile) {
    Heads.controlledError(tile, tile.auxiliary().data());
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
    return Heads.controlledError(
        score.apply(x.add(noise.mul(sigma))), score.apply(x), noise.div(sigma).neg());
  }
}
