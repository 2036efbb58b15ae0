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
import score4j.internal.kernel.KernelChoice;
import score4j.internal.kernel.NoiseKernels;

/// What one random number costs: 12,544 at a time (a multiple of 784), so that they stay in the
/// cache.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args="kernel.NoiseBench -prof gc"
/// ```
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class NoiseBench {
  private static final int NUMBERS = 16 * 784;

  /// Which kernels: the program sets them for the whole process.
  @Param({"scalar", "vector"})
  public String kernels = "";

  /// What the words become.
  @Param({"UNIFORM", "NORMAL", "SIGN"})
  public NoiseKernels.Law law = NoiseKernels.Law.NORMAL;

  /// How many coordinates a sample has.
  @Param({"1", "2", "784"})
  public int cols;

  private final float[] out = new float[NUMBERS];
  private NoiseKernels noise = KernelChoice.scalar().noise();
  private int step;

  /// Compares with the other kernels.
  @Setup
  public void setup() {
    Variant.require(kernels);
    noise = KernelChoice.kernels().noise();
    step = 0;
    Variant.agree(kernels, "noise-%s-%d".formatted(law, cols), 0, fill());
  }

  /// One fill, of the next step.
  @Benchmark
  @OperationsPerInvocation(NUMBERS)
  public float[] fill() {
    noise.fill(law, 1, step++, 0, NUMBERS / cols, cols, out, 0);
    return out;
  }
}
