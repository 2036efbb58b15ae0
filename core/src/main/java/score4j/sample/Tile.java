package score4j.sample;

import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;

/// Some neighbouring samples of a batch, where one thread has them in its cache while they make
/// many steps: state, score and noise.
final class Tile {
  /// How many samples a thread takes at once: enough for the tiles of a network, few enough to stay
  /// in the cache.
  static final int ROWS = 256;

  /// The same for a score that may want more at once, as long as each thread has some.
  static int rows(Score score, int rows, Threads threads) {
    return Math.clamp(
        Math.ceilDiv(rows, threads.count()), ROWS, Math.max(ROWS, score.rowsAtOnce()));
  }

  /// The samples, in the first [#rows] rows.
  final Batch x;

  /// The score of the samples, where [#score] has put it.
  final Batch s;

  /// Noise for the samples, where [#noise] has put it.
  final float[] z;

  private final Score score;
  private final NoiseSource source;
  private int first;
  private int rows;
  private long firstSample;

  Tile(Score score, NoiseSource source, int rows, int cols) {
    this.score = score;
    this.source = source;
    x = Batch.zeros(rows, cols);
    s = Batch.zeros(rows, cols);
    z = new float[rows * cols];
  }

  /// Takes rows `first` (included) to `last` (excluded) of a batch.
  void load(Batch batch, int first, int last, long firstSample) {
    this.first = first;
    this.firstSample = firstSample + first;
    rows = last - first;
    System.arraycopy(batch.data(), first * cols(), x.data(), 0, size());
  }

  /// Puts them back.
  void store(Batch batch) {
    System.arraycopy(x.data(), 0, batch.data(), first * cols(), size());
  }

  /// The row of the batch that is the first here.
  int first() {
    return first;
  }

  /// How many samples there are.
  int rows() {
    return rows;
  }

  /// The number of the sample in the first row.
  long firstSample() {
    return firstSample;
  }

  int cols() {
    return x.cols();
  }

  /// How many numbers a state of all samples has.
  int size() {
    return rows * cols();
  }

  /// A batch that all samples fit in.
  Batch another() {
    return Batch.zeros(x.rows(), cols());
  }

  /// Computes the score of the samples at a time.
  void score(double t) {
    score.score(x, 0, rows, t, s);
  }

  /// Computes the score of other samples, as many.
  void score(Batch x, double t, Batch out) {
    score.score(x, 0, rows, t, out);
  }

  /// Draws the noise of a step.
  void noise(long step) {
    source.normals(step, firstSample, rows, cols(), z);
  }

  /// Whether all numbers of the state are finite; a NaN stays the largest.
  boolean finite() {
    float[] data = x.data();
    float largest = 0;
    int size = size();
    for (int i = 0; i < size; i++) {
      largest = Math.max(largest, Math.abs(data[i]));
    }
    return largest <= Float.MAX_VALUE;
  }
}
