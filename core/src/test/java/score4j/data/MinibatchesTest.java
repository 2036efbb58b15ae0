package score4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.testing.Allocation;

class MinibatchesTest {
  private static Batch numbered(int rows) {
    Batch x = Batch.zeros(rows, 2);
    for (int r = 0; r < rows; r++) {
      x.set(r, 0, r);
      x.set(r, 1, -r);
    }
    return x;
  }

  private static List<Float> epoch(Minibatches batches, Key key) {
    List<Float> seen = new ArrayList<>();
    batches.startEpoch(key);
    while (batches.hasNext()) {
      Batch batch = batches.next();
      for (int r = 0; r < batch.rows(); r++) {
        assertThat(batch.get(r, 1)).isEqualTo(-batch.get(r, 0));
        assertThat(batches.source(r)).isEqualTo((int) batch.get(r, 0));
        seen.add(batch.get(r, 0));
      }
    }
    return seen;
  }

  @Test
  void thereIsNoSourceWithoutABatch() {
    Minibatches batches = new Minibatches(numbered(5), 3);
    assertThatThrownBy(() -> batches.source(0)).isInstanceOf(IllegalStateException.class);
    batches.startEpoch(Key.of(1));
    assertThatThrownBy(() -> batches.source(0)).isInstanceOf(IllegalStateException.class);
    batches.next();
    batches.next();
    assertThatThrownBy(() -> batches.source(2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "10,3,4",
    "10,5,2",
    "10,10,1",
    "10,11,1",
    "1,1,1",
    "1,512,1",
    "7,1,7",
    "10000,512,20"
  })
  void everySampleComesOnceAnEpoch(int rows, int size, int perEpoch) {
    Minibatches batches = new Minibatches(numbered(rows), size);
    assertThat(batches.perEpoch()).isEqualTo(perEpoch);
    for (int e = 0; e < 3; e++) {
      List<Float> seen = epoch(batches, Key.of(71).fold(e));
      assertThat(seen).hasSize(rows).doesNotHaveDuplicates();
      int[] order = Noise.permutation(Key.of(71).fold(e), rows);
      for (int i = 0; i < rows; i++) {
        assertThat(seen.get(i)).isEqualTo(order[i]);
      }
    }
  }

  @Test
  void theLastBatchIsShort() {
    Minibatches batches = new Minibatches(numbered(10_000), 512);
    batches.startEpoch(Key.of(72));
    for (int i = 0; i < 19; i++) {
      assertThat(batches.next().rows()).isEqualTo(512);
    }
    assertThat(batches.next().rows()).isEqualTo(272);
    assertThat(batches.hasNext()).isFalse();
  }

  @Test
  void theKeyDecidesTheOrder() {
    Minibatches batches = new Minibatches(numbered(100), 30);
    List<Float> first = epoch(batches, Key.of(1));
    assertThat(epoch(batches, Key.of(2))).isNotEqualTo(first);
    assertThat(epoch(batches, Key.of(1))).isEqualTo(first);
    assertThat(epoch(new Minibatches(numbered(100), 7), Key.of(1))).isEqualTo(first);
  }

  @Test
  void anEpochCanBeBegunAgain() {
    Minibatches batches = new Minibatches(numbered(10), 3);
    batches.startEpoch(Key.of(1));
    batches.next();
    assertThat(epoch(batches, Key.of(2))).hasSize(10);
  }

  @Test
  void stepsAllocateNothing() {
    Minibatches batches = new Minibatches(numbered(1000), 64);
    Key key = Key.of(73);
    assertThat(
            Allocation.bytes(
                () -> {
                  batches.startEpoch(key);
                  while (batches.hasNext()) {
                    batches.next();
                  }
                }))
        .isLessThanOrEqualTo(32); // the four words of a random block, once
  }

  @Test
  void misuseIsRefused() {
    Minibatches batches = new Minibatches(numbered(2), 2);
    assertThatThrownBy(batches::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("startEpoch");
    batches.startEpoch(Key.of(1));
    batches.next();
    assertThatThrownBy(batches::next).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new Minibatches(numbered(0), 2)).hasMessageContaining("no row");
    assertThatThrownBy(() -> new Minibatches(numbered(2), 0))
        .hasMessageContaining("batchSize must be at least 1");
  }
}
