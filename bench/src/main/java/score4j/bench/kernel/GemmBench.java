package score4j.bench.kernel;

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
import org.openjdk.jmh.annotations.Warmup;
import score4j.bench.Variant;
import score4j.bench.Workload;
import score4j.internal.kernel.KernelChoice;
import score4j.internal.kernel.Kernels;

/// The two matrix products of a hidden layer, on one tile of samples: rows through the weights,
/// and the gradient of the weights, where the left matrix is read down its columns.
///
/// ```text
/// data     C[rows × out] = A[rows × in]·B[in × out]
/// weights  C[out × in]  += A[rows × out]ᵀ·B[rows × in]
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args=GemmBench
/// ```
/// [#gemm()] is the library's; [#naive()] is the loop everyone writes first, one sum at a time.
/// Both must give the same bits before they are timed.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class GemmBench {
  /// Which kernels: the program sets them for the whole process.
  @Param({"scalar", "vector"})
  public String kernels = "";

  /// The widest product of which workload.
  @Param({"W1", "W4-128", "W5b"})
  public String workload = "";

  /// Rows through the weights, or the gradient of the weights.
  @Param({"data", "weights"})
  public String form = "";

  private final Kernels library = KernelChoice.kernels();
  private Shape shape = Shape.of("W1", "data");
  private float[] a = {};
  private float[] b = {};
  private float[] c = {};
  private float[] zeros = {};

  /// A product of m × k and k × n numbers.
  ///
  /// @param transposed whether the left matrix lies in memory as k × m
  public record Shape(int m, int n, int k, boolean transposed) {
    /// The shape of a form of a workload.
    public static Shape of(String workload, String form) {
      int rows = 96;
      int in =
          switch (workload) {
            case "W1" -> 64;
            case "W4-128" -> 128;
            case "W5b" -> 784;
            default -> throw new IllegalArgumentException("workload " + workload);
          };
      int out = workload.equals("W5b") ? 512 : 128;
      return switch (form) {
        case "data" -> new Shape(rows, out, in, false);
        case "weights" -> new Shape(out, in, rows, true);
        default -> throw new IllegalArgumentException("form " + form);
      };
    }

    /// FLOP, two for each multiply-add.
    public double flop() {
      return 2.0 * m * n * k;
    }

    /// Bytes, if each number is read or written once.
    public double bytes() {
      return 4.0 * ((double) m * k + (double) k * n + 2.0 * m * n);
    }

    int rowStride() {
      return transposed ? 1 : k;
    }

    int columnStride() {
      return transposed ? m : 1;
    }
  }

  /// Fills the matrices and compares the kernels with the naive loop.
  @Setup
  public void setup() {
    Variant.require(kernels);
    shape = Shape.of(workload, form);
    a = Workload.batch(1, shape.m(), shape.k()).data();
    b = Workload.batch(2, shape.k(), shape.n()).data();
    c = new float[shape.m() * shape.n()];
    zeros = new float[shape.n()];
    float[] expected = naive().clone();
    float[] computed = gemm();
    for (int i = 0; i < c.length; i++) {
      if (Float.floatToIntBits(computed[i]) != Float.floatToIntBits(expected[i])) {
        throw new IllegalStateException(
            "%s %s: number %d is %s but must be %s"
                .formatted(workload, form, i, computed[i], expected[i]));
      }
    }
  }

  /// The product by the library.
  @Benchmark
  public float[] gemm() {
    int m = shape.m();
    int n = shape.n();
    int ar = shape.rowStride();
    int ac = shape.columnStride();
    library.gemm(c, 0, n, zeros, 0, 0, a, 0, ar, ac, b, 0, n, m, n, shape.k());
    return c;
  }

  /// The product by three loops with the sum inside.
  @Benchmark
  public float[] naive() {
    int n = shape.n();
    int ar = shape.rowStride();
    int ac = shape.columnStride();
    for (int i = 0; i < shape.m(); i++) {
      for (int j = 0; j < n; j++) {
        float sum = 0;
        for (int p = 0; p < shape.k(); p++) {
          sum = Math.fma(a[i * ar + p * ac], b[p * n + j], sum);
        }
        c[i * n + j] = sum;
      }
    }
    return c;
  }
}
