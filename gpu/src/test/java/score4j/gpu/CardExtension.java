package score4j.gpu;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// Sees to it that there is a card before a class of tests runs, and says which.
final class CardExtension implements BeforeAllCallback {
  private static boolean said;

  @Override
  public void beforeAll(ExtensionContext context) {
    boolean fakeOnly =
        AnnotationSupport.findAnnotation(context.getRequiredTestClass(), Card.class)
            .map(Card::fakeOnly)
            .orElse(false);
    Optional<String> missing = missing();
    if (missing.isPresent() && required() && !fake()) {
      throw new AssertionError("score4j.require=gpu, but " + missing.get());
    }
    LeftOut.unless(missing.isEmpty(), "tests of the card", missing.orElse(""));
    LeftOut.unless(
        fake() || !fakeOnly, "tests of a card's faults", "they are caused on the fake one");
    say("tests of the card run on " + Gpu.probe());
  }

  static boolean fake() {
    return "fake".equals(System.getProperty("score4j.gpu.card"));
  }

  private static boolean required() {
    return Stream.of(System.getProperty("score4j.require", "").split(",")).anyMatch("gpu"::equals);
  }

  private static Optional<String> missing() {
    if (fake()) {
      if (!NativeBuild.possible()) {
        return Optional.of("the fake card needs Linux on x86-64 and g++");
      }
      FakeCard.load();
    }
    Gpu.Probe probe = Gpu.probe();
    return probe.available() ? Optional.empty() : Optional.of(probe.reason());
  }

  private static synchronized void say(String line) {
    if (!said) {
      said = true;
      System.err.println(line);
    }
  }
}
