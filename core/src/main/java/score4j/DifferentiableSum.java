package score4j;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import score4j.array.Batch;

/// a·s(x, t) + b·r(x, t), with derivatives.
///
/// @param sum the score alone
/// @param first s
/// @param a its factor
/// @param second r, or null for none
/// @param b its factor
record DifferentiableSum(
    SumScore sum,
    DifferentiableScore first,
    double a,
    @Nullable DifferentiableScore second,
    double b)
    implements DifferentiableScore {
  static DifferentiableSum of(
      DifferentiableScore first, double a, @Nullable DifferentiableScore second, double b) {
    return new DifferentiableSum(SumScore.of(first, a, second, b), first, a, second, b);
  }

  @Override
  public int dim() {
    return first.dim();
  }

  @Override
  public int rowsAtOnce() {
    return sum.rowsAtOnce();
  }

  @Override
  public void score(Batch x, int from, int to, double t, Batch out) {
    sum.score(x, from, to, t, out);
  }

  @Override
  public void score(Batch x, int from, int to, double[] t, Batch out) {
    sum.score(x, from, to, t, out);
  }

  @Override
  public void jvp(Batch x, Batch v, double t, Batch out) {
    product(x, out, (score, to) -> score.jvp(x, v, t, to));
  }

  @Override
  public void vjp(Batch x, Batch w, double t, Batch out) {
    product(x, out, (score, to) -> score.vjp(x, w, t, to));
  }

  @Override
  public void jvp(Batch x, Batch v, double[] t, Batch out) {
    product(x, out, (score, to) -> score.jvp(x, v, t, to));
  }

  @Override
  public void vjp(Batch x, Batch w, double[] t, Batch out) {
    product(x, out, (score, to) -> score.vjp(x, w, t, to));
  }

  private void product(Batch x, Batch out, BiConsumer<DifferentiableScore, Batch> product) {
    product.accept(first, out);
    Batch rest = rest(x);
    if (second != null) {
      product.accept(second, rest);
    }
    add(out.data(), rest.data(), 0, x.rows() * dim());
  }

  @Override
  public void divergence(Batch x, double t, float[] out) {
    first.divergence(x, t, out);
    float[] rest = new float[second == null ? 0 : x.rows()];
    if (second != null) {
      second.divergence(x, t, rest);
    }
    add(out, rest, 0, x.rows());
  }

  @Override
  public void scoreAndDivergence(
      Batch x, int from, int to, double[] t, Batch score, float[] divergence) {
    first.scoreAndDivergence(x, from, to, t, score, divergence);
    Batch rest = rest(x);
    float[] other = new float[second == null ? 0 : to];
    if (second != null) {
      second.scoreAndDivergence(x, from, to, t, rest, other);
    }
    add(score.data(), rest.data(), from * dim(), to * dim());
    add(divergence, other, from, to);
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
    first.scoreAndForms(x, from, to, t, directions, count, score, forms);
    Batch rest = rest(x);
    float[] other = new float[second == null ? 0 : to * count];
    if (second != null) {
      second.scoreAndForms(x, from, to, t, directions, count, rest, other);
    }
    add(score.data(), rest.data(), from * dim(), to * dim());
    add(forms, other, from * count, to * count);
  }

  private Batch rest(Batch x) {
    return Batch.zeros(second == null ? 0 : x.rows(), dim());
  }

  private void add(float[] sum, float[] other, int from, int to) {
    float s = (float) a;
    float r = (float) b;
    for (int i = from; i < to; i++) {
      sum[i] = s * sum[i] + (second == null ? 0 : r * other[i]);
    }
  }
}
