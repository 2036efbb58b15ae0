package score4j.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Sde;
import score4j.process.SigmaLadder;
import score4j.process.TimeGrid;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.testing.Allocation;

/// What all samplers promise.
class SamplersTest {
  private static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 20);
  private static final TimeGrid GRID = TimeGrid.of(PROCESS, 12);

  /// A score that moves with time, in 3 dimensions.
  private static final Score SCORE = new Coordinates(3);

  private record Coordinates(int dim) implements Score {
    @Override
    public void score(Batch x, int from, int to, double t, Batch out) {
      float pull = (float) (1 / (0.5 + t));
      for (int i = from * dim; i < to * dim; i++) {
        out.data()[i] = (float) Math.sin(x.data()[i]) - pull * x.data()[i];
      }
    }
  }

  /// A drift that is not linear.
  private record Bent(double diffusion) implements Sde {
    @Override
    public void drift(double[] x, double t, double[] out) {
      for (int d = 0; d < x.length; d++) {
        out[d] = -t * Math.tanh(x[d]);
      }
    }

    @Override
    public double driftDivergence(double[] x, double t) {
      throw new UnsupportedOperationException();
    }

    @Override
    public double diffusion(double t) {
      return diffusion;
    }
  }

  static List<Sampler> samplers() {
    List<Sampler> all = new ArrayList<>();
    all.add(Langevin.of(0.1, 13));
    all.add(Mala.of(0.1, 13));
    for (Samplers.Diffusing sampler : Samplers.diffusing(PROCESS, 12)) {
      all.add(sampler.sampler());
    }
    for (ReverseSde.Scheme scheme : ReverseSde.Scheme.values()) {
      all.add(ReverseSde.of(new Bent(1), GRID).withScheme(scheme));
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void threadsPartsAndListenersDoNotChangeABit(Sampler sampler) {
    int rows = 600;
    Batch start = Noise.normals(Key.of(1), rows, 3);
    Key key = Key.of(2);
    Batch one = sampler.withThreads(Threads.ONE).sample(SCORE, start, key);
    assertThat(one).isNotEqualTo(start);
    assertThat(sampler.withThreads(Threads.of(3)).sample(SCORE, start, key)).isEqualTo(one);
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      assertThat(sampler.withThreads(Threads.on(executor, 2)).sample(SCORE, start, key))
          .isEqualTo(one);
    }
    Batch watched = start.copy();
    sampler.run(SCORE, watched, key, 1, (step, x) -> {});
    assertThat(watched).isEqualTo(one);
    for (int split : new int[] {0, 1, 257, 600}) {
      Batch first = start.slice(0, split);
      Batch second = start.slice(split, rows);
      sampler.run(SCORE, first, 0, key, 5, (step, x) -> {});
      sampler.run(SCORE, second, split, key, 100, (step, x) -> {});
      assertThat(first).isEqualTo(one.slice(0, split));
      assertThat(second).isEqualTo(one.slice(split, rows));
    }
    if (sampler instanceof DiffusionSampler diffusing && !sampler.toString().contains("Bent")) {
      Batch whole = diffusing.sample(SCORE, 300, key);
      assertThat(diffusing.sample(SCORE, 100, 200, key)).isEqualTo(whole.slice(200, 300));
      assertThat(diffusing.sample(SCORE, 7, key)).isEqualTo(whole.slice(0, 7));
    }
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void theListenerSeesStartEveryFewStepsAndEnd(Sampler sampler) {
    Batch x = Noise.normals(Key.of(1), 300, 3);
    List<Long> seen = new ArrayList<>();
    Batch before = x.copy();
    sampler.run(
        SCORE,
        x,
        Key.of(2),
        5,
        (step, state) -> {
          assertThat(state).isSameAs(x);
          assertThat(state.equals(before)).isEqualTo(step == 0);
          seen.add(step);
        });
    List<Long> expected = new ArrayList<>();
    for (long step = 0; step < sampler.steps(); step += 5) {
      expected.add(step);
    }
    expected.add(sampler.steps());
    assertThat(seen).isEqualTo(expected);
  }

  // vectors are boxed while the kernel that makes noise is new, which takes C2 seconds and no
  // certain number of calls: draw until two thousand in a row have allocated nothing
  @BeforeAll
  static void noiseIsCompiled() {
    float[] z = new float[768];
    Runnable draw =
        () -> {
          Noise.normals(Key.of(1), 0, 0, 256, 3, z, 0); // 700 rows are 2 · 256 + 188
          Noise.normals(Key.of(1), 0, 512, 188, 3, z, 0);
        };
    for (int i = 0; i < 10_000; i++) { // by then the vector kernel has its turns
      draw.run();
    }
    int quiet = 0;
    for (int i = 0; i < 5_000_000 && quiet < 2000; i++) {
      quiet = Allocation.bytesOnce(draw) == 0 ? quiet + 1 : 0;
    }
    assertThat(quiet).as("draws in a row that allocated nothing").isEqualTo(2000);
  }

  // a run allocates for its threads and its list of steps, nothing for a look
  @ParameterizedTest
  @MethodSource("samplers")
  void stepsAllocateNothing(Sampler sampler) {
    Score still = SCORE; // allocates nothing
    Batch x = Noise.normals(Key.of(1), 700, 3);
    Sampler one = sampler.withThreads(Threads.ONE);
    long all = Allocation.bytes(() -> one.run(still, x.copy(), Key.of(2), 1, (step, s) -> {}));
    long twice = Allocation.bytes(() -> one.run(still, x.copy(), Key.of(2), 99, (step, s) -> {}));
    assertThat(all).isLessThanOrEqualTo(twice);
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void aBrokenScoreIsNoticed(Sampler sampler) {
    Score broken =
        new Score() {
          @Override
          public int dim() {
            return 2;
          }

          @Override
          public void score(Batch x, int from, int to, double t, Batch out) {
            for (int i = from; i < to; i++) {
              out.set(i, 0, x.get(i, 0) == 7 ? Float.NaN : 0);
              out.set(i, 1, 0);
            }
          }
        };
    Batch x = Batch.zeros(400, 2);
    x.set(300, 0, 7);
    assertThatThrownBy(() -> sampler.run(broken, x, Key.of(1), 3, (step, s) -> {}))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageMatching(
            sampler instanceof Mala
                ? ".*row 300.*Key\\[0000000000000001\\].*"
                : ".*step 1, key Key\\[0000000000000001\\], row 300 \\(column 0 is NaN\\): use.*");
  }

  @Test
  void startsAreNormalWithTheStdOfTheFirstTime() {
    Ancestral sampler = Ancestral.of(LinearSde.varianceExploding(0.01, 30), 10);
    Batch start = sampler.start(5, 2, 100, Key.of(3));
    Batch z = Batch.zeros(5, 2);
    Noise.normals(Key.of(3).fold(0), 0, 100, 5, 2, z.data(), 0);
    assertThat(sampler.startStd()).isEqualTo(LinearSde.varianceExploding(0.01, 30).priorStd());
    for (int i = 0; i < 10; i++) {
      assertThat(start.data()[i]).isEqualTo((float) sampler.startStd() * z.data()[i]);
    }
  }

  @Test
  void badArgumentsAreRefused() {
    TimeGrid rising = GRID.reversed();
    assertThatThrownBy(() -> ReverseSde.of(PROCESS, rising)).hasMessageContaining("must fall");
    assertThatThrownBy(() -> Ancestral.of(PROCESS, rising)).hasMessageContaining("must fall");
    assertThatThrownBy(() -> PredictorCorrector.of(PROCESS, rising))
        .hasMessageContaining("must fall");
    for (double snr : new double[] {0, 1, Double.NaN}) {
      assertThatThrownBy(() -> PredictorCorrector.of(PROCESS, 5).withCorrector(1, snr))
          .hasMessageContaining("snr");
    }
    assertThatThrownBy(() -> PredictorCorrector.of(PROCESS, 5).withCorrector(-1, 0.1))
        .hasMessageContaining("corrections");
    SigmaLadder ladder = SigmaLadder.geometric(10, 0.1, 3);
    assertThatThrownBy(() -> AnnealedLangevin.of(ladder, 0)).hasMessageContaining("stepsPerLevel");
    assertThatThrownBy(() -> AnnealedLangevin.of(ladder, 1 << 24))
        .hasMessageContaining("stepsPerLevel");
    assertThatThrownBy(() -> AnnealedLangevin.of(ladder, 5).withStepSize(-1))
        .hasMessageContaining("stepSize");
    ReverseSde bent = ReverseSde.of(new Bent(1), GRID);
    assertThatThrownBy(() -> bent.withDenoise(true)).hasMessageContaining("denoise");
    assertThatThrownBy(() -> bent.sample(SCORE, 3, Key.of(1))).hasMessageContaining("pass a start");
  }
}
