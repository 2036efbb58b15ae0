package score4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceCostTest {
  // Measured by bench's TraceWayBench on 2026-11-22, AVX-512, one thread: microseconds of a step by
  // the cyclic way and by the diagonal. The slower takes 1.3 times or more, so that another machine
  // should agree.
  @ParameterizedTest
  @CsvSource({
    "2-64-2, 35.1, 71.0",
    "8-32-8, 32.5, 96.3",
    "32-256-32, 349, 1789",
    "2-64-64-2, 197, 305",
    "2-256-256-2, 2385, 3102",
    "3-256-16-3, 321, 495",
    "8-128-128-8, 651, 2193",
    "32-32-32-32, 127, 963",
    "2-64-128-64-2, 9155, 771",
    "4-64-64-64-4, 4669, 717",
    "8-64-8-64-8, 698, 518",
    "16-128-128-128-16, 41317, 10330",
    "32-64-64-64-32, 7014, 4340",
    "64-128-16-128-64, 18805, 8255",
    "16-64-64-64-64-16, 10818, 3988",
    "128-64-8-64-128, 1007, 7909",
    "256-64-64-64-256, 6453, 36562"
  })
  void theFasterWayIsChosen(String network, double cyclic, double diagonal) {
    int[] sizes = Arrays.stream(network.split("-")).mapToInt(Integer::parseInt).toArray();
    Mlp mlp = Mlp.of(Activation.SOFTPLUS, sizes);
    assertThat(TraceCost.cyclicIsCheaper(mlp)).isEqualTo(cyclic < diagonal);
  }
}
