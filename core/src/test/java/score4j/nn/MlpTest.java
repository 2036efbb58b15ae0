package score4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.rng.Key;
import score4j.rng.Noise;

class MlpTest {
  @Test
  void parametersAreNamedAndShapedAsInPyTorch() {
    Mlp mlp = Mlp.of(Activation.TANH, 2, 64, 128, 64, 2);
    assertThat(mlp.slices())
        .extracting(Parameters.Slice::name)
        .containsExactly(
            "net.0.weight",
            "net.0.bias",
            "net.2.weight",
            "net.2.bias",
            "net.4.weight",
            "net.4.bias",
            "net.6.weight",
            "net.6.bias");
    assertThat(mlp.slices().get(2))
        .isEqualTo(new Parameters.Slice("net.2.weight", 192, 128, 64, false));
    // seed 003: 2·64 + 64 + 64·128 + 128 + 128·64 + 64 + 64·2 + 2
    assertThat(mlp.parameterCount()).isEqualTo(16_898);
  }

  @Test
  void namesDoNotDependOnTheLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      assertThat(Mlp.of(Activation.TANH, 2, 2).slices().getFirst().name())
          .isEqualTo("net.0.weight");
    } finally {
      Locale.setDefault(before);
    }
  }

  // Moments of n = 40,000 draws: the mean is within 4.5 standard errors std/√n, the variance
  // within 4.5·var·√(2/n) (less for a uniform law); each is exceeded once in 150,000 seeds.
  @ParameterizedTest
  @CsvSource({
    "GLOROT_UNIFORM, 0.0816497, 0",
    "GLOROT_NORMAL, 0.0816497, 0.01",
    "FAN_IN, 0.0577350, 0.0577350",
    "STANDARD_NORMAL, 1, 1"
  })
  void initialWeightsHaveTheStatedSpread(Init init, double weightStd, double biasStd) {
    Mlp mlp = Mlp.of(Activation.TANH, 100, 200, 100);
    Parameters p = mlp.initialize(init, Key.of(9));
    moments(p.get("net.0.weight"), weightStd);
    moments(p.get("net.0.bias"), biasStd);
    assertThat(p.get("net.2.weight")[0]).isNotEqualTo(p.get("net.0.weight")[0]);
  }

  private static void moments(float[] values, double std) {
    double mean = 0;
    double square = 0;
    for (float v : values) {
      mean += v;
      square += (double) v * v;
    }
    mean /= values.length;
    double variance = square / values.length - mean * mean;
    assertThat(mean).isCloseTo(0, within(4.5 * std / Math.sqrt(values.length)));
    assertThat(variance)
        .isCloseTo(std * std, within(4.5 * std * std * Math.sqrt(2.0 / values.length)));
  }

  @Test
  void uniformWeightsStayWithinTheirBound() {
    float[] w =
        Mlp.of(Activation.TANH, 50, 50).initialize(Init.FAN_IN, Key.of(1)).get("net.0.weight");
    double bound = 1 / Math.sqrt(50);
    for (float v : w) {
      assertThat((double) v).isBetween(-bound * (1 + 0x1p-23), bound * (1 + 0x1p-23));
    }
  }

  // a row is computed from that row alone: 0 tolerance
  @Test
  void scoresDoNotDependOnHowRowsAreGrouped() {
    Mlp mlp = Mlp.of(Activation.SOFTPLUS, 3, 17, 40, 3);
    ScoreNetwork network = ScoreNetwork.initialize(mlp, Init.FAN_IN, Key.of(1));
    Batch x = Noise.normals(Key.of(2), 203, 3);
    Batch all = network.score(x);
    Batch parts = Batch.zeros(203, 3);
    network.score(x, 0, 1, 0, parts);
    network.score(x, 1, 150, 0, parts);
    network.score(x, 150, 203, 0, parts);
    assertThat(parts).isEqualTo(all);
    assertThat(network.score(x.slice(77, 78)).row(0)).containsExactly(all.row(77));
  }

  // ⟨Jv, w⟩ = ⟨v, Jᵀw⟩, both summed in double from float products of 3 layers: 82·2⁻²⁴ ≈ 5e-6 of
  // the norms
  @Test
  void jvpAndVjpAreAdjoint() {
    Mlp mlp = Mlp.of(Activation.GELU, 3, 17, 40, 3);
    ScoreNetwork network = ScoreNetwork.initialize(mlp, Init.FAN_IN, Key.of(1));
    Batch x = Noise.normals(Key.of(2), 100, 3);
    Batch v = Noise.normals(Key.of(3), 100, 3);
    Batch w = Noise.normals(Key.of(4), 100, 3);
    Batch jv = Batch.zeros(100, 3);
    Batch jtw = Batch.zeros(100, 3);
    network.jvp(x, v, 0, jv);
    network.vjp(x, w, 0, jtw);
    for (int r = 0; r < 100; r++) {
      double left = 0;
      double right = 0;
      for (int d = 0; d < 3; d++) {
        left += (double) jv.get(r, d) * w.get(r, d);
        right += (double) v.get(r, d) * jtw.get(r, d);
      }
      assertThat(left).as("row %d", r).isCloseTo(right, within(1e-5));
    }
  }

  @Test
  void aNetworkKeepsItsParametersWhenTrainingGoesOn() {
    Mlp mlp = Mlp.of(Activation.TANH, 2, 8, 2);
    Parameters parameters = mlp.initialize(Init.FAN_IN, Key.of(1));
    ScoreNetwork network = ScoreNetwork.of(mlp, parameters);
    Batch x = Noise.normals(Key.of(2), 5, 2);
    Batch before = network.score(x);
    parameters.data()[0] += 1;
    assertThat(network.score(x)).isEqualTo(before);
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> Mlp.of(Activation.TANH, 2)).hasMessageContaining("at least inputs");
    assertThatThrownBy(() -> Mlp.of(Activation.TANH, 2, 0, 2)).hasMessageContaining("positive");
    Mlp mlp = Mlp.of(Activation.TANH, 2, 3);
    assertThatThrownBy(() -> ScoreNetwork.of(mlp, mlp.initialize(Init.FAN_IN, Key.of(1))))
        .hasMessageContaining("as many outputs as inputs");
  }
}
