package score4j.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.nn.Activation;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.rng.Key;
import score4j.rng.Noise;

class ParallelScoreTest {
  private static final ScoreNetwork SCORE =
      ScoreNetwork.initialize(
          Mlp.of(Activation.TANH, 3, 20, 20, 3), Init.GLOROT_UNIFORM, Key.of(1));

  // each row is computed from that row alone: the same bits
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 256, 257, 1021})
  void givesTheScoresOfOneThread(int rows) {
    Batch x = Noise.normals(Key.of(2), rows, 3);
    for (int threads : new int[] {1, 2, 5}) {
      try (ParallelScore parallel = ParallelScore.of(SCORE, Threads.of(threads))) {
        assertThat(parallel.dim()).isEqualTo(3);
        assertThat(parallel.score(x).data()).containsExactly(SCORE.score(x).data());
      }
    }
  }

  @Test
  void writesOnlyTheRowsAskedFor() {
    Batch x = Noise.normals(Key.of(2), 600, 3);
    Batch out = Batch.zeros(600, 3);
    try (ParallelScore parallel = ParallelScore.of(SCORE, Threads.of(2))) {
      parallel.score(x, 10, 590, 0, out);
    }
    Batch expected = SCORE.score(x);
    for (int i = 0; i < 600; i++) {
      for (int d = 0; d < 3; d++) {
        assertThat(out.get(i, d)).isEqualTo(i < 10 || i >= 590 ? 0f : expected.get(i, d));
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    ParallelScore parallel = ParallelScore.of(SCORE, Threads.of(2));
    assertThatThrownBy(() -> parallel.score(Batch.zeros(4, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x has 2 columns");
    parallel.close();
    assertThatThrownBy(() -> parallel.score(Batch.zeros(4, 3)))
        .isInstanceOf(IllegalStateException.class);
  }
}
