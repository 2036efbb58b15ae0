package score4j.sample;

import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.internal.parallel.Team;
import score4j.rng.Key;

/// The chains of a batch, run tile by tile: particles are independent, so a tile makes all steps up
/// to the next look by itself and stays in the cache of its thread, and threads meet only there.
/// A [ChainScore] makes affine steps of all of them by itself.
///
/// - **Allocation**: a tile a thread, when a run begins.
final class Chains implements Team.Chunk {
  private final Batch x;
  private final long firstSample;
  private final NoiseSource source;
  private final String remedy;
  private final int tileRows;
  private final Tile[] tiles;
  private final TileStep[] bodies;

  /// After how many steps a tile was first not finite; 0 while it is. Each is written by the thread
  /// that has the tile.
  private final long[] broken;

  private long from;
  private long to;

  private Chains(
      Score score, Batch x, long firstSample, NoiseSource source, Threads threads, Plan plan) {
    this.x = x;
    this.firstSample = firstSample;
    this.source = source;
    remedy = plan.remedy();
    tileRows = Tile.rows(score, x.rows(), threads);
    int count = Math.ceilDiv(x.rows(), tileRows);
    int members = Math.clamp(count, 1, threads.count());
    broken = new long[count];
    tiles = new Tile[members];
    bodies = new TileStep[members];
    for (int i = 0; i < members; i++) {
      tiles[i] = new Tile(score, source, Math.min(x.rows(), tileRows), x.cols());
      bodies[i] = plan.body().apply(tiles[i]);
    }
  }

  /// Runs chains in place; the arguments are those of [Sampler#run].
  static void run(
      Plan plan,
      Threads threads,
      Score score,
      Batch x,
      long firstSample,
      NoiseSource source,
      long every,
      ChainListener listener) {
    long steps = plan.steps();
    x.requireCols("x", score.dim());
    x.requireFinite("x");
    if (every < 1) {
      throw new IllegalArgumentException(
          "every must be at least 1 but was %d: use %d to see the start and the end alone"
              .formatted(every, Math.max(1, steps)));
    }
    listener.state(0, x);
    AffineSteps affine = plan.affine();
    Key key = source.key();
    if (affine != null && key != null && x.rows() > 0 && score instanceof ChainScore whole) {
      new HandedChains(whole, affine, x, firstSample, key, plan.remedy())
          .run(steps, every, listener);
      return;
    }
    Chains chains = new Chains(score, x, firstSample, source, threads, plan);
    try (Team team = new Team(chains.tiles.length, threads.executor())) {
      for (long step = 0; step < steps; ) {
        chains.from = step;
        chains.to = step + Math.min(every, steps - step);
        team.run(chains.broken.length, chains);
        chains.requireFinite();
        step = chains.to;
        listener.state(step, x);
      }
    }
  }

  @Override
  public void run(int index, int member) {
    Tile tile = tiles[member];
    TileStep body = bodies[member];
    int first = index * tileRows;
    tile.load(x, first, Math.min(x.rows(), first + tileRows), firstSample);
    body.loaded(tile);
    for (long step = from; step < to; step++) {
      body.step(tile, step);
      if (!tile.finite()) {
        broken[index] = step + 1;
        break;
      }
    }
    tile.store(x);
  }

  /// Looks for the earliest break, and the first row among those: the same one on any number of
  /// threads.
  private void requireFinite() {
    long earliest = Long.MAX_VALUE;
    for (long step : broken) {
      if (step > 0) {
        earliest = Math.min(earliest, step);
      }
    }
    if (earliest == Long.MAX_VALUE) {
      return;
    }
    for (int i = 0; i < x.data().length; i++) {
      if (broken[i / x.cols() / tileRows] == earliest && !Float.isFinite(x.data()[i])) {
        throw notFinite(earliest, source, i, x, remedy);
      }
    }
    throw new AssertionError("a tile broke but every number is finite");
  }

  /// @param step after how many steps
  /// @param i the place of the first such number
  static ArithmeticException notFinite(long step, Object source, int i, Batch x, String remedy) {
    return new ArithmeticException(
        "the chain left the finite numbers at step %d, key %s, row %d (column %d is %s): %s"
            .formatted(step, source, i / x.cols(), i % x.cols(), x.data()[i], remedy));
  }
}
