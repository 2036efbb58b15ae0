package score4j.rng;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.internal.kernel.BoxMuller;
import score4j.internal.kernel.Fma;
import score4j.testing.Allocation;

/// Statistical bounds below are set for a false-alarm rate of 1e-9 a check (z = 6.1 two-sided), so
/// with some hundred checks the whole class would fail for a perfect generator once in 10⁷ keys.
/// The keys are fixed.
class NoiseTest {
  private static final double Z = 6.1;

  interface Filler {
    void fill(Key key, int step, long firstSample, int rows, int cols, float[] out, int offset);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 17})
  void numbersDependOnTheirAddressAlone(int cols) {
    Key key = Key.of(11);
    for (Filler filler :
        new Filler[] {
          Noise::uniforms, Noise::normals, ProbeLaw.RADEMACHER::fill, ProbeLaw.SPHERE::fill
        }) {
      for (long first : new long[] {0, 5, (1L << 32) - 3, Long.MAX_VALUE - 20, -7}) {
        int rows = 7;
        float[] whole = new float[rows * cols];
        filler.fill(key, 3, first, rows, cols, whole, 0);
        // in two calls, at an offset, with marks around it
        float[] parts = new float[rows * cols + 4];
        Arrays.fill(parts, 99f);
        filler.fill(key, 3, first, 3, cols, parts, 2);
        filler.fill(key, 3, first + 3, rows - 3, cols, parts, 2 + 3 * cols);
        assertThat(Arrays.copyOfRange(parts, 2, 2 + rows * cols)).isEqualTo(whole);
        assertThat(
                new float[] {parts[0], parts[1], parts[parts.length - 2], parts[parts.length - 1]})
            .containsOnly(99f);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
  void aNarrowRowIsTheStartOfAWideOne(int cols) {
    float[] wide = new float[3 * 12];
    float[] narrow = new float[3 * cols];
    for (Filler filler :
        new Filler[] {Noise::uniforms, Noise::normals, ProbeLaw.RADEMACHER::fill}) {
      filler.fill(Key.of(2), 1, 40, 3, 12, wide, 0);
      filler.fill(Key.of(2), 1, 40, 3, cols, narrow, 0);
      for (int r = 0; r < 3; r++) {
        assertThat(Arrays.copyOfRange(narrow, r * cols, (r + 1) * cols))
            .isEqualTo(Arrays.copyOfRange(wide, r * 12, r * 12 + cols));
      }
    }
  }

  @Test
  void wordsComeFromTheDocumentedCounter() {
    Key key = new Key(0x0123456789ABCDEFL);
    long sample = 0x00000002_80000001L;
    float[] uniforms = new float[10];
    float[] signs = new float[10];
    float[] normals = new float[10];
    Noise.uniforms(key, 77, sample, 1, 10, uniforms, 0);
    ProbeLaw.RADEMACHER.fill(key, 77, sample, 1, 10, signs, 0);
    Noise.normals(key, 77, sample, 1, 10, normals, 0);
    int[] words = new int[4];
    float[] pair = new float[2];
    for (int c = 0; c < 10; c++) {
      Philox.block(c / 4, 77, 0x80000001, 2, 0x89ABCDEF, 0x01234567, words, 0);
      int word = words[c % 4];
      assertThat(uniforms[c]).isEqualTo((float) ((word >>> 8) / 16777216.0));
      assertThat(signs[c]).isEqualTo(word < 0 ? -1f : 1f);
      int first = c % 4 < 2 ? 0 : 2;
      BoxMuller.pair(BoxMuller.radius(words[first]), words[first + 1], pair, 0);
      assertThat(normals[c]).isEqualTo(pair[c % 2]);
    }
  }

  @Test
  void stepsSamplesAndKeysGiveOtherNumbers() {
    float[] a = new float[64];
    float[] b = new float[64];
    Noise.uniforms(Key.of(1), 0, 0, 16, 4, a, 0);
    for (Runnable other :
        new Runnable[] {
          () -> Noise.uniforms(Key.of(2), 0, 0, 16, 4, b, 0),
          () -> Noise.uniforms(Key.of(1L << 32 | 1), 0, 0, 16, 4, b, 0),
          () -> Noise.uniforms(Key.of(1), 1, 0, 16, 4, b, 0),
          () -> Noise.uniforms(Key.of(1), 0, 16, 16, 4, b, 0),
          () -> Noise.uniforms(Key.of(1), 0, 1L << 32, 16, 4, b, 0)
        }) {
      other.run();
      int equal = 0;
      for (int i = 0; i < 64; i++) {
        equal += a[i] == b[i] ? 1 : 0;
      }
      assertThat(equal).isLessThan(2); // each of 64 is equal by chance once in 2²⁴
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8})
  void uniformsAreUniform(int cols) {
    int n = 1 << 19;
    float[] u = new float[n - n % cols];
    Noise.uniforms(Key.of(31), 4, 0, u.length / cols, cols, u, 0);
    // variance of u is 1/12, of u² 4/45
    check(mean(u, 1), 0.5, Math.sqrt(1.0 / 12 / u.length));
    check(mean(u, 2), 1.0 / 3, Math.sqrt(4.0 / 45 / u.length));
    float[] sorted = u.clone();
    Arrays.sort(sorted);
    assertThat(sorted[0]).isGreaterThanOrEqualTo(0f);
    assertThat(sorted[u.length - 1]).isLessThan(1f);
    double distance = 0;
    for (int i = 0; i < u.length; i++) {
      distance = Math.max(distance, Math.abs(sorted[i] - (i + 0.5) / u.length));
    }
    kolmogorovSmirnov(distance, u.length);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8})
  void normalsAreNormal(int cols) {
    int n = 1 << 19;
    float[] z = new float[n - n % cols];
    Noise.normals(Key.of(32), 4, 0, z.length / cols, cols, z, 0);
    // E zᵏ = 0, 1, 0, 3, 0, 15; Var zᵏ = E z²ᵏ − (E zᵏ)² = 1, 2, 15, 96, 945, 10170
    double[] moments = {0, 1, 0, 3, 0, 15};
    double[] variances = {1, 2, 15, 96, 945, 10170};
    for (int k = 1; k <= 6; k++) {
      check(mean(z, k), moments[k - 1], Math.sqrt(variances[k - 1] / z.length));
    }
    float[] sorted = z.clone();
    Arrays.sort(sorted);
    double distance = 0;
    for (int i = 0; i < z.length; i++) {
      distance = Math.max(distance, Math.abs(normalDistribution(sorted[i]) - (i + 0.5) / z.length));
    }
    kolmogorovSmirnov(distance, z.length);
  }

  @Test
  void normalsOfARowAreUncorrelated() {
    int rows = 200_000;
    int cols = 5;
    float[] z = new float[rows * cols];
    Noise.normals(Key.of(33), 0, 0, rows, cols, z, 0);
    for (int i = 0; i < cols; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        double squares = 0; // of zᵢ², zⱼ²: a Box–Muller pair shares its radius
        for (int r = 0; r < rows; r++) {
          double zi = z[r * cols + i];
          double zj = z[r * cols + j];
          sum += zi * zj;
          squares += (zi * zi - 1) * (zj * zj - 1);
        }
        check(sum / rows, i == j ? 1 : 0, Math.sqrt((i == j ? 2.0 : 1.0) / rows));
        if (i != j) {
          check(squares / rows, 0, Math.sqrt(4.0 / rows));
        }
      }
    }
  }

  @Test
  void tailsOfTheNormalHaveTheirShare() {
    // P(|z| > 4) = 6.334e-5; a binomial count of 4·2²⁰ draws has mean 265.7 and standard deviation
    // 16.3
    int n = 1 << 22;
    float[] z = new float[n];
    Noise.normals(Key.of(34), 0, 0, n / 4, 4, z, 0);
    int beyond = 0;
    for (float value : z) {
      beyond += Math.abs(value) > 4 ? 1 : 0;
    }
    double mean = n * 6.334248366623973e-5;
    check(beyond, mean, Math.sqrt(mean));
  }

  /// Against the same transform in double. The radius is within 1 ulp, which is 2⁻²² at most below
  /// 8 (r ≤ 6.66 lies in [4, 8)), sine and cosine within 9.2e-8, the product is rounded once: in
  /// the worst case 2⁻²² + 6.66·9.2e-8 + 2⁻²² = 1.1e-6, and 7.0e-7 is the largest that 4·10⁷ words
  /// showed. The javadoc promises 8e-7.
  @Test
  void theTransformIsWithinItsStatedError() {
    float[] pair = new float[2];
    int[] words = new int[4];
    for (int i = 0; i < 500_000; i++) {
      Philox.block(i, 0, 0, 0, 1, 2, words, 0);
      // every fourth radius from the far tail, every fourth from where u is close to 1
      int w0 = i % 4 == 0 ? i / 4 : i % 4 == 1 ? -1 - i / 4 : words[0];
      checkTransform(w0, words[1], pair);
    }
    for (int w0 : new int[] {0, 1, 2, 3, -1, -2, -256, -257, -258, 0x7FFFFFFF, 0x80000000}) {
      for (int q = 0; q < 4; q++) {
        for (int low : new int[] {0, 1, 63, 64, 0x1FFFFFFF, 0x20000000, 0x3FFFFFFF}) {
          checkTransform(w0, q << 30 | low, pair);
        }
      }
    }
  }

  private static void checkTransform(int w0, int w1, float[] pair) {
    // the roundings that make u are part of the transform's definition
    double u = (float) ((float) (w0 >>> 1) * 0x1p-31 + 0x1p-32);
    double r = Math.sqrt(-2 * Math.log(u));
    double angle = Math.PI / 2 * ((w1 >>> 30) + (w1 << 2 >> 8) * 0x1p-24);
    BoxMuller.pair(BoxMuller.radius(w0), w1, pair, 0);
    if (!(Math.abs(pair[0] - r * Math.cos(angle)) <= 8e-7)
        || !(Math.abs(pair[1] - r * Math.sin(angle)) <= 8e-7)) {
      throw new AssertionError(
          "words %08x %08x gave %s, %s but %s, %s is right"
              .formatted(w0, w1, pair[0], pair[1], r * Math.cos(angle), r * Math.sin(angle)));
    }
    assertThat(BoxMuller.first(BoxMuller.radius(w0), w1)).isEqualTo(pair[0]);
  }

  @Test
  void theTransformCoversItsRange() {
    assertThat(BoxMuller.radius(0)).isEqualTo((float) Math.sqrt(64 * Math.log(2)));
    assertThat(BoxMuller.radius(-1)).isEqualTo(0f); // u = 1
  }

  @Test
  void fineUniformsAreUniform() {
    int n = 100_000;
    double sum = 0;
    double min = 1;
    double max = 0;
    for (int i = 0; i < n; i++) {
      double u = Noise.uniform(Key.of(35), 2, i);
      sum += u;
      min = Math.min(min, u);
      max = Math.max(max, u);
    }
    check(sum / n, 0.5, Math.sqrt(1.0 / 12 / n));
    assertThat(min).isBetween(0.0, 21.0 / n); // (1 − 21/n)ⁿ = e⁻²¹ < 1e-9
    assertThat(max).isBetween(1 - 21.0 / n, Math.nextDown(1.0));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 100, 10_007})
  void permutationsContainEachNumberOnce(int n) {
    int[] permutation = Noise.permutation(Key.of(36), n);
    int[] sorted = permutation.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < n; i++) {
      assertThat(sorted[i]).isEqualTo(i);
    }
    int[] again = new int[n];
    Arrays.fill(again, 7);
    Noise.permutation(Key.of(36), again);
    assertThat(again).isEqualTo(permutation);
  }

  @Test
  void permutationsAreEquallyLikely() {
    // all 24 orders of four things; χ² with 23 degrees of freedom passes 93 once in 10⁹ (and below
    // 2.3 as rarely)
    int[] counts = new int[256];
    int n = 240_000;
    int[] out = new int[4];
    for (int i = 0; i < n; i++) {
      Noise.permutation(Key.of(37).fold(i), out);
      counts[out[0] << 6 | out[1] << 4 | out[2] << 2 | out[3]]++;
    }
    double chiSquare = 0;
    int orders = 0;
    for (int count : counts) {
      if (count > 0) {
        orders++;
        chiSquare += Math.pow(count - n / 24.0, 2) / (n / 24.0);
      }
    }
    assertThat(orders).isEqualTo(24);
    assertThat(chiSquare).isBetween(2.3, 93.0);
  }

  @Test
  void everyPlaceOfALongPermutationGetsEveryThirdEquallyOften() {
    // value at each of 300 places falls below 100 with probability 1/3, over 3000 permutations
    int n = 300;
    int trials = 3000;
    int[] below = new int[n];
    int[] out = new int[n];
    for (int t = 0; t < trials; t++) {
      Noise.permutation(Key.of(38).fold(t), out);
      for (int i = 0; i < n; i++) {
        below[i] += out[i] < 100 ? 1 : 0;
      }
    }
    for (int count : below) {
      check(count, trials / 3.0, Math.sqrt(trials * 2.0 / 9));
    }
  }

  /// Pinned: another machine, compiler or lane width must give these very numbers. A change on
  /// purpose is a new generator, and every stored result with a key in it is void.
  @Test
  void theBitsNeverChange() {
    float[] out = new float[7 * 1000];
    Key key = Key.of(2025).fold(3);
    Noise.uniforms(key, 1, 2, 1000, 7, out, 0);
    assertThat(Arrays.hashCode(out)).isEqualTo(162615262);
    ProbeLaw.RADEMACHER.fill(key, 1, 2, 1000, 7, out, 0);
    assertThat(Arrays.hashCode(out)).isEqualTo(1668179201);
    assertThat(Arrays.hashCode(Noise.permutation(key, 1000))).isEqualTo(-1537455357);
    // a machine that rounds a multiply-add twice has other normals, always the same ones
    Noise.normals(key, 1, 2, 1000, 7, out, 0);
    assertThat(Arrays.hashCode(out)).isEqualTo(Fma.FUSED ? 1262531121 : 870350438);
    ProbeLaw.SPHERE.fill(key, 1, 2, 1000, 7, out, 0);
    assertThat(Arrays.hashCode(out)).isEqualTo(Fma.FUSED ? -1194089192 : 1498076544);
  }

  @Test
  void fillingAllocatesNothing() {
    float[] out = new float[5 * 200];
    Key key = Key.of(39);
    Runnable task =
        () -> {
          Noise.uniforms(key, 1, 2, 200, 5, out, 0);
          Noise.normals(key, 1, 2, 200, 5, out, 0);
          for (ProbeLaw law : ProbeLaw.values()) {
            law.fill(key, 1, 2, 200, 5, out, 0);
          }
        };
    // vectors are objects until the kernels are compiled; values() copies an array of three
    // references
    long bytes = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 20_000 && bytes > 32; attempt++) {
      bytes = Allocation.bytes(task);
    }
    assertThat(bytes).isLessThanOrEqualTo(32);
  }

  @Test
  void numbersStayTheSameWhenMuchNoiseHasBeenMade() {
    float[] before = new float[300 * 7];
    Noise.normals(Key.of(40), 1, 2, 300, 7, before, 0);
    // more blocks than the scalar twin makes before the vector twin takes over
    float[] much = new float[1 << 16];
    for (int i = 0; i < 1 << 6; i++) {
      Noise.uniforms(Key.of(41), i, 0, 1 << 16, 1, much, 0);
    }
    float[] after = new float[300 * 7];
    Noise.normals(Key.of(40), 1, 2, 300, 7, after, 0);
    assertThat(after).isEqualTo(before);
  }

  @Test
  void badArgumentsAreNamed() {
    float[] out = new float[7];
    assertThatThrownBy(() -> Noise.normals(Key.of(1), 0, 0, 2, 4, out, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("out has 7 places but 2 × 4 numbers from offset 0");
    assertThatThrownBy(() -> Noise.normals(Key.of(1), 0, 0, 1, 4, out, 4))
        .hasMessageContaining("offset 4");
    assertThatThrownBy(() -> Noise.uniforms(Key.of(1), 0, 0, -1, 4, out, 0))
        .hasMessageContaining("rows ≥ 0 and cols ≥ 1 but got -1 × 4");
    assertThatThrownBy(() -> Noise.uniforms(Key.of(1), 0, 0, 1, 0, out, 0))
        .hasMessageContaining("1 × 0");
    assertThatThrownBy(() -> Noise.permutation(Key.of(1), -1)).hasMessageContaining("was -1");
    Noise.normals(Key.of(1), 0, 0, 0, 4, out, 7); // nothing to write
  }

  @Test
  void batchesAreTheSamplesFromZero() {
    float[] z = new float[15];
    Noise.normals(Key.of(9), 0, 0, 5, 3, z, 0);
    assertThat(Noise.normals(Key.of(9), 5, 3).data()).isEqualTo(z);
    Noise.uniforms(Key.of(9), 0, 0, 5, 3, z, 0);
    assertThat(Noise.uniforms(Key.of(9), 5, 3).data()).isEqualTo(z);
  }

  private static void check(double value, double expected, double standardError) {
    assertThat((value - expected) / standardError)
        .as("%s against %s", value, expected)
        .isBetween(-Z, Z);
  }

  private static double mean(float[] x, int power) {
    double sum = 0;
    for (float value : x) {
      sum += Math.pow(value, power);
    }
    return sum / x.length;
  }

  /// P(√n·D > d) ≈ 2·exp(−2d²): 3.28 for 1e-9.
  private static void kolmogorovSmirnov(double distance, int n) {
    assertThat(distance * Math.sqrt(n)).isLessThan(3.28);
  }

  /// Φ(x) to 1e-15 by the series Φ = ½ + φ·(x + x³/3 + x⁵/(3·5) + …) of Marsaglia (2004).
  private static double normalDistribution(double x) {
    double term = x;
    double sum = x;
    for (int i = 3; sum + term != sum; i += 2) {
      term *= x * x / i;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  }
}
