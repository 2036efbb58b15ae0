package score4j.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.testing.Allocation;

class LangevinTest {
  /// A score that acts on every coordinate alone.
  private interface Coordinate {
    float score(float x);
  }

  private static Score each(int dim, Coordinate coordinate) {
    return new Score() {
      @Override
      public int dim() {
        return dim;
      }

      @Override
      public void score(Batch x, int from, int to, double t, Batch out) {
        for (int i = from * dim; i < to * dim; i++) {
          out.data()[i] = coordinate.score(x.data()[i]);
        }
      }
    };
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.5, 1})
  void aGaussianSettlesWithTheVarianceOfTheDiscreteChain(double epsilon) {
    double std = 0.8;
    float precision = (float) (1 / (std * std));
    int n = 20_000;
    int steps = (int) (40 / epsilon);
    Key[] keys = Key.of(7).split(2);
    Batch x =
        Langevin.of(epsilon, steps)
            .sample(each(1, v -> -precision * v), Noise.normals(keys[0], n, 1), keys[1]);
    double variance = std * std / (1 - epsilon / (2 * std * std));
    double sum = 0;
    double squares = 0;
    for (float v : x.data()) {
      sum += v;
      squares += (double) v * v;
    }
    // The chain is linear, so its samples are Gaussian and independent. What is left of the start
    // is (1 − ε/s²)^(2·40/ε) < e⁻¹²⁰. z = 5: one false alarm in 1.7 million for each of 6 numbers.
    assertThat(sum / n).isCloseTo(0, within(5 * Math.sqrt(variance / n)));
    assertThat(squares / n).isCloseTo(variance, within(5 * variance * Math.sqrt(2.0 / n)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 256, 257, 1000, 1031})
  void threadsAndSplitsDoNotChangeABit(int rows) {
    Score score = each(3, v -> (float) Math.sin(v) - v);
    Key[] keys = Key.of(11).split(2);
    Batch start = Noise.normals(keys[0], rows, 3);
    Langevin langevin = new Langevin(0.1, 20, Threads.ONE);
    Batch one = langevin.sample(score, start, keys[1]);
    assertThat(langevin.withThreads(Threads.of(2)).sample(score, start, keys[1])).isEqualTo(one);
    assertThat(langevin.withThreads(Threads.of(5)).sample(score, start, keys[1])).isEqualTo(one);
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      assertThat(langevin.withThreads(Threads.on(executor, 3)).sample(score, start, keys[1]))
          .isEqualTo(one);
    }
    // looking on changes nothing
    Batch watched = start.copy();
    langevin.withThreads(Threads.of(2)).run(score, watched, keys[1], 1, (step, x) -> {});
    assertThat(watched).isEqualTo(one);
    // nor does running the samples in two parts
    for (int split : new int[] {0, rows / 3, rows}) {
      Batch first = start.slice(0, split);
      Batch second = start.slice(split, rows);
      langevin.run(score, first, 0, keys[1], 7, (step, x) -> {});
      langevin.run(score, second, split, keys[1], 20, (step, x) -> {});
      assertThat(first).isEqualTo(one.slice(0, split));
      assertThat(second).isEqualTo(one.slice(split, rows));
    }
  }

  @Test
  void theListenerSeesTheStartEveryFewStepsAndTheEnd() {
    Score score = each(2, v -> -v);
    Batch start = Noise.normals(Key.of(1), 300, 2);
    Key key = Key.of(2);
    List<Long> seen = new ArrayList<>();
    Batch x = start.copy();
    new Langevin(0.1, 10, Threads.of(2))
        .run(
            score,
            x,
            key,
            3,
            (step, state) -> {
              seen.add(step);
              assertThat(state).isSameAs(x);
              assertThat(state)
                  .isEqualTo(new Langevin(0.1, step, Threads.ONE).sample(score, start, key));
            });
    assertThat(seen).containsExactly(0L, 3L, 6L, 9L, 10L);
    seen.clear();
    new Langevin(0.1, 0, Threads.ONE).run(score, x, key, 1, (step, state) -> seen.add(step));
    assertThat(seen).containsExactly(0L);
  }

  @Test
  void sampleLeavesItsStartAlone() {
    Batch start = Noise.normals(Key.of(1), 10, 2);
    Batch copy = start.copy();
    Batch x = Langevin.of(0.1, 5).sample(each(2, v -> -v), start, Key.of(2));
    assertThat(start).isEqualTo(copy);
    assertThat(x).isNotEqualTo(copy);
  }

  @Test
  void stepIsTwoFusedMultiplyAdds() {
    float[] x = {1, -2, 3, 0.1f, 7};
    float[] s = {0.3f, 1e-7f, -5, 0.7f, 7};
    float[] z = {-1.1f, 0.2f, 0.3f, 1e3f, 7};
    float[] expected = x.clone();
    float epsilon = 0.01f;
    float scale = (float) Math.sqrt(0.02);
    for (int i = 1; i < 4; i++) {
      expected[i] = Math.fma(scale, z[i], Math.fma(epsilon, s[i], x[i]));
    }
    Langevin.step(x, s, z, 1, 4, epsilon, scale);
    assertThat(x).isEqualTo(expected);
  }

  // by bits: both multiply and add in the same order
  @Test
  void aRunMakesTheStepsOfStep() {
    Score score = each(3, v -> (float) Math.sin(v) - v);
    Batch start = Noise.normals(Key.of(1), 300, 3);
    Batch x = start.copy();
    Batch s = Batch.zeros(300, 3);
    float[] z = new float[900];
    for (int step = 0; step < 20; step++) {
      score.score(x, s);
      Noise.normals(Key.of(2), step, 0, 300, 3, z, 0);
      Langevin.step(x.data(), s.data(), z, 0, 900, 0.1f, (float) Math.sqrt(2 * 0.1));
    }
    assertThat(Langevin.of(0.1, 20).sample(score, start, Key.of(2))).isEqualTo(x);
  }

  @Test
  void moreStepsAllocateNoMore() {
    Score score = each(2, v -> -v);
    Batch x = Noise.normals(Key.of(1), 700, 2);
    Key key = Key.of(2);
    ChainListener listener = (step, state) -> {};
    Langevin few = new Langevin(0.1, 2, Threads.ONE);
    Langevin many = new Langevin(0.1, 1002, Threads.ONE);
    long base = Allocation.bytes(() -> few.run(score, x, key, 1, listener));
    long more = Allocation.bytes(() -> many.run(score, x, key, 1, listener));
    long bare = Allocation.bytes(() -> many.run(score, x, key, 2000, listener));
    assertThat(more).isLessThanOrEqualTo(base);
    assertThat(bare).isLessThanOrEqualTo(base);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aChainThatBlowsUpNamesStepKeyAndRow(int threads) {
    // Only rows that start at 10 leave: x + x³/10 overflows after a few steps; the others are
    // pulled to 0.
    Score score = each(2, v -> Math.abs(v) > 5 ? v * v * v : -v);
    Batch x = Batch.zeros(1000, 2);
    x.set(700, 1, 10);
    x.set(900, 0, 10);
    x.set(999, 0, 6); // later
    Key key = Key.of(5);
    Langevin langevin = new Langevin(0.1, 100, Threads.of(threads));
    // 10 → 110 → 1.3e5 → 2.4e14 → 1.4e42
    assertThatThrownBy(() -> langevin.sample(score, x, key))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("step 4")
        .hasMessageContaining(key.toString())
        .hasMessageContaining("row 700 (column 1 is Infinity)")
        .hasMessageContaining("smaller than 0.1");
  }

  @Test
  void aScoreThatIsNotANumberIsNoticedAtOnce() {
    Score score = each(1, v -> Float.NaN);
    assertThatThrownBy(() -> Langevin.of(0.1, 5).sample(score, Batch.zeros(3, 1), Key.of(1)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("step 1")
        .hasMessageContaining("row 0");
  }

  @Test
  void badArgumentsAreRefused() {
    Score score = each(2, v -> -v);
    Key key = Key.of(1);
    for (double stepSize : new double[] {0, -1, Double.NaN, 1e-60, 1e39}) {
      assertThatThrownBy(() -> Langevin.of(stepSize, 1)).hasMessageContaining("stepSize");
    }
    assertThatThrownBy(() -> Langevin.of(1, -1)).hasMessageContaining("steps");
    assertThatThrownBy(() -> Langevin.of(1, 1L << 32)).hasMessageContaining("steps");
    Langevin langevin = Langevin.of(0.1, 3);
    assertThatThrownBy(() -> langevin.sample(score, Batch.zeros(4, 3), key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 columns");
    assertThatThrownBy(() -> langevin.run(score, Batch.zeros(4, 2), key, 0, (step, x) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("every");
    Batch start = Batch.zeros(4, 2);
    start.set(3, 1, Float.NaN);
    assertThatThrownBy(() -> langevin.sample(score, start, key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("row 3, column 1");
  }
}
