package score4j.rng;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyTest {
  @Test
  void foldAndSplitAreTheDocumentedWordsOfPhilox() {
    Key key = new Key(0x0123456789ABCDEFL);
    int[] words = new int[4];
    Philox.block(0xF01D0001, 0, 0xCAFEBABE, 0x00C0FFEE, 0x89ABCDEF, 0x01234567, words, 0);
    assertThat(key.fold(0x00C0FFEECAFEBABEL))
        .isEqualTo(new Key(Integer.toUnsignedLong(words[0]) | (long) words[1] << 32));
    Philox.block(0xF01D0002, 0, 2, 0, 0x89ABCDEF, 0x01234567, words, 0);
    assertThat(key.split(3)[2])
        .isEqualTo(new Key(Integer.toUnsignedLong(words[0]) | (long) words[1] << 32));
  }

  @Test
  void derivedKeysDiffer() {
    // 4 parents × (1000 folds + 1000 splits), of which two are equal by chance with probability
    // 8000²/2·2⁻⁶⁴ < 2e-12
    Set<Key> keys = new HashSet<>();
    for (long seed = -1; seed < 3; seed++) {
      Key parent = Key.of(seed);
      keys.add(parent);
      Key[] split = parent.split(1000);
      for (int i = 0; i < 1000; i++) {
        keys.add(parent.fold(i - 500));
        keys.add(split[i]);
      }
    }
    assertThat(keys).hasSize(4 * 2001);
  }

  @Test
  void splitKeysDoNotDependOnTheirNumber() {
    assertThat(Key.of(5).split(3))
        .containsExactly(Key.of(5).split(9)[0], Key.of(5).split(9)[1], Key.of(5).split(9)[2]);
    assertThat(Key.of(5).split(0)).isEmpty();
    assertThatThrownBy(() -> Key.of(5).split(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void printsItsBits() {
    assertThat(Key.of(255)).hasToString("Key[00000000000000ff]");
  }
}
