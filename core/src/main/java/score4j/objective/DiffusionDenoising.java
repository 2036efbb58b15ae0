package score4j.objective;

import java.util.function.UnaryOperator;
import score4j.array.Batch;
import score4j.autodiff.Expr;
import score4j.nn.Tile;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;
import score4j.rng.Key;

/// Denoising score matching at many noise levels, or at all times of a process: learns s(x, t) = ∇
/// log p_t(x).
///
/// ```text
/// J(θ) = E_t λ(t)·E_x E_z [ ½‖s(x_t, t) + z/σ‖² ],   x_t = α·x + σ·z
///                                          Song & Ermon 2019, equation 6; Song et al. 2021, eq. 7
/// with the control variate
/// J(θ) = E_t λ(t)·E_x E_z [ ½‖s(x_t, t)‖² + (s(x_t, t) − s(α·x, t))·z/σ ]
/// ```
/// - **Minimum**: ½E_t λ(D/σ² − E‖∇ log p_t‖²), large at small σ even for a perfect network; with
///   the control variate −½E_t λE‖∇ log p_t‖², because the constant ½λD/σ² is left out.
/// - **Control variate**: the gradient has the same expectation, and where σ is small beside the
///   data it varies far less, since s(α·x, t)·z/σ is most of the noise and its mean is 0.
/// - **Cost**: no derivative of the score; two evaluations with the control variate.
///
/// @param process α and σ
/// @param times the law of t
/// @param weighting λ
/// @param controlVariate whether s(α·x, t)·z/σ is taken off
public record DiffusionDenoising(
    LinearSde process, TimeLaw times, Weighting weighting, boolean controlVariate)
    implements Objective {
  /// Checks that nothing is null.
  public DiffusionDenoising {
    java.util.Objects.requireNonNull(process, "process");
    java.util.Objects.requireNonNull(times, "times");
    java.util.Objects.requireNonNull(weighting, "weighting");
  }

  /// All times of a process, weighted with σ².
  public static DiffusionDenoising of(LinearSde process) {
    return new DiffusionDenoising(process, TimeLaw.uniform(process), Weighting.variance(), false);
  }

  /// The levels of a ladder, weighted with σ², as noise conditional score networks are trained. The
  /// process is [SigmaLadder#process].
  public static DiffusionDenoising of(SigmaLadder ladder) {
    return new DiffusionDenoising(
        ladder.process(), TimeLaw.levels(ladder), Weighting.variance(), false);
  }

  /// All times of a process, weighted with g² for likelihood and drawn where that loss is large.
  public static DiffusionDenoising likelihood(LinearSde process) {
    Weighting weighting = Weighting.likelihood();
    double from = Math.max(process.earliestTime(), 1e-5);
    return new DiffusionDenoising(
        process, new TimeLaw.Importance(process, weighting, from), weighting, false);
  }

  /// Log-normal noise levels and the weighting of Karras et al. 2022.
  ///
  /// @param dataStd the standard deviation of the data, 1 if standardised
  public static DiffusionDenoising edm(LinearSde process, double dataStd) {
    return new DiffusionDenoising(
        process,
        new TimeLaw.LogNormal(process, -1.2 + StrictMath.log(dataStd / 0.5), 1.2),
        new Weighting.Edm(dataStd),
        false);
  }

  /// The same with or without the control variate.
  public DiffusionDenoising withControlVariate(boolean controlVariate) {
    return new DiffusionDenoising(process, times, weighting, controlVariate);
  }

  /// The same with another law of t.
  public DiffusionDenoising withTimes(TimeLaw times) {
    return new DiffusionDenoising(process, times, weighting, controlVariate);
  }

  /// The same with another weighting.
  public DiffusionDenoising withWeighting(Weighting weighting) {
    return new DiffusionDenoising(process, times, weighting, controlVariate);
  }

  private Noising noising() {
    return new Noising(process, times, weighting);
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
  public int evaluations() {
    return controlVariate ? 2 : 1;
  }

  @Override
  public void prepare(Tile tile) {
    Noising noising = noising();
    noising.draw(tile);
    noising.corrupt(tile);
  }

  @Override
  public void evaluate(Tile tile) {
    if (controlVariate) {
      Heads.controlledError(tile, tile.auxiliary().data());
    } else {
      Heads.halfSquaredError(tile, tile.auxiliary().data());
    }
    Heads.scale(tile, tile.weights());
  }

  @Override
  public boolean differentiatesScore() {
    return false;
  }

  @Override
  public int draws() {
    return Noising.DRAWS;
  }

  @Override
  public void draw(Key key, long firstSample, Batch x, float[] out) {
    noising().draw(key, firstSample, x, draws(), out);
  }

  /// @param draws t, λ, α and σ, each D times, and z
  @Override
  public Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws) {
    Expr target = draws.row(4).div(draws.row(3)).neg();
    Expr s = score.apply(Noising.noised(x, draws));
    Expr loss =
        controlVariate
            ? Heads.controlledError(s, score.apply(x.mul(draws.row(2))), target)
            : Heads.halfSquare(s.sub(target));
    return loss.mul(Noising.weight(draws));
  }
}
