package score4j.data;

import java.util.Objects;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;

/// Every sample of a table once an epoch, in a new random order, a minibatch at a time.
///
/// ```java
/// Minibatches batches = new Minibatches(data, 512);
/// batches.startEpoch(key.fold(epoch));
/// while (batches.hasNext()) {
///   Batch batch = batches.next();   // valid until the next call
/// }
/// ```
/// The last batch of an epoch is shorter where the sizes do not divide. The same key gives the same
/// order. After construction nothing is allocated but the few words of a random block an epoch. Not
/// for several threads at once.
public final class Minibatches {
  private final Batch data;
  private final int[] order;
  private final Batch full;
  private final Batch last;
  private final int perEpoch;
  private int next;
  private int current = -1;

  /// Minibatches of a table, which is shared and not copied.
  ///
  /// @param batchSize the samples of a batch; more than there are gives one batch of all
  /// @throws IllegalArgumentException if there is no sample or the size is below 1
  public Minibatches(Batch data, int batchSize) {
    Objects.requireNonNull(data, "data");
    if (data.rows() == 0) {
      throw new IllegalArgumentException("data has no row: give at least one sample");
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException(
          "batchSize must be at least 1 but was %d".formatted(batchSize));
    }
    int size = Math.min(batchSize, data.rows());
    int rest = data.rows() % size;
    this.data = data;
    this.order = new int[data.rows()];
    this.full = Batch.zeros(size, data.cols());
    this.last = rest == 0 ? full : Batch.zeros(rest, data.cols());
    this.perEpoch = (data.rows() - 1) / size + 1;
    this.next = perEpoch;
  }

  /// The number of batches of an epoch, a short last one included.
  public int perEpoch() {
    return perEpoch;
  }

  /// Begins an epoch in the order that the key gives; what was left of the one before is dropped.
  public void startEpoch(Key key) {
    Noise.permutation(key, order);
    next = 0;
    current = -1;
  }

  /// Whether the epoch has another batch.
  public boolean hasNext() {
    return next < perEpoch;
  }

  /// The next batch of the epoch. It is reused: its numbers are those of the batch until the next
  /// call.
  ///
  /// @throws IllegalStateException if the epoch is over or none was started
  public Batch next() {
    if (next >= perEpoch) {
      throw new IllegalStateException(
          "the epoch is over or was not started: call startEpoch first");
    }
    int from = next * full.rows();
    current = next++;
    Batch batch = next == perEpoch ? last : full;
    int cols = data.cols();
    for (int i = 0; i < batch.rows(); i++) {
      System.arraycopy(data.data(), order[from + i] * cols, batch.data(), i * cols, cols);
    }
    return batch;
  }

  /// The row of the table that row `row` of the current batch came from.
  ///
  /// @throws IllegalStateException if the epoch has not given a batch yet
  /// @throws IndexOutOfBoundsException if the current batch has no such row
  public int source(int row) {
    if (current < 0) {
      throw new IllegalStateException("the epoch has given no batch yet: call next first");
    }
    int rows = (current == perEpoch - 1 ? last : full).rows();
    return order[current * full.rows() + Objects.checkIndex(row, rows)];
  }
}
