package score4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.junit.jupiter.api.Test;

final class NativesTest {
  /// The version is part of the library's name, and the build has it in a place of its own.
  @Test
  void namesTheLibraryOfTheJCudaOnTheClassPath() throws IOException {
    Properties jcuda = new Properties();
    try (InputStream in =
        NativesTest.class.getResourceAsStream("/META-INF/maven/org.jcuda/jcuda/pom.properties")) {
      assertThat(in).as("JCuda's own account of its version").isNotNull();
      jcuda.load(in);
    }
    assertThat(Natives.VERSION).isEqualTo(jcuda.getProperty("version"));
  }
}
