package score4j.bench.autodiff;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import score4j.Threads;
import score4j.array.Batch;
import score4j.autodiff.BatchFunction;
import score4j.autodiff.Fn;
import score4j.bench.Variant;
import score4j.bench.Workload;

/// A gradient of a gradient of a toy, d²/dx² (1 + x² + sin x) = 2 − sin x, at some points on one
/// thread: traced and differentiated once, then called.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec \
///   -Dbench.args="NestedDerivative -p kernels=vector"
/// ```
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class NestedDerivativeBench {
  /// Which kernels: the program sets them for the whole process.
  @Param({"scalar", "vector"})
  public String kernels = "";

  /// How many points a call takes.
  @Param({"1", "4096"})
  public int points;

  private final Fn second = Fn.of(1, x -> x.square().add(1).add(x.sin()).sum()).hessian();
  private final BatchFunction function = second.compile(Threads.ONE);
  private final float[] none = {};
  private Batch x = Batch.zeros(1, 1);
  private Batch out = Batch.zeros(1, 1);
  private double[] point = {};

  /// Checks the values.
  @Setup
  public void setup() {
    Variant.require(kernels);
    x = Workload.batch(1, points, 1);
    out = Batch.zeros(points, 1);
    point = new double[] {x.get(0, 0)};
    Variant.agree(kernels, "nested-" + points, batch().get(0, 0), out.data());
    for (int i = 0; i < points; i++) {
      double expected = 2 - Math.sin(x.get(i, 0));
      // a sine and a difference, each rounded
      if (!(Math.abs(out.get(i, 0) - expected) <= 0x1p-22)) {
        throw new IllegalStateException("%s but must be %s".formatted(out.get(i, 0), expected));
      }
    }
    if (!(Math.abs(one()[0] - (2 - Math.sin(point[0]))) <= 1e-15 * 4)) {
      throw new IllegalStateException("the second derivative is " + one()[0]);
    }
  }

  /// Ends the threads of the function.
  @TearDown
  public void close() {
    function.close();
  }

  /// All points, in `float` on the kernels.
  @Benchmark
  public Batch batch() {
    function.map(none, x, out);
    return out;
  }

  /// The first point, in `double`.
  @Benchmark
  public double[] one() {
    return second.at(point);
  }
}
