package score4j.internal.kernel;

/// Random numbers by address, the arithmetic of `score4j.rng.Noise`. Two twins that give the same
/// bits, as [Kernels] has.
///
/// ```text
/// counter = (coordinate / 4, step, low word of sample, high word of sample)
/// round:  (c0, c1, c2, c3) ← (hi(c2·M1) ^ c1 ^ k0,  lo(c2·M1),  hi(c0·M0) ^ c3 ^ k1,  lo(c0·M0))
/// then:   k0 += W0, k1 += W1                                     ten times: Philox4x32-10
/// ```
public sealed interface NoiseKernels permits ScalarNoiseKernels, VectorNoiseKernels {
  /// Rounds of Philox.
  int ROUNDS = 10;

  /// The factor of the counter's first word.
  long M0 = 0xD2511F53L;

  /// The factor of the counter's third word.
  long M1 = 0xCD9E8D57L;

  /// What is added to the key's first word after a round.
  int W0 = 0x9E3779B9;

  /// What is added to the key's second word after a round.
  int W1 = 0xBB67AE85;

  /// The low word of a long.
  long WORD = 0xFFFFFFFFL;

  /// Writes one number for each of `rows` samples × `cols` coordinates, row-major from `out[at]`
  /// on, and nothing around them.
  ///
  /// @param key word 0 of Philox's key is the lower half
  /// @param firstSample the sample of the first row
  void fill(Law law, long key, int step, long firstSample, int rows, int cols, float[] out, int at);

  /// What a word becomes.
  enum Law {
    /// Its upper 24 bits as k·2⁻²⁴ in [0, 1).
    UNIFORM,
    /// Standard normals, a pair from words 0, 1 and a pair from words 2, 3, by [BoxMuller].
    NORMAL,
    /// ±1 by its top bit.
    SIGN
  }
}
