package score4j.io;

import java.io.IOException;

/// A file could be read but is not what it claims to be. The message names the file, the rule and
/// the value that breaks it, on one line, whatever the file holds.
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1;

  FormatException(String message) {
    super(message);
  }

  /// What a file gave, fit for a message: quoted, escaped, and cut where it is long.
  static String quote(String text) {
    int limit = 60;
    boolean cut = text.length() > limit;
    return Json.quote(cut ? text.substring(0, limit) + "…" : text);
  }
}
