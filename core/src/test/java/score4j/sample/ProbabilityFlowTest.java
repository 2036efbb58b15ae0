package score4j.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.dist.DiffusedMixture;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.process.LinearSde;
import score4j.process.Marginal;
import score4j.process.Sde;
import score4j.process.TimeGrid;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.solve.Effort;
import score4j.solve.Euler;
import score4j.solve.Heun;
import score4j.solve.OdeSolver;
import score4j.solve.Tolerance;
import score4j.testing.Slope;

class ProbabilityFlowTest {
  private static final GaussianMixture MIXTURE =
      GaussianMixture.of(
          new double[] {0.3, 0.5, 0.2},
          Gaussian.full(new double[] {-1, 0.5}, new double[][] {{0.3, 0.1}, {0.1, 0.2}}),
          Gaussian.isotropic(new double[] {2, -1}, 0.8),
          Gaussian.diagonal(new double[] {0, 2.5}, new double[] {0.4, 0.6}));

  static List<LinearSde> processes() {
    return List.of(
        LinearSde.varianceExploding(0.01, 50),
        LinearSde.variancePreserving(0.1, 20),
        LinearSde.subVariancePreserving(0.1, 20),
        LinearSde.sigmaPower(25),
        LinearSde.of(t -> -1 - t, t -> 0.1 + 2 * t));
  }

  /// The flow of N(m, s²) maps quantile to quantile: x_t = α·m + (x₀ − m)·√(α²s² + σ²)/s.
  @ParameterizedTest
  @MethodSource("processes")
  void theFlowOfAGaussianIsTheMapOfItsQuantiles(LinearSde process) {
    double mean = 1.5;
    double std = 0.7;
    Score score =
        GaussianMixture.univariate(new double[] {1}, new double[] {mean}, new double[] {std})
            .under(process);
    Batch data = Batch.of(new float[] {-1}, new float[] {1.5f}, new float[] {2}, new float[] {4});
    TimeGrid grid = TimeGrid.uniform(1, 0, 1);
    ProbabilityFlow flow = ProbabilityFlow.of(process, Tolerance.of(1e-6)).withGrid(grid);
    Batch noise = flow.encode(score, data);
    Marginal end = process.marginal(1);
    double scale = Math.hypot(end.meanScale() * std, end.std()) / std;
    for (int r = 0; r < data.rows(); r++) {
      double expected = end.meanScale() * mean + (data.get(r, 0) - mean) * scale;
      // a map that stretches errors of 1e-6·max(1, |x|) a step by at most `scale`; 50 steps
      double bound = 50 * 1e-6 * 4 * Math.max(1, scale);
      assertThat((double) noise.get(r, 0)).isCloseTo(expected, within(bound));
    }
    Batch back = flow.decode(score, noise);
    for (int r = 0; r < data.rows(); r++) {
      double bound = 50 * 1e-6 * 4 * Math.max(1, 1 / scale) * 2;
      assertThat(back.get(r, 0)).isCloseTo(data.get(r, 0), within((float) bound));
    }
  }

  @ParameterizedTest
  @MethodSource("processes")
  void decodingWhatWasEncodedGivesTheDataBack(LinearSde process) {
    DiffusedMixture score = MIXTURE.under(process);
    Batch data = MIXTURE.sample(Key.of(1), 500);
    ProbabilityFlow flow = ProbabilityFlow.of(process);
    Batch back = flow.decode(score, flow.encode(score, data));
    double sum = 0;
    double largest = 0;
    for (int i = 0; i < data.data().length; i++) {
      double error = Math.abs(back.data()[i] - data.data()[i]);
      sum += error / data.data().length;
      largest = Math.max(largest, error);
    }
    // About 12 steps there and 12 back of error 1e-5·|x|. Backwards the flow divides errors of the
    // noise by as much as it multiplied x, except between modes, where paths part.
    assertThat(sum).as("%s: mean %.1e, largest %.1e", process, sum, largest).isLessThan(1e-4);
    assertThat(largest).isLessThan(5e-3);
  }

  @ParameterizedTest
  @MethodSource("processes")
  void heunIsOfOrderTwoAndEulerOfOrderOne(LinearSde process) {
    DiffusedMixture score = MIXTURE.under(process);
    double late = 0.9;
    double early = 0.3;
    Batch start = MIXTURE.at(process, late).sample(Key.of(3), 200);
    Batch truth = start.copy();
    ProbabilityFlow.of(process, Tolerance.of(1e-8))
        .run(score, truth, TimeGrid.uniform(late, early, 1));
    assertOrder(process, score, start, truth, new Euler(), 1);
    assertOrder(process, score, start, truth, new Heun(), 2);
  }

  private static void assertOrder(
      LinearSde process, Score score, Batch start, Batch truth, OdeSolver solver, int order) {
    double[] sizes = new double[5];
    double[] errors = new double[5];
    for (int i = 0; i < sizes.length; i++) {
      int steps = 24 << i;
      sizes[i] = 0.6 / steps;
      Batch x = start.copy();
      ProbabilityFlow.of(process)
          .withSolver(solver)
          .run(score, x, TimeGrid.uniform(0.9, 0.3, steps));
      errors[i] = meanError(x, truth);
    }
    Slope slope = Slope.logLog(sizes, errors);
    // what is not of the order is an h smaller: over four halvings it shifts the slope by some 0.1
    assertThat(slope.value())
        .as("%s of %s: error ∝ h^%s", solver, process, slope)
        .isCloseTo(order, within(0.15));
  }

  private static double meanError(Batch x, Batch truth) {
    double sum = 0;
    for (int i = 0; i < x.data().length; i++) {
      sum += Math.abs(x.data()[i] - truth.data()[i]);
    }
    return sum / x.data().length;
  }

  @ParameterizedTest
  @MethodSource("processes")
  void adaptiveErrorIsProportionalToTolerance(LinearSde process) {
    DiffusedMixture score = MIXTURE.under(process);
    Batch start = MIXTURE.at(process, 1).sample(Key.of(3), 200);
    Batch truth = ProbabilityFlow.of(process, Tolerance.of(1e-8)).decode(score, start);
    double[] tolerances =
        IntStream.range(0, 9).mapToDouble(i -> Math.pow(10, -2 - i / 2.0)).toArray();
    double[] errors = new double[tolerances.length];
    double evaluations = 0;
    for (int i = 0; i < errors.length; i++) {
      Batch x = start.copy();
      ProbabilityFlow flow = ProbabilityFlow.of(process, Tolerance.of(tolerances[i]));
      double each = flow.run(score, x, flow.grid()).meanEvaluations();
      evaluations = i == 6 ? each : evaluations;
      errors[i] = meanError(x, truth);
    }
    Slope slope = Slope.logLog(tolerances, errors);
    // Measured 1.0 to 1.2: at 1e-2 a path has five steps, too long for the leading term of the
    // error to rule, and errors fall faster than it. Where steps are many it is 1 (Rk45Test).
    assertThat(slope.value()).as("%s: error ∝ tolerance^%s", process, slope).isBetween(0.9, 1.3);
    // at the default tolerance
    assertThat(errors[6]).as("mean error at 1e-5 for %s", process).isLessThan(3e-5);
    assertThat(evaluations).as("evaluations at 1e-5 for %s", process).isBetween(40.0, 160.0);
  }

  @Test
  void samplesHaveTheLaw() {
    GaussianMixture toy =
        GaussianMixture.univariate(
            new double[] {0.8, 0.2}, new double[] {5, -5}, new double[] {1, 1});
    for (LinearSde process :
        List.of(LinearSde.variancePreserving(0.1, 20), LinearSde.varianceExploding(0.01, 100))) {
      int n = 5_000;
      Batch x =
          ProbabilityFlow.of(process, Tolerance.of(1e-4)).sample(toy.under(process), n, Key.of(5));
      double right = 0;
      double square = 0;
      for (float v : x.data()) {
        right += v > 0 ? 1.0 / n : 0;
        square += (v - (v > 0 ? 5 : -5)) * (v - (v > 0 ? 5 : -5)) / n;
      }
      // The prior is not quite p₁: it lacks the mean 3α, which moves the border between the modes,
      // a quantile of N(3α, σ² + …), by 3α/σ ≤ 0.03 of its standard deviation, and with it
      // 0.28·0.03 = 0.0084 of mass (density of N(0, 1) at its 0.2-quantile is 0.28). z = 5.
      assertThat(right).isCloseTo(0.8, within(0.0084 + 5 * Math.sqrt(0.16 / n)));
      assertThat(square).isCloseTo(1, within(0.03 + 5 * Math.sqrt(2.0 / n)));
    }
  }

  @ParameterizedTest
  @MethodSource("score4j.sample.ProbabilityFlowTest#solvers")
  void threadsAndSplitsDoNotChangeABit(OdeSolver solver) {
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    DiffusedMixture score = MIXTURE.under(process);
    ProbabilityFlow flow =
        ProbabilityFlow.of(process, Tolerance.of(1e-4))
            .withSolver(solver)
            .withGrid(TimeGrid.of(process, 10))
            .withThreads(Threads.ONE);
    int rows = 700;
    Key key = Key.of(17);
    Batch start = flow.noise(2, 0, rows, key);
    Batch one = start.copy();
    Effort effort = flow.run(score, one, flow.grid());
    assertThat(flow.sample(score, rows, key)).isEqualTo(one);
    for (int threads : new int[] {2, 5}) {
      assertThat(flow.withThreads(Threads.of(threads)).decode(score, start)).isEqualTo(one);
    }
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      assertThat(flow.withThreads(Threads.on(executor, 3)).decode(score, start)).isEqualTo(one);
    }
    for (int split : new int[] {0, 1, 100, 256, 300, 700}) {
      Batch first = flow.noise(2, 0, split, key);
      Batch second = flow.noise(2, split, rows - split, key);
      Effort a = flow.run(score, first, flow.grid());
      Effort b = flow.run(score, second, flow.grid());
      assertThat(first).isEqualTo(one.slice(0, split));
      assertThat(second).isEqualTo(one.slice(split, rows));
      assertThat(Effort.join(List.of(a, b))).isEqualTo(effort);
    }
  }

  static List<OdeSolver> solvers() {
    return List.of(
        new Euler(),
        new Heun(),
        ProbabilityFlow.of(LinearSde.sigmaPower(2), Tolerance.of(1e-4)).solver());
  }

  @ParameterizedTest
  @MethodSource("score4j.sample.ProbabilityFlowTest#solvers")
  void theListenerSeesEveryTimeAndChangesNothing(OdeSolver solver) {
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    DiffusedMixture score = MIXTURE.under(process);
    TimeGrid grid = TimeGrid.of(process, 20);
    ProbabilityFlow flow =
        ProbabilityFlow.of(process).withSolver(solver).withGrid(grid).withThreads(Threads.of(2));
    Batch start = flow.noise(2, 0, 300, Key.of(1));
    Batch unseen = flow.decode(score, start);
    List<Double> times = new ArrayList<>();
    List<Batch> states = new ArrayList<>();
    Batch x = start.copy();
    flow.run(
        score,
        x,
        grid,
        (t, state) -> {
          times.add(t);
          states.add(state);
        });
    assertThat(x).isEqualTo(unseen);
    assertThat(times).isEqualTo(grid.times());
    assertThat(states.getFirst()).isEqualTo(start);
    assertThat(states.getLast()).isEqualTo(unseen);
    // half way is where going half way leads
    Batch half = start.copy();
    flow.run(score, half, new TimeGrid(grid.times().subList(0, 11)));
    // a fixed scheme makes the same steps; the interpolant of the adaptive one is of order 4, so it
    // errs by tolerance^(4/5) = 6e-4 a step, and the few steps before add 1e-4 each
    float bound = solver instanceof Euler || solver instanceof Heun ? 0 : 3e-3f;
    for (int i = 0; i < half.data().length; i++) {
      assertThat(states.get(10).data()[i]).isCloseTo(half.data()[i], within(bound));
    }
  }

  /// A process that says no more than it must gives what the linear one gives.
  @Test
  void anyProcessCanBeFollowed() {
    LinearSde linear = LinearSde.variancePreserving(0.1, 20);
    Sde any = new SdeOnly(linear);
    DiffusedMixture score = MIXTURE.under(linear);
    Batch noise = Noise.normals(Key.of(4), 50, 2);
    ProbabilityFlow flow = ProbabilityFlow.of(linear);
    ProbabilityFlow same = new ProbabilityFlow(any, flow.solver(), flow.grid(), flow.threads());
    Batch a = flow.decode(score, noise);
    Batch b = same.decode(score, noise);
    for (int i = 0; i < a.data().length; i++) {
      assertThat(b.data()[i]).isCloseTo(a.data()[i], within(1e-4f));
    }
    assertThatThrownBy(() -> same.sample(score, 5, Key.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("process is not linear");
  }

  private record SdeOnly(LinearSde linear) implements Sde {
    @Override
    public void drift(double[] x, double t, double[] out) {
      linear.drift(x, t, out);
    }

    @Override
    public double driftDivergence(double[] x, double t) {
      return linear.driftDivergence(x, t);
    }

    @Override
    public double diffusion(double t) {
      return linear.diffusion(t);
    }
  }

  @Test
  void whatIsWrongIsNamed() {
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    ProbabilityFlow flow = ProbabilityFlow.of(process);
    DiffusedMixture score = MIXTURE.under(process);
    assertThatThrownBy(() -> flow.withGrid(TimeGrid.uniform(0, 1, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("grid must fall");
    assertThatThrownBy(() -> flow.decode(score, Batch.zeros(1, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("x has 3 columns");
    Score broken =
        new Score() {
          @Override
          public int dim() {
            return 1;
          }

          @Override
          public void score(Batch x, int from, int to, double t, Batch out) {
            for (int r = from; r < to; r++) {
              out.set(r, 0, x.get(r, 0) > 4 ? Float.NaN : -x.get(r, 0));
            }
          }
        };
    Batch x = Batch.zeros(1000, 1);
    x.set(600, 0, 5);
    x.set(900, 0, 5);
    for (int threads : new int[] {1, 4}) {
      assertThatThrownBy(() -> flow.withThreads(Threads.of(threads)).decode(broken, x))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("sample 600");
    }
  }
}
