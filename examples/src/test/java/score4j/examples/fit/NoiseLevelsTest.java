package score4j.examples.fit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import score4j.objective.Denoising;
import score4j.objective.ExactTrace;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;

class NoiseLevelsTest {
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
