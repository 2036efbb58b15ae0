package score4j;

import java.util.Arrays;
import score4j.array.Batch;

/// A score with derivatives at one time, as one that does not move.
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
    score.jvp(x, v, time, out);
  }

  @Override
  public void vjp(Batch x, Batch w, double[] t, Batch out) {
    score.vjp(x, w, time, out);
  }

  @Override
  public void divergence(Batch x, double t, float[] out) {
    score.divergence(x, time, out);
  }

  @Override
  public void scoreAndDivergence(
      Batch x, int from, int to, double[] t, Batch out, float[] divergence) {
    score.scoreAndDivergence(x, from, to, stopped(to), out, divergence);
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
    score.scoreAndForms(x, from, to, stopped(to), directions, count, out, forms);
  }

  private double[] stopped(int rows) {
    double[] times = new double[rows];
    Arrays.fill(times, time);
    return times;
  }
}
