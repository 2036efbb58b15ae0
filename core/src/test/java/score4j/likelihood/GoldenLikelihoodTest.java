package score4j.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.golden.Golden;
import score4j.golden.GoldenProcess;
import score4j.process.LinearSde;
import score4j.solve.Tolerance;

/// The likelihood of normal laws by the probability flow against the closed form
/// (golden/sde.json).
class GoldenLikelihoodTest {
  private static final double TOLERANCE = 1e-6;

  static List<Golden.Case> cases() {
    Golden.Case header = Golden.load("sde").header();
    assertThat(header.size("pf_gaussian")).isEqualTo(18);
    return IntStream.range(0, 18).mapToObj(i -> header.at("pf_gaussian", i)).toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void likelihoodIsThatOfTheClosedForm(Golden.Case c) {
    int dim = c.integer("dim");
    LinearSde process = GoldenProcess.of(c);
    Gaussian law = Gaussian.full(c.doubles("mean0"), rows(c.doubles("cov0"), dim));
    float[] start = c.floats("x0");
    Batch x = Batch.wrap(start, start.length / dim, dim);
    assertThat(c.number("t1")).isEqualTo(1);
    FlowLikelihood byPrior =
        FlowLikelihood.of(process)
            .withEarliest(c.number("t0"))
            .withTolerance(Tolerance.of(TOLERANCE));
    FlowLikelihood exact = byPrior.withDataLaw(law);
    GaussianMixture one = GaussianMixture.of(new double[] {1}, law);
    FlowDensities found = exact.encode(one.under(process), x);
    double[] logDensity = found.logDensity();
    double[] terminal = law.at(process, 1).logDensity(found.noise());
    // the golden prior is N(0, σ_max²) for VE and N(0, 1) for VP, ours has the std of the process
    Gaussian prior = Gaussian.isotropic(new double[dim], c.number("prior_std"));
    double[] withPrior = byPrior.withPrior(prior).encode(one.under(process), x).logDensity();

    double[] noise = c.doubles("expect.x_t1");
    double divergence = c.number("expect.div_integral");
    double[] expected = c.doubles("expect.logp0");
    double[] expectedByPrior = c.doubles("expect.loglik_with_prior");
    // Some 60 steps, each with an error of 1e-6 of what is there, in x and in ℓ; the flow of a
    // Gaussian stretches errors as it stretches x, so relative ones only add up. Errors of x count
    // in log p₁ by |x₁|/σ₁ (below 4 here) times their share of σ₁.
    double steps = 60;
    assertThat(process.priorStd())
        .isCloseTo(c.number("prior_std"), within(2e-4 * process.priorStd()));
    for (int i = 0; i < start.length; i++) {
      double size = Math.max(1, Math.abs(noise[i]));
      assertThat((double) found.noise().data()[i])
          .as("%s: number %d of x at 1", c, i)
          .isCloseTo(noise[i], within(steps * TOLERANCE * size));
    }
    for (int r = 0; r < x.rows(); r++) {
      double bound = steps * TOLERANCE * (1 + Math.abs(divergence) + 4 * dim);
      assertThat(logDensity[r] - terminal[r])
          .as("%s: ∫ div of row %d", c, r)
          .isCloseTo(divergence, within(steps * TOLERANCE * (1 + Math.abs(divergence))));
      assertThat(logDensity[r])
          .as("%s: log p of row %d", c, r)
          .isCloseTo(expected[r], within(bound));
      assertThat(withPrior[r])
          .as("%s: log p of row %d by the prior", c, r)
          .isCloseTo(expectedByPrior[r], within(bound));
    }
  }

  private static double[][] rows(double[] flat, int dim) {
    double[][] rows = new double[dim][dim];
    for (int i = 0; i < flat.length; i++) {
      rows[i / dim][i % dim] = flat[i];
    }
    return rows;
  }
}
