package score4j.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;
import score4j.rng.Key;

class TimeLawTest {
  private static final LinearSde VP = LinearSde.variancePreserving(0.1, 20);
  private static final LinearSde VE = LinearSde.varianceExploding(0.01, 50);

  /// The midpoint rule on 10⁶ shares: error of order 1e-6 of the range for laws whose quantile is
  /// continuous.
  private static double mean(TimeLaw law, DoubleUnaryOperator value) {
    int n = 1_000_000;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += value.applyAsDouble(law.time((i + 0.5) / n));
    }
    return sum / n;
  }

  @Test
  void timesOfNeighboursAreSpreadEvenly() {
    Noising noising = new Noising(VP, new TimeLaw.Uniform(0, 1), Weighting.uniform());
    int n = 256;
    double[] times =
        IntStream.range(1000, 1000 + n)
            .mapToDouble(i -> noising.time(Noising.start(Key.of(7)), i))
            .sorted()
            .toArray();
    // of n neighbours of a golden sequence no gap is greater than φ²/n, of independent ones some
    // are ln(n)/n = 5.5/n
    for (int i = 1; i < n; i++) {
      assertThat(times[i] - times[i - 1]).isLessThan(2.62 / n);
    }
    assertThat(times[0]).isLessThan(2.62 / n);
    assertThat(times[n - 1]).isGreaterThan(1 - 2.62 / n);
  }

  @Test
  void oneTimeAloneHasTheLaw() {
    Noising noising = new Noising(VP, new TimeLaw.Uniform(0.2, 0.6), Weighting.uniform());
    double[] times =
        IntStream.range(0, 2000)
            .mapToDouble(k -> noising.time(Noising.start(Key.of(k)), 5))
            .toArray();
    // uniform: mean .4, standard error .4/√12/√2000 = .0026; 4 of them
    assertThat(Arrays.stream(times).average().orElseThrow()).isCloseTo(0.4, within(0.0104));
    assertThat(Arrays.stream(times).min().orElseThrow()).isBetween(0.2, 0.203);
    assertThat(Arrays.stream(times).max().orElseThrow()).isBetween(0.597, 0.6);
  }

  @Test
  void importanceLeavesTheExpectationAndFlattensTheLoss() {
    for (LinearSde process : List.of(VP, VE, LinearSde.sigmaPower(25))) {
      double from = 1e-3;
      TimeLaw law = new TimeLaw.Importance(process, Weighting.likelihood(), from);
      // E_q[weight·f] = E_uniform[f] for any f
      double uniform = mean(new TimeLaw.Uniform(from, 1), t -> 1 / (0.1 + t));
      assertThat(mean(law, t -> law.weight(t) / (0.1 + t)))
          .as("%s", process)
          .isCloseTo(uniform, within(2e-5 * uniform));
      // λ·weight/σ² is the same everywhere, but for the change of λ/σ² within a cell of .17 %
      double[] losses =
          IntStream.range(0, 1000)
              .mapToDouble(
                  i -> {
                    double t = law.time((i + 0.5) / 1000);
                    double std = process.marginal(t).std();
                    return Weighting.likelihood().at(process, t) * law.weight(t) / (std * std);
                  })
              .toArray();
      double least = Arrays.stream(losses).min().orElseThrow();
      double most = Arrays.stream(losses).max().orElseThrow();
      assertThat(most / least).as("%s", process).isLessThan(1.003);
    }
  }

  @Test
  void logNormalNoiseLevels() {
    TimeLaw law = new TimeLaw.LogNormal(VE, -1.2, 1.2);
    double mean = mean(law, t -> Math.log(VE.marginal(t).noiseLevel()));
    // the cut at σ(1e-5) = 1.3e-4, 6.5 standard deviations down, does not show
    assertThat(mean).isCloseTo(-1.2, within(2e-3));
    double variance = mean(law, t -> Math.pow(Math.log(VE.marginal(t).noiseLevel()) + 1.2, 2));
    assertThat(variance).isCloseTo(1.44, within(5e-3));
  }

  @Test
  void levelsComeEquallyOften() {
    SigmaLadder ladder = SigmaLadder.geometric(10, 0.1, 7);
    Noising noising = new Noising(ladder.process(), TimeLaw.levels(ladder), Weighting.uniform());
    int[] counts = new int[7];
    for (int i = 0; i < 700; i++) {
      counts[ladder.times().indexOf(noising.time(Noising.start(Key.of(3)), i))]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(97, 103);
    }
  }

  @Test
  void weightings() {
    for (double t : new double[] {0.01, 0.4, 1}) {
      double alpha = VP.marginal(t).meanScale();
      double std = VP.marginal(t).std();
      double level = std / alpha;
      assertThat(Weighting.variance().at(VP, t)).isCloseTo(std * std, within(1e-12));
      assertThat(Weighting.uniform().at(VP, t)).isEqualTo(1);
      assertThat(Weighting.likelihood().at(VP, t)).isCloseTo(0.1 + 19.9 * t, within(1e-12));
      // w(σ̃)·σ⁴/α² as the formula says, not as the code does
      double w = (level * level + 0.49) / Math.pow(level * 0.7, 2);
      double expected = w * Math.pow(std, 4) / (alpha * alpha);
      assertThat(new Weighting.Edm(0.7).at(VP, t)).isCloseTo(expected, within(1e-12 * expected));
    }
    assertThatThrownBy(() -> new TimeLaw.Importance(VP, Weighting.likelihood(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from must be above 0");
  }
}
