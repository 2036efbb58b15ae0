package score4j.objective;

import java.util.Objects;
import java.util.function.UnaryOperator;
import score4j.Score;
import score4j.array.Batch;
import score4j.autodiff.Expr;
import score4j.nn.Tile;
import score4j.rng.Key;

/// Explicit score matching against a score that is known: the Fisher divergence itself.
///
/// ```text
/// J(θ) = E_x [ ½‖s(x) − ∇ log p(x)‖² ]                                  Hyvärinen 2005, equation 2
/// ```
/// For checks and for distilling one score into another; data alone do not offer ∇ log p.
///
/// @param truth the score to match
public record Explicit(Score truth) implements Objective {
  /// Checks that there is a score.
  public Explicit {
    Objects.requireNonNull(truth, "truth");
  }

  @Override
  public String name() {
    return "explicit";
  }

  @Override
  public int tangents(int dim) {
    if (truth.dim() != dim) {
      throw new IllegalArgumentException(
          "truth has %d dimensions but the network %d (D): choose a network of that size"
              .formatted(truth.dim(), dim));
    }
    return 0;
  }

  @Override
  public void prepare(Tile tile) {
    truth.score(tile.x(), 0, tile.samples(), 0, tile.auxiliary());
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
    truth.score(x, 0, x.rows(), 0, Batch.wrap(out, x.rows(), x.cols()));
  }

  @Override
  public Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws) {
    return Heads.halfSquare(score.apply(x).sub(draws.row(0)));
  }
}
