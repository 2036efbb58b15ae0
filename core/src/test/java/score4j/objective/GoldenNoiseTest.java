package score4j.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.golden.Golden;
import score4j.nn.Conditioning;
import score4j.nn.GoldenNets;
import score4j.nn.Head;
import score4j.nn.JetEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.nn.Tile;
import score4j.nn.TimeFeatures;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;
import score4j.rng.Key;

/// Networks that are conditioned on noise or time, their denoising losses and every gradient entry,
/// against float64 autodiff with the same times and noise.
///
/// Tolerance: as in `GoldenNetsTest` 4·2⁻²⁴·Σ(n + 13) of the largest entry, forward and back; the
/// noised input has two roundings more, and a loss of ½λ‖s + z/σ‖² is known to that share of
/// ½λ(‖s‖ + ‖z/σ‖)², which is at most 8 times the largest loss in these cases.
class GoldenNoiseTest {
  static Stream<Golden.Case> ladders() {
    return Golden.load("ncsn").cases().stream();
  }

  static Stream<Golden.Case> continuous() {
    return Golden.load("ctdsm").cases().stream();
  }

  @ParameterizedTest
  @MethodSource("ladders")
  void noiseConditionalScoresAndLossesAgree(Golden.Case c) {
    SigmaLadder ladder = new SigmaLadder(Arrays.stream(c.doubles("sigmas")).boxed().toList());
    Conditioning conditioning =
        switch (c.text("conditioning")) {
          case "scaled_output" ->
              Conditioning.of(ladder.process())
                  .withFeatures(TimeFeatures.none())
                  .withScaling(Conditioning.Scaling.INVERSE_STD);
          case "concat_log_sigma" ->
              Conditioning.of(ladder.process())
                  .withFeatures(TimeFeatures.of(TimeFeatures.Variable.LOG_STD))
                  .withScaling(Conditioning.Scaling.PLAIN);
          case "unconditional" -> Conditioning.none();
          default -> throw new IllegalArgumentException(c.text("conditioning"));
        };
    DiffusionDenoising objective =
        DiffusionDenoising.of(ladder)
            .withWeighting(new Weighting.Power(c.number("weight_exponent")));
    double[] times = Arrays.stream(c.ints("sigma_index")).mapToDouble(ladder::time).toArray();
    agrees(c, conditioning, objective, times);
  }

  @ParameterizedTest
  @MethodSource("continuous")
  void timeConditionalScoresAndLossesAgree(Golden.Case c) {
    LinearSde process =
        switch (c.text("sde.type")) {
          case "ve" ->
              LinearSde.varianceExploding(c.number("sde.sigma_min"), c.number("sde.sigma_max"));
          case "vp" ->
              LinearSde.variancePreserving(c.number("sde.beta_min"), c.number("sde.beta_max"));
          case "subvp" ->
              LinearSde.subVariancePreserving(c.number("sde.beta_min"), c.number("sde.beta_max"));
          default -> throw new IllegalArgumentException(c.text("sde.type"));
        };
    Conditioning conditioning =
        Conditioning.of(process)
            .withFeatures(TimeFeatures.of(TimeFeatures.Variable.TIME))
            .withScaling(Conditioning.Scaling.PLAIN);
    DiffusionDenoising objective =
        DiffusionDenoising.of(process)
            .withWeighting(
                c.text("weighting").equals("g2") ? Weighting.likelihood() : Weighting.variance());
    agrees(c, conditioning, objective, c.doubles("t"));
  }

  private static void agrees(
      Golden.Case c, Conditioning conditioning, DiffusionDenoising objective, double[] times) {
    Mlp mlp = GoldenNets.mlp(c);
    Parameters parameters = GoldenNets.parameters(mlp, c, "params");
    int dim = c.integer("dim");
    Batch x = Batch.wrap(c.floats("x"), c.integer("batch"), dim);
    Given head = new Given(objective, times, c.floats("z"), x.rows());
    double[] expected = c.doubles("expect.per_sample");
    try (JetEngine engine = new JetEngine(mlp, conditioning, head, Threads.ONE)) {
      float[] gradient = new float[parameters.size()];
      double mean = engine.lossAndGradient(parameters, x, Key.of(1), gradient);
      float[] losses = new float[expected.length];
      engine.losses(parameters, x, Key.of(1), losses);
      close(c, "loss", losses, expected, 8);
      assertThat(mean)
          .isCloseTo(c.number("expect.loss"), within(8 * tolerance(c) * largest(expected)));
      close(c, "gradient", gradient, GoldenNets.flat(mlp, c, "expect.grad"), 1);
    }
    Batch scores = Batch.zeros(x.rows(), dim);
    ScoreNetwork.of(mlp, conditioning, parameters).score(head.noised, 0, x.rows(), times, scores);
    close(c, "score", scores.data(), c.doubles("expect.score"), 1);
  }

  /// The objective at given times and with given noise.
  private static final class Given implements Head {
    private final DiffusionDenoising objective;
    private final double[] times;
    private final float[] noise;
    private final Batch noised;

    Given(DiffusionDenoising objective, double[] times, float[] noise, int rows) {
      this.objective = objective;
      this.times = times;
      this.noise = noise;
      noised = Batch.zeros(rows, noise.length / rows);
    }

    @Override
    public int tangents(int dim) {
      return 0;
    }

    @Override
    public void prepare(Tile tile) {
      Noising noising = new Noising(objective.process(), objective.times(), objective.weighting());
      int first = (int) tile.firstSample();
      int dim = tile.dim();
      for (int t = 0; t < tile.samples(); t++) {
        tile.times()[t] = times[first + t];
        tile.weights()[t] = (float) noising.weight(times[first + t]);
      }
      System.arraycopy(noise, first * dim, tile.auxiliary().data(), 0, tile.samples() * dim);
      noising.corrupt(tile);
      System.arraycopy(tile.input(), 0, noised.data(), first * dim, tile.samples() * dim);
    }

    @Override
    public void evaluate(Tile tile) {
      objective.evaluate(tile);
    }
  }

  private static double tolerance(Golden.Case c) {
    return 4 * 0x1p-24 * Arrays.stream(c.ints("sizes")).map(n -> n + 13).sum();
  }

  private static void close(
      Golden.Case c, String what, float[] actual, double[] expected, double factor) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .as("%s of %s, entry %d", what, c, i)
          .isCloseTo(expected[i], within(factor * tolerance(c) * largest(expected)));
    }
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }
}
