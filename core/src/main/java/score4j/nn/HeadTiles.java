package score4j.nn;

import score4j.array.Batch;
import score4j.internal.parallel.Team;
import score4j.rng.Key;

/// What a [Head] and the passes exchange over the samples of a tile: one [Tile] whose arrays both
/// use, or, where threads share the tile, a part of the samples for each of them, because a head
/// knows samples from 0 on. A sample's numbers do not depend on its part.
final class HeadTiles {
  final float[] input;
  final double[] times;
  final float[] context;
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
  private final int contexts;
  private final int evaluations;
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
  /// @param dim D
  /// @param contexts how many numbers come beside the sample
  HeadTiles(
      Head head,
      Team team,
      int parts,
      int capacity,
      int dim,
      int contexts,
      int tangents,
      boolean directional) {
    this.head = head;
    this.team = team;
    this.dim = dim;
    this.tangents = tangents;
    this.contexts = contexts;
    evaluations = head.evaluations();
    x = Batch.zeros(0, dim);
    this.parts = new Tile[parts];
    for (int p = 0; p < parts; p++) {
      this.parts[p] = tile(Math.ceilDiv(capacity, parts), directional);
    }
    Tile tile = parts == 1 ? this.parts[0] : tile(capacity, directional);
    input = tile.input();
    times = tile.times();
    context = tile.context();
    directions = tile.directions();
    score = tile.score();
    forms = tile.forms();
    scoreBar = tile.scoreBar();
    formsBar = tile.formsBar();
    losses = tile.losses();
  }

  private Tile tile(int capacity, boolean directional) {
    return new Tile(capacity, dim, contexts, tangents, evaluations, directional);
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
    int n = tile.samples();
    write(tile.input(), input, from, n, evaluations * dim);
    write(tile.context(), context, from, n, contexts);
    int length = directions.length == 0 ? 0 : evaluations * tangents * dim;
    write(tile.directions(), directions, from, n, length);
    if (parts.length > 1) {
      System.arraycopy(tile.times(), 0, times, from, n);
    }
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
    int scores = evaluations * dim;
    int values = evaluations * tangents;
    System.arraycopy(score, from * scores, tile.score(), 0, n * scores);
    System.arraycopy(forms, from * values, tile.forms(), 0, n * values);
    head.evaluate(tile);
    write(tile.scoreBar(), scoreBar, from, n, scores);
    write(tile.formsBar(), formsBar, from, n, values);
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

  /// The sum of all losses.
  double loss() {
    return Tile.sum(losses, samples);
  }
}
