package score4j.examples.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final long HOUR = 3_600_000_000_000L;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private String printed(Charset charset, boolean visible, long patience) {
    PrintStream out = new PrintStream(bytes, true, charset);
    try (Progress progress = Progress.of(out, visible, "work", 200, patience)) {
      progress.at(50, "loss 1.5");
    }
    return bytes.toString(charset);
  }

  @Test
  void nothingIsPrintedWhereNobodyWatches() {
    assertThat(printed(StandardCharsets.UTF_8, false, 0)).isEmpty();
  }

  @Test
  void shortWorkShowsNoBar() {
    assertThat(printed(StandardCharsets.UTF_8, true, HOUR)).isEmpty();
  }

  @Test
  void theBarSaysWhatIsDoneAndHowItStandsAndWipesItself() {
    String text = printed(StandardCharsets.UTF_8, true, 0);
    assertThat(text).contains("work").contains("25%").contains("50/200").contains("loss 1.5");
    assertThat(text.split("\r")).allSatisfy(frame -> assertThat(frame).hasSizeLessThan(90));
    assertThat(text).endsWith("\r\u001b[K");
  }

  @Test
  void plainCharactersWhereTheTerminalHasNoBlocks() {
    assertThat(printed(StandardCharsets.US_ASCII, true, 0)).contains("work").doesNotContain("?");
  }
}
