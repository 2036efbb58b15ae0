package score4j;

import score4j.array.Batch;

/// A score at one time, as a score that does not move.
///
/// @param score s(x, t)
/// @param time t
record FrozenScore(Score score, double time) implements Score {
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
}
