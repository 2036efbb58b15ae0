package score4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import score4j.array.Batch;
import score4j.nn.Conditioning.Scaling;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.rng.Noise;

class DeviceFormsTest {
  private static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 20);
  private static final int ROWS = 61;

  private final List<HostJets> opened = new ArrayList<>();
  private final JetDevice.Factory factory =
      (mlp, forms, tangents) -> {
        HostJets jets = new HostJets(mlp, forms, tangents, 16);
        opened.add(jets);
        return jets;
      };

  private static List<ScoreNetwork> networks() {
    List<ScoreNetwork> all = new ArrayList<>();
    Mlp still = Mlp.of(Activation.GELU, 3, 17, 20, 9, 3);
    all.add(ScoreNetwork.of(still, still.initialize(Init.GLOROT_UNIFORM, Key.of(1))));
    for (Scaling scaling : Scaling.values()) {
      Conditioning conditioning = Conditioning.of(PROCESS).withScaling(scaling).withContext(2);
      Mlp mlp = Mlp.of(Activation.TANH, 3 + conditioning.inputs(), 20, 12, 3);
      all.add(
          ScoreNetwork.of(mlp, conditioning, mlp.initialize(Init.GLOROT_UNIFORM, Key.of(1)))
              .given(1, -0.5f));
    }
    return all;
  }

  // 0 tolerance: the passes are the same, each row of its own
  @Test
  void scoresAndFormsAreThoseOfTheNetwork() {
    Batch x = Noise.normals(Key.of(2), ROWS, 3);
    double[] t = new double[ROWS];
    Arrays.setAll(t, r -> (r % 7 + 1) / 8.0);
    int count = 3;
    float[] v = Noise.normals(Key.of(3), ROWS, 3 * count).data();
    for (ScoreNetwork network : networks()) {
      try (DeviceForms device = DeviceForms.of(network, factory)) {
        float[] expected = new float[ROWS];
        float[] values = new float[ROWS];
        network.divergence(x, 0.3, expected);
        device.divergence(x, 0.3, values);
        assertThat(Arrays.mismatch(values, expected)).isEqualTo(-1);

        for (int from : new int[] {0, 40}) {
          Batch score = Batch.zeros(ROWS, 3);
          Batch own = Batch.zeros(ROWS, 3);
          values = new float[ROWS];
          expected = new float[ROWS];
          network.scoreAndDivergence(x, from, ROWS - 1, t, own, expected);
          device.scoreAndDivergence(x, from, ROWS - 1, t, score, values);
          assertThat(score).isEqualTo(own);
          assertThat(Arrays.mismatch(values, expected)).isEqualTo(-1);

          for (int k : new int[] {count, 1, 0}) {
            float[] forms = new float[ROWS * k];
            float[] ownForms = new float[ROWS * k];
            network.scoreAndForms(x, from, ROWS, t, v, k, own, ownForms);
            device.scoreAndForms(x, from, ROWS, t, v, k, score, forms);
            assertThat(Arrays.mismatch(forms, ownForms)).isEqualTo(-1);
            assertThat(score.slice(from, ROWS)).isEqualTo(own.slice(from, ROWS));
          }
        }
      }
    }
    // the trace, and counts 3, 1, 3, 1 of directions, one after another
    assertThat(opened).hasSize(4 * (1 + 4)).allMatch(jets -> jets.closed);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    ScoreNetwork network = networks().getLast();
    Batch x = Batch.zeros(4, 3);
    DeviceForms device = DeviceForms.of(network, factory);
    assertThatThrownBy(() -> device.divergence(x, 1.5, new float[4]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("t must be from 0");
    assertThatThrownBy(() -> device.divergence(Batch.zeros(4, 2), 1, new float[4]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> device.divergence(x, 1, new float[3]))
        .hasMessageContaining("out has room for 3");
    assertThatThrownBy(
            () ->
                device.scoreAndForms(
                    x, 0, 4, new double[4], new float[23], 2, x.copy(), new float[8]))
        .hasMessageContaining("directions has room for 23");
    assertThat(opened).isEmpty();
    device.close();
    device.close();
    assertThatThrownBy(() -> device.divergence(x, 0.5, new float[4]))
        .isInstanceOf(IllegalStateException.class);
  }
}
