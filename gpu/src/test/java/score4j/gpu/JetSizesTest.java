package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import score4j.nn.Activation;
import score4j.nn.Mlp;

/// What the kernels of tangents and gradients need, and what they cannot do.
class JetSizesTest {
  /// Rows of 68 numbers: 128 for a layer of any width, 4 for outputs, 256 for hidden layers.
  @Test
  void sharedMemoryIsThatOfTheRows() {
    JetSizes sizes = new JetSizes(Mlp.of(Activation.TANH, 2, 64, 128, 64, 2), 2);
    assertThat(sizes.forwardShared()).isEqualTo(4 * 68 * (128 + 4));
    assertThat(sizes.gradientShared()).isEqualTo(4 * 68 * (128 + 4 + 256));
    // six inputs and a row of ones
    assertThat(new JetSizes(Mlp.of(Activation.TANH, 6, 3, 2), 2).forwardShared())
        .isEqualTo(4 * 68 * (7 + 4));
  }

  @Test
  void whatAGridCannotCountIsRefused() {
    Mlp wide = Mlp.of(Activation.TANH, 1, 8_388_480, 1);
    assertThat(new JetSizes(wide, 1).columns(64)).isEqualTo(128);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new JetSizes(Mlp.of(Activation.TANH, 1, 8_388_481, 1), 1))
        .withMessage(
            "a layer of 8,388,481 is above 8,388,480, the most of jet_weights: use the cpu backend");
    JetSizes sizes = new JetSizes(Mlp.of(Activation.TANH, 2, 200, 2), 131_069);
    assertThat(sizes.columns(64)).isEqualTo(8_388_480);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sizes.columns(65))
        .withMessage(
            "65 rows of 1 + 131,069 columns are more than 8,388,480, the most of dense: use fewer probes");
  }
}
