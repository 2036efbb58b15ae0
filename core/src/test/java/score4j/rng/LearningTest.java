package score4j.rng;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import score4j.internal.kernel.KernelChoice;
import score4j.internal.kernel.NoiseKernels.Law;

class LearningTest {
  private static final int BEFORE = 1 << 20;
  private static final int AFTER = 1 << 16;

  // 0 tolerance: who makes a number is a matter of time, and the number is not
  @ParameterizedTest
  @CsvSource({"NORMAL, 64, 2", "NORMAL, 300, 5", "SIGN, 40, 784"})
  void numbersStayTheSameWhileTheVectorKernelTakesOver(Law law, int rows, int cols) {
    Learning learning = new Learning();
    float[] out = new float[rows * cols];
    float[] expected = new float[rows * cols];
    int perCall = rows * ((cols + 3) / 4);
    for (int call = 0; call * perCall < BEFORE + AFTER; call++) {
      long first = (long) call * rows;
      learning.fill(law, 5, 3, first, rows, cols, out, 0);
      if (call * perCall >= BEFORE - perCall) {
        KernelChoice.scalar().noise().fill(law, 5, 3, first, rows, cols, expected, 0);
        assertThat(Arrays.mismatch(out, expected)).isEqualTo(-1);
      }
    }
  }
}
