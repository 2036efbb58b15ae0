package score4j.rng;

import java.util.Locale;

/// A source of randomness as a value: 64 bits that name a stream of noise.
///
/// The same key gives the same numbers on every machine, in every order and from any number of
/// threads, so a key is used for **one** purpose and [#fold]ed or [#split] for the next:
///
/// ```text
/// fold(d)     = words 0 and 1 of Philox4x32-10, key = bits, counter = (0xF01D0001, 0, low d, high
/// d)
/// split(n)[i] = words 0 and 1 of Philox4x32-10, key = bits, counter = (0xF01D0002, 0, i, 0)
/// ```
/// Noise counters start with a coordinate, which is never negative, so no derived key repeats a
/// block of noise. Two derived keys are equal with probability 2⁻⁶⁴.
///
/// @param bits the key itself; word 0 of Philox's key is the lower half
public record Key(long bits) {
  private static final int FOLD = 0xF01D0001;
  private static final int SPLIT = 0xF01D0002;

  /// The key of a number that a user typed: `bits = seed`. Philox mixes, so neighbouring seeds are
  /// unrelated.
  public static Key of(long seed) {
    return new Key(seed);
  }

  /// The key for item `data` of whatever this key is for: a step, an epoch, a purpose.
  public Key fold(long data) {
    return derive(FOLD, data);
  }

  /// `n` keys for `n` different purposes. Key `i` does not depend on `n`, and differs from
  /// `fold(i)`.
  ///
  /// @throws IllegalArgumentException if `n < 0`
  public Key[] split(int n) {
    if (n < 0) {
      throw new IllegalArgumentException(
          "n must be at least 0 but was %d: ask for as many keys as there are purposes"
              .formatted(n));
    }
    Key[] keys = new Key[n];
    for (int i = 0; i < n; i++) {
      keys[i] = derive(SPLIT, i);
    }
    return keys;
  }

  private Key derive(int domain, long data) {
    int[] words = new int[4];
    Philox.block(
        domain, 0, (int) data, (int) (data >>> 32), (int) bits, (int) (bits >>> 32), words, 0);
    return new Key((words[0] & 0xFFFFFFFFL) | ((long) words[1] << 32));
  }

  /// The bits in hexadecimal, as error messages print them.
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "Key[%016x]", bits);
  }
}
