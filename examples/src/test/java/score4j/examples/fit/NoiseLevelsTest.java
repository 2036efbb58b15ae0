package score4j.examples.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import score4j.objective.Denoising;
import score4j.objective.ExactTrace;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;

class NoiseLevelsTest {
  /// In a plane the rule of overlapping noise asks for no level between; halves are 1 + ⌈log₂ 100⌉.
  @Test
  void aLadderFallsAtMostByHalf() {
    SigmaLadder ladder = NoiseLevels.ladder(2, 5, 0.05);
    assertThat(ladder.levels()).isEqualTo(8);
    assertThat(ladder.sigma(0)).isEqualTo(5);
    assertThat(ladder.sigma(7)).isEqualTo(0.05);
    assertThat(ladder.sigma(3) / ladder.sigma(4)).isCloseTo(Math.pow(100, 1.0 / 7), within(1e-9));
  }

  @Test
  void inManyDimensionsNoiseMustOverlap() {
    assertThat(NoiseLevels.ladder(64, 5, 0.05).levels())
        .isEqualTo(SigmaLadder.levels(64, 5, 0.05))
        .isGreaterThan(8);
  }

  @Test
  void levelsOfAnObjectiveAreCounted() {
    NoiseLevels levels = NoiseLevels.of(SigmaLadder.geometric(4, 1, 5));
    NoiseLevels all = NoiseLevels.of(LinearSde.sigmaPower(25));
    for (NoiseLevels.Emphasis emphasis : NoiseLevels.Emphasis.values()) {
      assertThat(NoiseLevels.count(levels.denoising(emphasis).objective())).isEqualTo(5);
      assertThat(NoiseLevels.count(levels.implicit(new ExactTrace(), emphasis).objective()))
          .isEqualTo(5);
      assertThat(NoiseLevels.count(all.denoising(emphasis).objective())).isZero();
    }
    assertThat(NoiseLevels.count(new Denoising(0.1))).isZero();
  }
}
