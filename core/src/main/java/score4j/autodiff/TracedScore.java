package score4j.autodiff;

import score4j.DifferentiableScore;
import score4j.array.Batch;

/// A traced function as a score: what it computes in `double`, rounded to `float`. It ignores the
/// time.
final class TracedScore implements DifferentiableScore {
  // as many samples at once as bounds the memory
  private static final int ROWS = 256;

  private final Fn score;
  private final Fn jvp;
  private final Fn vjp;
  private final Fn divergence;

  TracedScore(Fn score) {
    this.score = score;
    int dim = score.inputs();
    // x and the vector that comes with it are one row
    jvp =
        Fn.of(2 * dim, u -> Derivatives.jvp(score::apply, u.slice(0, dim), u.slice(dim, 2 * dim)));
    vjp =
        Fn.of(2 * dim, u -> Derivatives.vjp(score::apply, u.slice(0, dim), u.slice(dim, 2 * dim)));
    divergence = score.divergence();
  }

  @Override
  public int dim() {
    return score.inputs();
  }

  @Override
  public void score(Batch x, int from, int to, double t, Batch out) {
    x.requireCols("x", dim());
    out.requireShape("out", x.rows(), dim());
    java.util.Objects.checkFromToIndex(from, to, x.rows());
    run(score, from, to, out.data(), dim(), x);
  }

  @Override
  public void jvp(Batch x, Batch v, double t, Batch out) {
    requireThree(x, "v", v, out);
    run(jvp, 0, x.rows(), out.data(), dim(), x, v);
  }

  @Override
  public void vjp(Batch x, Batch w, double t, Batch out) {
    requireThree(x, "w", w, out);
    run(vjp, 0, x.rows(), out.data(), dim(), x, w);
  }

  @Override
  public void divergence(Batch x, double t, float[] out) {
    x.requireCols("x", dim());
    if (out.length < x.rows()) {
      throw new IllegalArgumentException(
          "out has room for %d numbers but there are %d samples (B)"
              .formatted(out.length, x.rows()));
    }
    run(divergence, 0, x.rows(), out, 1, x);
  }

  private void requireThree(Batch x, String name, Batch v, Batch out) {
    x.requireCols("x", dim());
    v.requireShape(name, x.rows(), dim());
    out.requireShape("out", x.rows(), dim());
  }

  private void run(Fn f, int from, int to, float[] out, int width, Batch... inputs) {
    int dim = dim();
    for (int row = from; row < to; row += ROWS) {
      int n = Math.min(ROWS, to - row);
      double[] rows = new double[n * dim * inputs.length];
      for (int i = 0; i < n; i++) {
        for (int k = 0; k < inputs.length; k++) {
          for (int d = 0; d < dim; d++) {
            rows[(i * inputs.length + k) * dim + d] = inputs[k].get(row + i, d);
          }
        }
      }
      double[] results = f.at(new double[0], rows);
      for (int i = 0; i < results.length; i++) {
        out[row * width + i] = (float) results[i];
      }
    }
  }

  @Override
  public String toString() {
    return "TracedScore[%d]".formatted(dim());
  }
}
