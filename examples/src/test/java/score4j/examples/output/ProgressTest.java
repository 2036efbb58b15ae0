package score4j.examples.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private PrintStream stream(Charset charset) {
    return new PrintStream(bytes, true, charset);
  }

  @Test
  void nothingIsPrintedWhereNobodyWatches() {
    try (Progress progress = Progress.of(stream(StandardCharsets.UTF_8), false, "work", 10)) {
      for (int i = 0; i <= 10; i++) {
        progress.at(i);
      }
    }
    assertThat(bytes.size()).isZero();
  }

  @Test
  void shortWorkShowsNoBar() {
    try (Progress progress = Progress.of(stream(StandardCharsets.UTF_8), true, "work", 10)) {
      for (int i = 0; i <= 10; i++) {
        progress.at(i);
      }
    }
    assertThat(bytes.size()).isZero();
  }

  @Test
  void lineSaysHowMuchIsDoneAndHowLongItTakes() {
    try (Progress progress = Progress.of(stream(StandardCharsets.UTF_8), true, "work", 200)) {
      assertThat(progress.line(50, "loss 1.5", 100 * SECOND))
          .isEqualTo("work  █████░░░░░░░░░░░░░░░  25 %  5:00 min left  loss 1.5");
      assertThat(progress.line(0, "", 0)).doesNotContain("left");
      assertThat(progress.line(50, "", SECOND)).doesNotContain("left");
      assertThat(progress.line(200, "", SECOND)).endsWith(" 100 %");
      assertThat(progress.line(50, "x".repeat(200), SECOND)).hasSizeLessThan(80);
    }
  }

  @Test
  void plainCharactersWhereTheTerminalHasNoBlocks() {
    try (Progress progress = Progress.of(stream(StandardCharsets.US_ASCII), true, "work", 2)) {
      assertThat(progress.line(1, "", 4 * SECOND))
          .isEqualTo("work  ##########..........  50 %  4 s left");
    }
  }
}
