package score4j.nn;

import score4j.array.Batch;
import score4j.internal.parallel.Team;
import score4j.rng.Key;

/// What a [Head] and the passes exchange over the samples of a tile: one [Tile] whose arrays both
/// use, or, where threads share the tile, a part of the samples for each of them, because a head
/// knows samples from 0 on. A sample's numbers do not depend on its part.
final class HeadTiles {
  final float[] input;
  final float[] directions;
  final float[] score;
  final float[] forms;
  final float[] scoreBar;
  final float[] formsBar;
  final double[] losses;
  private final Head head;
  private final Team team;
  private final Tile[] parts;
  private final int dim;
  private final int tangents;
  private final Team.Chunk prepare = this::prepare;
  private final Team.Chunk evaluate = this::evaluate;
  // the tile at hand
  private Batch x;
  private int row;
  private int samples;
  private long firstSample;
  private Key key = Key.of(0);
  private int partRows;

  /// @param capacity the most samples
  /// @param parts how many threads of the team share them
  HeadTiles(
      Head head, Team team, int parts, int capacity, int dim, int tangents, boolean directional) {
    this.head = head;
    this.team = team;
    this.dim = dim;
    this.tangents = tangents;
    x = Batch.zeros(0, dim);
    this.parts = new Tile[parts];
    for (int p = 0; p < parts; p++) {
      this.parts[p] = new Tile(Math.ceilDiv(capacity, parts), dim, tangents, directional);
    }
    Tile tile = parts == 1 ? this.parts[0] : new Tile(capacity, dim, tangents, directional);
    input = tile.input();
    directions = tile.directions();
    score = tile.score();
    forms = tile.forms();
    scoreBar = tile.scoreBar();
    formsBar = tile.formsBar();
    losses = tile.losses();
  }

  /// Loads `n` samples from a row on and has the head prepare them.
  void prepare(Batch x, int row, int n, long firstSample, Key key) {
    this.x = x;
    this.row = row;
    this.firstSample = firstSample;
    this.key = key;
    samples = n;
    partRows = Math.ceilDiv(n, parts.length);
    if (parts.length == 1) {
      prepare(0, 0);
    } else {
      team.run(Math.ceilDiv(n, partRows), prepare);
    }
  }

  private void prepare(int part, int member) {
    Tile tile = parts[part];
    int from = part * partRows;
    tile.load(x, row + from, Math.min(partRows, samples - from), firstSample, key);
    head.prepare(tile);
    write(tile.input(), input, from, tile.samples(), dim);
    write(
        tile.directions(),
        directions,
        from,
        tile.samples(),
        directions.length == 0 ? 0 : tangents * dim);
  }

  /// Has the head evaluate the scores and forms.
  void evaluate() {
    if (parts.length == 1) {
      head.evaluate(parts[0]);
    } else {
      team.run(Math.ceilDiv(samples, partRows), evaluate);
    }
  }

  private void evaluate(int part, int member) {
    Tile tile = parts[part];
    int from = part * partRows;
    int n = tile.samples();
    System.arraycopy(score, from * dim, tile.score(), 0, n * dim);
    System.arraycopy(forms, from * tangents, tile.forms(), 0, n * tangents);
    head.evaluate(tile);
    write(tile.scoreBar(), scoreBar, from, n, dim);
    write(tile.formsBar(), formsBar, from, n, tangents);
    if (parts.length > 1) {
      System.arraycopy(tile.losses(), 0, losses, from, n);
    }
  }

  @SuppressWarnings("ReferenceEquality") // whether it is the same array is the question
  private static void write(float[] part, float[] whole, int from, int rows, int length) {
    if (part != whole) {
      System.arraycopy(part, 0, whole, from * length, rows * length);
    }
  }

  /// The sum of all losses: four sums, because one waits for itself.
  double loss() {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int t = 0;
    for (; t + 4 <= samples; t += 4) {
      s0 += losses[t];
      s1 += losses[t + 1];
      s2 += losses[t + 2];
      s3 += losses[t + 3];
    }
    for (; t < samples; t++) {
      s0 += losses[t];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
