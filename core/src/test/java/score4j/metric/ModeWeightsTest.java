package score4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import score4j.Score;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.metric.ModeWeights.Mode;
import score4j.rng.Key;

class ModeWeightsTest {
  /// Variance exploding: m = 1, σ = 12t.   Variance preserving: m² + σ² = 1, m = cos(πt/2).
  private enum Noising {
    EXPLODING,
    PRESERVING;

    double meanScale(double t) {
      return this == EXPLODING ? 1 : Math.cos(Math.PI * t / 2);
    }

    double noiseStd(double t) {
      return this == EXPLODING ? 12 * t : Math.sin(Math.PI * t / 2);
    }
  }

  /// A mixture of N(mean, std²·I) under a process, exactly.
  private static final class Diffused implements Score {
    private final double[] weights;
    private final double[][] means;
    private final double[] stds;
    private final Noising process;

    Diffused(double[] weights, double[][] means, double[] stds, Noising process) {
      this.weights = weights;
      this.means = means;
      this.stds = stds;
      this.process = process;
    }

    GaussianMixture lawAt(double t) {
      double scale = process.meanScale(t);
      Gaussian[] components = new Gaussian[means.length];
      for (int k = 0; k < means.length; k++) {
        double[] mean = means[k].clone();
        for (int c = 0; c < mean.length; c++) {
          mean[c] *= scale;
        }
        components[k] = Gaussian.isotropic(mean, Math.hypot(scale * stds[k], process.noiseStd(t)));
      }
      return GaussianMixture.of(weights, components);
    }

    List<Mode> modes() {
      List<Mode> modes = new ArrayList<>();
      for (int k = 0; k < means.length; k++) {
        modes.add(Mode.normal(means[k], stds[k], process::meanScale, process::noiseStd));
      }
      return modes;
    }

    @Override
    public int dim() {
      return means[0].length;
    }

    @Override
    public void score(Batch x, int from, int to, double t, Batch out) {
      lawAt(t).score(x, from, to, t, out);
    }
  }

  private static final double[][] FIVES = {{5, 5}, {-5, -5}};

  private static Diffused fives(double weight, Noising process) {
    return new Diffused(new double[] {weight, 1 - weight}, FIVES, new double[] {1, 1}, process);
  }

  /// Scores are floats: Δ is off by some 2⁻²⁴·14·√513 at most, and a weight by as much.
  @Test
  void exactScoreGivesTheWeightsAtEveryTime() {
    for (Noising process : Noising.values()) {
      ModeWeights weights =
          ModeWeights.of(fives(0.8, process), fives(0.8, process).modes(), 0.2, 0.4, 0.6, 0.8);
      assertThat(weights.weights().get(0).value()).isCloseTo(0.8, within(2e-5));
      assertThat(weights.weights().get(1).value()).isCloseTo(0.2, within(2e-5));
      assertThat(weights.weights().get(0).standardError()).isLessThan(2e-5);
      assertThat(weights.circulation()).isEqualTo(0);
    }
  }

  /// Even where the path leads through nothing, an exact score is right; Simpson's rule resolves
  /// the step of the score between the modes.
  @Test
  void exactScoreIsRightWithoutNoiseToo() {
    Diffused law = fives(0.3, Noising.EXPLODING);
    assertThat(ModeWeights.of(law, law.modes(), 0).weights().get(0).value())
        .isCloseTo(0.3, within(1e-4));
  }

  @Test
  void modesOfUnlikeShapesInSpace() {
    double[] truth = {0.5, 0.05, 0.15, 0.3};
    for (Noising process : Noising.values()) {
      Diffused law =
          new Diffused(
              truth,
              new double[][] {{0, 0, 0}, {3, 0, 1}, {0, -4, 2}, {-2, 3, 3}},
              new double[] {0.5, 0.3, 1, 0.7},
              process);
      ModeWeights weights = ModeWeights.of(law, law.modes(), 0.15, 0.25, 0.35);
      for (int k = 0; k < 4; k++) {
        assertThat(weights.weights().get(k).value()).isCloseTo(truth[k], within(1e-4));
      }
      assertThat(weights.circulation()).isLessThan(1e-3);
    }
  }

  /// A model that has the modes right and their weights wrong: at t = 0 its score differs where
  /// there are no samples, so the Fisher divergence is nil, and its weights say it.
  @Test
  void wrongWeightsAreExposed() {
    Diffused truth = fives(0.8, Noising.EXPLODING);
    Diffused model = fives(0.5, Noising.EXPLODING);
    Batch x = truth.lawAt(0).sample(Key.of(1), 10_000);
    assertThat(FisherDivergence.of(model, truth, x).value()).isLessThan(1e-4);
    assertThat(ModeWeights.of(model, model.modes(), 0.3, 0.5).weights().get(0).value())
        .isCloseTo(0.5, within(1e-4));
  }

  /// A model that guesses nothing where it saw no data, s = 0 far from all of it: without noise its
  /// path says the weights are others; with noise there is no such place.
  @Test
  void noiseBridgesWhatNobodySaw() {
    Diffused law = fives(0.8, Noising.EXPLODING);
    Score model =
        new Score() {
          @Override
          public int dim() {
            return 2;
          }

          @Override
          public void score(Batch x, int from, int to, double t, Batch out) {
            law.score(x, from, to, t, out);
            GaussianMixture p = law.lawAt(t);
            double peak = p.logDensity(new double[] {5, 5});
            for (int r = from; r < to; r++) {
              double[] at = {x.get(r, 0), x.get(r, 1)};
              // the side of the smaller mode alone is forgotten
              if (p.logDensity(at) < peak - 8 && at[0] < 0) {
                out.set(r, 0, 0);
                out.set(r, 1, 0);
              }
            }
          }
        };
    assertThat(ModeWeights.of(model, law.modes(), 0).weights().get(0).value())
        .isNotCloseTo(0.8, within(0.15));
    assertThat(ModeWeights.of(model, law.modes(), 0.3, 0.5).weights().get(0).value())
        .isCloseTo(0.8, within(1e-4));
  }

  /// A field that turns: s + a·(−x₂, x₁). Around the triangle (0,0) (4,0) (0,4) it goes 2a times
  /// the area.
  @Test
  void circulationIsThatOfTheField() {
    Diffused law =
        new Diffused(
            new double[] {0.2, 0.3, 0.5},
            new double[][] {{0, 0}, {4, 0}, {0, 4}},
            new double[] {1, 1, 1},
            Noising.EXPLODING);
    Score turning =
        new Score() {
          @Override
          public int dim() {
            return 2;
          }

          @Override
          public void score(Batch x, int from, int to, double t, Batch out) {
            law.score(x, from, to, t, out);
            for (int r = from; r < to; r++) {
              out.set(r, 0, out.get(r, 0) - 0.01f * x.get(r, 1));
              out.set(r, 1, out.get(r, 1) + 0.01f * x.get(r, 0));
            }
          }
        };
    assertThat(ModeWeights.of(turning, law.modes(), 0.2).circulation())
        .isCloseTo(0.01 * 2 * 8, within(1e-4));
    assertThat(ModeWeights.of(law, law.modes(), 0.2).circulation()).isLessThan(1e-4);
  }

  @Test
  void badArgumentsAreNamed() {
    Diffused law = fives(0.5, Noising.EXPLODING);
    List<Mode> modes = law.modes();
    assertThatThrownBy(() -> ModeWeights.of(law, modes.subList(0, 1), 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there are 1 modes");
    assertThatThrownBy(() -> ModeWeights.of(law, modes)).hasMessageContaining("times is empty");
    Diffused line =
        new Diffused(
            new double[] {0.5, 0.5},
            new double[][] {{0}, {1}},
            new double[] {1, 1},
            Noising.PRESERVING);
    assertThatThrownBy(() -> ModeWeights.of(line, modes, 0.5))
        .hasMessageContaining("mode 0 has 2 coordinates but the score has 1");
    // the same mode twice
    assertThatThrownBy(() -> ModeWeights.of(law, List.of(modes.get(0), modes.get(0)), 0.5))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("hides which mode is which");
    assertThatThrownBy(() -> Mode.normal(new double[2], 0, t -> 1, t -> t))
        .hasMessageContaining("std must be finite and above 0");
  }
}
