package score4j.dist;

import java.util.Objects;
import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Marginal;

/// A smoothed table under a linear process: the score that denoising learns if nothing stops it,
/// at every time. Run backwards with it, the process ends in the rows of the table.
///
/// ```text
/// p_t(x) = α⁻ᴰ·q(x/α),   q the table smoothed by √(sigma² + (σ/α)²)       α, σ of the process
/// score  = ∇ log q(x/α)/α        Hessian = ∇² log q(x/α)/α²
/// ```
/// - **Cost**: that of [Empirical], N·D operations a point.
public final class DiffusedEmpirical implements DifferentiableScore {
  private final Empirical law;
  private final LinearSde process;

  DiffusedEmpirical(Empirical law, LinearSde process) {
    this.law = law;
    this.process = Objects.requireNonNull(process, "process");
  }

  /// The law at t = 0 of the data.
  public Empirical law() {
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

  /// The law p_t, as a law that does not move; it copies the table.
  @Override
  public Empirical at(double t) {
    return law.at(process, t);
  }

  /// q at one time, and a point that moves.
  private final class Moment {
    private final double scale;
    private final Empirical smoothed;
    private final double[] point = new double[dim()];
    private final double[] direction = new double[dim()];
    private final double[] out = new double[dim()];

    Moment(double t) {
      Marginal marginal = process.marginal(t);
      scale = marginal.meanScale();
      smoothed = law.smoothed(marginal.noiseLevel());
    }

    void locate(Batch x, int row) {
      Rows.read(x, row, point);
      for (int i = 0; i < point.length; i++) {
        point[i] /= scale;
      }
    }

    double logDensity() {
      return smoothed.logDensity(point) - point.length * Math.log(scale);
    }

    void score(Batch to, int row) {
      smoothed.score(point, out);
      for (int i = 0; i < out.length; i++) {
        out[i] /= scale;
      }
      Rows.write(out, to, row);
    }

    void jvp(Batch v, Batch to, int row) {
      Rows.read(v, row, direction);
      smoothed.jvp(point, direction, out);
      for (int i = 0; i < out.length; i++) {
        out[i] /= scale * scale;
      }
      Rows.write(out, to, row);
    }

    double divergence() {
      return smoothed.divergence(point) / (scale * scale);
    }
  }

  /// Writes log p_t(xᵢ) into `out[i]`.
  ///
  /// @param x samples, B × D
  /// @param out at least B numbers
  public void logDensity(Batch x, double t, double[] out) {
    Rows.places(out.length, x, dim());
    Moment moment = new Moment(t);
    for (int r = 0; r < x.rows(); r++) {
      moment.locate(x, r);
      out[r] = moment.logDensity();
    }
  }

  @Override
  public void score(Batch x, int from, int to, double t, Batch out) {
    Objects.checkFromToIndex(from, to, x.rows());
    Rows.check("x", x, "out", out, dim());
    Moment moment = new Moment(t);
    for (int r = from; r < to; r++) {
      moment.locate(x, r);
      moment.score(out, r);
    }
  }

  @Override
  public void jvp(Batch x, Batch v, double t, Batch out) {
    Rows.check("x", x, "v", v, dim());
    Rows.check("x", x, "out", out, dim());
    Rows.check("v", v, "out", out, dim());
    Moment moment = new Moment(t);
    for (int r = 0; r < x.rows(); r++) {
      moment.locate(x, r);
      moment.jvp(v, out, r);
    }
  }

  /// The same as [#jvp]: a Hessian is symmetric.
  @Override
  public void vjp(Batch x, Batch w, double t, Batch out) {
    jvp(x, w, t, out);
  }

  @Override
  public void divergence(Batch x, double t, float[] out) {
    Rows.places(out.length, x, dim());
    Moment moment = new Moment(t);
    for (int r = 0; r < x.rows(); r++) {
      moment.locate(x, r);
      out[r] = (float) moment.divergence();
    }
  }

  @Override
  public String toString() {
    return "DiffusedEmpirical[%s under %s]".formatted(law, process);
  }
}
