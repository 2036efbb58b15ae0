package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import score4j.nn.Activation;
import score4j.nn.Mlp;

/// Which way losses and derivatives of a network go on which card, and the limit that is named.
class JetPlanTest {
  private static final int TURING = 65_536;
  private static final int AMPERE_DESKTOP = 101_376;
  private static final int HOPPER = 232_448;

  private static JetPlan plan(int shared, boolean gradients, int... sizes) {
    Device device = new Device(0, "card", 9, 0, 1L << 34, 132, shared);
    return JetPlan.of(Mlp.of(Activation.TANH, sizes), gradients, device);
  }

  @Test
  void whatFitsGoesByTiles() {
    // jet.cuh: 4·68·(widest + D + Σ hidden) bytes, each size rounded up to a multiple of 4
    JetPlan losses = plan(HOPPER, true, 2, 64, 128, 64, 2);
    assertThat(losses)
        .isEqualTo(new JetPlan("jet_gradient", 4 * 68 * (128 + 4 + 64 + 128 + 64), ""))
        .hasToString(
            "jet_gradient: tiles of rows in one launch, 105,536 bytes of shared memory a block");
    assertThat(losses.byTiles()).isTrue();
    assertThat(plan(HOPPER, false, 2, 64, 128, 64, 2))
        .isEqualTo(new JetPlan("jet_forward", 4 * 68 * (128 + 4), ""));
  }

  @Test
  void aSizeThatIsTooLargeIsNamed() {
    assertThat(plan(HOPPER, true, 3, 128, 3).byTiles()).isTrue();
    JetPlan wide = plan(HOPPER, true, 3, 129, 3);
    assertThat(wide.byTiles()).isFalse();
    assertThat(wide)
        .hasToString(
            "layers: a launch for each layer, because a size of 129 is above 128, the most of jet_gradient");
    assertThat(plan(HOPPER, false, 3, 129, 3).limit()).endsWith("the most of jet_forward");
    assertThat(plan(HOPPER, true, 200, 20, 130).limit()).startsWith("a size of 200 is above");
  }

  /// Values take less than gradients, so that one card may differ.
  @Test
  void sharedMemoryThatIsTooSmallIsNamedInBytes() {
    assertThat(plan(AMPERE_DESKTOP, true, 2, 64, 128, 64, 2))
        .hasToString(
            "layers: a launch for each layer, because jet_gradient takes 105,536 bytes of shared memory and a block may have 101,376");
    assertThat(plan(AMPERE_DESKTOP, false, 2, 64, 128, 64, 2).kernel()).isEqualTo("jet_forward");
    // inputs have a row of ones beside them
    assertThat(plan(TURING, false, 128, 16, 128).limit())
        .isEqualTo(
            "jet_forward takes %,d bytes of shared memory and a block may have 65,536",
            4 * 68 * (129 + 128));
  }

  @Test
  void sizesThatNoIntegerHoldsAreALimitLikeAnother() {
    int[] sizes = new int[62_000];
    Arrays.fill(sizes, 128);
    assertThat(plan(HOPPER, true, sizes).limit()).startsWith("jet_gradient takes 2,158,");
  }
}
