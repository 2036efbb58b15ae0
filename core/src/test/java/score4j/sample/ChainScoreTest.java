package score4j.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.TimeGrid;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.solve.Heun;

/// Chains that a score makes by itself end where the sampler's own would, and fail as they would.
class ChainScoreTest {
  private static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 20);
  private static final Key KEY = Key.of(2);

  /// Pulls to the centre, faster early than late; beyond `cliff` it throws samples off.
  private record Pull(int dim, double cliff) implements Score {
    @Override
    public void score(Batch x, int from, int to, double t, Batch out) {
      float pull = (float) (1 / (0.5 + t));
      for (int i = from * dim; i < to * dim; i++) {
        float at = x.data()[i];
        out.data()[i] =
            Math.abs(at) > cliff ? Float.MAX_VALUE * at : (float) Math.sin(at) - pull * at;
      }
    }
  }

  /// The steps of [AffineSteps] as they are written down, sample by sample, in one loop.
  private static final class Aside implements ChainScore {
    final List<String> calls = new ArrayList<>();
    int open;
    int mostRows;
    private final Score score;

    Aside(Score score) {
      this.score = score;
    }

    @Override
    public int dim() {
      return score.dim();
    }

    @Override
    public void score(Batch x, int from, int to, double t, Batch out) {
      synchronized (this) {
        mostRows = Math.max(mostRows, to - from);
      }
      score.score(x, from, to, t, out);
    }

    @Override
    public Chain begin(AffineSteps steps, Batch x, long firstSample, Key key) {
      open++;
      return new Loop(steps, x.copy(), firstSample, key);
    }

    private final class Loop implements Chain {
      private final AffineSteps steps;
      private final Batch x;
      private final long firstSample;
      private final Key key;
      private boolean closed;

      Loop(AffineSteps steps, Batch x, long firstSample, Key key) {
        this.steps = steps;
        this.x = x;
        this.firstSample = firstSample;
        this.key = key;
      }

      @Override
      public void advance(long from, long to) {
        calls.add(from + "-" + to);
        float[] z = new float[x.data().length];
        for (long k = from; k < to; k++) {
          Batch s = Batch.zeros(x.rows(), x.cols());
          score.score(x, 0, x.rows(), steps.time(k), s);
          if (steps.kick(k) != 0) {
            Noise.normals(key, (int) k, firstSample, x.rows(), x.cols(), z, 0);
          }
          for (int i = 0; i < z.length; i++) {
            float noise = steps.kick(k) == 0 ? 0 : z[i];
            float moved = steps.keep(k) * x.data()[i];
            moved = Math.fma(steps.gain(k), s.data()[i], moved);
            x.data()[i] = Math.fma(steps.kick(k), noise, moved);
          }
        }
      }

      @Override
      public void read(Batch out) {
        System.arraycopy(x.data(), 0, out.data(), 0, x.data().length);
      }

      @Override
      public void close() {
        open -= closed ? 0 : 1;
        closed = true;
      }
    }
  }

  static List<Sampler> affine() {
    List<Sampler> all = new ArrayList<>();
    all.add(Langevin.of(0.1, 13));
    for (Samplers.Diffusing sampler : Samplers.diffusing(PROCESS, 12)) {
      if (!sampler.name().contains("Heun")) {
        all.add(sampler.sampler());
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("affine")
  void handedOverChainsHaveTheSamplersBits(Sampler sampler) {
    Score score = new Pull(3, 1e30);
    Batch start = Noise.normals(Key.of(1), 600, 3);
    Aside aside = new Aside(score);
    for (long every : new long[] {1, 5, 1000}) {
      for (long firstSample : new long[] {0, 5_000_000_000L}) {
        List<Batch> seen = new ArrayList<>();
        Batch own = start.copy();
        sampler.run(score, own, firstSample, KEY, every, (step, x) -> seen.add(x.copy()));
        List<Batch> handed = new ArrayList<>();
        List<Long> steps = new ArrayList<>();
        Batch x = start.copy();
        sampler.run(
            aside,
            x,
            firstSample,
            KEY,
            every,
            (step, state) -> {
              assertThat(state).isSameAs(x);
              steps.add(step);
              handed.add(state.copy());
            });
        assertThat(x).isEqualTo(own);
        assertThat(handed).isEqualTo(seen);
        assertThat(steps.getFirst()).isZero();
        assertThat(steps.getLast()).isEqualTo(sampler.steps());
      }
    }
    assertThat(aside.calls).hasSizeGreaterThan(3);
    assertThat(aside.open).isZero();
  }

  // a device is asked for many rows at once, with the bits of asking for few
  @Test
  void stepsThatAreNotAffineStayWithTheSampler() {
    Score score = new Pull(3, 1e30);
    Batch start = Noise.normals(Key.of(1), 1500, 3);
    TimeGrid grid = TimeGrid.of(PROCESS, 5);
    for (Threads threads : List.of(Threads.ONE, Threads.of(2))) {
      Aside aside = new Aside(score);
      for (Sampler sampler :
          List.of(
              Mala.of(0.1, 5).withThreads(threads),
              ReverseSde.of(PROCESS, grid)
                  .withScheme(ReverseSde.Scheme.STOCHASTIC_HEUN)
                  .withThreads(threads))) {
        assertThat(sampler.sample(aside, start, KEY)).isEqualTo(sampler.sample(score, start, KEY));
      }
      assertThat(aside.calls).isEmpty();
      assertThat(aside.mostRows).isEqualTo(1500 / threads.count());
    }
  }

  @Test
  void flowsAskADeviceForManyRowsAtOnce() {
    Score score = new Pull(3, 1e30);
    Batch noise = Noise.normals(Key.of(1), 900, 3);
    ProbabilityFlow adaptive = ProbabilityFlow.of(PROCESS).withThreads(Threads.ONE);
    ProbabilityFlow fixed = adaptive.withSolver(new Heun()).withGrid(TimeGrid.of(PROCESS, 5));
    for (ProbabilityFlow flow : List.of(adaptive, fixed)) {
      Aside aside = new Aside(score);
      assertThat(flow.decode(aside, noise)).isEqualTo(flow.decode(score, noise));
      assertThat(aside.mostRows).isEqualTo(900);
      // sums and scores whose time stands ask as their parts do
      aside.mostRows = 0;
      flow.decode(aside.plus(score), noise);
      assertThat(aside.mostRows).isEqualTo(900);
      aside.mostRows = 0;
      flow.decode(aside.at(0.5), noise);
      assertThat(aside.mostRows).isEqualTo(900);
    }
  }

  @Test
  void aStretchGoesFromLookToLook() {
    Aside aside = new Aside(new Pull(1, 1e30));
    Langevin.of(0.1, 11).run(aside, Batch.zeros(4, 1), KEY, 4, (step, x) -> {});
    assertThat(aside.calls).containsExactly("0-4", "4-8", "8-11");
    aside.calls.clear();
    Langevin.of(0.1, 0).run(aside, Batch.zeros(4, 1), KEY, 4, (step, x) -> {});
    Langevin.of(0.1, 3).run(aside, Batch.zeros(0, 1), KEY, 4, (step, x) -> {});
    assertThat(aside.calls).isEmpty();
  }

  /// A cliff that noise carries some sample over sooner or later; by chance the sample is in any
  /// tile, and some follow.
  @ParameterizedTest
  @CsvSource({"2.2, 1", "2.6, 7", "2.8, 1000", "3.1, 64", "3.1, 1000", "3.3, 700"})
  void theFirstStepThatIsNotFiniteIsNamed(double cliff, long every) {
    Score score = new Pull(3, cliff);
    Batch start = Batch.zeros(700, 3);
    Sampler sampler = Langevin.of(0.01, 2000).withThreads(Threads.of(2));
    List<Long> seen = new ArrayList<>();
    ArithmeticException own =
        catchThrowableOfType(
            ArithmeticException.class,
            () -> sampler.run(score, start.copy(), 9, KEY, every, (step, x) -> seen.add(step)));
    assertThat(own).hasMessageContaining("left the finite numbers at step ");
    Aside aside = new Aside(score);
    List<Long> handed = new ArrayList<>();
    assertThatThrownBy(
            () -> sampler.run(aside, start.copy(), 9, KEY, every, (step, x) -> handed.add(step)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage(own.getMessage());
    assertThat(handed).isEqualTo(seen);
    assertThat(aside.open).isZero();
  }

  /// A state that is not finite and comes back would break the search; affine steps cannot.
  @Test
  void numbersThatAreNotFiniteStaySo() {
    float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    float[] factors = {0, -0f, 1, -1, Float.MIN_VALUE, 3e38f};
    for (float x : values) {
      for (float keep : factors) {
        for (float s : new float[] {0, 1, -3e38f, values[0], values[1], values[2]}) {
          for (float gain : factors) {
            float[] state = {x};
            AffineStep.update(state, new float[] {s}, new float[] {2}, 1, keep, gain, 1);
            assertThat(Float.isFinite(state[0])).isFalse();
          }
        }
      }
    }
  }

  @Test
  void stepsBeyondTheLastAreLikeTheLast() {
    AffineSteps steps = AffineSteps.builder().add(0.5, 1, 2, 3).addLangevin(0.25, 2).build();
    assertThat(steps.size()).isEqualTo(2);
    assertThat(steps.time(0)).isEqualTo(0.5);
    for (long step : new long[] {1, 2, 1L << 40}) {
      assertThat(steps.time(step)).isEqualTo(0.25);
      assertThat(steps.keep(step)).isEqualTo(1);
      assertThat(steps.gain(step)).isEqualTo(2);
      assertThat(steps.kick(step)).isEqualTo(2);
    }
    assertThatThrownBy(() -> AffineSteps.builder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("add at least one");
  }
}
