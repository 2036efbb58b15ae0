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
    return Json.quote(cut(text));
  }

  /// At most the first 60 characters of a text.
  static String cut(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
