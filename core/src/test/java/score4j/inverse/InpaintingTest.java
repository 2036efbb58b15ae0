package score4j.inverse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.process.LinearSde;
import score4j.process.TimeGrid;
import score4j.rng.Key;
import score4j.rng.Noise;

class InpaintingTest {
  private static final float NO = Float.NaN;
  private static final LinearSde VP = LinearSde.variancePreserving(0.1, 20);

  static List<LinearSde> processes() {
    return Toys.processes();
  }

  private static TimeGrid grid(LinearSde process, int steps) {
    return TimeGrid.logNoise(process, 1, 1e-3, steps);
  }

  /// Coordinates that do not depend on each other: what is known says nothing of the rest, and the
  /// missing one has its own law. z = 5 for 600 samples, and 4% for 100 steps of weak order 1.
  @ParameterizedTest
  @MethodSource("processes")
  void whatIsIndependentKeepsItsLaw(LinearSde process) {
    Score score =
        Gaussian.diagonal(new double[] {1, -1}, new double[] {0.5, 0.8}).mixture().under(process);
    int n = 600;
    Batch x =
        Inpainting.of(process, grid(process, 100), Batch.of(new float[][] {{NO, 0.25f}}))
            .withResampling(1, 1)
            .sample(score, n, Key.of(1));
    double sum = 0;
    double squares = 0;
    for (int r = 0; r < n; r++) {
      assertThat(x.get(r, 1)).isEqualTo(0.25f);
      sum += x.get(r, 0) - 1;
      squares += Math.pow(x.get(r, 0) - 1, 2);
    }
    assertThat(sum / n).isCloseTo(0, within(5 * 0.5 / Math.sqrt(n) + 0.04));
    assertThat(squares / n / 0.25).isCloseTo(1, within(5 * Math.sqrt(2.0 / n) + 0.04));
  }

  /// How far the missing coordinate of three modes is from its true law, known the other: at 0.3,
  /// between the modes, and at 1, where one has nearly all. Replacement alone hardly lets the known
  /// value choose the mode; ten resamplings take away a third to a half of the error. The bounds
  /// are what was measured, plus the errors of 1000 samples.
  @ParameterizedTest
  @CsvSource({
    // known, resamplings, error of the mean, of the weights
    "0.3, 1, 1.37, .55",
    "0.3, 10, .93, .39",
    "1, 1, 1.02, .17",
    "1, 10, .45, .08",
  })
  void resamplingBringsModesNearerTheirPosterior(
      float known, int resamplings, double mean, double weights) {
    GaussianMixture exact = Toys.MODES.conditional(new int[] {0}, new double[] {known});
    int n = 1000;
    Batch x =
        Inpainting.of(VP, grid(VP, 50), Batch.of(new float[][] {{known, NO}}))
            .withResampling(resamplings, 1)
            .sample(Toys.MODES.under(VP), n, Key.of(2));
    Posterior.Distance distance = Posterior.distance(Batch.wrap(x.column(1), n, 1), exact);
    assertThat(distance.mean()).isLessThan(mean + 0.05);
    assertThat(distance.weights()).isLessThan(weights + 0.03);
    // and it is as wrong as that: an improvement should be written down
    assertThat(distance.weights()).isGreaterThan(weights - 0.05);
  }

  @Test
  void threadsAndSplitsDoNotChangeABit() {
    Score score = Toys.MODES.under(VP);
    int n = 600;
    Batch known = Batch.zeros(n, 2);
    for (int r = 0; r < n; r++) { // each row misses what it misses
      known.set(r, 0, r % 3 == 0 ? NO : 0.01f * r);
      known.set(r, 1, r % 3 == 1 ? NO : 1);
    }
    Inpainting sampler = Inpainting.of(VP, grid(VP, 10), known).withResampling(3, 2);
    Key key = Key.of(3);
    Batch start = Noise.normals(Key.of(4), n, 2);
    Batch one = sampler.withThreads(Threads.ONE).sample(score, start, key);
    assertThat(sampler.withThreads(Threads.of(3)).sample(score, start, key)).isEqualTo(one);
    for (int[] part : new int[][] {{0, 1}, {1, 300}, {300, 600}}) {
      Batch x = start.slice(part[0], part[1]);
      sampler.run(score, x, part[0], key, 7, (step, state) -> {});
      assertThat(x).isEqualTo(one.slice(part[0], part[1]));
    }
    for (int r = 0; r < n; r++) {
      for (int d = 0; d < 2; d++) {
        if (!Float.isNaN(known.get(r, d))) {
          assertThat(one.get(r, d)).isEqualTo(known.get(r, d));
        }
      }
    }
  }

  /// What comes from far away, as a score on a card does, comes for many rows at once: here for a
  /// thread's half of them, and not for 256.
  @Test
  void aScoreIsAskedForAsManyRowsAsItWants() {
    Score near = Toys.MODES.under(VP);
    AtomicLong most = new AtomicLong();
    Score far =
        new Score() {
          @Override
          public int dim() {
            return near.dim();
          }

          @Override
          public int rowsAtOnce() {
            return 1 << 14;
          }

          @Override
          public void score(Batch x, int from, int to, double t, Batch out) {
            most.accumulateAndGet(to - from, Math::max);
            near.score(x, from, to, t, out);
          }
        };
    int n = 601;
    Inpainting sampler =
        Inpainting.of(VP, grid(VP, 5), Batch.of(new float[][] {{NO, 1}}))
            .withResampling(2, 1)
            .withThreads(Threads.of(2));
    assertThat(sampler.sample(far, n, Key.of(6))).isEqualTo(sampler.sample(near, n, Key.of(6)));
    assertThat(most).hasValue(301);
  }

  /// The count of moves and scores, and the order of moves where two steps are undone at a time.
  @Test
  void movesGoDownAndUpAsSaid() {
    AtomicLong asked = new AtomicLong();
    Score counted =
        new Score() {
          @Override
          public int dim() {
            return 1;
          }

          @Override
          public void score(Batch x, int from, int to, double t, Batch out) {
            asked.incrementAndGet();
          }
        };
    Batch known = Batch.of(new float[][] {{NO}});
    Inpainting sampler = Inpainting.of(VP, grid(VP, 12), known).withResampling(4, 3);
    List<Long> seen = new ArrayList<>();
    sampler.run(counted, Batch.zeros(1, 1), Key.of(1), 20, (step, x) -> seen.add(step));
    assertThat(sampler.steps()).isEqualTo(12 + 2 * 3 * 12 + 1);
    assertThat(seen).containsExactly(0L, 20L, 40L, 60L, 80L, 85L);
    assertThat(asked.get()).isEqualTo(4 * 12 + 1);
    TimeGrid grid = grid(VP, 5);
    InpaintingMoves moves = InpaintingMoves.of(VP, grid, 2, 2);
    // places of the grid that scores are asked at: back up from 3 and from 5
    int[] places = {0, 1, 2, 1, 2, 3, 4, 3, 4, 5};
    int next = 0;
    for (int k = 0; k < Inpainting.of(VP, grid, known).withResampling(2, 2).steps(); k++) {
      if (moves.asksForScore(k)) {
        assertThat(moves.time(k)).isEqualTo(grid.time(places[next++]));
      }
    }
    assertThat(next).isEqualTo(places.length);
  }

  /// Up undoes down for the variance: of x₀ = 0 with σ′, a·x + b·z has σ.
  @Test
  void theWayUpMakesTheMarginalAgain() {
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    TimeGrid grid = TimeGrid.uniform(1, 0.1, 3);
    InpaintingMoves moves = InpaintingMoves.of(process, grid, 2, 3);
    Batch known = Batch.of(new float[][] {{NO}});
    double variance = Math.pow(process.marginal(0.1).std(), 2);
    for (int k = 3; k < 6; k++) { // the three moves up
      Batch x = Batch.of(new float[][] {{1}});
      moves.make(k, x, x, new float[1], 0, 1, known, 0);
      double a = x.get(0, 0);
      x.set(0, 0, 0);
      moves.make(k, x, x, new float[] {1}, 0, 1, known, 0);
      variance = a * a * variance + Math.pow(x.get(0, 0), 2);
      assertThat(Math.sqrt(variance))
          .isCloseTo(process.marginal(grid.time(5 - k)).std(), within(1e-6));
    }
  }

  /// A step down gives a known coordinate the law of its value at the new time, and takes a missing
  /// one, of data that is all 0, from variance σ² to σ′².
  @Test
  void theWayDownReplacesAndDenoises() {
    TimeGrid grid = TimeGrid.uniform(0.9, 0.1, 4);
    InpaintingMoves moves = InpaintingMoves.of(VP, grid, 1, 1);
    Batch known = Batch.of(new float[][] {{2, NO}});
    for (int k = 0; k < 4; k++) {
      double std = VP.marginal(grid.time(k)).std();
      double next = VP.marginal(grid.time(k + 1)).std();
      Batch x = Batch.of(new float[][] {{7, 1}});
      Batch score = Batch.of(new float[][] {{7, (float) (-1 / (std * std))}});
      moves.make(k, x, score, new float[] {0.5f, 0}, 0, 1, known, 0);
      double scale = VP.marginal(grid.time(k + 1)).meanScale();
      assertThat((double) x.get(0, 0)).isCloseTo(2 * scale + 0.5 * next, within(1e-6));
      double a = x.get(0, 1);
      x.set(0, 1, 0);
      moves.make(k, x, Batch.zeros(1, 2), new float[] {0, 1}, 0, 1, known, 0);
      double variance = Math.pow(a * std, 2) + Math.pow(x.get(0, 1), 2);
      assertThat(Math.sqrt(variance)).isCloseTo(next, within(1e-6));
    }
  }

  @Test
  void badArgumentsAreNamed() {
    Batch known = Batch.of(new float[][] {{NO, 1}});
    Score score = Toys.MODES.under(VP);
    assertThatThrownBy(() -> Inpainting.of(VP, grid(VP, 5).reversed(), known))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("grid must fall");
    assertThatThrownBy(() -> Inpainting.of(VP, 5, Batch.zeros(0, 2)))
        .hasMessageContaining("known has no row");
    assertThatThrownBy(
            () -> Inpainting.of(VP, 5, Batch.of(new float[][] {{Float.POSITIVE_INFINITY}})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN where it is missing");
    assertThatThrownBy(() -> Inpainting.of(VP, 5, known).withResampling(0, 1))
        .hasMessageContaining("resamplings and jump must be at least 1 but were 0 and 1");
    assertThatThrownBy(() -> Inpainting.of(VP, 5, Batch.zeros(3, 2)).sample(score, 4, Key.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("known has 3 rows but samples 0 to 3 are asked for");
    assertThatThrownBy(() -> Inpainting.of(VP, 5, Batch.zeros(1, 3)).sample(score, 4, Key.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("known has 3 columns");
    assertThatThrownBy(() -> Inpainting.of(VP, 5, known).sample(score.times(1e38), 400, Key.of(1)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("at step 1, ")
        .hasMessageContaining("row 0:");
  }
}
