package score4j.nn;

import java.util.Arrays;
import score4j.array.Batch;
import score4j.rng.Key;

/// A few samples on their way through the network: what a [Head] reads and writes.
///
/// With n samples, D coordinates, K quadratic forms and E evaluations of the network for each
/// sample, which are neighbouring rows, all arrays are row-major and may be longer than needed.
public final class Tile {
  private final int dim;
  private final int tangents;
  private final int evaluations;
  private final Batch x;
  private final float[] input;
  private final Batch auxiliary;
  private final double[] times;
  private final float[] context;
  private final float[] weights;
  private final float[] directions;
  private final float[] score;
  private final float[] forms;
  private final float[] scoreBar;
  private final float[] formsBar;
  private final double[] losses;
  private int samples;
  private long firstSample;
  private Key key = Key.of(0);

  /// @param capacity the most samples
  Tile(int capacity, int dim, int context, int tangents, int evaluations, boolean directional) {
    this.dim = dim;
    this.tangents = tangents;
    this.evaluations = evaluations;
    int rows = capacity * evaluations;
    x = Batch.zeros(capacity, dim);
    input = new float[rows * dim];
    auxiliary = Batch.zeros(capacity, dim);
    times = new double[capacity];
    this.context = new float[capacity * context];
    weights = new float[capacity];
    directions = new float[directional ? rows * tangents * dim : 0];
    score = new float[rows * dim];
    forms = new float[rows * tangents];
    scoreBar = new float[rows * dim];
    formsBar = new float[rows * tangents];
    losses = new double[capacity];
  }

  void load(Batch batch, int from, int samples, long offset, Key key) {
    this.samples = samples;
    this.firstSample = offset + from;
    this.key = key;
    Arrays.fill(times, 0, samples, 0.0);
    int extra = batch.cols() - dim;
    if (extra == 0) {
      System.arraycopy(batch.data(), from * dim, x.data(), 0, samples * dim);
    } else {
      for (int t = 0; t < samples; t++) {
        int row = (from + t) * batch.cols();
        System.arraycopy(batch.data(), row, x.data(), t * dim, dim);
        System.arraycopy(batch.data(), row + dim, context, t * extra, extra);
      }
    }
    if (evaluations == 1) {
      System.arraycopy(x.data(), 0, input, 0, samples * dim);
    } else {
      for (int r = 0; r < samples * evaluations; r++) {
        System.arraycopy(x.data(), r / evaluations * dim, input, r * dim, dim);
      }
    }
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

  /// At how many points the loss of a sample takes the score: E.
  public int evaluations() {
    return evaluations;
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

  /// The time of each sample, n numbers: 0 unless `prepare` overwrites them.
  public double[] times() {
    return times;
  }

  /// The numbers beside each sample that the network is told, from the last columns of the data.
  float[] context() {
    return context;
  }

  /// Room for one number for each sample that `prepare` keeps for `evaluate`, such as the weight of
  /// its loss.
  public float[] weights() {
    return weights;
  }

  /// Where scores are wanted, n × E × D: copies of the sample unless `prepare` overwrites them.
  public float[] input() {
    return input;
  }

  /// Room for n rows of D numbers that `prepare` works with or keeps for `evaluate`, such as noise.
  public Batch auxiliary() {
    return auxiliary;
  }

  /// The directions v, n × E × K × D; empty where the head has none.
  public float[] directions() {
    return directions;
  }

  /// The scores s, n × E × D.
  public float[] score() {
    return score;
  }

  /// The quadratic forms q, n × E × K.
  public float[] forms() {
    return forms;
  }

  /// The derivatives of a sample's loss with respect to its scores, n × E × D.
  public float[] scoreBar() {
    return scoreBar;
  }

  /// The derivatives of a sample's loss with respect to its quadratic forms, n × E × K.
  public float[] formsBar() {
    return formsBar;
  }

  /// The loss of each sample, n numbers, in nats.
  public double[] losses() {
    return losses;
  }

  /// The sum of all losses.
  double lossSum() {
    return sum(losses, samples);
  }

  /// The sum of n numbers: four sums, because one waits for itself.
  static double sum(double[] losses, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int t = 0;
    for (; t + 4 <= n; t += 4) {
      s0 += losses[t];
      s1 += losses[t + 1];
      s2 += losses[t + 2];
      s3 += losses[t + 3];
    }
    for (; t < n; t++) {
      s0 += losses[t];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
