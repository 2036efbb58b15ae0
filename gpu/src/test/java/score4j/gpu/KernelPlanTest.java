package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import score4j.nn.Activation;
import score4j.nn.Mlp;

/// Which kernels a network gets on which card, and the limit that is named.
class KernelPlanTest {
  private static final int TURING = 65_536;
  private static final int AMPERE_DESKTOP = 101_376;
  private static final int HOPPER = 232_448;

  private static KernelPlan plan(int shared, int processors, long rows, int... sizes) {
    Device device = new Device(0, "card", 9, 0, 1L << 34, processors, shared);
    return KernelPlan.of(Mlp.of(Activation.TANH, sizes), device, rows);
  }

  @Test
  void sharedMemoryDecidesWhereTheWeightsAre() {
    KernelPlan resident = plan(HOPPER, 132, 100_000, 2, 64, 128, 64, 2);
    assertThat(resident.kernel()).isEqualTo("score_chain_s");
    assertThat(resident.limit()).isEmpty();
    KernelPlan streamed = plan(TURING, 40, 100_000, 2, 64, 128, 64, 2);
    assertThat(streamed.kernel()).isEqualTo("score_chain_g");
    assertThat(streamed.shared()).isLessThanOrEqualTo(TURING);
    assertThat(streamed.limit())
        .isEqualTo(
            "score_chain_s takes %,d bytes of shared memory and a block may have 65,536",
            resident.shared());
  }

  /// 64 particles' activations in 128 rows, two coordinates in rows of 65, padded, and the weights
  /// with the last layer's as they are: 4·(64·128 + 132 + (2·64 + 64) + (64·128 + 128) + (128·64 +
  /// 64) + (2·64 + 4)) bytes.
  @Test
  void theRingsNetworkStaysInADesktopCardsSharedMemory() {
    KernelPlan plan = plan(AMPERE_DESKTOP, 84, 100_000, 2, 64, 128, 64, 2);
    assertThat(plan)
        .hasToString(
            "score_chain_s: whole chains in one launch, 100,896 bytes of shared memory a block");
  }

  /// A row for each input, and outputs of hidden layers padded: what kernels read and write, and no
  /// more, so that an access beyond it is one beyond the array.
  @Test
  void aTileHasARowForEachInputAndUnit() {
    assertThat(KernelPlan.actFloats(Mlp.of(Activation.TANH, 3, 3))).isEqualTo(64 * 3);
    assertThat(KernelPlan.actFloats(Mlp.of(Activation.TANH, 7, 3, 2))).isEqualTo(64 * 7);
    assertThat(KernelPlan.actFloats(Mlp.of(Activation.TANH, 3, 7, 3))).isEqualTo(64 * 8);
    assertThat(KernelPlan.actFloats(Mlp.of(Activation.TANH, 5, 3, 5))).isEqualTo(64 * 8);
    assertThat(plan(HOPPER, 132, 10, 1, 300, 1).shared()).isEqualTo(4 * (17 * 260 + 11 * 16));
  }

  @Test
  void widthDecidesWhetherChainsAreOneLaunch() {
    assertThat(plan(HOPPER, 132, 1000, 3, 128, 3).kernel()).isEqualTo("score_chain_s");
    assertThat(plan(HOPPER, 132, 1000, 3, 129, 3))
        .hasToString(
            "score_chain_w: whole chains in one launch, 34,576 bytes of shared memory a block, because a layer of 129 is above 128, the most of score_chain_s");
    assertThat(plan(HOPPER, 132, 1000, 3, 257, 3))
        .hasToString(
            "layers: a launch for each layer and step, because a layer of 257 is above 256, the most of score_chain_w");
    assertThat(plan(TURING, 40, 1000, 3, 256, 3).limit())
        .startsWith("score_chain_w takes")
        .endsWith("a block may have 65,536");
    assertThat(plan(AMPERE_DESKTOP, 40, 1000, 3, 256, 3).kernel()).isEqualTo("score_chain_w");
  }

  /// A thread a particle where there are particles for all, sixteen particles a block where not.
  @Test
  void theBatchDecidesHowShallowNetworksAreShared() {
    assertThat(plan(HOPPER, 132, 10_000, 1, 1024, 1).kernel()).isEqualTo("shallow_chain_units");
    assertThat(plan(HOPPER, 132, 100_000, 1, 1024, 1).kernel()).isEqualTo("shallow_chain_1");
    assertThat(plan(HOPPER, 132, 100_000, 1, 100_000, 1).kernel()).isEqualTo("shallow_chain_units");
    assertThat(plan(HOPPER, 132, 10, 1, 64, 1).kernel()).isEqualTo("shallow_chain_1");
    assertThat(plan(HOPPER, 132, 10, 4, 16, 4).kernel()).isEqualTo("shallow_chain_4");
    assertThat(plan(HOPPER, 132, 10, 4, 17, 4).kernel()).isEqualTo("score_chain_s");
    assertThat(plan(HOPPER, 132, 10, 5, 16, 5).kernel()).isEqualTo("score_chain_s");
  }
}
