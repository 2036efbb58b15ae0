package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.nn.TimeFeatures;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.sample.Ancestral;
import score4j.sample.Sampler;

/// Scores of the card against those of the processor: equal, bit for bit.
@Card
class GpuScoreTest {
  // what the fake card has, too; others have less, and other kernels
  private static final int H100_SHARED = 232_448;

  private static Session session;

  @BeforeAll
  static void open() {
    session = Gpu.open();
  }

  @AfterAll
  static void close() {
    if (session != null) {
      session.close();
    }
  }

  /// The kernel that is expected, sizes, rows.
  static Stream<List<Object>> networks() {
    return Stream.of(
        List.of("shallow_chain_1", new int[] {1, 1, 1}, 130),
        List.of("shallow_chain_1", new int[] {1, 37, 1}, 65),
        List.of("shallow_chain_units", new int[] {1, 300, 1}, 33),
        List.of("shallow_chain_2", new int[] {2, 16, 2}, 5),
        List.of("shallow_chain_3", new int[] {3, 7, 3}, 129),
        List.of("shallow_chain_4", new int[] {4, 16, 4}, 64),
        List.of("score_chain_s", new int[] {2, 17, 2}, 64),
        List.of("score_chain_s", new int[] {2, 2}, 3),
        List.of("score_chain_s", new int[] {5, 5}, 3),
        List.of("score_chain_s", new int[] {2, 64, 128, 64, 2}, 65),
        List.of("score_chain_s", new int[] {3, 1, 1, 3}, 7),
        List.of("score_chain_s", new int[] {5, 33, 5}, 67),
        List.of("score_chain_g", new int[] {2, 128, 128, 128, 128, 2}, 70),
        List.of("score_chain_w", new int[] {2, 129, 2}, 9),
        List.of("score_chain_w", new int[] {7, 256, 31, 7}, 66),
        List.of("layers", new int[] {2, 300, 2}, 131),
        List.of("layers", new int[] {6, 257, 40, 6}, 3),
        List.of("layers", new int[] {1, 40, 1024, 1}, 5),
        List.of("layers", new int[] {300, 20, 300}, 9));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void scoresAreTheProcessors(List<Object> what) {
    // all of them where it costs little, and one that changes from case to case
    int[] sizes = (int[]) what.get(1);
    boolean small = Arrays.stream(sizes).max().orElseThrow() <= 40;
    List<Activation> all = List.of(Activation.values());
    for (Activation activation : small ? all : all.subList(sizes[1] % 6, sizes[1] % 6 + 1)) {
      Mlp mlp = Mlp.of(activation, (int[]) what.get(1));
      ScoreNetwork network = ScoreNetwork.of(mlp, parameters(mlp));
      int rows = (int) what.get(2);
      Batch x = points(rows, mlp.outputs());
      try (GpuScore score = session.score(network)) {
        if (session.device().sharedPerBlock() == H100_SHARED) {
          assertThat(score.plan(rows).kernel()).as("%s", score.plan(rows)).isEqualTo(what.get(0));
        }
        assertSame(score.score(x), network.score(x), mlp);
      }
    }
  }

  static Stream<Conditioning> conditionings() {
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    TimeFeatures waves = TimeFeatures.of(TimeFeatures.Variable.LOG_NOISE).withFourier(0.125, 3);
    return Stream.of(
        Conditioning.of(process),
        Conditioning.of(process).withFeatures(TimeFeatures.none()),
        new Conditioning(process, waves, Conditioning.Scaling.INVERSE_STD, 1, 3),
        new Conditioning(process, waves, Conditioning.Scaling.PLAIN, 1, 0),
        new Conditioning(process, waves, Conditioning.Scaling.EDM, 0.7, 2),
        Conditioning.none().withContext(2));
  }

  @ParameterizedTest
  @MethodSource("conditionings")
  void conditionedScoresAreTheProcessors(Conditioning conditioning) {
    for (int[] hidden : new int[][] {{9}, {40, 130}, {300}}) {
      for (int dim : new int[] {1, 3, 6}) {
        int[] sizes = new int[hidden.length + 2];
        sizes[0] = dim + conditioning.inputs();
        System.arraycopy(hidden, 0, sizes, 1, hidden.length);
        sizes[sizes.length - 1] = dim;
        Mlp mlp = Mlp.of(Activation.SILU, sizes);
        ScoreNetwork plain = ScoreNetwork.of(mlp, conditioning, parameters(mlp));
        float[] context = new float[conditioning.context()];
        Arrays.fill(context, 0.25f);
        ScoreNetwork network = plain.given(context);
        int rows = 70;
        Batch x = points(rows, dim);
        try (GpuScore score = session.score(network)) {
          for (double t : new double[] {0, 0.3, 1}) {
            Batch expected = Batch.zeros(rows, dim);
            Batch actual = Batch.zeros(rows, dim);
            network.score(x, 3, rows - 2, t, expected);
            score.score(x, 3, rows - 2, t, actual);
            assertSame(actual, expected, mlp);
          }
          double[] times = new double[rows];
          for (int i = 0; i < rows; i++) {
            times[i] = i / (double) rows;
          }
          Batch expected = Batch.zeros(rows, dim);
          Batch actual = Batch.zeros(rows, dim);
          network.score(x, 1, rows - 1, times, expected);
          score.score(x, 1, rows - 1, times, actual);
          assertSame(actual, expected, mlp);
        }
      }
    }
  }

  /// As [Arithmetic#FAST] says: less than 2⁻¹⁶ of the largest.
  @Test
  void fastScoresAreNear() {
    double worst = 0;
    for (Activation activation : Activation.values()) {
      for (int[] sizes :
          new int[][] {{1, 40, 1}, {2, 40, 48, 2}, {3, 130, 3}, {5, 257, 5}, {2, 12, 2}}) {
        Mlp mlp = Mlp.of(activation, sizes);
        ScoreNetwork network = ScoreNetwork.of(mlp, parameters(mlp));
        Batch x = points(40, mlp.outputs());
        try (GpuScore score = session.score(network, Arithmetic.FAST)) {
          worst = Math.max(worst, assertNear(score.score(x), network.score(x), mlp));
        }
      }
    }
    assertThat(worst).as("it is another arithmetic").isPositive();
  }

  /// In fast arithmetic the features of all steps are folded into first biases before chains begin.
  @Test
  void fastChainsAreNear() {
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    Conditioning conditioning = Conditioning.of(process);
    for (int[] hidden : new int[][] {{48, 40}, {140}, {300}}) {
      int[] sizes = new int[hidden.length + 2];
      sizes[0] = 2 + conditioning.inputs();
      System.arraycopy(hidden, 0, sizes, 1, hidden.length);
      sizes[sizes.length - 1] = 2;
      Mlp mlp = Mlp.of(Activation.SILU, sizes);
      ScoreNetwork network = ScoreNetwork.of(mlp, conditioning, parameters(mlp));
      Sampler sampler = Ancestral.of(process, 4);
      Batch x = points(70, 2);
      try (GpuScore score = session.score(network, Arithmetic.FAST)) {
        assertNear(sampler.sample(score, x, Key.of(4)), sampler.sample(network, x, Key.of(4)), mlp);
      }
    }
  }

  private static double assertNear(Batch actual, Batch expected, Object what) {
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < expected.data().length; i++) {
      largest = Math.max(largest, Math.abs(expected.data()[i]));
      worst = Math.max(worst, Math.abs((double) actual.data()[i] - expected.data()[i]));
    }
    assertThat(worst).as("%s", what).isLessThan(0x1p-16 * largest);
    return worst;
  }

  @Test
  void rowsOnTheCardNeedNoCopies() {
    Mlp mlp = Mlp.of(Activation.TANH, 2, 24, 24, 2);
    ScoreNetwork network = ScoreNetwork.of(mlp, parameters(mlp));
    Batch x = points(100, 2);
    float[] result = new float[200];
    try (GpuScore score = session.score(network);
        DeviceArray in = session.allocate(200);
        DeviceArray out = session.allocate(200)) {
      in.upload(x.data(), 0, 0, 200);
      long before = session.usage().uploaded();
      for (int i = 0; i < 3; i++) {
        score.score(in, 100, 0, out);
      }
      assertThat(session.usage().uploaded() - before).isLessThan(3 * 64);
      out.download(0, result, 0, 200);
    }
    assertSame(Batch.wrap(result, 100, 2), network.score(x), mlp);
  }

  static Parameters parameters(Mlp mlp) {
    Parameters parameters = Parameters.zeros(mlp.slices());
    float[] data = parameters.data();
    Noise.normals(Key.of(7), 0, 0, 1, data.length, data, 0);
    for (Parameters.Slice slice : mlp.slices()) {
      float scale = slice.vector() ? 0.3f : (float) (1.5 / Math.sqrt(slice.cols()));
      for (int i = slice.offset(); i < slice.offset() + slice.size(); i++) {
        data[i] *= scale;
      }
    }
    return parameters;
  }

  static Batch points(int rows, int dim) {
    Batch x = Batch.zeros(rows, dim);
    Noise.normals(Key.of(8), 0, 0, rows, dim, x.data(), 0);
    return x;
  }

  static void assertSame(Batch actual, Batch expected, Object what) {
    int at = Arrays.mismatch(actual.data(), expected.data());
    assertThat(at)
        .as(
            "%s: number %d of %d is %s and not %s",
            what,
            at,
            expected.data().length,
            at < 0 ? 0 : actual.data()[at],
            at < 0 ? 0 : expected.data()[at])
        .isEqualTo(-1);
  }
}
