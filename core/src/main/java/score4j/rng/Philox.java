package score4j.rng;

import static score4j.internal.kernel.NoiseKernels.M0;
import static score4j.internal.kernel.NoiseKernels.M1;
import static score4j.internal.kernel.NoiseKernels.ROUNDS;
import static score4j.internal.kernel.NoiseKernels.W0;
import static score4j.internal.kernel.NoiseKernels.W1;
import static score4j.internal.kernel.NoiseKernels.WORD;

/// Philox4x32: a counter-based generator. 128 bits of counter and 64 bits of key go in, 128 random
/// bits come out.
///
/// ```text
/// round:  (c0, c1, c2, c3) ← (hi(c2·M1) ^ c1 ^ k0,  lo(c2·M1),  hi(c0·M0) ^ c3 ^ k1,  lo(c0·M0))
/// then:   k0 += 0x9E3779B9, k1 += 0xBB67AE85;   M0 = 0xD2511F53, M1 = 0xCD9E8D57
/// ```
/// Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Ten rounds,
/// as there; no state, so any block is as cheap as the next one. Not for secrets.
public final class Philox {
  private Philox() {}

  /// Writes the four words of the block at counter (c0, c1, c2, c3) under the key (k0, k1) to
  /// `out[offset … offset+3]`.
  ///
  /// @throws IndexOutOfBoundsException if `out` has no room for four words there
  public static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] out, int offset) {
    block(ROUNDS, c0, c1, c2, c3, k0, k1, out, offset);
  }

  /// The same with another number of rounds, for the known-answer test.
  static void block(
      int rounds, int c0, int c1, int c2, int c3, int k0, int k1, int[] out, int offset) {
    int x0 = c0;
    int x1 = c1;
    int x2 = c2;
    int x3 = c3;
    int y0 = k0;
    int y1 = k1;
    for (int round = 0; round < rounds; round++) {
      long p0 = (x0 & WORD) * M0;
      long p1 = (x2 & WORD) * M1;
      x0 = (int) (p1 >>> 32) ^ x1 ^ y0;
      x1 = (int) p1;
      x2 = (int) (p0 >>> 32) ^ x3 ^ y1;
      x3 = (int) p0;
      y0 += W0;
      y1 += W1;
    }
    out[offset] = x0;
    out[offset + 1] = x1;
    out[offset + 2] = x2;
    out[offset + 3] = x3;
  }
}
