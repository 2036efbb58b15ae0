package score4j.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.dist.DiffusedMixture;
import score4j.process.LinearSde;
import score4j.process.Marginal;
import score4j.process.SigmaLadder;
import score4j.process.TimeGrid;

/// Single steps against the formulas of the documentation, in double.
class StepFormulasTest {
  private static final double X = 0.7;
  private static final double Z = -1.3;

  static java.util.List<Samplers.Named> processes() {
    return Samplers.processes();
  }

  /// s(x, t) = sin x − t.
  private static final Score SCORE =
      new Score() {
        @Override
        public int dim() {
          return 1;
        }

        @Override
        public void score(Batch x, int from, int to, double t, Batch out) {
          for (int i = from; i < to; i++) {
            out.data()[i] = (float) s(x.data()[i], t);
          }
        }
      };

  private static double s(double x, double t) {
    return Math.sin(x) - t;
  }

  /// Where x is after step number `step` of a plan, with noise z.
  private static double after(Plan plan, long step, double x, double z) {
    Tile tile = new Tile(SCORE, (k, first, rows, cols, out) -> out[0] = (float) z, 1, 1);
    tile.load(Batch.of(new float[] {(float) x}), 0, 1, 0);
    plan.body().apply(tile).step(tile, step);
    return tile.x.get(0, 0);
  }

  // floats: a dozen roundings, relative to the largest term of a sum of three
  private static void close(double actual, double expected, double... terms) {
    double size = Math.abs(expected);
    for (double term : terms) {
      size = Math.max(size, Math.abs(term));
    }
    assertThat(actual).isCloseTo(expected, within(12 * 0x1p-24 * size));
  }

  private static TimeGrid step(double t, double to) {
    return TimeGrid.uniform(t, to, 1);
  }

  // the law of x_s given x_t and x₀ by conditioning two normals with covariance α_ts·σ_s²
  @ParameterizedTest
  @MethodSource("processes")
  void ancestralDrawsFromThePosterior(Samplers.Named process) {
    LinearSde sde = process.process();
    double t = 0.6;
    double to = 0.4;
    Marginal now = sde.marginal(t);
    Marginal then = sde.marginal(to);
    double origin = (X + now.std() * now.std() * s(X, t)) / now.meanScale();
    double across = now.meanScale() / then.meanScale() * then.std() * then.std();
    double gain = across / (now.std() * now.std());
    double mean = then.meanScale() * origin + gain * (X - now.meanScale() * origin);
    double variance = then.std() * then.std() - gain * across;
    Plan plan = Ancestral.of(sde, step(t, to)).plan();
    double noise = Math.sqrt(variance) * Z;
    double shift = now.std() * now.std() * s(X, t);
    close(after(plan, 0, X, Z), mean + noise, shift, noise);
    // the last step denoises
    close(
        after(plan, 1, X, Z),
        (X + then.std() * then.std() * s(X, to)) / then.meanScale(),
        then.std() * then.std());
  }

  // Ho et al. 2020, equations 6 and 7 (and 8 for the mean), with 1 − β = α_ts²
  @Test
  void ancestralOfVariancePreservingIsDdpm() {
    LinearSde sde = LinearSde.variancePreserving(0.1, 20);
    double now = Math.pow(sde.marginal(0.5).meanScale(), 2);
    double then = Math.pow(sde.marginal(0.48).meanScale(), 2);
    double beta = 1 - now / then;
    double origin = (X + (1 - now) * s(X, 0.5)) / Math.sqrt(now);
    double mean =
        Math.sqrt(then) * beta / (1 - now) * origin
            + Math.sqrt(1 - beta) * (1 - then) / (1 - now) * X;
    double variance = (1 - then) / (1 - now) * beta;
    Plan plan = Ancestral.of(sde, step(0.5, 0.48)).plan();
    close(after(plan, 0, X, Z), mean + Math.sqrt(variance) * Z, 2);
  }

  @ParameterizedTest
  @MethodSource("processes")
  void reverseStepsAreThoseOfTheSde(Samplers.Named process) {
    LinearSde sde = process.process();
    double t = 0.6;
    double to = 0.55;
    double h = t - to;
    double g = sde.diffusion(t);
    double first = sde.driftCoefficient(t) * X - g * g * s(X, t);
    ReverseSde euler = ReverseSde.of(sde, step(t, to));
    double kick = g * Math.sqrt(h) * Z;
    double predicted = X - h * first + kick;
    close(after(euler.plan(), 0, X, Z), predicted, h * first, kick);
    double then = sde.diffusion(to);
    double noise = Math.sqrt(h * (g * g + then * then) / 2) * Z;
    double y = X - h * first + noise;
    double second = sde.driftCoefficient(to) * y - then * then * s(y, to);
    // the second score is asked at a y that was rounded
    close(
        after(euler.withScheme(ReverseSde.Scheme.STOCHASTIC_HEUN).plan(), 0, X, Z),
        X - h * (first + second) / 2 + noise,
        h * first * (1 + h * then * then),
        noise * (1 + h * then * then));
  }

  @ParameterizedTest
  @MethodSource("processes")
  void correctorsAreLangevinStepsAtTheNewTime(Samplers.Named process) {
    LinearSde sde = process.process();
    double to = 0.4;
    double std = sde.marginal(to).std();
    double epsilon = 2 * Math.pow(0.16 * std, 2);
    double noise = Math.sqrt(2 * epsilon) * Z;
    Plan plan = PredictorCorrector.of(sde, step(0.6, to)).plan();
    assertThat(plan.steps()).isEqualTo(3);
    close(after(plan, 1, X, Z), X + epsilon * s(X, to) + noise, epsilon, noise);
    double half = 0.5 * (sde.marginal(0.6).meanScale() / sde.marginal(to).meanScale());
    assertThat(after(plan, 0, half, 0))
        .isEqualTo(after(Ancestral.of(sde, step(0.6, to)).plan(), 0, half, 0));
  }

  // u = x/α takes the steps of the formula: u + e·s_u + √(2e)·z, s_u = α·s(α·u), e =
  // stepSize·σ²/σ_L²
  @ParameterizedTest
  @MethodSource("processes")
  void annealingIsThatOfTheUnscaledChain(Samplers.Named process) {
    LinearSde sde = process.process();
    SigmaLadder ladder = SigmaLadder.geometric(5, 0.5, 3);
    AnnealedLangevin sampler = AnnealedLangevin.of(ladder, sde, 2).withThreads(Threads.ONE);
    Plan plan = sampler.plan();
    assertThat(plan.steps()).isEqualTo(7);
    for (int level = 0; level < 3; level++) {
      double t = sde.timeOf(ladder.sigma(level));
      double scale = sde.marginal(t).meanScale();
      double e = 0.5 * 0.25 * Math.pow(ladder.sigma(level) / 0.5, 2);
      double u = X / scale;
      double next = u + e * scale * s(X, t) + Math.sqrt(2 * e) * Z;
      double kick = Math.sqrt(2 * e) * Z;
      close(after(plan, 2L * level, X, Z), scale * next, kick * scale, e * scale * scale);
      double after =
          level == 2 ? scale : sde.marginal(sde.timeOf(ladder.sigma(level + 1))).meanScale();
      close(after(plan, 2L * level + 1, X, Z), after * next, kick * after, e * scale * after);
    }
    // without denoising the last step ends in the units of the data
    double t = sde.timeOf(0.5);
    double scale = sde.marginal(t).meanScale();
    double next = X / scale + 0.125 * scale * s(X, t) + 0.5 * Z;
    close(after(sampler.withDenoise(false).plan(), 5, X, Z), next, 1);
    close(after(plan, 6, X, Z), (X + 0.25 * scale * scale * s(X, t)) / scale, 1);
  }

  @Test
  void denoisingIsThePosteriorMean() {
    LinearSde sde = LinearSde.variancePreserving(0.1, 20);
    DiffusedMixture score = Samplers.LAW.under(sde);
    AffineSteps.Builder steps = AffineSteps.builder();
    ReverseSteps.addDenoising(steps, sde, 0.2);
    Batch x = Batch.of(new float[] {0.5f, -1});
    Samplers.run(
        Plan.of(steps.build(), ""), score, x, (k, f, rows, cols, out) -> {}, (k, state) -> {});
    double[] expected = score.denoised(new double[] {0.5, -1}, 0.2);
    for (int d = 0; d < 2; d++) {
      assertThat((double) x.get(0, d)).isCloseTo(expected[d], within(1e-6));
    }
  }
}
