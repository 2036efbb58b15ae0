package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.backend.Backend;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.LossEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.ExactTrace;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.sample.AffineSteps;
import score4j.sample.ChainScore;

/// What goes in parts, what does not fit, what is closed, and that nothing is left of what failed.
@Card(fakeOnly = true)
class GpuMemoryTest {
  private static final Mlp SMALL = Mlp.of(Activation.TANH, 2, 24, 24, 2);
  private static final Mlp WIDE = Mlp.of(Activation.TANH, 3, 300, 3);
  private static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 20);
  private static final Key KEY = Key.of(5);

  @BeforeEach
  @AfterEach
  void reset() {
    FakeCard.reset();
    assertThat(FakeCard.count(FakeCard.Count.BLOCKS)).isZero();
    assertThat(FakeCard.count(FakeCard.Count.CONTEXTS)).isZero();
  }

  private static ScoreNetwork network(Mlp mlp) {
    return ScoreNetwork.of(mlp, GpuScoreTest.parameters(mlp));
  }

  /// Told the time, with so many hidden units.
  private static ScoreNetwork conditioned(int hidden) {
    Conditioning conditioning = Conditioning.of(PROCESS).withContext(2);
    Mlp mlp = Mlp.of(Activation.SILU, 3 + conditioning.inputs(), hidden, 3);
    return ScoreNetwork.of(mlp, conditioning, GpuScoreTest.parameters(mlp));
  }

  private static double[] times(int rows) {
    double[] t = new double[rows];
    for (int i = 0; i < rows; i++) {
      t[i] = 0.1 + 0.9 * i / rows;
    }
    return t;
  }

  private static AffineSteps steps(double size) {
    AffineSteps.Builder list = AffineSteps.builder();
    for (int i = 0; i < 5; i++) {
      list.add(0.5 - i * 0.05, 1, size, 0.1);
    }
    return list.build();
  }

  private static void free(Session session, long bytes) {
    FakeCard.memory(session.usage().bytes() + bytes);
  }

  /// Rows, results, factors, features and matrices between layers are all counted.
  @ParameterizedTest
  @ValueSource(ints = {20, 300})
  void rowsOfManyTimesGoInParts(int hidden) {
    ScoreNetwork network = conditioned(hidden);
    Batch x = GpuScoreTest.points(900, 3);
    double[] t = times(900);
    Batch expected = Batch.zeros(900, 3);
    network.score(x, 0, 900, t, expected);
    try (Session session = Gpu.open();
        GpuScore score = session.score(network)) {
      int row = 4 * (2 * 3 + DeviceNetwork.FACTORS + network.conditioning().inputs());
      // rows alone would fit
      free(session, hidden == 20 ? 900 * 24 + 5000 : 200 * row + 8 * 300 * 200);
      Batch actual = Batch.zeros(900, 3);
      score.score(x, 0, 900, t, actual);
      GpuScoreTest.assertSame(actual, expected, network);
    }
  }

  @Test
  void theLargestBatchThatFitsIsTheTruth() {
    ScoreNetwork network = network(SMALL);
    try (Session session = Gpu.open();
        GpuScore score = session.score(network)) {
      free(session, 1000);
      // 16 bytes a row, and 32 for factors
      assertThatThrownBy(() -> score.score(GpuScoreTest.points(5000, 2)))
          .isInstanceOfSatisfying(
              GpuMemoryException.class, e -> assertThat(e.largestBatch()).isEqualTo(60));
      assertThatThrownBy(() -> score.score(GpuScoreTest.points(61, 2)))
          .isInstanceOf(GpuMemoryException.class);
      Batch x = GpuScoreTest.points(60, 2);
      GpuScoreTest.assertSame(score.score(x), network.score(x), "60 rows");
    }
  }

  @Test
  void partsAreSmallEnoughForArraysOfJava() {
    assertThat(GpuScore.mostRows(2, 300, false)).isEqualTo(4 << 20);
    assertThat(GpuScore.mostRows(1, 300, true) * 300L).isLessThan(1 << 24);
    assertThat(GpuScore.mostRows(1, 0, true) * 6L).isLessThan(1 << 24);
    assertThat(GpuScore.mostRows(1 << 24, 0, false)).isEqualTo(1);
  }

  @Test
  void partialGradientsAreNoMoreThanMayBeMade() {
    for (int[] sizes : new int[][] {{3, 300, 3}, {300, 2000, 700, 300}, {130, 20, 130}}) {
      JetSizes jet = new JetSizes(Mlp.of(Activation.TANH, sizes), sizes[0]);
      int before = 0;
      for (int n = 1; n < 3000; n += 7) {
        int most = jet.mostParts(n, false);
        assertThat(jet.parts(n, false)).isLessThanOrEqualTo(most);
        assertThat(most).isGreaterThanOrEqualTo(before);
        before = most;
      }
    }
    // 16·6 blocks for the largest layer, of which 264 are enough
    JetSizes large = new JetSizes(Mlp.of(Activation.TANH, 300, 2000, 700, 300), 300);
    assertThat(large.mostParts(10_000, false)).isEqualTo(3);
  }

  @Test
  void chainsGoOnInPartsWhenOthersTakeTheMemory() {
    ScoreNetwork network = network(WIDE);
    Batch x = GpuScoreTest.points(900, 3);
    AffineSteps steps = steps(0.01);
    Batch expected = x.copy();
    Batch actual = x.copy();
    try (Session session = Gpu.open()) {
      try (GpuScore score = session.score(network);
          ChainScore.Chain chain = score.begin(steps, x, 0, KEY)) {
        chain.advance(0, 5);
        chain.read(expected);
      }
      GpuScore again = session.score(network);
      free(session, 900 * (12 + 2400) + 2000);
      try (ChainScore.Chain chain = again.begin(steps, x, 0, KEY)) {
        chain.advance(0, 2);
        // a batch that does not fit gives the matrices between layers back
        free(session, 1000 - 900 * 2400);
        assertThatThrownBy(() -> again.score(GpuScoreTest.points(5000, 3)))
            .isInstanceOf(GpuMemoryException.class);
        // those for 128 rows fit once half of the state is gone
        free(session, 128 * 2400 - 5000);
        long before = session.usage().launches();
        chain.advance(2, 4);
        chain.advance(4, 5);
        assertThat(session.usage().launches() - before).isGreaterThan(50);
        chain.read(actual);
      }
      again.close();
    }
    GpuScoreTest.assertSame(actual, expected, "chains");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void divergencesGoInParts(boolean wide) {
    ScoreNetwork network = network(wide ? WIDE : SMALL);
    int rows = 700;
    Batch x = GpuScoreTest.points(rows, network.dim());
    float[] expected = new float[rows];
    float[] actual = new float[rows];
    try (Session session = Gpu.open();
        GpuScore score = session.score(network)) {
      score.divergence(x, 0.5, expected);
    }
    try (Session session = Gpu.open();
        GpuScore score = session.score(network)) {
      score.divergence(x.slice(0, 1).copy(), 0.5, new float[1]);
      free(session, wide ? 2_000_000 : 6_000);
      long before = session.usage().launches();
      score.divergence(x, 0.5, actual);
      assertThat(session.usage().launches() - before).isGreaterThan(wide ? 10 : 2);
    }
    assertThat(Arrays.mismatch(actual, expected)).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void productsGoInParts(boolean transposed) {
    ScoreNetwork network = network(WIDE);
    Batch x = GpuScoreTest.points(700, 3);
    Batch v = Noise.normals(KEY, 700, 3);
    Batch expected = Batch.zeros(700, 3);
    Batch actual = Batch.zeros(700, 3);
    try (Session session = Gpu.open();
        GpuScore score = session.score(network)) {
      product(score, x, v, transposed, expected);
    }
    try (Session session = Gpu.open();
        GpuScore score = session.score(network)) {
      Batch one = x.slice(0, 1);
      product(score, one, one.copy(), transposed, Batch.zeros(1, 3));
      free(session, 10_000);
      Batch untouched = Batch.zeros(5000, 3);
      Batch many = GpuScoreTest.points(5000, 3);
      assertThatThrownBy(() -> product(score, many, many.copy(), transposed, untouched))
          .isInstanceOf(GpuMemoryException.class)
          .hasMessageContaining("a batch of 64 rows with products takes");
      assertThat(untouched.data()).containsOnly(0);
      free(session, 1_000_000);
      long before = session.usage().launches();
      product(score, x, v, transposed, actual);
      assertThat(session.usage().launches() - before).isGreaterThan(20);
    }
    GpuScoreTest.assertSame(actual, expected, "products");
  }

  /// What one score keeps for its next call does not keep another from its own.
  @Test
  void whatIsSpareIsGivenBack() {
    ScoreNetwork network = network(WIDE);
    Batch x = GpuScoreTest.points(2000, 3);
    Batch few = x.slice(0, 100);
    try (Session session = Gpu.open();
        GpuScore first = session.score(network);
        GpuScore second = session.score(network)) {
      first.divergence(x, 0.5, new float[2000]);
      long kept = session.usage().bytes();
      free(session, 20_000);
      assertThat(second.score(few)).isEqualTo(network.score(few));
      assertThat(session.usage().bytes()).isLessThan(kept);
      free(session, 20_000);
      Batch untouched = Batch.zeros(2000, 3);
      assertThatThrownBy(() -> first.jvp(x, x.copy(), 0.5, untouched))
          .isInstanceOf(GpuMemoryException.class);
      assertThat(untouched.data()).containsOnly(0);
    }
    assertThat(FakeCard.count(FakeCard.Count.BLOCKS)).isZero();
  }

  private static void product(GpuScore score, Batch x, Batch v, boolean transposed, Batch out) {
    if (transposed) {
      score.vjp(x, v, 0.5, out);
    } else {
      score.jvp(x, v, 0.5, out);
    }
  }

  /// As much as there is, or not enough; never something else.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gradientsDoNotDependOnTheMemoryThatIsFree(boolean wide) {
    Mlp mlp = wide ? WIDE : SMALL;
    Parameters parameters = GpuScoreTest.parameters(mlp);
    Batch x = GpuScoreTest.points(900, mlp.outputs());
    float[] expected = new float[parameters.size()];
    int fitted = 0;
    int failed = 0;
    for (long bytes : new long[] {1 << 29, 64 << 20, 16 << 20, 2 << 20, 1 << 19, 100_000, 50_000}) {
      FakeCard.memory(bytes);
      float[] gradient = new float[parameters.size()];
      try (Session session = Gpu.open();
          GpuBackend gpu = GpuBackend.of(session, Arithmetic.REPRODUCIBLE, Threads.ONE);
          LossEngine engine = gpu.lossEngine(mlp, Conditioning.none(), new ExactTrace())) {
        engine.lossAndGradient(parameters, x, 0, KEY, gradient);
        expected = fitted == 0 ? gradient : expected;
        assertThat(Arrays.mismatch(gradient, expected)).isEqualTo(-1);
        fitted++;
      } catch (GpuMemoryException e) {
        assertThat(e).hasMessageContaining("a tile of 900 rows with gradients");
        assertThat(gradient).containsOnly(0);
        failed++;
      }
    }
    assertThat(fitted).isGreaterThan(1);
    assertThat(failed).isGreaterThan(1);
  }

  private static int everyAllocation(Consumer<Session> work) {
    for (int k = 0; k < 100; k++) {
      try (Session session = Gpu.open()) {
        long before = FakeCard.count(FakeCard.Count.BLOCKS);
        FakeCard.fail("cuMemAlloc", k, FakeCard.OUT_OF_MEMORY);
        try {
          work.accept(session);
          if (FakeCard.count(FakeCard.Count.FAULTS) > 0) { // there is no such allocation
            return k;
          }
          // something spare was given back
          assertThat(FakeCard.count(FakeCard.Count.BLOCKS)).as("the %dth", k).isEqualTo(before);
        } catch (GpuMemoryException e) {
          assertThat(FakeCard.count(FakeCard.Count.BLOCKS)).as("the %dth", k).isEqualTo(before);
          assertThat(session.usage().bytes()).isEqualTo(4 * before);
        } finally {
          FakeCard.reset();
        }
      }
    }
    throw new AssertionError("it always fails");
  }

  @Test
  void whateverAllocationFailsNothingIsLeft() {
    for (Mlp mlp : List.of(SMALL, WIDE)) {
      ScoreNetwork network = network(mlp);
      Batch x = GpuScoreTest.points(10, network.dim());
      assertThat(
              everyAllocation(
                  session -> {
                    try (GpuScore score = session.score(network)) {
                      score.score(x);
                      score.divergence(x, 0, new float[10]);
                      score.jvp(x, x.copy(), 0, x.copy());
                      score.vjp(x, x.copy(), 0, x.copy());
                    }
                  }))
          .isGreaterThan(10);
      assertThat(
              everyAllocation(
                  session -> {
                    try (GpuScore score = session.score(network);
                        ChainScore.Chain chain = score.begin(steps(0.01), x, 0, KEY)) {
                      chain.advance(0, 5);
                    }
                  }))
          .isGreaterThan(4);
      assertThat(
              everyAllocation(
                  session -> {
                    GpuBackend gpu = GpuBackend.of(session, Arithmetic.FAST, Threads.ONE);
                    Parameters parameters = GpuScoreTest.parameters(mlp);
                    try (LossEngine engine =
                        gpu.lossEngine(mlp, Conditioning.none(), new ExactTrace())) {
                      engine.lossAndGradient(parameters, x, 0, KEY, new float[parameters.size()]);
                    }
                  }))
          .isGreaterThan(8);
    }
  }

  @Test
  void aScoreThatIsClosedTakesNoMemory() {
    ScoreNetwork network = network(WIDE);
    Batch x = GpuScoreTest.points(10, 3);
    float[] out = new float[10];
    try (Session session = Gpu.open()) {
      GpuScore score = session.score(network);
      ChainScore.Chain chain = score.begin(steps(0.01), x, 0, KEY);
      DeviceArray array = session.allocate(30);
      score.close();
      score.close();
      chain.close();
      long before = session.usage().bytes();
      List<Runnable> calls =
          List.of(
              () -> score.score(x),
              () -> score.score(array, 10, 0, array),
              () -> score.divergence(x, 0, out),
              () -> score.jvp(x, x.copy(), 0, x.copy()),
              () -> score.vjp(x, x.copy(), 0, x.copy()),
              () -> score.scoreAndForms(x, 0, 10, times(10), new float[30], 1, x.copy(), out),
              () -> score.begin(steps(0.01), x, 0, KEY));
      for (Runnable call : calls) {
        assertThatThrownBy(call::run)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageStartingWith("the score was closed: make another");
      }
      assertThatThrownBy(() -> chain.advance(0, 1)).hasMessageStartingWith("the chain was closed");
      assertThat(session.usage().bytes()).isEqualTo(before).isEqualTo(120);
      LossEngine engine =
          GpuBackend.of(session, Arithmetic.REPRODUCIBLE, Threads.ONE)
              .lossEngine(WIDE, Conditioning.none(), new ExactTrace());
      engine.close();
      assertThatThrownBy(() -> engine.loss(GpuScoreTest.parameters(WIDE), x, KEY))
          .isInstanceOf(IllegalStateException.class);
      assertThat(session.usage().bytes()).isEqualTo(before);
    }
  }

  @Test
  void arraysOfAnotherSessionAreRefused() {
    try (Session one = Gpu.open();
        Session two = Gpu.open();
        GpuScore score = one.score(network(SMALL));
        DeviceArray own = one.allocate(20);
        DeviceArray other = two.allocate(20)) {
      assertThatThrownBy(() -> score.score(own, 10, 0, other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("out is an array of another session: ");
      assertThatThrownBy(() -> score.score(other, 10, 0, own))
          .hasMessageStartingWith("x is an array of another session: ");
      for (int rows : new int[] {0, (1 << 30) + 1}) {
        assertThatThrownBy(() -> score.score(own, rows, 0, own))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("rows must be from 1 to 1,073,741,824 but was ");
      }
    }
  }

  @Test
  void autoFallsBackWhereTheDriverCannotCompile() {
    FakeCard.fail("cuModuleLoadDataEx", 0, 222);
    assertThatThrownBy(() -> Backend.open("gpu", Threads.ONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CUDA_ERROR_UNSUPPORTED_PTX_VERSION");
    FakeCard.fail("cuModuleLoadDataEx", 0, 222);
    try (Backend backend = Backend.open("auto", Threads.ONE)) {
      assertThat(backend.name()).isEqualTo("cpu");
    }
    FakeCard.fail("cuDevicePrimaryCtxRetain", 0, 46);
    assertThatThrownBy(Gpu::open)
        .isExactlyInstanceOf(GpuException.class)
        .hasMessageContaining("CUDA_ERROR_DEVICE_UNAVAILABLE (46): taken by another process");
  }
}
