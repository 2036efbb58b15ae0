package score4j.sample;

import java.util.Objects;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.internal.parallel.Team;

/// A score whose rows are shared among threads: the same numbers, bit for bit, sooner.
///
/// Worth it from a few thousand rows on. Used by one caller at a time, others queue; [#close] ends
/// its threads. Samplers share their chains among threads themselves and need no such score.
public final class ParallelScore implements Score, AutoCloseable {
  /// How many rows a thread takes at once: enough for the tiles of a network, few enough to end
  /// together.
  private static final int CHUNK = 256;

  private final Score score;
  private final Team team;
  private final Team.Chunk chunk = this::chunk;
  // the call at hand
  private Batch x;
  private Batch out;
  private int from;
  private int to;
  private double t;

  private ParallelScore(Score score, Threads threads) {
    this.score = score;
    team = new Team(threads.count(), threads.executor());
    x = Batch.zeros(0, score.dim());
    out = x;
  }

  /// A score computed by several threads.
  public static ParallelScore of(Score score, Threads threads) {
    Objects.requireNonNull(score, "score");
    Objects.requireNonNull(threads, "threads");
    return new ParallelScore(score, threads);
  }

  @Override
  public int dim() {
    return score.dim();
  }

  @Override
  public synchronized void score(Batch x, int from, int to, double t, Batch out) {
    x.requireCols("x", dim());
    out.requireShape("out", x.rows(), dim());
    Objects.checkFromToIndex(from, to, x.rows());
    this.x = x;
    this.out = out;
    this.from = from;
    this.to = to;
    this.t = t;
    team.run(Math.ceilDiv(to - from, CHUNK), chunk);
  }

  private void chunk(int index, int member) {
    int first = from + index * CHUNK;
    score.score(x, first, Math.min(to, first + CHUNK), t, out);
  }

  /// Ends the threads of this score. An executor that was passed in is left alone.
  @Override
  public void close() {
    team.close();
  }

  @Override
  public String toString() {
    return "ParallelScore[%s on %d threads]".formatted(score, team.members());
  }
}
