package score4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.rng.Noise;

class DiffusedEmpiricalTest {
  private static final Batch TABLE = Noise.normals(Key.of(1), 7, 2);

  static List<LinearSde> processes() {
    return List.of(
        LinearSde.varianceExploding(0.01, 50),
        LinearSde.variancePreserving(0.1, 20),
        LinearSde.subVariancePreserving(0.1, 20));
  }

  /// A table is the mixture of equal isotropic laws at its rows: two oracles for one law, and the
  /// law at one time is a third. In float, whose rounding 1e-7 is that of either.
  @ParameterizedTest
  @MethodSource("processes")
  void isTheMixtureOfItsRows(LinearSde process) {
    Gaussian[] components = new Gaussian[TABLE.rows()];
    for (int k = 0; k < components.length; k++) {
      double[] mean = new double[2];
      Rows.read(TABLE, k, mean);
      components[k] = Gaussian.isotropic(mean, 0.2);
    }
    double[] weights = new double[components.length];
    Arrays.fill(weights, 1.0 / weights.length);
    DiffusedMixture mixture = GaussianMixture.of(weights, components).under(process);
    DiffusedEmpirical table = Empirical.of(TABLE, 0.2).under(process);
    Batch x = Noise.normals(Key.of(2), 20, 2);
    Batch v = Noise.normals(Key.of(3), 20, 2);
    Batch a = Batch.zeros(20, 2);
    Batch b = Batch.zeros(20, 2);
    double[] p = new double[20];
    double[] q = new double[20];
    float[] traceA = new float[20];
    float[] traceB = new float[20];
    for (double t : new double[] {0, 0.1, 0.5, 1}) {
      table.score(x, 0, 20, t, a);
      mixture.score(x, 0, 20, t, b);
      close(a.data(), b.data());
      close(table.at(t).score(x).data(), b.data());
      table.vjp(x, v, t, a);
      mixture.vjp(x, v, t, b);
      close(a.data(), b.data());
      table.divergence(x, t, traceA);
      mixture.divergence(x, t, traceB);
      close(traceA, traceB);
      table.logDensity(x, t, p);
      mixture.logDensity(x, t, q);
      assertThat(p).containsExactly(q, within(1e-10));
    }
  }

  private static void close(float[] a, float[] b) {
    for (int i = 0; i < a.length; i++) {
      assertThat(a[i]).isCloseTo(b[i], within(1e-6f * (1 + Math.abs(b[i]))));
    }
  }

  @Test
  void smoothingTwiceIsSmoothingByBoth() {
    Empirical law = Empirical.of(TABLE, 0.3);
    double[] x = {0.5, -1};
    assertThat(law.smoothed(0.4).logDensity(x))
        .isCloseTo(Empirical.of(TABLE, 0.5).logDensity(x), within(1e-14));
  }
}
