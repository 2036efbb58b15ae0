package score4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.nn.Conditioning.Scaling;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.rng.Noise;

/// A score network that is told the time: its values and derivatives at a time for each row.
class ConditionedScoreTest {
  private static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 20);
  private static final int ROWS = 150; // more than a tile

  static Stream<ScoreNetwork> networks() {
    return Stream.of(Scaling.values())
        .flatMap(
            scaling ->
                Stream.of(new int[] {5}, new int[] {9, 7}, new int[] {9, 7, 8})
                    .map(hidden -> network(scaling, 3, 2, hidden)));
  }

  private static ScoreNetwork network(Scaling scaling, int dim, int context, int... hidden) {
    Conditioning conditioning =
        Conditioning.of(PROCESS).withScaling(scaling).withDataStd(1.3).withContext(context);
    int[] sizes = new int[hidden.length + 2];
    System.arraycopy(hidden, 0, sizes, 1, hidden.length);
    sizes[0] = dim + conditioning.inputs();
    sizes[sizes.length - 1] = dim;
    Mlp mlp = Mlp.of(Activation.SILU, sizes);
    return ScoreNetwork.of(mlp, conditioning, mlp.initialize(Init.FAN_IN, Key.of(1)));
  }

  private static double[] times() {
    return new Random(3).doubles(ROWS, 0.05, 1).toArray();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aTimeForEachRowIsThatRowAlone(ScoreNetwork network) {
    Batch x = Noise.normals(Key.of(2), ROWS, 3);
    double[] t = times();
    Batch together = Batch.zeros(ROWS, 3);
    network.score(x, 0, ROWS, t, together);
    Batch both = Batch.zeros(ROWS, 3);
    float[] divergences = new float[ROWS];
    network.scoreAndDivergence(x, 0, ROWS, t, both, divergences);
    assertThat(both).isEqualTo(together);
    Batch v = Noise.normals(Key.of(3), ROWS, 3);
    Batch jvps = Batch.zeros(ROWS, 3);
    Batch vjps = Batch.zeros(ROWS, 3);
    network.jvp(x, v, t, jvps);
    network.vjp(x, v, t, vjps);
    Batch one = Batch.zeros(ROWS, 3);
    Batch product = Batch.zeros(1, 3);
    float[] divergence = new float[1];
    for (int r = 0; r < ROWS; r++) {
      network.jvp(x.slice(r, r + 1), v.slice(r, r + 1), t[r], product);
      assertThat(product.row(0)).containsExactly(jvps.row(r));
      network.vjp(x.slice(r, r + 1), v.slice(r, r + 1), t[r], product);
      assertThat(product.row(0)).containsExactly(vjps.row(r));
      network.score(x, r, r + 1, t[r], one);
      network.divergence(x.slice(r, r + 1), t[r], divergence);
      assertThat(divergences[r]).isEqualTo(divergence[0]);
    }
    assertThat(one).isEqualTo(together);
  }

  /// The Jacobian by central differences of step h in float: h²·|f‴|/6 + 2⁻²⁴·|f|/h with h = 1e-2
  /// and values up to some tens at these times.
  @ParameterizedTest
  @MethodSource("networks")
  void derivativesAreThoseOfTheScore(ScoreNetwork network) {
    double h = 1e-2;
    Batch x = Noise.normals(Key.of(4), 20, 3);
    double t = 0.4;
    double[] times = new double[20];
    Arrays.fill(times, t);
    Batch v = Noise.normals(Key.of(5), 20, 3);
    Batch w = Noise.normals(Key.of(6), 20, 3);
    Batch jvp = Batch.zeros(20, 3);
    Batch vjp = Batch.zeros(20, 3);
    network.jvp(x, v, t, jvp);
    network.vjp(x, w, t, vjp);
    float[] divergence = new float[20];
    network.divergence(x, t, divergence);
    float[] directions = new float[20 * 2 * 3];
    for (int r = 0; r < 20; r++) {
      System.arraycopy(v.data(), r * 3, directions, r * 6, 3);
      System.arraycopy(w.data(), r * 3, directions, r * 6 + 3, 3);
    }
    float[] forms = new float[40];
    Batch score = Batch.zeros(20, 3);
    network.scoreAndForms(x, 0, 20, times, directions, 2, score, forms);
    for (int r = 0; r < 20; r++) {
      double[][] jacobian = new double[3][3];
      for (int j = 0; j < 3; j++) {
        Batch two = x.select(r, r);
        two.set(0, j, (float) (x.get(r, j) + h));
        two.set(1, j, (float) (x.get(r, j) - h));
        Batch s = Batch.zeros(2, 3);
        network.score(two, 0, 2, t, s);
        for (int i = 0; i < 3; i++) {
          jacobian[i][j] = (s.get(0, i) - s.get(1, i)) / ((double) two.get(0, j) - two.get(1, j));
        }
      }
      double trace = 0;
      double form = 0;
      double adjoint = 0;
      for (int i = 0; i < 3; i++) {
        trace += jacobian[i][i];
        double product = 0;
        for (int j = 0; j < 3; j++) {
          product += jacobian[i][j] * v.get(r, j);
        }
        assertThat((double) jvp.get(r, i)).isCloseTo(product, within(2e-3));
        form += v.get(r, i) * product;
        adjoint += (double) vjp.get(r, i) * v.get(r, i) - w.get(r, i) * product;
      }
      assertThat((double) divergence[r]).isCloseTo(trace, within(2e-3));
      assertThat((double) forms[2 * r]).isCloseTo(form, within(6e-3));
      assertThat(adjoint).as("⟨Jᵀw, v⟩ = ⟨w, Jv⟩").isCloseTo(0, within(6e-3));
    }
  }

  @Test
  void noDirectionsLeaveTheScore() {
    ScoreNetwork network = network(Scaling.EDM, 3, 0, 9, 7);
    Batch x = Noise.normals(Key.of(2), 20, 3);
    Batch expected = Batch.zeros(20, 3);
    Batch score = Batch.zeros(20, 3);
    network.score(x, 2, 20, times(), expected);
    network.scoreAndForms(x, 2, 20, times(), new float[0], 0, score, new float[0]);
    assertThat(score).isEqualTo(expected);
    assertThatThrownBy(
            () -> network.scoreAndForms(x, 0, 20, times(), new float[0], -1, score, new float[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count must be at least 0 but was -1");
  }

  @Test
  void timesOutsideTheProcessAreRefusedRowByRow() {
    ScoreNetwork network = network(Scaling.EDM, 3, 0, 9);
    Batch x = Noise.normals(Key.of(2), 2, 3);
    assertThatThrownBy(() -> network.vjp(x, x.copy(), new double[] {0.5, 1.5}, Batch.zeros(2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("t must be from 0 (data) to 1 (noise) but was 1.5");
    assertThatThrownBy(() -> network.jvp(x, x.copy(), new double[1], Batch.zeros(2, 3)))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void withoutOutputTheEdmScoreIsThatOfTheGaussianUnderTheProcess() {
    Conditioning conditioning = Conditioning.of(PROCESS).withDataStd(1.3);
    Mlp mlp = Mlp.of(Activation.TANH, 2 + conditioning.inputs(), 4, 2);
    ScoreNetwork network = ScoreNetwork.of(mlp, conditioning, Parameters.zeros(mlp.slices()));
    Batch x = Noise.normals(Key.of(2), 1, 2);
    for (double t : new double[] {0.01, 0.3, 1}) {
      double alpha = PROCESS.marginal(t).meanScale();
      double std = PROCESS.marginal(t).std();
      Batch s = Batch.zeros(1, 2);
      network.score(x, 0, 1, t, s);
      for (int d = 0; d < 2; d++) {
        double expected = -x.get(0, d) / (alpha * alpha * 1.3 * 1.3 + std * std);
        assertThat((double) s.get(0, d))
            .isCloseTo(expected, within(2 * 0x1p-24 * Math.abs(expected)));
      }
    }
  }

  /// s = −x/V + α·d/(σ·√V)·F(x/√V), V = α²d² + σ²: the EDM scaling of the network that PLAIN gives
  /// as it is, where α is far from 1.
  @Test
  void edmScalesTheNetworkByThisFormula() {
    ScoreNetwork edm = network(Scaling.EDM, 3, 0, 9, 7);
    Conditioning plain = Conditioning.of(PROCESS).withScaling(Scaling.PLAIN).withDataStd(1.3);
    ScoreNetwork inner = ScoreNetwork.of(edm.mlp(), plain, edm.parameters());
    Batch x = Noise.normals(Key.of(2), 4, 3);
    for (double t : new double[] {0.05, 0.3, 0.7}) {
      double alpha = PROCESS.marginal(t).meanScale();
      double std = PROCESS.marginal(t).std();
      double v = alpha * alpha * 1.69 + std * std;
      Batch scaled = x.copy();
      for (int i = 0; i < 12; i++) {
        scaled.data()[i] /= (float) Math.sqrt(v);
      }
      Batch f = inner.at(t).score(scaled);
      Batch s = edm.at(t).score(x);
      for (int i = 0; i < 12; i++) {
        double expected = -x.data()[i] / v + alpha * 1.3 / (std * Math.sqrt(v)) * f.data()[i];
        // a few roundings of numbers up to 10
        assertThat((double) s.data()[i]).isCloseTo(expected, within(1e-5));
      }
    }
  }

  @Test
  void contextIsAnInputOfItsOwn() {
    ScoreNetwork network = network(Scaling.EDM, 3, 2, 9, 7);
    Batch x = Noise.normals(Key.of(2), 4, 3);
    Batch plain = network.at(0.5).score(x);
    assertThat(network.given(0, 0).at(0.5).score(x)).isEqualTo(plain);
    assertThat(network.given(1, 0).at(0.5).score(x)).isNotEqualTo(plain);
    assertThat(network.given(1, 0).at(0.5).score(x))
        .isNotEqualTo(network.given(0, 1).at(0.5).score(x));
    assertThatThrownBy(() -> network.given(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("context has 1 numbers but the network is told 2");
  }

  @Test
  void timesOutsideTheProcessAreRefused() {
    ScoreNetwork network = network(Scaling.EDM, 3, 0, 9);
    Batch x = Noise.normals(Key.of(2), 2, 3);
    Batch out = Batch.zeros(2, 3);
    for (double t : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> network.score(x, 0, 2, t, out))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("t must be from 0 (data) to 1 (noise) but was " + t);
      assertThatThrownBy(() -> network.score(x, 0, 2, new double[] {0.5, t}, out))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Conditioning conditioning = Conditioning.of(PROCESS); // nine features
    Mlp mlp = Mlp.of(Activation.TANH, 2, 4, 2);
    Parameters parameters = mlp.initialize(Init.FAN_IN, Key.of(0));
    assertThatThrownBy(() -> ScoreNetwork.of(mlp, conditioning, parameters))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("takes D + 9 inputs")
        .hasMessageContaining("[2, 4, 2]: make the first 11");
    assertThatThrownBy(() -> Conditioning.none().withScaling(Scaling.EDM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("need a process");
  }
}
