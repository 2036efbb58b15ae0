package score4j.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RegisterBlocksTest {
  @Test
  void theCheckedInBlocksAreWhatTheGeneratorPrints() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "src/main/generator/RegisterBlocksGenerator.java")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(Path.of("src/main/java/score4j/internal/kernel/RegisterBlocks.java"))
        .content()
        .isEqualTo(printed);
    assertThat(Files.exists(Path.of("src/main/generator/RegisterBlocksGenerator.java"))).isTrue();
  }
}
