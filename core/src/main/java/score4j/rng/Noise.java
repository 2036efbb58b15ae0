package score4j.rng;

import static score4j.internal.kernel.NoiseKernels.WORD;

import java.util.Objects;
import score4j.array.Batch;
import score4j.internal.kernel.NoiseKernels.Law;

/// Random numbers by address: each is a function of (key, step, sample, coordinate) and of nothing
/// else.
///
/// ```text
/// Philox4x32-10 with key (low, high bits of the key) and counter
///   c0 = coordinate / 4   c1 = step   c2 = low word of sample   c3 = high word of sample;
/// its words 0 … 3 serve coordinates 4·c0 … 4·c0 + 3.
/// ```
/// So a result does not depend on how samples are cut into blocks, on threads, or on a restart in
/// the middle; and a sample's noise is the same in a batch of ten and of ten thousand. The methods
/// that fill arrays allocate nothing.
///
/// **Cost**: one block of Philox serves four coordinates, so a single column costs about as much as
/// four. Where vector kernels run, a program that makes many blocks gets them many at a time.
public final class Noise {
  // first words of counters, beyond what a coordinate reaches
  private static final int PERMUTATION = 0xF01D0003;
  private static final int DOUBLE = 0xF01D0004;

  // kernels of their own: words, normals, and normals of one or two coordinates
  private static final Learning[] LEARNING = {new Learning(), new Learning(), new Learning()};

  private Noise() {}

  /// Writes independent uniform numbers k·2⁻²⁴ in [0, 1), one for each of `rows` samples × `cols`
  /// coordinates.
  ///
  /// @param step the step or purpose under this key; 0 where there is only one
  /// @param firstSample the index of the sample in the first row; the rows after it are the samples
  ///     after it
  /// @param out where the numbers go, row-major, from `offset` on
  /// @throws IllegalArgumentException if `rows < 0`, `cols < 1` or `out` is too short
  public static void uniforms(
      Key key, int step, long firstSample, int rows, int cols, float[] out, int offset) {
    fill(Law.UNIFORM, key, step, firstSample, rows, cols, out, offset);
  }

  /// Writes independent standard normal numbers, one for each of `rows` samples × `cols`
  /// coordinates.
  ///
  /// Box–Muller in `float` from two words a pair: coordinates 4q, 4q+1 from words 0, 1 and 4q+2,
  /// 4q+3 from words 2, 3.
  /// - **Error**: within 8e-7 of the same transform in exact arithmetic, given the uniform number u
  ///   that a word makes (24 bits, 2⁻³² to 1); the tail ends at |z| = 6.66, beyond which a true
  ///   normal goes once in 3.7·10¹⁰; z = 0 once in 2²⁵.
  /// - **Bits**: the same everywhere that rounds a multiply-add once.
  ///
  /// @param step the step or purpose under this key; 0 where there is only one
  /// @param firstSample the index of the sample in the first row; the rows after it are the samples
  ///     after it
  /// @param out where the numbers go, row-major, from `offset` on
  /// @throws IllegalArgumentException if `rows < 0`, `cols < 1` or `out` is too short
  public static void normals(
      Key key, int step, long firstSample, int rows, int cols, float[] out, int offset) {
    fill(Law.NORMAL, key, step, firstSample, rows, cols, out, offset);
  }

  /// A new batch of standard normals: step 0, samples 0 to `rows − 1`.
  public static Batch normals(Key key, int rows, int cols) {
    Batch batch = Batch.zeros(rows, cols);
    normals(key, 0, 0, rows, cols, batch.data(), 0);
    return batch;
  }

  /// A new batch of uniform numbers in [0, 1): step 0, samples 0 to `rows − 1`.
  public static Batch uniforms(Key key, int rows, int cols) {
    Batch batch = Batch.zeros(rows, cols);
    uniforms(key, 0, 0, rows, cols, batch.data(), 0);
    return batch;
  }

  /// One uniform number k·2⁻⁵³ in [0, 1) for a sample, where 24 bits are too coarse (rare events).
  /// Independent of [#uniforms] under the same key.
  public static double uniform(Key key, int step, long sample) {
    int[] words = new int[4];
    long bits = key.bits();
    Philox.block(
        DOUBLE,
        step,
        (int) sample,
        (int) (sample >>> 32),
        (int) bits,
        (int) (bits >>> 32),
        words,
        0);
    long word = (words[0] & WORD) | ((long) words[1] << 32);
    return (word >>> 11) * 0x1p-53;
  }

  /// A permutation of 0 … n − 1, all of them equally likely.
  ///
  /// @throws IllegalArgumentException if `n < 0`
  public static int[] permutation(Key key, int n) {
    if (n < 0) {
      throw new IllegalArgumentException(
          "n must be at least 0 but was %d: it is the number of things to permute".formatted(n));
    }
    int[] out = new int[n];
    permutation(key, out);
    return out;
  }

  /// Writes a permutation of 0 … n − 1 into an array of length n, all of them equally likely,
  /// whatever was in it.
  ///
  /// Fisher–Yates from the top; position i takes word i mod 4 of block (i / 4, attempt), made a
  /// number below i + 1 by Lemire's multiplication (ACM TOMACS 29(1), 2019), which draws again
  /// where plain scaling would be uneven.
  public static void permutation(Key key, int[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = i;
    }
    int[] words = new int[4];
    int block = -1;
    for (int i = out.length - 1; i > 0; i--) {
      if (i >>> 2 != block) {
        block = i >>> 2;
        permutationWords(key, block, 0, words);
      }
      int word = words[i & 3];
      long product = (word & WORD) * (i + 1);
      if ((product & WORD)
          <= i) { // rarely: one of the few words that may make some numbers likelier
        long threshold = (1L << 32) % (i + 1);
        for (int attempt = 1; (product & WORD) < threshold; attempt++) {
          permutationWords(key, block, attempt, words);
          product = (words[i & 3] & WORD) * (i + 1);
          block = -1;
        }
        if (block < 0) {
          block = i >>> 2;
          permutationWords(key, block, 0, words);
        }
      }
      int j = (int) (product >>> 32);
      int swap = out[i];
      out[i] = out[j];
      out[j] = swap;
    }
  }

  private static void permutationWords(Key key, int block, int attempt, int[] words) {
    long bits = key.bits();
    Philox.block(PERMUTATION, attempt, block, 0, (int) bits, (int) (bits >>> 32), words, 0);
  }

  static void fill(
      Law law, Key key, int step, long firstSample, int rows, int cols, float[] out, int offset) {
    check(rows, cols, out, offset);
    int kernel = law != Law.NORMAL ? 0 : cols > 2 ? 1 : 2;
    LEARNING[kernel].fill(law, key.bits(), step, firstSample, rows, cols, out, offset);
  }

  private static void check(int rows, int cols, float[] out, int offset) {
    Objects.requireNonNull(out, "out");
    if (rows < 0 || cols < 1) {
      throw new IllegalArgumentException(
          "noise needs rows ≥ 0 and cols ≥ 1 but got %d × %d".formatted(rows, cols));
    }
    if (offset < 0 || (long) rows * cols > (long) out.length - offset) {
      throw new IllegalArgumentException(
          "out has %d places but %d × %d numbers from offset %d do not fit: pass a longer array"
              .formatted(out.length, rows, cols, offset));
    }
  }
}
