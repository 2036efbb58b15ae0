package score4j.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Marginal;
import score4j.process.VarianceExploding;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.testing.Allocation;
import score4j.testing.Slope;

class SdeSolverTest {
  private static final EulerMaruyama EULER = new EulerMaruyama();
  private static final StochasticHeun HEUN = new StochasticHeun();

  private static float[] noise(int n) {
    float[] z = new float[n];
    Noise.normals(Key.of(1), 0, 0, n, 1, z, 0);
    return z;
  }

  // X_k = √h·Σ z: n roundings of a sum below 4
  @Test
  void withoutDriftBothAddUpTheNoise() {
    float[] z = noise(1000);
    double[] path = new double[1001];
    for (SdeSolver solver : List.of(EULER, HEUN)) {
      solver.path((x, t) -> 0, t -> 1, 0, 1, 0.5, z, path);
      double sum = 0;
      for (int k = 0; k < 1000; k++) {
        sum += z[k];
        assertThat(path[k + 1]).isCloseTo(0.5 + Math.sqrt(1e-3) * sum, within(1e-12));
      }
      assertThat(path[0]).isEqualTo(0.5);
    }
  }

  @Test
  void stepsAreTheFormulas() {
    float[] z = {0.3f, -1.7f};
    double[] path = new double[3];
    double h = -0.25; // from 0.75 down to 0.25
    EULER.path((x, t) -> Math.sin(x) - t, t -> 1 + t, 0.75, 0.25, 2, z, path);
    double expected = 2;
    for (int k = 0; k < 2; k++) {
      double t = 0.75 + k * h;
      expected = expected + h * (Math.sin(expected) - t) + (1 + t) * Math.sqrt(0.25) * z[k];
      assertThat(path[k + 1]).isCloseTo(expected, within(1e-15));
    }
    HEUN.path((x, t) -> Math.sin(x) - t, t -> 1 + t, 0.75, 0.25, 2, z, path);
    expected = 2;
    for (int k = 0; k < 2; k++) {
      double t = 0.75 + k * h;
      double n = Math.sqrt(0.25 * ((1 + t) * (1 + t) + (1 + t + h) * (1 + t + h)) / 2) * z[k];
      double first = Math.sin(expected) - t;
      double y = expected + h * first + n;
      expected = expected + h * (first + Math.sin(y) - t - h) / 2 + n;
      assertThat(path[k + 1]).isCloseTo(expected, within(1e-15));
    }
  }

  // A path of a linear drift is linear in the start and in each number of the noise, so its mean is
  // the path without noise, and its variance the sum of squares of the responses to unit noises.
  @Test
  void weakOrdersAreOneAndTwo() {
    LinearSde process = LinearSde.of(t -> -1 - 2 * t, t -> 0.5 + t);
    int[] steps = {32, 64, 128, 256};
    for (SdeSolver solver : List.of(EULER, HEUN)) {
      double[] h = new double[steps.length];
      double[] mean = new double[steps.length];
      double[] variance = new double[steps.length];
      for (int i = 0; i < steps.length; i++) {
        double[] path = new double[steps[i] + 1];
        h[i] = 1.0 / steps[i];
        run(solver, process, 1, new float[steps[i]], path);
        mean[i] = Math.abs(path[steps[i]] - process.marginal(1).meanScale());
        double sum = 0;
        for (int k = 0; k < steps[i]; k++) {
          float[] unit = new float[steps[i]];
          unit[k] = 1;
          run(solver, process, 0, unit, path);
          sum += path[steps[i]] * path[steps[i]];
        }
        variance[i] = Math.abs(sum - Math.pow(process.marginal(1).std(), 2));
      }
      Slope ofMean = Slope.logLog(h, mean);
      Slope ofVariance = Slope.logLog(h, variance);
      System.out.printf("weak order of %s: mean %s, variance %s%n", solver, ofMean, ofVariance);
      double order = solver.equals(EULER) ? 1 : 2;
      assertThat(ofMean.value()).isCloseTo(order, within(0.1));
      assertThat(ofVariance.value()).isCloseTo(order, within(0.1));
    }
  }

  private static void run(
      SdeSolver solver, LinearSde process, double start, float[] z, double[] path) {
    solver.path(
        (x, t) -> process.driftCoefficient(t) * x, process::diffusion, 0, 1, start, z, path);
  }

  static List<Arguments> processes() {
    return List.of(
        Arguments.of(LinearSde.varianceExploding(0.01, 5)),
        Arguments.of(new VarianceExploding(0.01, 5, true)),
        Arguments.of(LinearSde.variancePreserving(0.1, 20)),
        Arguments.of(LinearSde.subVariancePreserving(0.1, 20)),
        Arguments.of(LinearSde.sigmaPower(5)),
        Arguments.of(LinearSde.of(t -> -1 - 2 * t, t -> 0.5 + t)));
  }

  // 8000 paths in 2 dimensions: 5 standard errors σ/√n and σ²·√(2/n), and a share of 1e-3 for 200
  // steps of order 2. Smoothed data carries its σ_min from the start.
  @ParameterizedTest
  @MethodSource("processes")
  void simulatedMarginalsAreThoseOfTheProcess(LinearSde process) {
    int n = 8000;
    for (double end : new double[] {0.3, 1}) {
      Batch x = Noise.normals(Key.of(2), n, 2);
      double early = process.marginal(0).std();
      for (int i = 0; i < x.data().length; i++) {
        x.data()[i] = (float) (1.5 + early * x.data()[i]);
      }
      double[] times = new double[201];
      Arrays.setAll(times, k -> end * k / 200);
      HEUN.solve(process::drift, process::diffusion, times, x, 0, Key.of(3));
      Marginal marginal = process.marginal(end);
      double std = marginal.std();
      for (int d = 0; d < 2; d++) {
        double mean = 0;
        double square = 0;
        for (float v : x.column(d)) {
          mean += (double) v / n;
          square += (double) v * v / n;
        }
        assertThat(mean)
            .isCloseTo(1.5 * marginal.meanScale(), within(5 * std / Math.sqrt(n) + 1e-3));
        assertThat((square - mean * mean) / (std * std))
            .isCloseTo(1, within(5 * Math.sqrt(2.0 / n) + 1e-3));
      }
    }
  }

  @Test
  void partsAreThoseOfTheWhole() {
    double[] times = {0, 0.1, 0.3, 0.7};
    Drift drift =
        (x, t, out) -> {
          out[0] = Math.sin(x[1]);
          out[1] = -x[0] * t;
        };
    for (SdeSolver solver : List.of(EULER, HEUN)) {
      Batch whole = Noise.normals(Key.of(4), 50, 2);
      Batch part = whole.slice(20, 50);
      solver.solve(drift, t -> 1 + t, times, whole, 0, Key.of(5));
      solver.solve(drift, t -> 1 + t, times, part, 20, Key.of(5));
      assertThat(part).isEqualTo(whole.slice(20, 50));
    }
  }

  // one path by both ways: a batch rounds its end to float
  @Test
  void aBatchTakesThePathOfItsNoise() {
    float[] z = new float[40];
    for (int k = 0; k < 40; k++) {
      float[] one = new float[1];
      Noise.normals(Key.of(6), k, 7, 1, 1, one, 0);
      z[k] = one[0];
    }
    double[] times = new double[41];
    Arrays.setAll(times, k -> k * (1.0 / 40));
    double[] path = new double[41];
    for (SdeSolver solver : List.of(EULER, HEUN)) {
      Batch x = Batch.of(new float[] {0.5f});
      solver.solve((p, t, out) -> out[0] = -t * p[0], t -> 2 - t, times, x, 7, Key.of(6));
      solver.path((p, t) -> -t * p, t -> 2 - t, 0, 1, 0.5, z, path);
      assertThat((double) x.get(0, 0)).isCloseTo(path[40], within(1e-6));
    }
  }

  @Test
  void aPathAllocatesNothing() {
    float[] z = noise(1000);
    double[] path = new double[1001];
    for (SdeSolver solver : List.of(EULER, HEUN)) {
      assertThat(
              Allocation.bytes(() -> solver.path((x, t) -> -0.5 * x, t -> 0.3, 0, 1, 1, z, path)))
          .isLessThan(200); // the two functions
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> EULER.path((x, t) -> 0, t -> 1, 0, 1, 0, new float[0], new double[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("z is empty");
    assertThatThrownBy(() -> HEUN.path((x, t) -> 0, t -> 1, 0, 1, 0, new float[3], new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("path has 3 places but 3 steps make 4 states");
    Batch x = Batch.zeros(2, 1);
    Drift none = (p, t, out) -> {};
    assertThatThrownBy(() -> EULER.solve(none, t -> 1, new double[] {0, 1, 0.5}, x, 0, Key.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("times");
    Drift off = (p, t, out) -> out[0] = Double.NaN;
    assertThatThrownBy(() -> HEUN.solve(off, t -> 1, new double[] {0, 1}, x, 0, Key.of(1)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("row 0")
        .hasMessageContaining("Key[0000000000000001]");
  }
}
