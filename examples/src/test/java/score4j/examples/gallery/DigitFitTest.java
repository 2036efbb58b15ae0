package score4j.examples.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import score4j.array.Batch;

class DigitFitTest {
  @Test
  void tableHasTheNumberOfEachDigitThatItsAuthorsGive() throws IOException {
    Batch table = DigitFit.read();
    int[] counts = new int[DigitFit.CLASSES];
    for (int digit : DigitFit.digits(table)) {
      counts[digit]++;
    }
    assertThat(counts).containsExactly(178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
    Batch images = DigitFit.images(table);
    for (float level : images.data()) {
      assertThat(level == Math.rint(level) && level >= 0 && level <= 16).isTrue();
    }
    assertThat(DigitFit.images(table, 8).rows()).isEqualTo(174);
  }
}
