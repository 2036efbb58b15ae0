package score4j.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.Density;
import score4j.EnergyScore;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.nn.Activation;
import score4j.nn.EnergyNetwork;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.rng.Key;
import score4j.rng.Noise;

class MalaTest {
  /// How a law is known.
  enum Knowledge {
    DENSITY,
    ENERGY,
    SCORE
  }

  /// Gumbel's law in every coordinate, p(x) = exp(−x − e⁻ˣ), F(x) = exp(−e⁻ˣ): skew, with a tail
  /// like e⁻ˣ on the right and none on the left.
  private record Gumbel(int dim) implements Density {
    @Override
    public void score(Batch x, int from, int to, double t, Batch out) {
      for (int i = from * dim; i < to * dim; i++) {
        out.data()[i] = (float) (Math.exp(-x.data()[i]) - 1);
      }
    }

    @Override
    public void logDensity(Batch x, double[] out) {
      for (int r = 0; r < x.rows(); r++) {
        out[r] = 0;
        for (int d = 0; d < dim; d++) {
          double v = x.get(r, d);
          out[r] -= v + Math.exp(-v);
        }
      }
    }

    Batch sample(Key key, int n) {
      Batch x = Batch.zeros(n, dim);
      for (int i = 0; i < n * dim; i++) {
        x.data()[i] = (float) -Math.log(-Math.log(Noise.uniform(key, 0, i) + 0x1p-54));
      }
      return x;
    }
  }

  /// A law of which no more is known than said.
  private static Score known(Density law, Knowledge knowledge) {
    return switch (knowledge) {
      case DENSITY -> law;
      case SCORE -> law.at(0);
      case ENERGY ->
          new EnergyScore() {
            @Override
            public int dim() {
              return law.dim();
            }

            @Override
            public void score(Batch x, int from, int to, double t, Batch out) {
              law.score(x, from, to, t, out);
            }

            @Override
            public void energy(Batch x, float[] out) {
              double[] log = law.logDensity(x);
              for (int r = 0; r < x.rows(); r++) {
                out[r] = (float) (100 - log[r]); // up to a constant
              }
            }
          };
    };
  }

  private static Mala fixed(double stepSize, long steps) {
    return new Mala(stepSize, 0, steps, 2, Threads.of(2));
  }

  // From a start in the law, as many go from one bin to another as come back: counts n_ij and n_ji
  // differ by no more than 5·√(n_ij + n_ji), one false alarm in 1.7 million for each of 6 pairs. A
  // ratio that is upside down, or leaves out the proposals, fails by ten times as much.
  @ParameterizedTest
  @EnumSource
  void aStepOnASkewLawIsInDetailedBalance(Knowledge knowledge) {
    Gumbel law = new Gumbel(1);
    int n = 100_000;
    Batch start = law.sample(Key.of(1), n);
    Batch end = start.copy();
    Mala.Report report = fixed(1, 1).run(known(law, knowledge), end, Key.of(2));
    double[] bounds = {-0.5, 0.3, 1.2};
    int[][] counts = new int[4][4];
    for (int r = 0; r < n; r++) {
      counts[bin(bounds, start.get(r, 0))][bin(bounds, end.get(r, 0))]++;
    }
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < i; j++) {
        int both = counts[i][j] + counts[j][i];
        assertThat(Math.abs(counts[i][j] - counts[j][i]))
            .as("between bins %d and %d of %s", i, j, Arrays.deepToString(counts))
            .isLessThan((int) (5 * Math.sqrt(both)) + 1);
      }
    }
    assertThat(report.meanAcceptance()).isBetween(0.5, 0.85);
  }

  private static int bin(double[] bounds, double x) {
    int bin = 0;
    while (bin < bounds.length && x >= bounds[bin]) {
      bin++;
    }
    return bin;
  }

  // √n·sup|F_n − F| exceeds 2.6 once in 370,000 (2·exp(−2·2.6²)), Kolmogorov & Smirnov
  @ParameterizedTest
  @EnumSource
  void everyCoordinateKeepsItsLaw(Knowledge knowledge) {
    Gumbel law = new Gumbel(3);
    int n = 10_000;
    Batch x = law.sample(Key.of(3), n);
    fixed(0.4, 30).run(known(law, knowledge), x, Key.of(4));
    for (int d = 0; d < 3; d++) {
      float[] column = x.column(d);
      Arrays.sort(column);
      double worst = 0;
      for (int i = 0; i < n; i++) {
        double f = Math.exp(-Math.exp(-column[i]));
        worst = Math.max(worst, Math.max(f - (double) i / n, (i + 1.0) / n - f));
      }
      assertThat(Math.sqrt(n) * worst).as("coordinate %d", d).isLessThan(2.6);
    }
  }

  // ULA settles at s²/(1 − ε/(2s²)), twice s² here; a bound of 5 standard errors of a variance
  @Test
  void varianceIsThatOfTheLawWhereUlaHasTwice() {
    double std = 0.8;
    double epsilon = std * std;
    Gaussian law = Gaussian.isotropic(new double[] {0}, std);
    int n = 20_000;
    Batch x = law.sample(Key.of(5), n);
    Batch ula = x.copy();
    fixed(epsilon, 60).run(law, x, Key.of(6));
    Langevin.of(epsilon, 60).run(law, ula, Key.of(6), 60, (step, state) -> {});
    double error = 5 * Math.sqrt(2.0 / n);
    assertThat(square(x) / (std * std)).isCloseTo(1, within(error));
    assertThat(square(ula) / (std * std)).isCloseTo(2, within(2 * error));
  }

  private static double square(Batch x) {
    double sum = 0;
    for (float v : x.data()) {
      sum += (double) v * v;
    }
    return sum / x.data().length;
  }

  // The mean over 500 chains of 400 steps has a standard error of √(0.25/200,000) = 0.001 and more
  // because steps depend on each other; what Robbins and Monro leave after 400 steps is larger.
  @ParameterizedTest
  @ValueSource(doubles = {1e-4, 0.1, 10})
  void everyChainFindsItsStepSize(double stepSize) {
    Gaussian law = Gaussian.isotropic(new double[] {1, -1, 0, 2}, 0.5);
    Batch x = law.sample(Key.of(7), 500);
    Mala.Report report = new Mala(stepSize, 400, 800, 2, Threads.of(2)).run(law, x, Key.of(8));
    assertThat(report.meanAcceptance()).isCloseTo(Mala.ACCEPTANCE, within(0.03));
    double least = Arrays.stream(report.stepSizes()).min().orElseThrow();
    double most = Arrays.stream(report.stepSizes()).max().orElseThrow();
    assertThat(most / least).isBetween(1.01, 4.0);
  }

  @Test
  void aStepSizeStaysWithoutWarmUp() {
    Gaussian law = Gaussian.isotropic(new double[] {0}, 1);
    Mala.Report report = fixed(0.3, 20).run(law, law.sample(Key.of(1), 10), Key.of(2));
    assertThat(report.stepSizes()).containsOnly(0.3f);
  }

  // Decisions by float energies, by densities and by integrals of 10 scores differ where a uniform
  // number is that near the probability: 1e-5 of 20,000 decisions
  @Test
  void decisionsDoNotDependOnWhatIsKnown() {
    EnergyNetwork network =
        EnergyNetwork.of(
            Mlp.of(Activation.TANH, 2, 16, 16, 1),
            Mlp.of(Activation.TANH, 2, 16, 16, 1).initialize(Init.GLOROT_UNIFORM, Key.of(9)));
    Batch byEnergy = Noise.normals(Key.of(10), 4000, 2);
    Batch byLine = byEnergy.copy();
    Mala mala = new Mala(0.5, 0, 5, 8, Threads.of(2));
    mala.run(network, byEnergy, Key.of(11));
    mala.run(network.at(0), byLine, Key.of(11));
    assertThat(differentRows(byEnergy, byLine)).isLessThan(4);
    Batch byDensity = new Gumbel(2).sample(Key.of(12), 4000);
    byLine = byDensity.copy();
    mala.run(new Gumbel(2), byDensity, Key.of(13));
    mala.run(new Gumbel(2).at(0), byLine, Key.of(13));
    assertThat(differentRows(byDensity, byLine)).isLessThan(4);
  }

  private static int differentRows(Batch a, Batch b) {
    int different = 0;
    for (int r = 0; r < a.rows(); r++) {
      if (!Arrays.equals(a.row(r), b.row(r))) {
        different++;
      }
    }
    return different;
  }

  @Test
  void reportsAreByRowWhateverTheParts() {
    Density law = Samplers.LAW;
    Mala mala = Mala.of(0.1, 40).withThreads(Threads.of(2));
    Batch whole = Samplers.start(Key.of(1), 700);
    Batch first = whole.slice(0, 300);
    Batch second = whole.slice(300, 700);
    Mala.Report all = mala.run(law, whole, Key.of(2));
    mala.runAndReport(law, first, 0, Key.of(2), 7, (step, x) -> {});
    Mala.Report rest = mala.runAndReport(law, second, 300, Key.of(2), 40, (step, x) -> {});
    assertThat(rest.stepSizes()).isEqualTo(Arrays.copyOfRange(all.stepSizes(), 300, 700));
    assertThat(rest.acceptance()).isEqualTo(Arrays.copyOfRange(all.acceptance(), 300, 700));
    assertThat(second).isEqualTo(whole.slice(300, 700));
  }

  @Test
  void aProposalIsWeighedByItsOwnPlaceAndTheOther() {
    // by hand: ε = 0.5, x = 1, s = −1, y = 2, s_y = −2: forward 2 − 1 + 0.5, back 1 − 2 + 1
    double log =
        MalaStep.logProposals(
            new float[] {1}, new float[] {-1}, new float[] {2}, new float[] {-2}, 0, 1, 0.5);
    assertThat(log).isCloseTo((1.5 * 1.5 - 0) / (4 * 0.5), within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 8})
  void theRuleIsExactUpToItsDegree(int inner) {
    GaussLobatto rule = GaussLobatto.of(inner);
    for (int degree = 0; degree <= 2 * inner + 2; degree++) {
      double sum = 0;
      for (int i = 0; i < rule.size(); i++) {
        sum += rule.weight(i) * Math.pow(rule.node(i), degree);
      }
      double error = Math.abs(sum - 1.0 / (degree + 1));
      if (degree <= 2 * inner + 1) {
        assertThat(error).isLessThan(1e-14);
      } else if (inner < 8) { // then too small to see
        assertThat(error).isGreaterThan(1e-6);
      }
    }
  }

  @Test
  void refusesAStartWithoutAScore() {
    Score broken = new Gumbel(1);
    Batch x = Batch.zeros(3, 1);
    x.set(1, 0, -200); // e²⁰⁰ is no float
    assertThatThrownBy(() -> fixed(0.1, 5).run(broken, x, Key.of(1)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("row 1 ");
  }

  @Test
  void badArgumentsAreRefused() {
    assertThatThrownBy(() -> Mala.of(0, 1)).hasMessageContaining("stepSize");
    assertThatThrownBy(() -> Mala.of(0.1, -1)).hasMessageContaining("steps");
    assertThatThrownBy(() -> Mala.of(0.1, 10).withWarmUp(11)).hasMessageContaining("warmUp");
    assertThatThrownBy(() -> new Mala(0.1, 0, 1, -1, Threads.ONE))
        .hasMessageContaining("innerNodes");
  }
}
