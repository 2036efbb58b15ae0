package score4j.objective;

import java.util.Objects;
import java.util.function.UnaryOperator;
import score4j.array.Batch;
import score4j.autodiff.Derivatives;
import score4j.autodiff.Expr;
import score4j.nn.Tile;
import score4j.rng.Key;
import score4j.rng.ProbeLaw;

/// Sliced score matching: the trace of the Jacobian replaced by an unbiased estimate from random
/// probes.
///
/// ```text
/// variance reduced   J(θ) = E_x E_v [ vᵀ(∂s/∂x)v + ½‖s(x)‖² ]    Song et al. 2019, equation 8
/// plain              J(θ) = E_x E_v [ vᵀ(∂s/∂x)v + ½(vᵀs(x))² ]  Song et al. 2019, equation 7
/// ```
/// with `E[vvᵀ] = I` and the mean over M probes v for each sample.
/// - **Cost**: M directional derivatives a sample, whatever D is.
/// - **Error**: unbiased. With A the symmetrised Jacobian, one Rademacher probe has variance
///   2·Σ_{i≠j} A_ij², a Gaussian one 2‖A‖², one on the sphere of radius √D 2D/(D+2)·(‖A‖² − (tr
///   A)²/D).
///
/// @param probes M, at least 1
/// @param law the law of v
/// @param varianceReduced whether the norm is taken whole
public record Sliced(int probes, ProbeLaw law, boolean varianceReduced) implements Objective {
  /// Checks that there is at least one probe.
  public Sliced {
    if (probes < 1) {
      throw new IllegalArgumentException(
          "probes must be at least 1 but was %d: use ExactTrace for the exact trace"
              .formatted(probes));
    }
    Objects.requireNonNull(law, "law");
  }

  /// M Rademacher probes, variance reduced.
  public static Sliced of(int probes) {
    return new Sliced(probes, ProbeLaw.RADEMACHER, true);
  }

  @Override
  public String name() {
    return varianceReduced ? "sliced" : "sliced-plain";
  }

  @Override
  public int tangents(int dim) {
    return probes;
  }

  @Override
  public float implicitWeight() {
    return varianceReduced ? 1f / probes : 0;
  }

  // probe m of sample i draws from (key, step m, sample i)
  @Override
  public void prepare(Tile tile) {
    fill(tile, tile.key());
  }

  /// Writes the probes that a key gives. Overwrites the auxiliary rows if there are several.
  void fill(Tile tile, Key key) {
    int dim = tile.dim();
    float[] v = tile.directions();
    if (probes == 1) {
      law.fill(key, 0, tile.firstSample(), tile.samples(), dim, v, 0);
      return;
    }
    // many rows at a time cost less than one by one
    float[] rows = tile.auxiliary().data();
    for (int m = 0; m < probes; m++) {
      law.fill(key, m, tile.firstSample(), tile.samples(), dim, rows, 0);
      for (int t = 0; t < tile.samples(); t++) {
        System.arraycopy(rows, t * dim, v, (t * probes + m) * dim, dim);
      }
    }
  }

  @Override
  public void evaluate(Tile tile) {
    float weight = 1f / probes;
    if (varianceReduced) {
      Heads.halfSquaredNorm(tile);
    } else {
      halfSquaredProjections(tile, weight);
    }
    Heads.addForms(tile, weight);
  }

  /// loss = (1/M) Σ_m ½(v_mᵀs)², s̄ = (1/M) Σ_m (v_mᵀs)·v_m.
  private void halfSquaredProjections(Tile tile, float weight) {
    int dim = tile.dim();
    float[] v = tile.directions();
    float[] score = tile.score();
    float[] bar = tile.scoreBar();
    for (int t = 0; t < tile.samples(); t++) {
      int s = t * dim;
      java.util.Arrays.fill(bar, s, s + dim, 0f);
      double loss = 0;
      for (int m = 0; m < probes; m++) {
        int p = (t * probes + m) * dim;
        double projection = 0;
        for (int d = 0; d < dim; d++) {
          projection += (double) v[p + d] * score[s + d];
        }
        loss += 0.5 * projection * projection;
        float factor = (float) (projection * weight);
        for (int d = 0; d < dim; d++) {
          bar[s + d] += factor * v[p + d];
        }
      }
      tile.losses()[t] = loss * weight;
    }
  }

  @Override
  public int draws() {
    return probes;
  }

  @Override
  public void draw(Key key, long firstSample, Batch x, float[] out) {
    for (int i = 0; i < x.rows(); i++) {
      for (int m = 0; m < probes; m++) {
        law.fill(key, m, firstSample + i, 1, x.cols(), out, (i * probes + m) * x.cols());
      }
    }
  }

  @Override
  public Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws) {
    Expr s = score.apply(x);
    Expr norm =
        varianceReduced ? Heads.halfSquare(s) : Heads.halfSquare(draws.matmul(s)).div(probes);
    return norm.add(Derivatives.divergence(score, x, draws));
  }
}
