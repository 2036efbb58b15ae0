package score4j.objective;

import java.util.function.UnaryOperator;
import score4j.autodiff.Derivatives;
import score4j.autodiff.Expr;
import score4j.nn.Forms;
import score4j.nn.Tile;

/// Implicit score matching with a penalty on the curvature, which keeps a flexible network from
/// sharpening the density at each data point.
///
/// ```text
/// J(θ) = E_x [ ½‖s(x)‖² + tr ∂s/∂x + λ·Σᵢ (∂sᵢ/∂xᵢ)² ]         Kingma & LeCun 2010, equation 8
/// ```
/// The sum is over the squared diagonal entries, not the square of the trace.
///
/// @param lambda λ ≥ 0
public record Regularized(double lambda) implements Objective {
  /// Checks that λ is not negative and that a float holds it.
  public Regularized {
    if (!(lambda >= 0 && lambda <= 1e30)) {
      throw new IllegalArgumentException(
          "lambda must be between 0 and 1e30 but was %s: 0.1 is a usual choice".formatted(lambda));
    }
  }

  @Override
  public String name() {
    return "regularized";
  }

  @Override
  public int tangents(int dim) {
    return dim;
  }

  @Override
  public Forms forms() {
    return Forms.DIAGONAL;
  }

  @Override
  public void evaluate(Tile tile) {
    Heads.halfSquaredNorm(tile);
    Heads.addForms(tile, 1f);
    int k = tile.tangents();
    float[] forms = tile.forms();
    for (int t = 0; t < tile.samples(); t++) {
      double sum = 0;
      for (int i = t * k; i < (t + 1) * k; i++) {
        sum += (double) forms[i] * forms[i];
        tile.formsBar()[i] += (float) (2 * lambda * forms[i]);
      }
      tile.losses()[t] += lambda * sum;
    }
  }

  @Override
  public int draws() {
    return 0;
  }

  @Override
  public Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws) {
    Expr diagonal = Derivatives.diagonal(score, x);
    return Heads.halfSquare(score.apply(x))
        .add(diagonal.sum())
        .add(diagonal.square().sum().mul(lambda));
  }
}
