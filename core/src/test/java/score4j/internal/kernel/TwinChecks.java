package score4j.internal.kernel;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Holds the vector twin to the scalar one, bit for bit, on sizes around every block and lane
/// count. Run by tests in this JVM and, through [#main], in JVMs with other lane widths.
final class TwinChecks {
  private static final int[] ROWS = {0, 1, 2, 3, 5, 6, 7, 11, 12, 13};
  private static final int[] COLUMNS = {16, 32, 48, 64, 80, 128, 144};
  private static final int[] SUMS = {0, 1, 2, 7, 16, 33};
  private static final float[] SPECIAL = {
    0f,
    -0f,
    1f,
    -1f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    9.02f,
    -9.02f,
    9.03f,
    40f,
    -40f,
    41f,
    -86f,
    86f,
    -87f,
    88.7f,
    88.8f,
    -103.9f,
    -104.1f,
    1e-20f,
    -1e-20f,
    -0.99999994f,
    -1.5f,
    1e19f,
    -1e19f,
    Float.intBitsToFloat(0x7fc00001),
    12582912f,
    0.5f
  };

  private final Kernels vector;
  private final Kernels scalar = new ScalarKernels();
  private final SplittableRandom random = new SplittableRandom(11);

  TwinChecks(Kernels vector) {
    this.vector = vector;
  }

  /// Prints the name of the kernels that were compared; throws AssertionError where they differ.
  public static void main(String[] args) {
    Kernels vector = KernelChoice.kernels();
    TwinChecks checks = new TwinChecks(vector);
    for (int i = 0; i < Integer.parseInt(args[0]); i++) {
      checks.all();
    }
    System.out.println(vector.name());
  }

  void all() {
    gemm();
    wideGemm();
    definedGemm();
    dot();
    activations();
    jets();
    shallow();
    sums();
    lanes();
    noise();
  }

  void gemm() {
    for (int m : ROWS) {
      for (int n : COLUMNS) {
        for (int k : SUMS) {
          int ldc = n + 16;
          float[] a = numbers(m * k + k + m + 40);
          float[] b = numbers((k + 1) * n);
          float[] bias = numbers(n);
          float[] c = numbers(m * ldc + 16);
          float[] expected = c.clone();
          float[] actual = c.clone();
          scalar.gemm(expected, 16, ldc, bias, 0, 0, a, 1, k, 1, b, 0, n, m, n, k);
          vector.gemm(actual, 16, ldc, bias, 0, 0, a, 1, k, 1, b, 0, n, m, n, k);
          same("gemm bias %d %d %d".formatted(m, n, k), expected, actual);
          scalar.gemm(expected, 0, n, expected, 0, n, a, 0, 1, m, b, 0, n, m, n, k);
          vector.gemm(actual, 0, n, actual, 0, n, a, 0, 1, m, b, 0, n, m, n, k);
          same("gemm transposed, accumulating %d %d %d".formatted(m, n, k), expected, actual);
        }
      }
    }
  }

  // rows of B far apart, so that panels are copied; sums longer than a copy is deep
  // both against the product as it is written down; what lies around C stays
  void definedGemm() {
    for (int[] size : new int[][] {{1, 144, 129}, {30, 272, 300}, {24, 16, 4}, {0, 16, 5}}) {
      int m = size[0];
      int n = size[1];
      int k = size[2];
      int ldb = n + 16;
      float[] a = numbers(m * k + 3);
      float[] b = numbers(k * ldb + 5);
      float[] c = numbers(m * ldb + 7);
      float[] expected = c.clone();
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          float sum = c[7 + i * ldb + j];
          for (int p = 0; p < k; p++) {
            sum = Fma.fma(a[3 + p * m + i], b[5 + p * ldb + j], sum);
          }
          expected[7 + i * ldb + j] = sum;
        }
      }
      for (Kernels kernels : new Kernels[] {scalar, vector}) {
        float[] actual = c.clone();
        kernels.gemm(actual, 7, ldb, actual, 7, ldb, a, 3, 1, m, b, 5, ldb, m, n, k);
        same("defined gemm %s %d %d %d".formatted(kernels.name(), m, n, k), expected, actual);
      }
    }
  }

  void wideGemm() {
    for (int m : new int[] {23, 24, 37}) {
      for (int k : new int[] {0, 1, 127, 128, 129, 300}) {
        int n = 112;
        int ldb = 192;
        float[] a = numbers(m * k + 1);
        float[] b = numbers((k + 1) * ldb);
        float[] bias = numbers(n);
        float[] c = numbers(m * n);
        float[] expected = c.clone();
        float[] actual = c.clone();
        scalar.gemm(expected, 0, n, bias, 0, 0, a, 1, k, 1, b, 3, ldb, m, n, k);
        vector.gemm(actual, 0, n, bias, 0, 0, a, 1, k, 1, b, 3, ldb, m, n, k);
        same("wide gemm bias %d %d".formatted(m, k), expected, actual);
        scalar.gemm(expected, 0, n, expected, 0, n, a, 0, 1, m, b, 0, ldb, m, n, k);
        vector.gemm(actual, 0, n, actual, 0, n, a, 0, 1, m, b, 0, ldb, m, n, k);
        same("wide gemm transposed, accumulating %d %d".formatted(m, k), expected, actual);
      }
    }
  }

  void dot() {
    for (int rows : ROWS) {
      for (int n : COLUMNS) {
        float[] a = numbers(rows * n * 2 + 1);
        float[] b = numbers(rows * n + n);
        float[] expected = new float[rows * 3 + 1];
        float[] actual = new float[rows * 3 + 1];
        for (int bs : new int[] {0, n}) {
          scalar.dot(expected, 1, 3, a, 2, 1, a, 1, 2 * n, b, 0, bs, rows, n);
          vector.dot(actual, 1, 3, a, 2, 1, a, 1, 2 * n, b, 0, bs, rows, n);
          same("dot %d %d".formatted(rows, n), expected, actual);
        }
      }
    }
  }

  void activations() {
    int n = 48;
    for (Kernels.Function function : Kernels.Function.values()) {
      for (int order = 0; order <= 2; order++) {
        // rows apart, and rows that make one long one
        for (int as : new int[] {64, n}) {
          float[] z = special(3 * 64);
          float[][] expected = {new float[3 * 64], new float[3 * n], new float[3 * n]};
          float[][] actual = {new float[3 * 64], new float[3 * n], new float[3 * n]};
          scalar.activate(
              function, order, z, 0, expected[0], 0, as, expected[1], 0, expected[2], 0, n, 3, n);
          vector.activate(
              function, order, z, 0, actual[0], 0, as, actual[1], 0, actual[2], 0, n, 3, n);
          for (int d = 0; d <= 2; d++) {
            same(
                "%s order %d, derivative %d, rows %d apart".formatted(function, order, d, as),
                expected[d],
                actual[d]);
          }
        }
      }
    }
  }

  void jets() {
    for (int n : new int[] {16, 48}) {
      for (int k : new int[] {0, 1, 3}) {
        for (boolean shared : new boolean[] {false, true}) {
          int samples = 5;
          float[] zDot = numbers((samples * k + 1) * n);
          int zs = shared ? 0 : k * n;
          float[] d1 = numbers(samples * n);
          float[] d2 = numbers(samples * n);
          float[] scale = numbers(samples * k + 1);
          float[][] g = twice(numbers(samples * (1 + k) * n));
          int tangents = samples * n;
          scalar.tangents(g[0], tangents, k * n, n, zDot, 0, zs, n, d1, 0, n, samples, k, n);
          vector.tangents(g[1], tangents, k * n, n, zDot, 0, zs, n, d1, 0, n, samples, k, n);
          same("tangents", g[0], g[1]);
          scalar.pullback(
              g[0], 0, n, tangents, k * n, n, zDot, 0, zs, n, d1, 0, d2, 0, n, samples, k, n);
          vector.pullback(
              g[1], 0, n, tangents, k * n, n, zDot, 0, zs, n, d1, 0, d2, 0, n, samples, k, n);
          same("pullback", g[0], g[1]);
          scalar.scaleRows(g[0], 0, k * n, n, zDot, 0, zs, n, scale, 0, samples, k, n);
          vector.scaleRows(g[1], 0, k * n, n, zDot, 0, zs, n, scale, 0, samples, k, n);
          same("scaleRows", g[0], g[1]);
          scalar.sumOfProducts(g[0], n, d1, 0, d2, 0, d2, n, zDot, 0, n, k, n);
          vector.sumOfProducts(g[1], n, d1, 0, d2, 0, d2, n, zDot, 0, n, k, n);
          same("sumOfProducts", g[0], g[1]);
          scalar.multiplyAdd(g[0], n, shared ? 0 : n, d1, 0, shared ? n : 0, d2, n, n, k, n);
          vector.multiplyAdd(g[1], n, shared ? 0 : n, d1, 0, shared ? n : 0, d2, n, n, k, n);
          same("multiplyAdd", g[0], g[1]);
          float[] scales = numbers(samples + 3);
          int es = shared ? 0 : n;
          scalar.slopePullback(
              g[0], 0, d1, 0, d2, 0, n, zDot, 0, es * k / 3, scales, k % 4, samples, n);
          vector.slopePullback(
              g[1], 0, d1, 0, d2, 0, n, zDot, 0, es * k / 3, scales, k % 4, samples, n);
          same("slopePullback", g[0], g[1]);
        }
      }
    }
  }

  void shallow() {
    for (int n : new int[] {16, 48}) {
      int units = 5;
      float[] numbers = numbers((3 * units + 6) * n);
      Arrays.fill(numbers, n, 2 * n, 1f);
      float[][] m = twice(numbers);
      float[][] gradient = twice(numbers(4 * units));
      int a = 6 * n;
      for (int i = 0; i < 2; i++) {
        (i == 0 ? scalar : vector)
            .shallowPullback(
                m[i],
                a,
                a + units * n,
                a + 2 * units * n,
                n,
                0,
                2 * n,
                3 * n,
                4 * n,
                4 * n + units,
                5 * n,
                gradient[i],
                0,
                2 * units,
                3 * units,
                units,
                n);
      }
      same("shallowPullback", gradient[0], gradient[1]);
    }
  }

  void sums() {
    for (int rows : ROWS) {
      for (int n : new int[] {16, 48}) {
        float[] x = numbers(rows * 2 * n + n);
        float[] scale = numbers(rows * 3 + 1);
        float[][] y = twice(numbers(n + 5));
        scalar.sumRows(y[0], 5, x, 0, 2 * n, rows, n);
        vector.sumRows(y[1], 5, x, 0, 2 * n, rows, n);
        same("sumRows", y[0], y[1]);
        scalar.sumScaledRows(y[0], 0, x, n, 2 * n, scale, 1, 3, rows, n);
        vector.sumScaledRows(y[1], 0, x, n, 2 * n, scale, 1, 3, rows, n);
        same("sumScaledRows", y[0], y[1]);
        scalar.add(y[0], 1, x, 0, n + 3 < x.length ? n + 3 : n);
        vector.add(y[1], 1, x, 0, n + 3 < x.length ? n + 3 : n);
        same("add", y[0], y[1]);
      }
    }
  }

  void lanes() {
    LaneKernels one = scalar.lanes();
    LaneKernels other = vector.lanes();
    int n = 160;
    float[] x = special(n + 7);
    float[] z = special(n + 7);
    float[] mixed = mixed(n + 7);
    float[][] y = twice(new float[n + 3]);
    for (LaneKernels.Elementary f : LaneKernels.Elementary.values()) {
      for (int from : new int[] {0, 7}) {
        one.map(f, y[0], 3, x, from, n);
        other.map(f, y[1], 3, x, from, n);
        same(f.name(), y[0], y[1]);
      }
    }
    for (LaneKernels.Pair f : LaneKernels.Pair.values()) {
      for (int mask : new int[] {-1, 15, 31}) {
        one.zip(f, y[0], 3, x, 1, -1, mixed, 2, mask, n);
        other.zip(f, y[1], 3, x, 1, -1, mixed, 2, mask, n);
        same(f.name(), y[0], y[1]);
        one.zip(f, y[0], 0, mixed, 0, mask, z, 7, -1, n);
        other.zip(f, y[1], 0, mixed, 0, mask, z, 7, -1, n);
        same(f.name() + " repeating the first", y[0], y[1]);
        one.select(y[0], 1, mixed, 0, mask, x, 7, -1, z, 3, mask, n);
        other.select(y[1], 1, mixed, 0, mask, x, 7, -1, z, 3, mask, n);
        same("select", y[0], y[1]);
        for (boolean negated : new boolean[] {false, true}) {
          one.multiplyAdd(negated, y[0], 1, x, 7, -1, z, 3, mask, mixed, 0, mask, n);
          other.multiplyAdd(negated, y[1], 1, x, 7, -1, z, 3, mask, mixed, 0, mask, n);
          same("multiplyAdd", y[0], y[1]);
        }
      }
    }
    for (int lanes : new int[] {16, 32, 64, 128}) {
      for (int k : new int[] {0, 1, 5}) {
        float[] a = numbers(15 * lanes);
        float[] b = numbers(10 * lanes);
        for (int mask : new int[] {-1, 15}) {
          float[][] c = twice(numbers(6 * lanes));
          for (boolean accumulate : new boolean[] {false, true}) {
            one.products(
                accumulate,
                c[0],
                0,
                2 * lanes,
                lanes,
                a,
                0,
                5 * lanes,
                lanes,
                -1,
                b,
                0,
                lanes,
                5 * lanes,
                mask,
                3,
                2,
                k,
                lanes);
            other.products(
                accumulate,
                c[1],
                0,
                2 * lanes,
                lanes,
                a,
                0,
                5 * lanes,
                lanes,
                -1,
                b,
                0,
                lanes,
                5 * lanes,
                mask,
                3,
                2,
                k,
                lanes);
            same("products", c[0], c[1]);
          }
        }
      }
    }
    for (int cols : new int[] {1, 8, 19}) {
      float[][] t = twice(new float[20 * 16]);
      one.transpose(t[0], 1, 16, x, 2, 20, 5, cols);
      other.transpose(t[1], 1, 16, x, 2, 20, 5, cols);
      same("transpose", t[0], t[1]);
    }
  }

  // around groups of four chains of 2, 4 or 8 lanes, and with samples around 2³² and 2⁶⁴; margins
  // must stay as they were
  void noise() {
    long[] firsts = {0, 5, (1L << 32) - 33, (1L << 32) - 32, (1L << 32) - 7, -7, 1L << 63};
    long[] keys = {0, -1, 0x0123456789ABCDEFL, random.nextLong()};
    int[] steps = {0, 1, -1, 0x80000000, random.nextInt()};
    int call = 0;
    for (int cols : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 783, 784, 785}) {
      int most = cols > 100 ? 3 : 200;
      for (int rows : new int[] {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 61, 97, 128}) {
        for (NoiseKernels.Law law : NoiseKernels.Law.values()) {
          if (rows <= most) {
            long key = keys[call % keys.length];
            int step = steps[call % steps.length];
            long first = firsts[call % firsts.length];
            int at = call % 3 + 1;
            float[][] out = twice(numbers(rows * cols + 8));
            scalar.noise().fill(law, key, step, first, rows, cols, out[0], at);
            vector.noise().fill(law, key, step, first, rows, cols, out[1], at);
            same(
                "%s of %d × %d from %d, step %d, key %d"
                    .formatted(law, rows, cols, first, step, key),
                out[0],
                out[1]);
            call++;
          }
        }
      }
    }
  }

  // zeros and equal numbers among others
  private float[] mixed(int n) {
    float[] x = special(n);
    for (int i = 0; i < n; i += 3) {
      x[i] = 0f;
    }
    return x;
  }

  private static float[][] twice(float[] x) {
    return new float[][] {x.clone(), x.clone()};
  }

  private float[] numbers(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) (2 * random.nextDouble() - 1);
    }
    return x;
  }

  private float[] special(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] =
          i < SPECIAL.length
              ? SPECIAL[i]
              : (float) ((2 * random.nextDouble() - 1) * Math.exp(12 * random.nextDouble() - 6));
    }
    return x;
  }

  private static void same(String what, float[] expected, float[] actual) {
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
        throw new AssertionError(
            "%s: entry %d is %s in the scalar twin and %s in the vector twin"
                .formatted(what, i, expected[i], actual[i]));
      }
    }
  }
}
