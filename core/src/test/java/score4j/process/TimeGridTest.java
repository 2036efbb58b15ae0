package score4j.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class TimeGridTest {
  private static final LinearSde VP = LinearSde.variancePreserving(0.1, 20);

  @Test
  void uniformStepsAreEqual() {
    TimeGrid grid = TimeGrid.of(VP, 7);
    assertThat(grid.steps()).isEqualTo(7);
    assertThat(grid.time(0)).isEqualTo(1);
    assertThat(grid.time(7)).isEqualTo(VP.earliestTime());
    for (int i = 0; i <= 7; i++) {
      assertThat(grid.time(i)).isCloseTo(1 - i * 0.999 / 7, within(1e-15));
      assertThat(grid.reversed().time(7 - i)).isEqualTo(grid.time(i));
    }
  }

  /// For a smoothed exploding process σ is geometric in t, so equal steps of its logarithm are
  /// equal steps of time.
  @Test
  void logarithmicStepsOfAGeometricProcessAreUniform() {
    TimeGrid grid = TimeGrid.logNoise(new VarianceExploding(0.01, 50, true), 1, 0, 9);
    for (int i = 0; i <= 9; i++) {
      assertThat(grid.time(i)).isCloseTo(1 - i / 9.0, within(1e-12));
    }
  }

  @Test
  void noiseLevelsFallAsSaid() {
    for (LinearSde process :
        List.of(VP, LinearSde.subVariancePreserving(0.1, 20), LinearSde.sigmaPower(25))) {
      TimeGrid log = TimeGrid.logNoise(process, 1, 1e-3, 20);
      TimeGrid karras = TimeGrid.karras(process, 1, 0, 20, 7);
      double first = process.marginal(1).noiseLevel();
      double last = process.marginal(1e-3).noiseLevel();
      for (int i = 0; i < 20; i++) {
        double ratio =
            process.marginal(log.time(i + 1)).noiseLevel()
                / process.marginal(log.time(i)).noiseLevel();
        assertThat(ratio).isCloseTo(Math.pow(last / first, 1 / 20.0), within(1e-10));
        double level = process.marginal(karras.time(i)).noiseLevel();
        assertThat(level).isCloseTo(first * Math.pow(1 - i / 20.0, 7), within(1e-10 * first));
      }
    }
  }

  /// Karras et al. 2022, equation 5, with σ from 80 to 0.002, ρ = 7 and 18 levels; the process has
  /// σ(t) = 0.001·10⁵ᵗ.
  @Test
  void karrasTakesTheLevelsOfThePaper() {
    LinearSde process = new VarianceExploding(0.001, 100, true);
    TimeGrid grid = TimeGrid.karras(process, process.timeOf(80), process.timeOf(0.002), 17, 7);
    for (int i = 0; i < 18; i++) {
      double root =
          Math.pow(80, 1 / 7.0) + i / 17.0 * (Math.pow(0.002, 1 / 7.0) - Math.pow(80, 1 / 7.0));
      assertThat(process.marginal(grid.time(i)).std())
          .isCloseTo(Math.pow(root, 7), within(1e-10 * Math.pow(root, 7)));
    }
  }

  @Test
  void gridsMayRise() {
    TimeGrid grid = TimeGrid.logNoise(VP, 1e-3, 1, 5);
    assertThat(grid.times()).isSorted().hasSize(6);
    TimeGrid back = TimeGrid.logNoise(VP, 1, 1e-3, 5).reversed();
    for (int i = 0; i <= 5; i++) {
      assertThat(grid.time(i)).isCloseTo(back.time(i), within(1e-12));
    }
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> new TimeGrid(List.of(1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("times must be at least two");
    assertThatThrownBy(() -> new TimeGrid(List.of(1.0, 0.5, 0.6)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("time 2 is 0.6 after 0.5");
    assertThatThrownBy(() -> new TimeGrid(List.of(1.0, -0.1)))
        .hasMessageContaining("from 0 (data) to 1 (noise) but time 1 is -0.1");
    assertThatThrownBy(() -> new TimeGrid(List.of(Double.NaN, 0.0)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TimeGrid.uniform(0.5, 0.5, 3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TimeGrid.uniform(1, 0, 0))
        .hasMessageContaining("steps must be at least 1 but was 0");
    assertThatThrownBy(() -> TimeGrid.logNoise(VP, 1, 0, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no noise at t = 0.0")
        .hasMessageContaining("stop at 0.001");
    assertThatThrownBy(() -> TimeGrid.karras(VP, 1, 0, 3, 0.5))
        .hasMessageContaining("rho must be finite and at least 1");
  }
}
