package score4j.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Density;
import score4j.DifferentiableScore;
import score4j.Threads;
import score4j.array.Batch;
import score4j.dist.DiffusedMixture;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.process.LinearSde;
import score4j.process.Sde;
import score4j.rng.Key;
import score4j.solve.Tolerance;
import score4j.testing.Slope;

/// log p by the probability flow, where it is known. Probes have a test of their own.
class FlowLikelihoodTest {
  private static final GaussianMixture TWO =
      GaussianMixture.of(
          new double[] {0.3, 0.5, 0.2},
          Gaussian.full(new double[] {-1, 0.5}, new double[][] {{0.3, 0.1}, {0.1, 0.2}}),
          Gaussian.isotropic(new double[] {2, -1}, 0.8),
          Gaussian.diagonal(new double[] {0, 2.5}, new double[] {0.2, 0.6}));
  private static final GaussianMixture FAR =
      GaussianMixture.of(
          new double[] {0.8, 0.2},
          Gaussian.isotropic(new double[] {5, 5}, 1),
          Gaussian.isotropic(new double[] {-5, -5}, 1));
  private static final GaussianMixture EIGHT =
      GaussianMixture.of(
          new double[] {0.4, 0.6},
          Gaussian.isotropic(new double[8], 0.3),
          Gaussian.isotropic(new double[] {1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5}, 0.5));

  static List<LinearSde> processes() {
    return List.of(
        LinearSde.varianceExploding(0.01, 50),
        LinearSde.variancePreserving(0.1, 20),
        LinearSde.subVariancePreserving(0.1, 20),
        LinearSde.sigmaPower(25));
  }

  /// At the default tolerance, with the exact score and the exact law of the noise: 3e-6 to 3e-5
  /// nats were measured, by 60 to 120 evaluations, and as many and a half again for the error.
  @ParameterizedTest
  @MethodSource("processes")
  void theLikelihoodOfAMixtureIsRightToATenThousandthOfANat(LinearSde process) {
    for (GaussianMixture law : List.of(TWO, FAR, EIGHT)) {
      int n = law.equals(TWO) ? 1000 : 250;
      Batch x = law.sample(Key.of(1), n);
      double[] truth = law.logDensity(x);
      FlowLikelihood likelihood = FlowLikelihood.of(process).withEarliest(0);
      FlowDensities exact = likelihood.withPrior(law.at(process, 1)).encode(law.under(process), x);
      double error = meanError(exact.logDensity(), truth);
      double reported = Arrays.stream(exact.integrationError()).average().orElseThrow();
      double evaluations = Arrays.stream(exact.evaluations()).average().orElseThrow();
      String numbers =
          "D = %d, %s: mean error %.1e nats, reported %.1e, %.0f evaluations"
              .formatted(law.dim(), process, error, reported, evaluations);
      assertThat(error).as(numbers).isLessThan(1e-4);
      // what is reported is of the size of the error, and rather too large
      assertThat(reported).as(numbers).isBetween(0.5 * error, 10 * error);
      assertThat(evaluations).as(numbers).isBetween(100.0, 300.0);
      assertThat(exact.data()).isEqualTo(x);

      // with the prior the error is what the data leave at t = 1: about α·|x|/σ
      FlowDensities prior = likelihood.withErrorEstimate(false).encode(law.under(process), x);
      double rest = process.marginal(1).meanScale() * size(x) / process.marginal(1).std();
      double byPrior = meanError(prior.logDensity(), truth);
      assertThat(byPrior)
          .as("%s: mean error %.1e nats by the prior, α·|x|/σ = %.1e", process, byPrior, rest)
          .isBetween(0.1 * rest, rest * (1 + rest));
      assertThat(prior.integrationError()).containsOnly(Double.NaN);
      // and the law of the noise of normal data with the same moments is far better
      FlowDensities moments =
          likelihood
              .withErrorEstimate(false)
              .withDataLaw(Gaussian.full(law.mean(), law.covariance()))
              .encode(law.under(process), x);
      double byMoments = meanError(moments.logDensity(), truth);
      assertThat(byMoments)
          .as("%s: mean error %.1e nats by the law of normal data", process, byMoments)
          .isLessThan(byPrior / 5);
    }
  }

  private static double size(Batch x) {
    double squares = 0;
    for (float v : x.data()) {
      squares += (double) v * v / x.rows();
    }
    return Math.sqrt(squares);
  }

  private static double meanError(double[] found, double[] truth) {
    double sum = 0;
    for (int i = 0; i < found.length; i++) {
      sum += Math.abs(found[i] - truth[i]) / found.length;
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("processes")
  void errorFollowsTheToleranceAndIsReported(LinearSde process) {
    Batch x = TWO.sample(Key.of(1), 100);
    double[] truth = TWO.logDensity(x);
    double[] tolerances =
        IntStream.range(0, 7).mapToDouble(i -> Math.pow(10, -3 - i / 2.0)).toArray();
    double[] errors = new double[tolerances.length];
    double[] reported = new double[tolerances.length];
    for (int i = 0; i < errors.length; i++) {
      FlowDensities found =
          FlowLikelihood.of(process)
              .withEarliest(0)
              .withPrior(TWO.at(process, 1))
              .withTolerance(Tolerance.of(tolerances[i]))
              .encode(TWO.under(process), x);
      errors[i] = meanError(found.logDensity(), truth);
      reported[i] = Arrays.stream(found.integrationError()).average().orElseThrow();
    }
    Slope slope = Slope.logLog(tolerances, errors);
    // 1 where steps are many; at 1e-3 they are few, and errors fall faster (ProbabilityFlowTest)
    assertThat(slope.value()).as("%s: error ∝ tolerance^%s", process, slope).isBetween(0.85, 1.45);
    for (int i = 0; i < errors.length; i++) {
      assertThat(reported[i])
          .as("reported at %.0e for an error of %.1e", tolerances[i], errors[i])
          .isBetween(errors[i] / 2, errors[i] * 10);
    }
  }

  @ParameterizedTest
  @MethodSource("processes")
  void samplingGivesTheLikelihoodThatItsSamplesHave(LinearSde process) {
    DiffusedMixture score = TWO.under(process);
    for (Divergence divergence : List.of(Divergence.exact(), Divergence.probes(3))) {
      FlowLikelihood likelihood =
          FlowLikelihood.of(process).withPrior(TWO.at(process, 1)).withDivergence(divergence);
      Key key = Key.of(9);
      FlowDensities forward = likelihood.sample(score, 150, key);
      // the probes of sample i are the same in both directions
      FlowDensities back = likelihood.encode(score, forward.data(), 0, key.fold(1));
      double error = meanError(back.logDensity(), forward.logDensity());
      assertThat(error)
          .as("%s, %s: the two directions differ by %.1e nats", process, divergence, error)
          .isLessThan(2e-4);
      double noise = 0;
      for (int i = 0; i < back.noise().data().length; i++) {
        double difference = back.noise().data()[i] - forward.noise().data()[i];
        noise += Math.abs(difference) / process.priorStd() / back.noise().data().length;
      }
      assertThat(noise).isLessThan(1e-4);
      if (divergence instanceof Divergence.Exact) {
        // log p at the earliest time, which is all but that of the data
        double[] truth = new double[150];
        score.logDensity(forward.data(), process.earliestTime(), truth);
        assertThat(meanError(forward.logDensity(), truth)).isLessThan(1e-4);
      }
    }
  }

  /// A score that is no gradient: its Jacobian is not symmetric.
  private static final DifferentiableScore WHIRL =
      new DifferentiableScore() {
        @Override
        public int dim() {
          return 2;
        }

        @Override
        public void score(Batch x, int from, int to, double t, Batch out) {
          for (int r = from; r < to; r++) {
            double a = x.get(r, 0);
            double b = x.get(r, 1);
            out.set(r, 0, (float) (Math.sin(0.5 * a + b) - t * a));
            out.set(r, 1, (float) (Math.cos(a - 0.5 * b) + 0.3 * a));
          }
        }

        @Override
        public void divergence(Batch x, double t, float[] out) {
          for (int r = 0; r < x.rows(); r++) {
            double a = x.get(r, 0);
            double b = x.get(r, 1);
            out[r] = (float) (0.5 * Math.cos(0.5 * a + b) - t + 0.5 * Math.sin(a - 0.5 * b));
          }
        }

        @Override
        public void jvp(Batch x, Batch v, double t, Batch out) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void vjp(Batch x, Batch w, double t, Batch out) {
          throw new UnsupportedOperationException();
        }
      };

  /// The density that a flow makes of its prior adds up to 1, whatever the score.
  @Test
  void theDensityOfAnyScoreAddsUpToOne() {
    LinearSde process = LinearSde.varianceExploding(0.1, 1.2);
    double step = 0.25;
    int side = 64;
    Batch x = Batch.zeros(side * side, 2);
    for (int i = 0; i < side * side; i++) {
      x.set(i, 0, (float) (step * (i / side - side / 2)));
      x.set(i, 1, (float) (step * (i % side - side / 2)));
    }
    FlowDensities found =
        FlowLikelihood.of(process)
            .withErrorEstimate(false)
            .withTolerance(Tolerance.of(1e-5))
            .encode(WHIRL, x);
    double total = 0;
    double off = 0;
    Density prior = Gaussian.isotropic(new double[2], process.priorStd());
    double[] unmoved = prior.logDensity(x);
    for (int i = 0; i < side * side; i++) {
      double p = Math.exp(found.logDensity()[i]) * step * step;
      total += p;
      off += Math.abs(p - Math.exp(unmoved[i]) * step * step);
    }
    // the rectangle rule is exact to far below 1e-3 for a smooth density that is a few steps wide;
    // the tolerance leaves some 30 steps of 1e-5
    assertThat(total).isCloseTo(1, within(3e-3));
    assertThat(off).as("the flow moved a share of the mass").isGreaterThan(0.1);
  }

  @Test
  void threadsAndSplitsDoNotChangeABit() {
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    DiffusedMixture score = TWO.under(process);
    int rows = 400;
    Batch x = TWO.sample(Key.of(3), rows);
    Key key = Key.of(4);
    for (Divergence divergence : List.of(Divergence.exact(), Divergence.probes(2))) {
      FlowLikelihood likelihood =
          FlowLikelihood.of(process)
              .withDivergence(divergence)
              .withTolerance(Tolerance.of(1e-4))
              .withThreads(Threads.ONE);
      FlowDensities one = likelihood.encode(score, x, 0, key);
      FlowDensities many = likelihood.withThreads(Threads.of(3)).encode(score, x, 0, key);
      assertThat(many.logDensity()).containsExactly(one.logDensity());
      assertThat(many.integrationError()).containsExactly(one.integrationError());
      assertThat(many.standardError()).containsExactly(one.standardError());
      assertThat(many.noise()).isEqualTo(one.noise());
      assertThat(many.evaluations()).containsExactly(one.evaluations());
      for (int split : new int[] {1, 300}) {
        FlowDensities first = likelihood.encode(score, x.slice(0, split), 0, key);
        FlowDensities second = likelihood.encode(score, x.slice(split, rows), split, key);
        assertThat(first.logDensity()).containsExactly(Arrays.copyOf(one.logDensity(), split));
        assertThat(second.logDensity())
            .containsExactly(Arrays.copyOfRange(one.logDensity(), split, rows));
      }
    }
  }

  /// A process that says no more than it must gives what the linear one gives.
  @Test
  void anyProcessCanBeFollowed() {
    LinearSde linear = LinearSde.variancePreserving(0.1, 20);
    Sde any =
        new Sde() {
          @Override
          public void drift(double[] x, double t, double[] out) {
            linear.drift(x, t, out);
          }

          @Override
          public double driftDivergence(double[] x, double t) {
            return linear.driftDivergence(x, t);
          }

          @Override
          public double diffusion(double t) {
            return linear.diffusion(t);
          }
        };
    Batch x = TWO.sample(Key.of(3), 20);
    Gaussian prior = Gaussian.isotropic(new double[2], linear.priorStd());
    double[] a = FlowLikelihood.of(linear).encode(TWO.under(linear), x).logDensity();
    double[] b =
        FlowLikelihood.of(any, prior, linear.earliestTime())
            .encode(TWO.under(linear), x)
            .logDensity();
    for (int i = 0; i < a.length; i++) {
      assertThat(b[i]).isCloseTo(a[i], within(2e-4));
    }
    assertThatThrownBy(() -> FlowLikelihood.of(any, prior, 0).withDataLaw(Gaussian.standard(2)))
        .hasMessageStartingWith("process is not linear");
  }

  @Test
  void bitsPerDimensionAreThoseOfTheBins() {
    // uniform on [0, 1]: 256 equally likely values take 8 bits
    assertThat(FlowDensities.bitsPerDimension(0, 1, 1.0 / 256)).isEqualTo(8);
    assertThat(FlowDensities.bitsPerDimension(0, 64, 1.0 / 256)).isEqualTo(8);
    // scaling x to [−1, 1] halves the density of each coordinate and doubles the bin
    double halved = -64 * Math.log(2);
    assertThat(FlowDensities.bitsPerDimension(halved, 64, 2.0 / 256)).isCloseTo(8, within(1e-12));
    // N(0, 1) in bins of 0.01: its entropy ½·log₂(2πe) − log₂ 0.01
    double entropy = 0;
    for (int i = -1000; i <= 1000; i++) {
      double z = 0.01 * i;
      double logDensity = -0.5 * z * z - 0.5 * Math.log(2 * Math.PI);
      entropy += 0.01 * Math.exp(logDensity) * FlowDensities.bitsPerDimension(logDensity, 1, 0.01);
    }
    double expected =
        0.5 * Math.log(2 * Math.PI * Math.E) / Math.log(2) - Math.log(0.01) / Math.log(2);
    assertThat(entropy).isCloseTo(expected, within(1e-6));
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    FlowDensities found =
        FlowLikelihood.of(process).encode(TWO.under(process), TWO.sample(Key.of(1), 2));
    assertThat(found.bitsPerDimension(0.5)[1])
        .isEqualTo(FlowDensities.bitsPerDimension(found.logDensity()[1], 2, 0.5));
    assertThat(found.meanLogDensity())
        .isCloseTo(0.5 * (found.logDensity()[0] + found.logDensity()[1]), within(1e-12));
    assertThatThrownBy(() -> found.bitsPerDimension(0)).hasMessageStartingWith("binWidth");
  }

  @Test
  void whatIsWrongIsNamed() {
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    FlowLikelihood likelihood = FlowLikelihood.of(process);
    DiffusedMixture score = TWO.under(process);
    Batch x = TWO.sample(Key.of(1), 3);
    assertThatThrownBy(() -> likelihood.encode(score, Batch.zeros(1, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("data has 3 columns");
    assertThatThrownBy(() -> likelihood.withEarliest(1)).hasMessageStartingWith("earliest");
    assertThatThrownBy(() -> likelihood.withDivergence(Divergence.probes(1)).encode(score, x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("takes probes");
    assertThatThrownBy(() -> Divergence.probes(0)).hasMessageStartingWith("probes must be");
    Density onlyDensity =
        new Density() {
          @Override
          public int dim() {
            return 2;
          }

          @Override
          public void score(Batch batch, int from, int to, double t, Batch out) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void logDensity(Batch batch, double[] out) {
            TWO.logDensity(batch, out);
          }
        };
    assertThatThrownBy(() -> likelihood.withPrior(onlyDensity).sample(score, 2, Key.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("prior is not a Distribution");
  }
}
