package score4j.internal.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TeamTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void everyChunkRunsOnceInEveryLoop(int members) {
    try (Team team = new Team(members, null)) {
      for (int loop = 0; loop < 2000; loop++) {
        int count = loop % 17;
        AtomicIntegerArray runs = new AtomicIntegerArray(17);
        team.run(count, (index, member) -> runs.incrementAndGet(index));
        for (int i = 0; i < 17; i++) {
          assertThat(runs.get(i)).as("loop %d, chunk %d", loop, i).isEqualTo(i < count ? 1 : 0);
        }
      }
    }
  }

  @Test
  void noTwoThreadsHoldTheSameMemberNumber() {
    try (Team team = new Team(4, null)) {
      AtomicIntegerArray inside = new AtomicIntegerArray(4);
      AtomicInteger clashes = new AtomicInteger();
      for (int loop = 0; loop < 500; loop++) {
        team.run(
            16,
            (index, member) -> {
              if (inside.incrementAndGet(member) != 1) {
                clashes.incrementAndGet();
              }
              Thread.onSpinWait();
              inside.decrementAndGet(member);
            });
      }
      assertThat(clashes.get()).isZero();
    }
  }

  @Test
  void aCallersExecutorRunsTheOthersAndIsLeftOpen() {
    try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
      try (Team team = new Team(3, pool)) {
        for (int loop = 0; loop < 300; loop++) {
          AtomicInteger sum = new AtomicInteger();
          team.run(10, (index, member) -> sum.addAndGet(index));
          assertThat(sum.get()).isEqualTo(45);
        }
      }
      assertThat(pool.isShutdown()).isFalse();
    }
  }

  @Test
  void anExecutorThatNeverRunsAnythingOnlyCostsHelp() {
    try (Team team = new Team(3, task -> {})) {
      ConcurrentLinkedQueue<Integer> members = new ConcurrentLinkedQueue<>();
      team.run(6, (index, member) -> members.add(member));
      assertThat(members).hasSize(6).containsOnly(0);
    }
  }

  @Test
  void anExecutorThatRefusesOnlyCostsHelp() {
    Executor refuses =
        task -> {
          throw new RejectedExecutionException("full");
        };
    try (Team team = new Team(3, refuses)) {
      for (int loop = 0; loop < 3; loop++) {
        AtomicInteger sum = new AtomicInteger();
        team.run(10, (index, member) -> sum.addAndGet(index));
        assertThat(sum.get()).isEqualTo(45);
      }
    }
  }

  @Test
  void aBusyExecutorIsAskedOnce() {
    Deque<Runnable> queue = new ArrayDeque<>();
    try (Team team = new Team(2, queue::add)) {
      for (int loop = 0; loop < 100; loop++) {
        team.run(4, (index, member) -> {});
      }
    }
    assertThat(queue).hasSize(1);
  }

  // asleep after its spinning, a daemon must still hear the next loop
  @Test
  void daemonsWakeFromSleep() throws InterruptedException {
    try (Team team = new Team(2, null)) {
      AtomicInteger helped = new AtomicInteger();
      for (int loop = 0; loop < 10; loop++) {
        team.run(2, (index, member) -> {});
        Thread.sleep(40);
        team.run(
            8,
            (index, member) -> {
              helped.addAndGet(member);
              LockSupport.parkNanos(2_000_000);
            });
      }
      assertThat(helped.get()).isGreaterThan(10);
    }
  }

  @Test
  void theFirstFailureIsThrownAfterAllChunksAndTheTeamGoesOn() {
    try (Team team = new Team(2, null)) {
      AtomicInteger runs = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  team.run(
                      8,
                      (index, member) -> {
                        runs.incrementAndGet();
                        throw new IllegalArgumentException("chunk");
                      }))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(runs.get()).isEqualTo(8);
      team.run(8, (index, member) -> runs.incrementAndGet());
      assertThat(runs.get()).isEqualTo(16);
    }
  }

  @Test
  void aClosedTeamRefuses() {
    Team team = new Team(2, null);
    team.close();
    assertThatThrownBy(() -> team.run(2, (index, member) -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }
}
