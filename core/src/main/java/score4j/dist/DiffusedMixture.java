package score4j.dist;

import java.util.Arrays;
import java.util.Objects;
import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Marginal;

/// A Gaussian mixture under a linear process: the exact law p_t of a sample at every time, its
/// score, and what it says of where the sample began. It is what a network of x and t would learn,
/// without error.
///
/// ```text
/// x_t = α·x₀ + σ·z          p_t = Σ wₖ N(α·mₖ, α²·Σₖ + σ²·I)          α, σ of the process at t
/// E[x₀ | x_t] = (x_t + σ²·∇ log p_t(x_t))/α                          Tweedie; Efron 2011
/// ```
/// Methods on points, in double, are the definition; those on batches round results to float and
/// are otherwise the same.
/// - **Cost**: once K eigen-decompositions of D³; a time K·D divisions and logarithms; a point K·D²
///   operations for log density and as many for the score, K·D where covariances are diagonal.
/// - **Allocation**: about 3·K·D numbers a call, none for a row.
public final class DiffusedMixture implements DifferentiableScore {
  private final GaussianMixture law;
  private final LinearSde process;
  final Axes[] axes;
  final double[] means; // K × D
  final double[] logWeights;

  DiffusedMixture(GaussianMixture law, LinearSde process) {
    this.law = law;
    this.process = Objects.requireNonNull(process, "process");
    int count = law.components().size();
    axes = new Axes[count];
    means = new double[count * law.dim()];
    for (int k = 0; k < count; k++) {
      Gaussian component = law.components().get(k);
      axes[k] = component.axes();
      System.arraycopy(component.mean(), 0, means, k * law.dim(), law.dim());
    }
    logWeights = Arrays.stream(law.weights()).map(Math::log).toArray();
  }

  /// The law at t = 0 of the data, before any noise.
  public GaussianMixture law() {
    return law;
  }

  /// The process that it is under.
  public LinearSde process() {
    return process;
  }

  @Override
  public int dim() {
    return law.dim();
  }

  /// The law p_t, as a law that does not move.
  @Override
  public GaussianMixture at(double t) {
    return law.at(process, t);
  }

  /// log p_t(x) in nats.
  ///
  /// @throws IllegalArgumentException if x does not have D coordinates
  public double logDensity(double[] x, double t) {
    return locate(x, t).logDensity();
  }

  /// Writes log p_t(xᵢ) into `out[i]`.
  ///
  /// @param x samples, B × D
  /// @param out at least B numbers
  public void logDensity(Batch x, double t, double[] out) {
    Rows.places(out.length, x, dim());
    Snapshot snapshot = new Snapshot(this).at(t);
    double[] point = new double[dim()];
    for (int r = 0; r < x.rows(); r++) {
      Rows.read(x, r, point);
      out[r] = snapshot.locate(point).logDensity();
    }
  }

  /// The score ∇ log p_t(x), in a new array.
  ///
  /// @throws IllegalArgumentException if x does not have D coordinates
  public double[] score(double[] x, double t) {
    return locate(x, t).score();
  }

  /// H·v, H the Hessian of log p_t at x, in a new array.
  ///
  /// @throws IllegalArgumentException if x or v does not have D coordinates
  public double[] jvp(double[] x, double[] v, double t) {
    Checks.length("v", v, dim());
    Snapshot snapshot = locate(x, t);
    snapshot.score();
    double[] out = new double[dim()];
    snapshot.jvp(v, out);
    return out;
  }

  /// The divergence of the score Δ log p_t(x).
  ///
  /// @throws IllegalArgumentException if x does not have D coordinates
  public double divergence(double[] x, double t) {
    Snapshot snapshot = locate(x, t);
    snapshot.score();
    return snapshot.divergence();
  }

  /// The mean of what the sample was at t = 0, E[x₀ | x_t = x], in a new array: the best denoiser.
  ///
  /// @throws IllegalArgumentException if x does not have D coordinates
  public double[] denoised(double[] x, double t) {
    return locate(x, t).denoised();
  }

  /// The law of what the sample was at t = 0, given x_t = x: a mixture again.
  ///
  /// ```text
  /// component k: share rₖ(x), axes of Σₖ, mean mₖ + Σᵢ αλᵢΛᵢyᵢ·uᵢ, variances λᵢσ²Λᵢ
  /// Λᵢ = 1/(α²λᵢ + σ²),   yᵢ = uᵢ·(x − α·mₖ)
  /// ```
  /// Components of share 0, to rounding, are left out.
  ///
  /// @throws IllegalArgumentException if x does not have D coordinates or is not finite, or there
  ///     is no noise at t
  public GaussianMixture posterior(double[] x, double t) {
    Checks.finite("x", x);
    Marginal marginal = process.marginal(t);
    if (!(marginal.std() > 0)) {
      throw new IllegalArgumentException(
          "t must be a time with noise, since without x₀ is x itself, but was %s".formatted(t));
    }
    return locate(x, t).posterior(marginal);
  }

  private Snapshot locate(double[] x, double t) {
    Checks.length("x", x, dim());
    return new Snapshot(this).at(t).locate(x);
  }

  @Override
  public void score(Batch x, int from, int to, double t, Batch out) {
    Objects.checkFromToIndex(from, to, x.rows());
    Rows.check("x", x, "out", out, dim());
    Snapshot snapshot = new Snapshot(this).at(t);
    double[] point = new double[dim()];
    for (int r = from; r < to; r++) {
      Rows.read(x, r, point);
      Rows.write(snapshot.locate(point).score(), out, r);
    }
  }

  @Override
  public void score(Batch x, int from, int to, double[] t, Batch out) {
    Objects.checkFromToIndex(from, to, x.rows());
    Objects.checkFromToIndex(from, to, t.length);
    Rows.check("x", x, "out", out, dim());
    Snapshot snapshot = new Snapshot(this);
    double[] point = new double[dim()];
    for (int r = from; r < to; r++) {
      Rows.read(x, r, point);
      Rows.write(snapshot.at(t[r]).locate(point).score(), out, r);
    }
  }

  @Override
  public void jvp(Batch x, Batch v, double t, Batch out) {
    Rows.check("x", x, "v", v, dim());
    Rows.check("x", x, "out", out, dim());
    Rows.check("v", v, "out", out, dim());
    Snapshot snapshot = new Snapshot(this).at(t);
    double[] point = new double[dim()];
    double[] direction = new double[dim()];
    double[] product = new double[dim()];
    for (int r = 0; r < x.rows(); r++) {
      Rows.read(x, r, point);
      Rows.read(v, r, direction);
      snapshot.locate(point).score();
      snapshot.jvp(direction, product);
      Rows.write(product, out, r);
    }
  }

  /// The same as [#jvp(Batch, Batch, double, Batch)]: a Hessian is symmetric.
  @Override
  public void vjp(Batch x, Batch w, double t, Batch out) {
    jvp(x, w, t, out);
  }

  @Override
  public void divergence(Batch x, double t, float[] out) {
    Rows.places(out.length, x, dim());
    Snapshot snapshot = new Snapshot(this).at(t);
    double[] point = new double[dim()];
    for (int r = 0; r < x.rows(); r++) {
      Rows.read(x, r, point);
      snapshot.locate(point).score();
      out[r] = (float) snapshot.divergence();
    }
  }

  @Override
  public void scoreAndDivergence(
      Batch x, int from, int to, double[] t, Batch score, float[] divergence) {
    Objects.checkFromToIndex(from, to, x.rows());
    Objects.checkFromToIndex(from, to, t.length);
    Objects.checkFromToIndex(from, to, divergence.length);
    Rows.check("x", x, "out", score, dim());
    Snapshot snapshot = new Snapshot(this);
    double[] point = new double[dim()];
    for (int r = from; r < to; r++) {
      Rows.read(x, r, point);
      Rows.write(snapshot.at(t[r]).locate(point).score(), score, r);
      divergence[r] = (float) snapshot.divergence();
    }
  }

  @Override
  public void scoreAndForms(
      Batch x,
      int from,
      int to,
      double[] t,
      float[] directions,
      int count,
      Batch score,
      float[] forms) {
    Objects.checkFromToIndex(from, to, x.rows());
    Objects.checkFromToIndex(from, to, t.length);
    Rows.check("x", x, "out", score, dim());
    int dim = dim();
    Snapshot snapshot = new Snapshot(this);
    double[] point = new double[dim];
    for (int r = from; r < to; r++) {
      Rows.read(x, r, point);
      Rows.write(snapshot.at(t[r]).locate(point).score(), score, r);
      for (int k = r * count; k < (r + 1) * count; k++) {
        for (int d = 0; d < dim; d++) {
          point[d] = directions[k * dim + d];
        }
        forms[k] = (float) snapshot.form(point);
      }
    }
  }

  @Override
  public String toString() {
    return "DiffusedMixture[%s under %s]".formatted(law, process);
  }
}
