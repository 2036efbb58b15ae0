package score4j.examples.plot;

import java.awt.GraphicsEnvironment;
import java.awt.font.FontRenderContext;
import org.jspecify.annotations.Nullable;

/// Whether this machine can draw text.
public final class Fonts {
  private Fonts() {}

  /// Checks that text can be drawn. A headless server without fontconfig, or without a single font,
  /// cannot.
  ///
  /// @throws IllegalStateException in one line that says what to install
  public static void require() {
    Throwable missing = missing();
    if (missing != null) {
      throw new IllegalStateException(
          "pictures need fontconfig and one font, and this machine lacks them: install for example"
              + " the packages fontconfig and fonts-dejavu-core, or run without pictures (gallery"
              + " --no-pictures)",
          missing);
    }
  }

  // What the JDK throws here depends on what is missing: libfreetype gives an UnsatisfiedLinkError,
  // fontconfig an InternalError or a NullPointerException, an empty font list a RuntimeException.
  private static @Nullable Throwable missing() {
    try {
      if (GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames().length
          == 0) {
        return new IllegalStateException("no font family");
      }
      Theme.TITLE_FONT.getStringBounds("score", new FontRenderContext(null, true, true));
      return null;
    } catch (RuntimeException | LinkageError | InternalError e) {
      return e;
    }
  }
}
