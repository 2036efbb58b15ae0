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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The most multiply-adds that one thread can do: sums that never leave the registers, in vectors
/// of the length that the kernels take. An operation is one FLOP, so the score is GFLOP/s.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args="PeakBench -p kernels=vector"
/// ```
/// A multiply-add takes 4 cycles and two begin in each, so 8 independent sums keep both units
/// busy; there are 24 where the processor has 32 registers (512 bits), else 12.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class PeakBench {
  /// FLOP of one call, two for each multiply-add.
  public static final int FLOP = 3 << 20;

  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int SUMS = S.length() == 16 ? 24 : 12;
  private static final long ROUNDS = FLOP / (2L * SUMS * S.length());

  // not final: the compiler must not know them
  private float left = 0.5f;
  private float right = 0.25f;

  /// Checks that a call does what it counts: every sum gets ROUNDS equal terms.
  @Setup
  public void setup() {
    // powers of two, and at most 2²⁰ of them: exact
    float expected = SUMS * ROUNDS * 0.125f;
    float sum = fma();
    if (sum != expected) {
      throw new IllegalStateException("the sum is %s but must be %s".formatted(sum, expected));
    }
  }

  /// Multiply-adds into independent sums.
  @Benchmark
  @OperationsPerInvocation(FLOP)
  public float fma() {
    FloatVector x = FloatVector.broadcast(S, left);
    FloatVector y = FloatVector.broadcast(S, right);
    return SUMS == 24 ? sums24(x, y) : sums12(x, y);
  }

  private static float sums24(FloatVector x, FloatVector y) {
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c02 = FloatVector.zero(S);
    FloatVector c03 = FloatVector.zero(S);
    FloatVector c04 = FloatVector.zero(S);
    FloatVector c05 = FloatVector.zero(S);
    FloatVector c06 = FloatVector.zero(S);
    FloatVector c07 = FloatVector.zero(S);
    FloatVector c08 = FloatVector.zero(S);
    FloatVector c09 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c12 = FloatVector.zero(S);
    FloatVector c13 = FloatVector.zero(S);
    FloatVector c14 = FloatVector.zero(S);
    FloatVector c15 = FloatVector.zero(S);
    FloatVector c16 = FloatVector.zero(S);
    FloatVector c17 = FloatVector.zero(S);
    FloatVector c18 = FloatVector.zero(S);
    FloatVector c19 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c22 = FloatVector.zero(S);
    FloatVector c23 = FloatVector.zero(S);
    for (long i = 0; i < ROUNDS; i++) {
      c00 = x.fma(y, c00);
      c01 = x.fma(y, c01);
      c02 = x.fma(y, c02);
      c03 = x.fma(y, c03);
      c04 = x.fma(y, c04);
      c05 = x.fma(y, c05);
      c06 = x.fma(y, c06);
      c07 = x.fma(y, c07);
      c08 = x.fma(y, c08);
      c09 = x.fma(y, c09);
      c10 = x.fma(y, c10);
      c11 = x.fma(y, c11);
      c12 = x.fma(y, c12);
      c13 = x.fma(y, c13);
      c14 = x.fma(y, c14);
      c15 = x.fma(y, c15);
      c16 = x.fma(y, c16);
      c17 = x.fma(y, c17);
      c18 = x.fma(y, c18);
      c19 = x.fma(y, c19);
      c20 = x.fma(y, c20);
      c21 = x.fma(y, c21);
      c22 = x.fma(y, c22);
      c23 = x.fma(y, c23);
    }
    c00 =
        c00.add(c01)
            .add(c02)
            .add(c03)
            .add(c04)
            .add(c05)
            .add(c06)
            .add(c07)
            .add(c08)
            .add(c09)
            .add(c10)
            .add(c11)
            .add(c12)
            .add(c13)
            .add(c14)
            .add(c15)
            .add(c16)
            .add(c17)
            .add(c18)
            .add(c19)
            .add(c20)
            .add(c21)
            .add(c22)
            .add(c23);
    return c00.lane(0);
  }

  private static float sums12(FloatVector x, FloatVector y) {
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c02 = FloatVector.zero(S);
    FloatVector c03 = FloatVector.zero(S);
    FloatVector c04 = FloatVector.zero(S);
    FloatVector c05 = FloatVector.zero(S);
    FloatVector c06 = FloatVector.zero(S);
    FloatVector c07 = FloatVector.zero(S);
    FloatVector c08 = FloatVector.zero(S);
    FloatVector c09 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    for (long i = 0; i < ROUNDS; i++) {
      c00 = x.fma(y, c00);
      c01 = x.fma(y, c01);
      c02 = x.fma(y, c02);
      c03 = x.fma(y, c03);
      c04 = x.fma(y, c04);
      c05 = x.fma(y, c05);
      c06 = x.fma(y, c06);
      c07 = x.fma(y, c07);
      c08 = x.fma(y, c08);
      c09 = x.fma(y, c09);
      c10 = x.fma(y, c10);
      c11 = x.fma(y, c11);
    }
    c00 =
        c00.add(c01)
            .add(c02)
            .add(c03)
            .add(c04)
            .add(c05)
            .add(c06)
            .add(c07)
            .add(c08)
            .add(c09)
            .add(c10)
            .add(c11);
    return c00.lane(0);
  }
}
