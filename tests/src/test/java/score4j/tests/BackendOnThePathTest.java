package score4j.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import score4j.Threads;
import score4j.backend.Backend;
import score4j.backend.BackendProvider;

/// Backends are found as services, beside one that does not exist, and `auto` says what it took.
class BackendOnThePathTest {
  private static final Logger LOGGER = Logger.getLogger("score4j");

  private final List<String> lines = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOGGER.addHandler(handler);
    LOGGER.setUseParentHandlers(false);
  }

  @AfterEach
  void stop() {
    LOGGER.removeHandler(handler);
    LOGGER.setUseParentHandlers(true);
    PretendedProvider.reason = "it is pretended";
  }

  // one test, because each line is said once a process
  @Test
  void autoSaysOnceWhatItTook() {
    assertThat(BackendProvider.all()).hasExactlyElementsOfTypes(PretendedProvider.class);
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst())
        .startsWith("WARNING backend: a provider cannot be used: ")
        .contains("NoSuchProvider");
    lines.clear();
    try (Backend backend = Backend.open("auto", Threads.ONE);
        Backend again = Backend.open("auto", Threads.ONE)) {
      assertThat(backend.name()).isEqualTo("cpu");
      assertThat(again.name()).isEqualTo("cpu");
    }
    assertThat(lines)
        .containsExactly("INFO backend: cpu, because pretended is not available: it is pretended");
    assertThatThrownBy(() -> Backend.open("pretended", Threads.ONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("backend pretended is not available: it is pretended");
    lines.clear();
    PretendedProvider.reason = "";
    try (Backend backend = Backend.open("auto", Threads.ONE);
        Backend named = Backend.open("pretended", Threads.ONE)) {
      assertThat(lines).contains("INFO backend: " + backend);
      assertThat(named.name()).isEqualTo("cpu");
    }
  }
}
