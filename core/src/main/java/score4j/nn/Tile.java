package score4j.nn;

import score4j.array.Batch;
import score4j.rng.Key;

/// A few samples on their way through the network: what a [Head] reads and writes.
///
/// With n samples, D coordinates and K quadratic forms, all arrays are row-major and may be longer
/// than needed.
public final class Tile {
  private final int dim;
  private final int tangents;
  private final Batch x;
  private final float[] input;
  private final Batch auxiliary;
  private final float[] directions;
  private final float[] score;
  private final float[] forms;
  private final float[] scoreBar;
  private final float[] formsBar;
  private final double[] losses;
  private int samples;
  private long firstSample;
  private Key key = Key.of(0);

  Tile(int capacity, int dim, int tangents, boolean directional) {
    this.dim = dim;
    this.tangents = tangents;
    x = Batch.zeros(capacity, dim);
    input = new float[capacity * dim];
    auxiliary = Batch.zeros(capacity, dim);
    directions = new float[directional ? capacity * tangents * dim : 0];
    score = new float[capacity * dim];
    forms = new float[capacity * tangents];
    scoreBar = new float[capacity * dim];
    formsBar = new float[capacity * tangents];
    losses = new double[capacity];
  }

  void load(Batch batch, int from, int samples, long offset, Key key) {
    this.samples = samples;
    this.firstSample = offset + from;
    this.key = key;
    System.arraycopy(batch.data(), from * dim, x.data(), 0, samples * dim);
    System.arraycopy(batch.data(), from * dim, input, 0, samples * dim);
  }

  /// The number of samples n.
  public int samples() {
    return samples;
  }

  /// The number of coordinates D.
  public int dim() {
    return dim;
  }

  /// The number of quadratic forms K.
  public int tangents() {
    return tangents;
  }

  /// The number of the first sample in the batch, or in the whole that the batch is part of: with
  /// [#key], the address of a sample's noise.
  public long firstSample() {
    return firstSample;
  }

  /// The key of this evaluation of the objective.
  public Key key() {
    return key;
  }

  /// The samples, n × D (rows beyond n are stale).
  public Batch x() {
    return x;
  }

  /// What the network sees, n × D: a copy of the samples unless `prepare` overwrites it.
  public float[] input() {
    return input;
  }

  /// Room for n rows of D numbers that `prepare` works with or keeps for `evaluate`, such as noise.
  public Batch auxiliary() {
    return auxiliary;
  }

  /// The directions v, n × K × D; empty where the head has none.
  public float[] directions() {
    return directions;
  }

  /// The scores s, n × D.
  public float[] score() {
    return score;
  }

  /// The quadratic forms q, n × K.
  public float[] forms() {
    return forms;
  }

  /// The derivatives of a sample's loss with respect to its score, n × D.
  public float[] scoreBar() {
    return scoreBar;
  }

  /// The derivatives of a sample's loss with respect to its quadratic forms, n × K.
  public float[] formsBar() {
    return formsBar;
  }

  /// The loss of each sample, n numbers, in nats.
  public double[] losses() {
    return losses;
  }
}
