package score4j;

import java.util.Arrays;
import java.util.Objects;
import score4j.array.Batch;

/// A score with derivatives at one time, as one that does not move. Times that are passed are not
/// read, but there must be enough of them, as for every score.
///
/// @param score s(x, t)
/// @param time t
record FrozenDifferentiable(DifferentiableScore score, double time) implements DifferentiableScore {
  @Override
  public int dim() {
    return score.dim();
  }

  @Override
  public int rowsAtOnce() {
    return score.rowsAtOnce();
  }

  @Override
  public void score(Batch x, int from, int to, double t, Batch out) {
    score.score(x, from, to, time, out);
  }

  @Override
  public void score(Batch x, int from, int to, double[] t, Batch out) {
    Objects.checkFromToIndex(from, to, t.length);
    score.score(x, from, to, time, out);
  }

  @Override
  public void jvp(Batch x, Batch v, double t, Batch out) {
    score.jvp(x, v, time, out);
  }

  @Override
  public void vjp(Batch x, Batch w, double t, Batch out) {
    score.vjp(x, w, time, out);
  }

  @Override
  public void jvp(Batch x, Batch v, double[] t, Batch out) {
    Objects.checkFromToIndex(0, x.rows(), t.length);
    score.jvp(x, v, time, out);
  }

  @Override
  public void vjp(Batch x, Batch w, double[] t, Batch out) {
    Objects.checkFromToIndex(0, x.rows(), t.length);
    score.vjp(x, w, time, out);
  }

  @Override
  public void divergence(Batch x, double t, float[] out) {
    score.divergence(x, time, out);
  }

  @Override
  public void scoreAndDivergence(
      Batch x, int from, int to, double[] t, Batch out, float[] divergence) {
    score.scoreAndDivergence(x, from, to, stopped(from, to, t), out, divergence);
  }

  @Override
  public void scoreAndForms(
      Batch x,
      int from,
      int to,
      double[] t,
      float[] directions,
      int count,
      Batch out,
      float[] forms) {
    score.scoreAndForms(x, from, to, stopped(from, to, t), directions, count, out, forms);
  }

  private double[] stopped(int from, int to, double[] t) {
    Objects.checkFromToIndex(from, to, t.length);
    double[] times = new double[to];
    Arrays.fill(times, time);
    return times;
  }
}
