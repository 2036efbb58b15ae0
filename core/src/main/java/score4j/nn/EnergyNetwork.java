package score4j.nn;

import score4j.DifferentiableScore;
import score4j.EnergyScore;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.autodiff.BatchFunction;
import score4j.autodiff.Derivatives;
import score4j.autodiff.Expr;
import score4j.autodiff.Fn;
import score4j.autodiff.Weights;

/// A score that is the gradient of something: a network f with one output is the energy, and the
/// score is s = −∇f.
///
/// So the model is a density, p(x) ∝ e^(−f(x)), known up to a factor, and its Jacobian −∇²f is
/// symmetric. A score network of the same size is faster, and need not be any density's.
///
/// - **Cost**: a score is a forward and a backward pass; jvp and vjp take each of them about twice,
///   a divergence 1 + D times. It ignores the time.
/// - **Threads**: safe to call from several at once; a sample's bits do not depend on the others.
public final class EnergyNetwork implements DifferentiableScore, EnergyScore {
  private final Mlp mlp;
  private final Parameters parameters;
  private final DifferentiableScore score;
  private final BatchFunction energy;

  private EnergyNetwork(Mlp mlp, Parameters parameters) {
    this.mlp = mlp;
    this.parameters = parameters.copy();
    score =
        Fn.of(mlp.slices(), mlp.inputs(), (weights, x) -> score(mlp, weights, x))
            .asScore(parameters.data());
    energy =
        Fn.of(mlp.slices(), mlp.inputs(), (weights, x) -> energy(mlp, weights, x))
            .compile(Threads.ONE);
  }

  /// An energy network with the given parameters, which are copied.
  ///
  /// @throws IllegalArgumentException if the network has more than one output, or the parameters
  ///     are not of its layout
  public static EnergyNetwork of(Mlp mlp, Parameters parameters) {
    requireEnergy(mlp);
    mlp.requireParameters(parameters);
    return new EnergyNetwork(mlp, parameters);
  }

  /// The energy f(x) in a function that is being traced.
  public static Expr energy(Mlp mlp, Weights weights, Expr x) {
    requireEnergy(mlp);
    return mlp.apply(weights, x).get(0);
  }

  /// The score −∇f(x) in a function that is being traced: its definition.
  public static Expr score(Mlp mlp, Weights weights, Expr x) {
    return Derivatives.grad(u -> energy(mlp, weights, u), x).neg();
  }

  /// Checks that a network has one output.
  ///
  /// @throws IllegalArgumentException if it has more
  public static void requireEnergy(Mlp mlp) {
    if (mlp.outputs() != 1) {
      throw new IllegalArgumentException(
          "an energy has one output but the network has sizes %s: make the last 1"
              .formatted(mlp.sizes()));
    }
  }

  /// The architecture of f.
  public Mlp mlp() {
    return mlp;
  }

  /// A copy of the parameters.
  public Parameters parameters() {
    return parameters.copy();
  }

  /// f(xᵢ) = −log p(xᵢ) + a constant that nobody knows, in nats.
  ///
  /// Allocates, and serves one caller at a time.
  ///
  /// @param x samples, B × D
  /// @param out B numbers
  @Override
  public void energy(Batch x, float[] out) {
    x.requireCols("x", dim());
    if (out.length < x.rows()) {
      throw new IllegalArgumentException(
          "out has room for %d numbers but there are %d samples (B)"
              .formatted(out.length, x.rows()));
    }
    Batch values = Batch.zeros(x.rows(), 1);
    synchronized (energy) {
      energy.map(parameters.data(), x, values);
    }
    System.arraycopy(values.data(), 0, out, 0, x.rows());
  }

  @Override
  public int dim() {
    return mlp.inputs();
  }

  @Override
  public void score(Batch x, int from, int to, double t, Batch out) {
    score.score(x, from, to, t, out);
  }

  @Override
  public void jvp(Batch x, Batch v, double t, Batch out) {
    score.jvp(x, v, t, out);
  }

  @Override
  public void vjp(Batch x, Batch w, double t, Batch out) {
    score.vjp(x, w, t, out);
  }

  @Override
  public void divergence(Batch x, double t, float[] out) {
    score.divergence(x, t, out);
  }

  @Override
  public String toString() {
    return "EnergyNetwork[%s %s]".formatted(mlp.sizes(), mlp.activation());
  }
}
