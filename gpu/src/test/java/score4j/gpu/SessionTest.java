package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.array.Batch;
import score4j.nn.Activation;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.rng.Key;
import score4j.sample.Langevin;

/// What a session does with little memory, with calls that fail and with a card that is lost, and
/// that it leaves nothing behind.
@Card(fakeOnly = true)
class SessionTest {
  private static final Mlp SMALL = Mlp.of(Activation.TANH, 2, 24, 24, 2);
  private static final Mlp WIDE = Mlp.of(Activation.TANH, 3, 300, 3);

  @BeforeEach
  @AfterEach
  void reset() {
    FakeCard.reset();
    for (FakeCard.Count what :
        List.of(
            FakeCard.Count.BLOCKS,
            FakeCard.Count.PINNED,
            FakeCard.Count.MODULES,
            FakeCard.Count.CONTEXTS,
            FakeCard.Count.EVENTS,
            FakeCard.Count.STREAMS)) {
      assertThat(FakeCard.count(what)).as("%s alive", what).isZero();
    }
  }

  private static ScoreNetwork network(Mlp mlp) {
    return ScoreNetwork.of(mlp, GpuScoreTest.parameters(mlp));
  }

  @Test
  void closingGivesEverythingBackInAnyOrder() {
    Session session = Gpu.open();
    GpuScore kept = session.score(network(WIDE));
    try (GpuScore score = session.score(network(SMALL))) {
      score.score(GpuScoreTest.points(10, 2));
    }
    kept.score(GpuScoreTest.points(10, 3));
    DeviceArray array = session.allocate(100);
    assertThat(session.usage().bytes()).isPositive();
    assertThat(FakeCard.count(FakeCard.Count.BYTES)).isEqualTo(session.usage().bytes());
    session.close();
    session.close();
    assertThat(session.usage().bytes()).isZero();
    kept.close();
    array.close();
    assertThatThrownBy(() -> array.download(0, new float[1], 0, 1))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> kept.score(GpuScoreTest.points(1, 3)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the session was closed: open another");
  }

  @Test
  void aScoreThatIsClosedLeavesNothingOnTheCard() {
    try (Session session = Gpu.open()) {
      long before = session.usage().bytes();
      for (Mlp mlp : List.of(SMALL, WIDE)) {
        try (GpuScore score = session.score(network(mlp))) {
          Langevin.of(0.01, 5).sample(score, GpuScoreTest.points(10, mlp.outputs()), Key.of(1));
        }
      }
      assertThat(session.usage().bytes()).isEqualTo(before);
    }
  }

  /// Outside a call of the session there is no context, and a driver frees nothing without.
  @Test
  void anArrayThatIsClosedAloneIsGivenBack() {
    try (Session session = Gpu.open()) {
      long before = FakeCard.count(FakeCard.Count.BYTES);
      DeviceArray array = session.allocate(1000);
      assertThat(FakeCard.count(FakeCard.Count.BYTES)).isEqualTo(before + 4000);
      array.close();
      array.close();
      assertThat(FakeCard.count(FakeCard.Count.BYTES)).isEqualTo(before);
    }
  }

  @Test
  void twoSessionsShareACard() {
    ScoreNetwork network = network(SMALL);
    Batch x = GpuScoreTest.points(10, 2);
    try (Session two = Gpu.open()) {
      GpuScore second;
      try (Session one = Gpu.open()) {
        second = two.score(network);
        GpuScoreTest.assertSame(one.score(network).score(x), network.score(x), "one");
      }
      GpuScoreTest.assertSame(second.score(x), network.score(x), "two");
    }
  }

  @Test
  void threadsTakeTurns() throws Exception {
    ScoreNetwork network = network(SMALL);
    try (Session session = Gpu.open();
        ExecutorService pool = Executors.newFixedThreadPool(4)) {
      GpuScore score = session.score(network);
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        Batch x = GpuScoreTest.points(40 + i, 2);
        tasks.add(
            () -> {
              GpuScoreTest.assertSame(score.score(x), network.score(x), "one of many");
              return true;
            });
      }
      for (Future<Boolean> result : pool.invokeAll(tasks)) {
        assertThat(result.get()).isTrue();
      }
    }
  }

  /// Not enough for all rows at once, so the batch goes in parts and the answer is the same.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBatchThatDoesNotFitGoesInParts(boolean wide) {
    ScoreNetwork network = network(wide ? WIDE : SMALL);
    Batch x = GpuScoreTest.points(900, network.dim());
    Batch expected = network.score(x);
    Batch moved = Langevin.of(0.01, 4).sample(network, x, Key.of(3));
    try (Session session = Gpu.open()) {
      GpuScore score = session.score(network);
      // the fake card keeps count to the byte: weights, tables, and 200 to 400 rows
      FakeCard.memory(session.usage().bytes() + (wide ? 700_000 : 5_000));
      long before = session.usage().launches();
      GpuScoreTest.assertSame(score.score(x), expected, "scores");
      assertThat(session.usage().launches() - before).isGreaterThan(2);
      score.close();
      GpuScore again = session.score(network);
      FakeCard.memory(session.usage().bytes() + (wide ? 700_000 : 5_000));
      GpuScoreTest.assertSame(
          Langevin.of(0.01, 4).sample(again, x, Key.of(3)), moved, "chains in parts");
    }
  }

  @Test
  void outOfMemoryNamesSizesAndTheLargestBatch() {
    ScoreNetwork network = network(SMALL);
    try (Session session = Gpu.open()) {
      GpuScore score = session.score(network);
      FakeCard.memory(session.usage().bytes() + 1000);
      assertThatThrownBy(() -> score.score(GpuScoreTest.points(5000, 2)))
          .isInstanceOfSatisfying(
              GpuMemoryException.class,
              e -> {
                assertThat(e.call()).isEqualTo("cuMemAlloc");
                assertThat(e.error()).isEqualTo("CUDA_ERROR_OUT_OF_MEMORY");
                assertThat(e.largestBatch()).isLessThan(128);
              })
          .hasMessageMatching(
              "cuMemAlloc: CUDA_ERROR_OUT_OF_MEMORY: a batch of 128 rows of 2 takes 2.0 KiB but \\d+ B of .* are free: the largest batch that fits has \\d+ rows");
      FakeCard.memory(1 << 20);
      assertThatThrownBy(() -> session.allocate(1 << 20))
          .isInstanceOf(GpuMemoryException.class)
          .hasMessageContaining("an array of 1,048,576 numbers takes 4.0 MiB but");
      // nothing is lost with it
      FakeCard.memory(1 << 24);
      Batch x = GpuScoreTest.points(10, 2);
      GpuScoreTest.assertSame(score.score(x), network.score(x), "afterwards");
    }
  }

  @Test
  void aKernelThatDoesNotStartNamesItselfAndTheError() {
    try (Session session = Gpu.open()) {
      GpuScore score = session.score(network(SMALL));
      FakeCard.fail("cuLaunchKernel", 0, FakeCard.LAUNCH_OUT_OF_RESOURCES);
      Batch out = Batch.zeros(3, 2);
      assertThatThrownBy(() -> score.score(GpuScoreTest.points(3, 2), out))
          .isExactlyInstanceOf(GpuException.class)
          .hasMessage("cuLaunchKernel(score_chain_s): CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES (701)");
      assertThat(out.data()).containsOnly(0);
      score.score(GpuScoreTest.points(3, 2), out);
      assertThat(out.data()).doesNotContain(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {FakeCard.ILLEGAL_ADDRESS, FakeCard.ECC_UNCORRECTABLE, FakeCard.LAUNCH_FAILED})
  void aCardThatIsLostIsOneExceptionAndNothingIsHalfWritten(int code) {
    ScoreNetwork network = network(SMALL);
    Batch x = GpuScoreTest.points(600, 2);
    for (String call : List.of("cuLaunchKernel", "cuStreamSynchronize", "cuMemcpyDtoHAsync")) {
      try (Session session = Gpu.open()) {
        GpuScore score = session.score(network);
        FakeCard.memory(session.usage().bytes() + 3_500); // four parts
        Batch out = Batch.zeros(600, 2);
        FakeCard.fail(call, 2, code); // in the middle of the parts
        assertThatThrownBy(() -> score.score(x, out))
            .as(call)
            .isInstanceOf(GpuLostException.class)
            .hasMessageEndingWith("the card is lost to this session: close it and open another");
        assertThat(out.data()).containsOnly(0);
        assertThatThrownBy(() -> session.allocate(1)).isInstanceOf(GpuLostException.class);
        Batch copy = x.copy();
        assertThatThrownBy(
                () -> Langevin.of(0.01, 3).run(score, copy, Key.of(1), 1, (step, state) -> {}))
            .isInstanceOf(GpuLostException.class);
        GpuScoreTest.assertSame(copy, x, "the chains' start");
      }
      FakeCard.reset();
      try (Session session = Gpu.open()) {
        GpuScoreTest.assertSame(session.score(network).score(x), network.score(x), "reopened");
      }
    }
  }

  @Test
  void whatDoesNotOpenLeavesNothing() {
    FakeCard.fail("cuStreamCreate", 0, FakeCard.OUT_OF_MEMORY);
    assertThatThrownBy(Gpu::open)
        .isInstanceOf(GpuException.class)
        .hasMessage("cuStreamCreate: CUDA_ERROR_OUT_OF_MEMORY (2)");
    try (Session session = Gpu.open()) {
      FakeCard.fail("cuModuleLoadDataEx", 0, 218);
      GpuScore score = session.score(network(SMALL));
      assertThatThrownBy(() -> score.score(GpuScoreTest.points(3, 2)))
          .hasMessage("cuModuleLoadDataEx: CUDA_ERROR_INVALID_PTX (218)");
    }
  }

  /// The fake driver knows the kernels of the sources; so tests notice PTX that is older.
  @Test
  void ptxOfOtherKernelsIsRefused() {
    String ptx =
        new String(Kernels.ptx(Activation.TANH, Arithmetic.REPRODUCIBLE), StandardCharsets.UTF_8);
    try (Session session = Gpu.open()) {
      for (String other :
          List.of(
              ptx.replace(".entry step(", ".entry stride("),
              ptx.replace(".param .u32 step_param_3", ".param .u64 step_param_3"),
              ptx.replace(".visible .entry step(", ".entry step("))) {
        assertThat(other).isNotEqualTo(ptx);
        assertThatThrownBy(
                () -> session.run(() -> Kernels.load(other.getBytes(StandardCharsets.UTF_8))))
            .hasMessage("cuModuleLoadDataEx: CUDA_ERROR_INVALID_PTX (218)");
      }
    }
  }

  @Test
  void copiesAreCounted() {
    try (Session session = Gpu.open()) {
      DeviceArray array = session.allocate(3_000_000);
      float[] numbers = new float[3_000_000];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = i;
      }
      array.upload(numbers, 0, 0, numbers.length);
      float[] back = new float[numbers.length];
      array.download(0, back, 0, back.length);
      GpuScoreTest.assertSame(
          Batch.wrap(back, 1, back.length), Batch.wrap(numbers, 1, back.length), "there and back");
      assertThat(session.usage().uploaded()).isEqualTo(12_000_000);
      assertThat(session.usage().downloaded()).isEqualTo(12_000_000);
      assertThat(session.usage().pinnedBytes()).isBetween(1L << 20, 32L << 20);
      float[] part = new float[4];
      array.download(2_999_998, part, 1, 2);
      assertThat(part).containsExactly(0, 2_999_998, 2_999_999, 0);
      assertThatThrownBy(() -> array.upload(part, 0, 2_999_999, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
