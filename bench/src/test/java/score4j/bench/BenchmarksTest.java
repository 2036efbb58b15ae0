package score4j.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.array.Batch;
import score4j.bench.autodiff.NestedDerivativeBench;
import score4j.bench.autodiff.TracedStepBench;
import score4j.bench.kernel.NoiseBench;
import score4j.bench.sample.EulerMaruyamaBench;
import score4j.bench.sample.SamplerBench;
import score4j.bench.trace.ExactVersusSlicedBench;
import score4j.bench.trace.TraceWayBench;
import score4j.bench.train.RingRunBench;
import score4j.bench.train.RingStepBench;
import score4j.internal.kernel.NoiseKernels;
import score4j.nn.Forms;

/// Calls every benchmark once per set of parameters; their setups throw unless the
/// variant agrees with its reference, and what is timed must return a finite loss. The build runs
/// this class in a process with scalar kernels and then in one with vector kernels.
class BenchmarksTest {
  private static final String KERNELS =
      Objects.requireNonNull(System.getProperty("score4j.kernels"));

  @ParameterizedTest
  @CsvSource({
    "exact, 2",
    "exact, 8",
    "exact, 32",
    "exact, 128",
    "m1, 2",
    "m1, 8",
    "m1, 32",
    "m1, 128",
    "m1, 784",
    "m4, 2",
    "m4, 8",
    "m4, 32",
    "m4, 128",
    "m4, 784"
  })
  void exactVersusSliced(String objective, int dim) {
    ExactVersusSlicedBench bench = new ExactVersusSlicedBench();
    bench.kernels = KERNELS;
    bench.objective = objective;
    bench.dim = dim;
    bench.setup();
    assertTrue(Double.isFinite(bench.gradient()));
    bench.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "langevin",
        "annealed",
        "euler-maruyama",
        "stochastic-heun",
        "ancestral",
        "predictor-corrector",
        "mala",
        "flow-heun",
        "flow-adaptive"
      })
  void sampler(String name) {
    for (String network : new String[] {"2-64-128-64-2", "65-256-256-64"}) {
      SamplerBench bench = new SamplerBench();
      bench.kernels = KERNELS;
      bench.network = network;
      bench.sampler = name;
      bench.particles = 5;
      bench.evaluations = 30;
      bench.setup();
      SamplerBench.Count count = new SamplerBench.Count();
      Batch end = bench.particles(count);
      for (float x : end.data()) {
        assertTrue(Float.isFinite(x));
      }
      assertTrue(count.scores >= 5 * 30);
      assertTrue(count.plainScores == 5 * 30 && count.plainNanos > 0 && count.peakFlop > 0);
    }
  }

  @Test
  void eulerMaruyama() {
    EulerMaruyamaBench bench = new EulerMaruyamaBench();
    bench.setup();
    assertTrue(Double.isFinite(bench.ornsteinUhlenbeck()[1000]));
  }

  @ParameterizedTest
  @CsvSource({"2-64-64-2, CYCLIC_TRACE", "2-64-64-2, DIAGONAL", "8-64-8-64-8, CYCLIC_TRACE"})
  void traceWay(String network, Forms way) {
    TraceWayBench bench = new TraceWayBench();
    bench.kernels = KERNELS;
    bench.network = network;
    bench.way = way;
    bench.setup();
    assertTrue(Double.isFinite(bench.gradient()));
    bench.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void ringStep(int threads) {
    RingStepBench bench = new RingStepBench();
    bench.kernels = KERNELS;
    bench.threads = threads;
    bench.setup();
    assertTrue(Double.isFinite(bench.gradient()));
    assertTrue(Double.isFinite(bench.step()));
    bench.close();
  }

  @ParameterizedTest
  @CsvSource({
    "fused, W1", "fused, W3", "fused, W4-8-exact", "fused, W4-8-m1",
    "traced, W1", "traced, W3", "traced, W4-8-exact", "traced, W4-8-m1"
  })
  void tracedStep(String engine, String workload) {
    TracedStepBench bench = new TracedStepBench();
    bench.kernels = KERNELS;
    bench.engine = engine;
    bench.workload = workload;
    bench.setup();
    assertTrue(Double.isFinite(bench.gradient()));
    bench.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096})
  void nestedDerivative(int points) {
    NestedDerivativeBench bench = new NestedDerivativeBench();
    bench.kernels = KERNELS;
    bench.points = points;
    bench.setup();
    assertTrue(Double.isFinite(bench.batch().get(points - 1, 0)));
    bench.close();
  }

  @ParameterizedTest
  @CsvSource({
    "UNIFORM, 1", "UNIFORM, 2", "UNIFORM, 784",
    "NORMAL, 1", "NORMAL, 2", "NORMAL, 784",
    "SIGN, 1", "SIGN, 2", "SIGN, 784"
  })
  void noise(NoiseKernels.Law law, int cols) {
    NoiseBench bench = new NoiseBench();
    bench.kernels = KERNELS;
    bench.law = law;
    bench.cols = cols;
    bench.setup();
    assertTrue(Float.isFinite(bench.fill()[0]));
  }

  @Test
  void ringRun() {
    RingRunBench bench = new RingRunBench();
    bench.kernels = KERNELS;
    bench.threads = 2;
    bench.epochs = 1;
    bench.setup();
    bench.run();
    assertTrue(Double.isFinite(bench.divergence()));
  }
}
