package score4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.rng.Noise;

/// Sums, multiples and stopped scores keep the derivatives of their parts.
class ScoreAlgebraTest {
  private static final int ROWS = 11;
  private static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 20);
  private static final DifferentiableScore MOVING =
      GaussianMixture.of(
              new double[] {0.25, 0.75},
              Gaussian.isotropic(new double[] {-1, 0.5}, 0.5),
              Gaussian.isotropic(new double[] {1, -0.5}, 0.6))
          .under(PROCESS);
  private static final DifferentiableScore STILL = Gaussian.isotropic(new double[] {0.5, 1}, 0.8);
  private static final Batch X = Noise.normals(Key.of(1), ROWS, 2);
  private static final Batch V = Noise.normals(Key.of(2), ROWS, 2);

  /// Everything that a score with derivatives can be asked, as one list of numbers.
  private static float[] asked(DifferentiableScore score, double t, double... times) {
    Batch out = Batch.zeros(ROWS, 2);
    float[] trace = new float[ROWS];
    float[] forms = new float[ROWS * 3];
    float[] all = {};
    score.score(X, 0, ROWS, t, out);
    all = joined(all, out.data());
    score.jvp(X, V, t, out);
    all = joined(all, out.data());
    score.vjp(X, V, t, out);
    all = joined(all, out.data());
    score.jvp(X, V, times, out);
    all = joined(all, out.data());
    score.vjp(X, V, times, out);
    all = joined(all, out.data());
    score.divergence(X, t, trace);
    all = joined(all, trace);
    score.score(X, 2, ROWS, times, out);
    all = joined(all, out.data());
    score.scoreAndDivergence(X, 3, ROWS - 1, times, out, trace);
    all = joined(joined(all, out.data()), trace);
    float[] v = Noise.normals(Key.of(3), ROWS, 6).data();
    score.scoreAndForms(X, 1, ROWS, times, v, 3, out, forms);
    return joined(joined(all, out.data()), forms);
  }

  private static float[] joined(float[] a, float[] b) {
    float[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static double[] times() {
    double[] times = new double[ROWS];
    Arrays.setAll(times, r -> (r + 1) / 16.0);
    return times;
  }

  private static double[] same(double t) {
    double[] times = new double[ROWS];
    Arrays.fill(times, t);
    return times;
  }

  // two floats are multiplied and added: 3 roundings of numbers below 100
  @Test
  void derivativesAreLinear() {
    float[] first = asked(MOVING, 0.3, times());
    float[] second = asked(STILL, 0.3, times());
    float[] sum = asked(MOVING.plus(STILL), 0.3, times());
    float[] multiple = asked(MOVING.times(-2.5), 0.3, times());
    float[] both = asked(MOVING.times(0.5).plus(STILL.times(3)), 0.3, times());
    for (int i = 0; i < first.length; i++) {
      assertThat(first[i]).isBetween(-100f, 100f);
      assertThat((double) sum[i]).isCloseTo((double) first[i] + second[i], within(3e-5));
      assertThat((double) multiple[i]).isCloseTo(-2.5 * first[i], within(3e-5));
      assertThat((double) both[i]).isCloseTo(0.5 * first[i] + 3.0 * second[i], within(1e-4));
    }
  }

  // the same calls at another time; the mixture's exp may round otherwise once it is compiled
  @Test
  void aStoppedScoreKnowsOneTime() {
    float[] expected = asked(MOVING, 0.25, same(0.25));
    DifferentiableScore stopped = MOVING.at(0.25);
    float[] answers = asked(stopped, 0.75, times());
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) answers[i]).isCloseTo(expected[i], within(1e-5));
    }
    Score score = new FrozenScore(MOVING, 0.25);
    Batch one = Batch.zeros(ROWS, 2);
    Batch other = Batch.zeros(ROWS, 2);
    score.score(X, 0, ROWS, times(), one);
    MOVING.score(X, 0, ROWS, 0.25, other);
    assertThat(one).isEqualTo(other);
  }

  @Test
  void aStoppedScoreTakesATimeForEachRowToo() {
    DifferentiableScore stopped = MOVING.at(0.25);
    double[] few = new double[ROWS - 1];
    Batch out = Batch.zeros(ROWS, 2);
    float[] numbers = new float[ROWS];
    List<ThrowingCallable> calls =
        List.of(
            () -> stopped.jvp(X, V, few, out),
            () -> stopped.vjp(X, V, few, out),
            () -> stopped.score(X, 0, ROWS, few, out),
            () -> stopped.scoreAndDivergence(X, 0, ROWS, few, out, numbers),
            () -> stopped.scoreAndForms(X, 0, ROWS, few, V.data(), 1, out, numbers));
    for (int i = 0; i < calls.size(); i++) {
      assertThatThrownBy(calls.get(i))
          .as("call %d", i)
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThatThrownBy(() -> stopped.jvp(X, Batch.zeros(1, 2), times(), out))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(out.data()).containsOnly(0);
  }

  /// What a score gets that does not say how: runs of equal times, of which one may be all rows.
  @Test
  void productsAtATimeForEachRowAreThoseOfTheRow() {
    double[] runs = times();
    Arrays.fill(runs, 2, 5, 0.4);
    for (double[] t : new double[][] {runs, times(), same(0.3)}) {
      Batch jvp = Batch.zeros(ROWS, 2);
      Batch vjp = Batch.zeros(ROWS, 2);
      MOVING.jvp(X, V, t, jvp);
      MOVING.vjp(X, V, t, vjp);
      for (int r = 0; r < ROWS; r++) {
        Batch one = Batch.zeros(1, 2);
        MOVING.jvp(X.slice(r, r + 1), V.slice(r, r + 1), t[r], one);
        for (int d = 0; d < 2; d++) {
          // the mixture's exp may round otherwise once it is compiled
          assertThat((double) jvp.get(r, d)).isCloseTo(one.get(0, d), within(1e-5));
          assertThat((double) vjp.get(r, d)).isCloseTo(one.get(0, d), within(1e-5));
        }
      }
    }
    assertThatThrownBy(() -> MOVING.vjp(X, V, new double[ROWS - 1], Batch.zeros(ROWS, 2)))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> MOVING.vjp(X, Batch.zeros(1, 2), times(), Batch.zeros(ROWS, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("w is 1 × 2");
  }

  @Test
  void aSumHasDerivativesIfBothPartsDo() {
    Score still = STILL;
    assertThat(MOVING.plus(still)).isInstanceOf(DifferentiableScore.class);
    Score plain = new FrozenScore(STILL, 0);
    assertThat(MOVING.plus(plain)).isNotInstanceOf(DifferentiableScore.class);
    assertThatThrownBy(() -> MOVING.plus(Gaussian.standard(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other has 3 dimensions");
  }

  @Test
  void timesOutsideTheProcessAreRefused() {
    for (double t : new double[] {-1e-9, 1.0000001, Double.NaN}) {
      assertThatThrownBy(() -> PROCESS.marginal(t))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("t must be from 0 (data) to 1 (noise) but was " + t);
    }
    assertThat(PROCESS.marginal(1).std()).isLessThan(1);
  }
}
