package score4j.objective;

import java.util.function.UnaryOperator;
import score4j.autodiff.Derivatives;
import score4j.autodiff.Expr;
import score4j.nn.Forms;
import score4j.nn.Tile;

/// Implicit score matching with the exact trace of the Jacobian.
///
/// ```text
/// J(θ) = E_x [ ½‖s(x)‖² + tr ∂s/∂x ]                    Hyvärinen 2005, equation 4
/// ```
/// - **Minimum**: −½E‖∇ log p‖², reached by the score of the data; J + ½E‖∇ log p‖² is the Fisher
///   divergence.
/// - **Cost**: less than one directional derivative a sample, whatever D is, for networks of one or
///   two hidden layers; for deeper ones D of them, or as many as the narrowest layer has units.
public record ExactTrace() implements Objective {
  @Override
  public String name() {
    return "exact";
  }

  @Override
  public int tangents(int dim) {
    return 1;
  }

  @Override
  public Forms forms() {
    return Forms.TRACE;
  }

  @Override
  public float implicitWeight() {
    return 1;
  }

  @Override
  public void evaluate(Tile tile) {
    Heads.halfSquaredNorm(tile);
    Heads.addForms(tile, 1f);
  }

  @Override
  public int draws() {
    return 0;
  }

  @Override
  public Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws) {
    return Heads.halfSquare(score.apply(x)).add(Derivatives.divergence(score, x));
  }
}
