package score4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.array.Batch;
import score4j.golden.Golden;

/// Against 40-digit arithmetic, points far in the tails included.
///
/// Tolerances: a coordinate x, |x| ≤ 60, is rounded once when the mean is taken from it and
/// multiplied by a precision of 100 at most, so a score is off by 100·60·2⁻⁵³ = 7e-13 absolutely at
/// worst, and by a few 2⁻⁵³ relatively. 1e-12 of 1 + |value| covers both for scores and log
/// densities; the trace squares differences of scores of 10 at most where two components compete,
/// so it gets ten times that.
class GoldenLawsTest {
  static List<Golden.Case> laws() {
    return Golden.load("distributions").cases().stream()
        .filter(c -> !c.text("type").equals("gaussian_model"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("laws")
  void logDensityScoreAndTraceAgree(Golden.Case c) {
    Distribution law = Laws.of(c);
    int dim = c.integer("dim");
    assertThat(law.dim()).isEqualTo(dim);
    double[] x = c.doubles("x");
    double[] logDensity = c.doubles("expect.logpdf");
    double[] score = c.doubles("expect.score");
    double[] trace = c.doubles("expect.score_trace");
    assertThat(x).hasSize(logDensity.length * dim).isNotEmpty();
    for (int r = 0; r < logDensity.length; r++) {
      double[] point = Laws.point(x, r, dim);
      near(law.logDensity(point), logDensity[r], 1e-12);
      double[] s = law.score(point);
      for (int i = 0; i < dim; i++) {
        near(s[i], score[r * dim + i], 1e-12);
      }
      near(law.divergence(point), trace[r], 1e-11);
    }
  }

  /// The same through batches, whose coordinates are exact floats: one rounding to float on top.
  @ParameterizedTest
  @MethodSource("laws")
  void batchesAgree(Golden.Case c) {
    Distribution law = Laws.of(c);
    int dim = c.integer("dim");
    float[] data = c.floats("x");
    Batch x = Batch.wrap(data, data.length / dim, dim);
    double[] logDensity = law.logDensity(x);
    Batch score = law.score(x);
    float[] trace = new float[x.rows()];
    law.divergence(x, 0.5, trace);
    Batch jvp = Batch.zeros(x.rows(), dim);
    Batch vjp = Batch.zeros(x.rows(), dim);
    Batch v = Batch.zeros(x.rows(), dim);
    for (int i = 0; i < data.length; i++) {
      v.data()[i] = i % 3 - 1;
    }
    law.jvp(x, v, 0.5, jvp);
    law.vjp(x, v, 0.5, vjp);
    assertThat(vjp).isEqualTo(jvp);
    double[] product = new double[dim];
    for (int r = 0; r < x.rows(); r++) {
      double[] point = Laws.point(c.doubles("x"), r, dim);
      assertThat(logDensity[r]).isEqualTo(law.logDensity(point));
      assertThat(trace[r]).isEqualTo((float) law.divergence(point));
      double[] direction = new double[dim];
      for (int i = 0; i < dim; i++) {
        direction[i] = v.get(r, i);
        assertThat(score.get(r, i)).isEqualTo((float) law.score(point)[i]);
      }
      law.jvp(point, direction, product);
      for (int i = 0; i < dim; i++) {
        assertThat(jvp.get(r, i)).isEqualTo((float) product[i]);
      }
    }
  }

  @Test
  void thereAreLawsOfEachKind() {
    assertThat(laws().stream().map(c -> c.text("type")).distinct())
        .containsExactlyInAnyOrder(
            "gaussian_iso",
            "gaussian_diag",
            "gaussian_full",
            "mixture",
            "ring_exact",
            "ring_positive",
            "ring_radial_gaussian");
  }

  private static void near(double value, double expected, double tolerance) {
    assertThat(value).isCloseTo(expected, within(tolerance * (1 + Math.abs(expected))));
  }
}
