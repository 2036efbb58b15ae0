package score4j.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import score4j.array.Batch;
import score4j.examples.csv.Csv;
import score4j.examples.csv.Table;
import score4j.rng.Key;
import score4j.rng.Noise;

class EvaluateCommandTest {
  @TempDir Path folder;

  /// Columns of unlike scale, N(shift, 1) and 1000·N(0, 1).
  private Path table(String name, int seed, int rows, double shift) throws IOException {
    Batch x = Noise.normals(Key.of(seed), rows, 2);
    for (int r = 0; r < rows; r++) {
      x.set(r, 0, (float) (x.get(r, 0) + shift));
      x.set(r, 1, 1000 * x.get(r, 1));
    }
    Path file = folder.resolve(name);
    Csv.write(file, new Table(List.of("a", "b"), x));
    return file;
  }

  private static double p(Run run, String name) {
    String line = run.out().lines().filter(l -> l.startsWith(name + " ")).findFirst().orElseThrow();
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }

  private static final List<String> OF_ROWS =
      List.of(
          "MMD, squared",
          "energy distance",
          "Wasserstein-1, sliced",
          "C2ST by neighbours",
          "Wasserstein-1 of a");

  /// Seeds are fixed; each p is uniform, so that all six are above 0.01 in 94 of 100 choices.
  @Test
  void tablesOfOneLawAreNotToldApart() throws IOException {
    Run run =
        Run.of(
            "evaluate",
            "--data",
            table("x.csv", 1, 300, 0),
            "--against",
            table("y.csv", 2, 200, 0),
            "--permutations",
            199);
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("x.csv, 300 rows").contains("y.csv, 200 rows");
    for (String name : OF_ROWS) {
      assertThat(p(run, name)).as(run.out()).isGreaterThan(0.01);
    }
    assertThat(p(run, "Wasserstein-1 of b")).isGreaterThan(0.01);
  }

  /// A shift by one standard deviation is 11 standard errors of a difference of means of 300 and
  /// 200 rows; no permutation reaches it, so p is 1/200. Neighbours are right in Φ(½) = 0.69 of 200
  /// held out rows, 5 standard deviations. The other column has one law.
  @Test
  void tablesOfTwoLawsAreToldApart() throws IOException {
    Run run =
        Run.of(
            "evaluate",
            "--data",
            table("x.csv", 1, 300, 1),
            "--against",
            table("y.csv", 2, 200, 0),
            "--permutations",
            199);
    for (String name : OF_ROWS) {
      assertThat(p(run, name)).as(run.out()).isLessThanOrEqualTo(0.005);
    }
    assertThat(p(run, "Wasserstein-1 of b")).isGreaterThan(0.01);
  }

  @Test
  void columnsAreMatchedByNameAndLargeTablesThinned() throws IOException {
    Path x = folder.resolve("x.csv");
    Files.writeString(x, "a,b\n1,5\n2,5\n3,5\n4,5\n5,5\n6,5\n");
    Path y = folder.resolve("y.csv");
    Files.writeString(y, "b,other,a\n5,u,6\n5,v,5\n5,w,4\n5,x,3\n5,y,2\n5,z,1\n");
    Run run = Run.of("evaluate", "--data", x, "--against", y, "--permutations", 99);
    assertThat(run.err()).isEmpty();
    // the same rows in another order, and a column that does not vary
    assertThat(p(run, "Wasserstein-1 of a")).isEqualTo(1);
    assertThat(p(run, "Wasserstein-1 of b")).isEqualTo(1);
    Run few = Run.of("evaluate", "--data", x, "--against", y, "--rows", 4, "--columns", "1");
    assertThat(few.out()).contains("x.csv, 4 of 6 rows").doesNotContain("of b");
  }

  @Test
  void theSameSeedGivesTheSameNumbers() throws IOException {
    Object[] args = {
      "evaluate",
      "--data",
      table("x.csv", 1, 50, 0),
      "--against",
      table("y.csv", 2, 50, 0),
      "--permutations",
      19
    };
    assertThat(Run.of(args).out()).isEqualTo(Run.of(args).out());
  }
}
