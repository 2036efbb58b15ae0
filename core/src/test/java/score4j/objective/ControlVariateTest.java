package score4j.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.autodiff.Fn;
import score4j.dist.GaussianMixture;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Head;
import score4j.nn.Init;
import score4j.nn.JetEngine;
import score4j.nn.Mlp;
import score4j.process.LinearSde;
import score4j.rng.Key;

/// What the control variate of denoising is worth at small noise.
class ControlVariateTest {
  private static final double SIGMA = 0.1;
  private static final GaussianMixture LAW =
      GaussianMixture.univariate(
          new double[] {0.1, 0.9}, new double[] {-3, 3}, new double[] {1, 1});
  private static final Mlp MLP = Mlp.of(Activation.TANH, 1, 16, 1);
  private static final Parameters PARAMETERS = MLP.initialize(Init.FAN_IN, Key.of(1));

  /// The mean over keys of the loss of a perfect network is −½E‖∇ log p_σ‖² = −0.484132 with the
  /// control variate (law 001 at σ = 0.1, by quadrature .968264/2) and ½/σ² − 0.484132 = 49.515868
  /// without it; both within 4 standard errors, of which the first are far smaller.
  @Test
  void aPerfectNetworkShowsTheSignalAlone() {
    Batch x = LAW.sample(Key.of(2), 20_000);
    GaussianMixture smoothed = LAW.smoothed(SIGMA);
    double[] controlled = losses(new ControlledDenoising(SIGMA), smoothed, x);
    double[] plain = losses(new Denoising(SIGMA), smoothed, x);
    double[] c = meanAndError(controlled);
    double[] p = meanAndError(plain);
    assertThat(c[0]).isCloseTo(-0.484132, within(4 * c[1]));
    assertThat(p[0]).isCloseTo(49.515868, within(4 * p[1]));
    assertThat(p[1] / c[1]).as("standard errors %s and %s", p[1], c[1]).isGreaterThan(30);
  }

  private static double[] losses(Definition definition, GaussianMixture score, Batch x) {
    // the exact score of the mixture, written for the tracer
    Fn loss =
        Fn.of(
            2,
            row ->
                definition.loss(
                    u -> {
                      double variance = 1 + SIGMA * SIGMA;
                      // log of the ratio of the two components
                      var r = u.mul(6 / variance).add(Math.log(9)).sigmoid();
                      return r.mul(6).sub(3).sub(u).div(variance);
                    },
                    row.slice(0, 1),
                    row.slice(1, 2).reshape(score4j.autodiff.Shape.matrix(1, 1))));
    float[] noise = new float[x.rows()];
    definition.draw(Key.of(3), 0, x, noise);
    double[] rows = new double[2 * x.rows()];
    for (int i = 0; i < x.rows(); i++) {
      rows[2 * i] = x.get(i, 0);
      rows[2 * i + 1] = noise[i];
    }
    assertThat(score.score(new double[] {0.5})[0])
        .isCloseTo((6 / (1 + Math.exp(-(3 / 1.01 + Math.log(9)))) - 3.5) / 1.01, within(1e-12));
    return loss.at(new double[0], rows);
  }

  /// Gradients of minibatches of 64 under 400 keys: the same mean within 4 standard errors of the
  /// plain one, and a variance that is a hundred times less, as 1/σ² says.
  @Test
  void gradientsHaveTheSameMeanAndLessVariance() {
    Batch x = LAW.sample(Key.of(4), 64);
    double[][] plain = moments(Conditioning.none(), MLP, PARAMETERS, new Denoising(SIGMA), x);
    double[][] controlled =
        moments(Conditioning.none(), MLP, PARAMETERS, new ControlledDenoising(SIGMA), x);
    requireSameMean(plain, controlled);
    double ratio = Arrays.stream(plain[1]).sum() / Arrays.stream(controlled[1]).sum();
    assertThat(ratio).as("variance without over variance with").isGreaterThan(100);
  }

  @Test
  void soDoThoseOfManyTimes() {
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    Conditioning conditioning = Conditioning.of(process).withScaling(Conditioning.Scaling.PLAIN);
    Mlp mlp = Mlp.of(Activation.TANH, 1 + conditioning.inputs(), 16, 1);
    Parameters parameters = mlp.initialize(Init.FAN_IN, Key.of(1));
    Batch x = LAW.sample(Key.of(4), 64);
    // times at which the noise is small: σ = .01 to .05
    DiffusionDenoising objective =
        DiffusionDenoising.of(process)
            .withTimes(new TimeLaw.Uniform(0.001, 0.01))
            .withWeighting(Weighting.uniform());
    double[][] plain = moments(conditioning, mlp, parameters, objective, x);
    double[][] controlled =
        moments(conditioning, mlp, parameters, objective.withControlVariate(true), x);
    requireSameMean(plain, controlled);
    double ratio = Arrays.stream(plain[1]).sum() / Arrays.stream(controlled[1]).sum();
    assertThat(ratio).as("variance without over variance with").isGreaterThan(1000);
  }

  private static void requireSameMean(double[][] plain, double[][] controlled) {
    int far = 0;
    for (int i = 0; i < plain[0].length; i++) {
      double error = Math.sqrt((plain[1][i] + controlled[1][i]) / 400);
      if (Math.abs(plain[0][i] - controlled[0][i]) > 4 * error + 1e-6) {
        far++;
      }
    }
    // 6e-5 of the entries of each are expected beyond four standard errors
    assertThat(far).isZero();
  }

  // mean and variance of each entry of the gradient over 400 keys
  private static double[][] moments(
      Conditioning conditioning, Mlp mlp, Parameters parameters, Head head, Batch x) {
    double[] sum = new double[parameters.size()];
    double[] squares = new double[parameters.size()];
    float[] gradient = new float[parameters.size()];
    try (JetEngine engine = new JetEngine(mlp, conditioning, head, Threads.ONE)) {
      for (int k = 0; k < 400; k++) {
        engine.lossAndGradient(parameters, x, Key.of(100 + k), gradient);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += gradient[i];
          squares[i] += (double) gradient[i] * gradient[i];
        }
      }
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= 400;
      squares[i] = (squares[i] / 400 - sum[i] * sum[i]) * 400 / 399;
    }
    return new double[][] {sum, squares};
  }

  private static double[] meanAndError(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance =
        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
    return new double[] {mean, Math.sqrt(variance / values.length)};
  }

  /// The same parameters learn the same with either, so traced and fused losses of one key agree.
  @Test
  void fusedIsTheDefinition() {
    Batch x = LAW.sample(Key.of(4), 33);
    ControlledDenoising objective = new ControlledDenoising(SIGMA);
    float[] gradient = new float[PARAMETERS.size()];
    float[] traced = new float[PARAMETERS.size()];
    double loss;
    double definition;
    try (JetEngine engine = new JetEngine(MLP, objective, Threads.ONE);
        TracedEngine other = TracedEngine.of(objective, MLP, Threads.ONE)) {
      loss = engine.lossAndGradient(PARAMETERS, x, Key.of(5), gradient);
      definition = other.lossAndGradient(PARAMETERS, x, 0, Key.of(5), traced);
    }
    // values of order 1/σ; roundings as in FusedAgainstDefinitionTest
    assertThat(loss).isCloseTo(definition, within(1e-4));
    for (int i = 0; i < gradient.length; i++) {
      assertThat(gradient[i]).isCloseTo(traced[i], within(1e-4f));
    }
  }
}
