package score4j.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Score;
import score4j.array.Batch;
import score4j.dist.DiffusedMixture;
import score4j.dist.GaussianMixture;
import score4j.rng.Key;

/// Every sampler under every process, with the exact score of a mixture of two modes.
class SamplerMatrixTest {
  private static final int N = 2500;

  static List<Arguments> pairs() {
    List<Arguments> pairs = new ArrayList<>();
    for (Samplers.Named process : Samplers.processes()) {
      for (Samplers.Diffusing sampler : Samplers.diffusing(process.process(), 100)) {
        pairs.add(Arguments.of(sampler, process));
      }
    }
    return pairs;
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void noiseBecomesTheLaw(Samplers.Diffusing sampler, Samplers.Named process) {
    Score score = Samplers.LAW.under(process.process());
    Batch x = sampler.sampler().sample(score, N, Key.of(17));
    // What is left of the start, of order 1/steps: the annealed chain lags behind its levels, and
    // a step of Euler and Maruyama is taken with the drift where it begins.
    check(Samplers.LAW, x, sampler.name().startsWith("annealed") ? 0.02 : 0.012, 0.1);
  }

  static List<Arguments> resting() {
    List<Arguments> pairs = new ArrayList<>();
    for (Samplers.Named process : Samplers.processes()) {
      pairs.add(Arguments.of(Langevin.of(0.01, 100), process));
      pairs.add(Arguments.of(Mala.of(0.05, 100), process));
    }
    return pairs;
  }

  // Samplers that do not move through time keep the law of the time that they are stopped at.
  @ParameterizedTest
  @MethodSource("resting")
  void theLawOfATimeRests(Sampler sampler, Samplers.Named process) {
    DiffusedMixture score = Samplers.LAW.under(process.process());
    double t = process.process().timeOf(0.3);
    GaussianMixture law = score.at(t);
    Batch x = sampler.sample(law, law.sample(Key.of(18), N), Key.of(19));
    // ULA's variance is larger by ε/(2·variance), 2% at most
    check(law, x, 0.001, 0.02);
  }

  /// The share of the first mode, and mean and variance of each mode, within 5 standard errors (one
  /// false alarm in 1.7 million for each of the 9 numbers of 48 pairs) and what is said to be bias.
  ///
  /// @param ofShare the bias of the share
  /// @param ofVariance that of the variances, relative, and of the means, relative to the std
  private static void check(GaussianMixture law, Batch x, double ofShare, double ofVariance) {
    double[] first = law.components().get(0).mean();
    double[] second = law.components().get(1).mean();
    int[] count = new int[2];
    double[][] sum = new double[2][2];
    double[][] squares = new double[2][2];
    for (int r = 0; r < N; r++) {
      double nearer = 0;
      for (int d = 0; d < 2; d++) {
        nearer += (x.get(r, d) - 0.5 * (first[d] + second[d])) * (second[d] - first[d]);
      }
      int mode = nearer < 0 ? 0 : 1;
      count[mode]++;
      for (int d = 0; d < 2; d++) {
        double v = x.get(r, d) - law.components().get(mode).mean()[d];
        sum[mode][d] += v;
        squares[mode][d] += v * v;
      }
    }
    double w = law.weights()[0];
    assertThat((double) count[0] / N)
        .as("share")
        .isCloseTo(w, within(5 * Math.sqrt(w * (1 - w) / N) + ofShare));
    for (int mode = 0; mode < 2; mode++) {
      int n = count[mode];
      double variance = law.components().get(mode).covariance()[0][0];
      double std = Math.sqrt(variance);
      for (int d = 0; d < 2; d++) {
        double mean = sum[mode][d] / n;
        assertThat(mean / std)
            .as("mean of mode %d, coordinate %d", mode, d)
            .isCloseTo(0, within(5 / Math.sqrt(n) + ofVariance));
        assertThat((squares[mode][d] / n - mean * mean) / variance)
            .as("variance of mode %d, coordinate %d", mode, d)
            .isCloseTo(1, within(5 * Math.sqrt(2.0 / n) + ofVariance));
      }
    }
  }
}
