package score4j.objective;

import java.util.Objects;
import java.util.function.UnaryOperator;
import score4j.array.Batch;
import score4j.autodiff.Expr;
import score4j.autodiff.Shape;
import score4j.nn.Forms;
import score4j.nn.Tile;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;
import score4j.rng.Key;

/// Implicit score matching, exact or sliced, at many noise levels or at all times of a process:
/// learns s(x, t) = ∇ log p_t(x) without the score of the noise.
///
/// ```text
/// J(θ) = E_t λ(t)·E_{x_t} [ J_inner(s(·, t), x_t) ],   x_t = α·x + σ·z       Song et al. 2021, A
/// ```
/// - **Minimum**: −½E_t λ(t)·E‖∇ log p_t‖² (plus the penalty of the inner objective).
/// - **Cost**: that of the inner objective. Its error does not grow as σ falls, unlike that of
///   denoising.
///
/// @param inner an objective that knows the data alone: [ExactTrace], [Regularized] or [Sliced]
/// @param process α and σ
/// @param times the law of t
/// @param weighting λ
public record DiffusionImplicit(
    Objective inner, LinearSde process, TimeLaw times, Weighting weighting) implements Objective {
  /// Checks that the inner objective is implicit.
  public DiffusionImplicit {
    Objects.requireNonNull(process, "process");
    Objects.requireNonNull(times, "times");
    Objects.requireNonNull(weighting, "weighting");
    switch (inner) {
      case ExactTrace exact -> {}
      case Regularized regularized -> {}
      case Sliced sliced -> {}
      default ->
          throw new IllegalArgumentException(
              "inner must be ExactTrace, Regularized or Sliced but was %s: for denoising use DiffusionDenoising"
                  .formatted(inner));
    }
  }

  /// All times of a process, weighted with σ².
  public static DiffusionImplicit of(Objective inner, LinearSde process) {
    return new DiffusionImplicit(inner, process, TimeLaw.uniform(process), Weighting.variance());
  }

  /// The levels of a ladder, weighted with σ².
  public static DiffusionImplicit of(Objective inner, SigmaLadder ladder) {
    return new DiffusionImplicit(
        inner, ladder.process(), TimeLaw.levels(ladder), Weighting.variance());
  }

  private Noising noising() {
    return new Noising(process, times, weighting);
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public int tangents(int dim) {
    return inner.tangents(dim);
  }

  @Override
  public Forms forms() {
    return inner.forms();
  }

  // noise is step 0 of the key; probes come from another key
  @Override
  public void prepare(Tile tile) {
    Noising noising = noising();
    noising.draw(tile);
    noising.corrupt(tile);
    if (inner instanceof Sliced sliced) {
      sliced.fill(tile, probes(tile.key()));
    }
  }

  private static Key probes(Key key) {
    return key.fold(1);
  }

  @Override
  public void evaluate(Tile tile) {
    inner.evaluate(tile);
    Heads.scale(tile, tile.weights());
  }

  @Override
  public int draws() {
    return Noising.DRAWS + inner.draws();
  }

  @Override
  public void draw(Key key, long firstSample, Batch x, float[] out) {
    noising().draw(key, firstSample, x, draws(), out);
    int own = inner.draws() * x.cols();
    float[] drawn = new float[x.rows() * own];
    inner.draw(probes(key), firstSample, x, drawn);
    for (int i = 0; i < x.rows(); i++) {
      System.arraycopy(drawn, i * own, out, (i * draws() + Noising.DRAWS) * x.cols(), own);
    }
  }

  /// @param draws t, λ, α and σ, each D times, z, and what the inner objective draws
  @Override
  public Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws) {
    int dim = x.shape().size();
    Expr own =
        draws
            .reshape(Shape.vector(draws() * dim))
            .slice((inner.draws() == 0 ? 0 : Noising.DRAWS) * dim, draws() * dim)
            .reshape(Shape.matrix(inner.draws() == 0 ? Noising.DRAWS : inner.draws(), dim));
    return inner.loss(score, Noising.noised(x, draws), own).mul(Noising.weight(draws));
  }
}
