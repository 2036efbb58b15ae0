package score4j.bench.kernel;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import score4j.bench.Variant;
import score4j.bench.Workload;
import score4j.internal.kernel.KernelChoice;
import score4j.internal.kernel.Kernels;

/// Every activation, alone and with its two derivatives. The score is ns for each number.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args=ActivationBench
/// ```
/// Before the clock runs, all results are compared with the scalar kernels, bit for bit.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class ActivationBench {
  private static final int ROWS = 32;
  private static final int WIDTH = 128;

  /// How many numbers a call takes: they and their results fit L2.
  public static final int COUNT = ROWS * WIDTH;

  /// Which kernels: the program sets them for the whole process.
  @Param({"scalar", "vector"})
  public String kernels = "";

  /// Which activation.
  @Param({"TANH", "SIGMOID", "SOFTPLUS", "SILU", "GELU", "RELU"})
  public Kernels.Function function = Kernels.Function.TANH;

  /// The highest derivative.
  @Param({"0", "2"})
  public int order;

  private final Kernels library = KernelChoice.kernels();
  // −4 to 4, where nothing is cut off
  private final float[] z = Workload.batch(1, ROWS, WIDTH).data();
  private final float[] out = new float[3 * COUNT];

  /// Compares with the scalar kernels.
  @Setup
  public void setup() {
    Variant.require(kernels);
    for (int i = 0; i < COUNT; i++) {
      z[i] *= 2;
    }
    float[] expected = activate(KernelChoice.scalar()).clone();
    float[] computed = activate();
    for (int i = 0; i < (order + 1) * COUNT; i++) {
      if (Float.floatToIntBits(computed[i]) != Float.floatToIntBits(expected[i])) {
        throw new IllegalStateException(
            "%s: number %d is %s but must be %s".formatted(function, i, computed[i], expected[i]));
      }
    }
  }

  /// All numbers once.
  @Benchmark
  @OperationsPerInvocation(COUNT)
  public float[] activate() {
    return activate(library);
  }

  private float[] activate(Kernels by) {
    by.activate(
        function, order, z, 0, out, 0, WIDTH, out, COUNT, out, 2 * COUNT, WIDTH, ROWS, WIDTH);
    return out;
  }
}
