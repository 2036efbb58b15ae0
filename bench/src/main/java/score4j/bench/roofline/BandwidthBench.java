package score4j.bench.roofline;

import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
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

/// How fast one thread reads: the sum of an array that fits a level of the memory, over and over.
/// An operation is one byte, so the score is GB/s.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec \
///   -Dbench.args="BandwidthBench -p kernels=vector"
/// ```
/// The working set lies at the start of a cache line: an array of 32 MB or more has regions of G1
/// to itself and begins 16 bytes into the first. Eight independent sums hide the 4 cycles of an
/// addition at two loads a cycle.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsPrepend = {"--add-modules=jdk.incubator.vector", "-XX:+UseG1GC", "-Xmx1g"})
public class BandwidthBench {
  /// Bytes that one call reads, at every size.
  public static final int BYTES = 512 << 20;

  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int LEAD = 12;
  private static final int ALONE = 32 << 20;

  /// The working set in KB: what fits L1, L2, L3, and memory.
  @Param({"16", "512", "16384", "524288"})
  public int kilobytes;

  /// How many bytes a call reads: fewer in a test.
  public int bytes = BYTES;

  private float[] a = {};
  private int length;
  private int passes;

  /// Fills the working set and checks the sum.
  @Setup
  public void setup() {
    length = kilobytes << 8;
    passes = Math.max(1, bytes / (kilobytes << 10));
    a = new float[Math.max(LEAD + length, ALONE / Float.BYTES)];
    for (int i = 0; i < length; i++) {
      a[LEAD + i] = (i >> 10) % 4;
    }
    // 1.5 on average, and integers below 2²⁴ until the last sums, of equal numbers
    float sum = read();
    float expected = 1.5f * passes * length / L;
    if (sum != expected) {
      throw new IllegalStateException("the sum is %s but must be %s".formatted(sum, expected));
    }
  }

  /// Reads the working set again and again.
  @Benchmark
  @OperationsPerInvocation(BYTES)
  public float read() {
    return sum(a, LEAD + length, passes);
  }

  private static float sum(float[] a, int end, int passes) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = FloatVector.zero(S);
    FloatVector s2 = FloatVector.zero(S);
    FloatVector s3 = FloatVector.zero(S);
    FloatVector s4 = FloatVector.zero(S);
    FloatVector s5 = FloatVector.zero(S);
    FloatVector s6 = FloatVector.zero(S);
    FloatVector s7 = FloatVector.zero(S);
    for (int pass = 0; pass < passes; pass++) {
      for (int i = LEAD; i <= end - 8 * L; i += 8 * L) {
        s0 = s0.add(FloatVector.fromArray(S, a, i));
        s1 = s1.add(FloatVector.fromArray(S, a, i + L));
        s2 = s2.add(FloatVector.fromArray(S, a, i + 2 * L));
        s3 = s3.add(FloatVector.fromArray(S, a, i + 3 * L));
        s4 = s4.add(FloatVector.fromArray(S, a, i + 4 * L));
        s5 = s5.add(FloatVector.fromArray(S, a, i + 5 * L));
        s6 = s6.add(FloatVector.fromArray(S, a, i + 6 * L));
        s7 = s7.add(FloatVector.fromArray(S, a, i + 7 * L));
      }
    }
    s0 = s0.add(s1).add(s2).add(s3).add(s4).add(s5).add(s6).add(s7);
    return s0.lane(0);
  }
}
