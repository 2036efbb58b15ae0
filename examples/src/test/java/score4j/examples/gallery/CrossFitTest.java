package score4j.examples.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import score4j.Threads;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;

class CrossFitTest {
  private static final CrossFit FIT = new CrossFit(3, 8, 16, 2, 1e-3, 0);
  private static final int ROWS = 41;

  private static List<CrossFit.Fold> learn(Batch table, Threads threads) {
    Context context = new Context(Path.of("none"), Key.of(1), threads, false);
    return FIT.learn(context, "test", table, Key.of(2));
  }

  @Test
  void everyRowIsInOneFoldThatDidNotLearnFromIt() {
    Batch table = Noise.normals(Key.of(3), ROWS, 2);
    List<CrossFit.Fold> folds = learn(table, Threads.ONE);
    int[] rows = folds.stream().flatMapToInt(fold -> Arrays.stream(fold.rows)).sorted().toArray();
    assertThat(rows).containsExactly(IntStream.range(0, ROWS).toArray());
    for (CrossFit.Fold fold : folds) {
      Batch own = table.select(fold.rows);
      assertThat(fold.own).isEqualTo(fold.scale.apply(own));
      assertThat(fold.rest.rows()).isEqualTo(ROWS - own.rows());
      for (int i = 0; i < own.rows(); i++) {
        double[] row = Drawing.row(fold.own, i);
        assertThat(IntStream.range(0, fold.rest.rows()))
            .noneMatch(r -> Arrays.equals(Drawing.row(fold.rest, r), row));
      }
    }
  }

  @Test
  void networksDoNotDependOnThreads() {
    Batch table = Noise.normals(Key.of(3), ROWS, 2);
    List<CrossFit.Fold> one = learn(table, Threads.ONE);
    List<CrossFit.Fold> three = learn(table, Threads.of(3));
    for (int fold = 0; fold < one.size(); fold++) {
      assertThat(three.get(fold).network.parameters().data())
          .isEqualTo(one.get(fold).network.parameters().data());
    }
  }
}
