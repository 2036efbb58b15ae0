package score4j.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A strict reader of JSON (RFC 8259) for text that nobody vouches for.
///
/// Stricter than the RFC asks: a key twice in one object, a whole number beyond `long`, another
/// number beyond `double`, and half a surrogate pair are refused rather than resolved in silence.
/// Depth and number of values are bounded, so memory and stack stay within a small multiple of the
/// text.
final class JsonReader {
  /// How deep arrays and objects may nest.
  static final int MAX_DEPTH = 16;

  /// How many values there may be in all.
  static final int MAX_VALUES = 1_000_000;

  private static final int MAX_NUMBER_LENGTH = 64;

  private final String text;
  private int at;
  private int depth;
  private int values;

  private JsonReader(String text) {
    this.text = text;
  }

  /// The one value that the text is, with white space before and after it.
  ///
  /// @throws FormatException if it is anything else
  static Json parse(String text) throws FormatException {
    JsonReader reader = new JsonReader(text);
    Json value = reader.value();
    reader.skipSpace();
    if (reader.at < text.length()) {
      throw reader.wrong("the end of the text");
    }
    return value;
  }

  private Json value() throws FormatException {
    if (++values > MAX_VALUES) {
      throw new FormatException("JSON has more than %,d values".formatted(MAX_VALUES));
    }
    skipSpace();
    return switch (peek()) {
      case '{' -> table();
      case '[' -> sequence();
      case '"' -> new Json.Text(string());
      case 't' -> word("true", new Json.Truth(true));
      case 'f' -> word("false", new Json.Truth(false));
      case 'n' -> word("null", new Json.Nothing());
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw wrong("a value");
    };
  }

  private Json table() throws FormatException {
    enter();
    Map<String, Json> members = new LinkedHashMap<>();
    skipSpace();
    if (!accept('}')) {
      do {
        skipSpace();
        if (peek() != '"') {
          throw wrong("a key in quotes");
        }
        String key = string();
        skipSpace();
        expect(':');
        if (members.containsKey(key)) {
          throw new FormatException(
              "JSON has the key %s twice in one object".formatted(FormatException.quote(key)));
        }
        members.put(key, value());
        skipSpace();
      } while (accept(','));
      expect('}');
    }
    depth--;
    return new Json.Table(members);
  }

  private Json sequence() throws FormatException {
    enter();
    List<Json> elements = new ArrayList<>();
    skipSpace();
    if (!accept(']')) {
      do {
        elements.add(value());
        skipSpace();
      } while (accept(','));
      expect(']');
    }
    depth--;
    return new Json.Sequence(elements);
  }

  private void enter() throws FormatException {
    at++;
    if (++depth > MAX_DEPTH) {
      throw new FormatException("JSON nests deeper than %d".formatted(MAX_DEPTH));
    }
  }

  private String string() throws FormatException {
    int start = ++at;
    StringBuilder unescaped = null;
    while (true) {
      int c = peek();
      if (c == '"') {
        String plain = text.substring(start, at++);
        String whole = unescaped == null ? plain : unescaped.append(plain).toString();
        requireWholeCharacters(whole);
        return whole;
      }
      if (c < 0x20) {
        throw wrong("a character of a string");
      }
      if (c == '\\') {
        if (unescaped == null) {
          unescaped = new StringBuilder();
        }
        unescaped.append(text, start, at++).append(escape());
        start = at;
      } else {
        at++;
      }
    }
  }

  private char escape() throws FormatException {
    char c =
        switch (peek()) {
          case '"' -> '"';
          case '\\' -> '\\';
          case '/' -> '/';
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'u' -> 'u';
          default -> throw wrong("an escape");
        };
    at++;
    if (c != 'u') {
      return c;
    }
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = "0123456789abcdef".indexOf(Character.toLowerCase(peek()));
      if (digit < 0 || peek() > 'f') {
        throw wrong("a hexadecimal digit");
      }
      code = code << 4 | digit;
      at++;
    }
    return (char) code;
  }

  private void requireWholeCharacters(String string) throws FormatException {
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == string.length()
            || !Character.isLowSurrogate(string.charAt(i + 1))) {
          throw new FormatException(
              "JSON has half a surrogate pair in the string that ends at %d".formatted(at));
        }
        i++;
      }
    }
  }

  private Json number() throws FormatException {
    int start = at;
    accept('-');
    if (!accept('0')) {
      digits();
    }
    boolean whole = true;
    if (accept('.')) {
      whole = false;
      digits();
    }
    if (accept('e') || accept('E')) {
      whole = false;
      if (!accept('+')) {
        accept('-');
      }
      digits();
    }
    String token = text.substring(start, at);
    if (token.length() > MAX_NUMBER_LENGTH) {
      throw new FormatException(
          "JSON has a number of %d characters at %d but %d are the most"
              .formatted(token.length(), start, MAX_NUMBER_LENGTH));
    }
    if (whole) {
      try {
        return new Json.Whole(Long.parseLong(token));
      } catch (NumberFormatException e) {
        throw new FormatException("JSON has a whole number beyond 64 bits: " + token);
      }
    }
    double value = Double.parseDouble(token);
    if (Double.isInfinite(value)) {
      throw new FormatException("JSON has a number beyond double: " + token);
    }
    return new Json.Real(value);
  }

  private void digits() throws FormatException {
    if (peek() < '0' || peek() > '9') {
      throw wrong("a digit");
    }
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
  }

  private Json word(String word, Json value) throws FormatException {
    if (!text.startsWith(word, at)) {
      throw wrong("a value");
    }
    at += word.length();
    return value;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /// The next character, or −1 at the end.
  private int peek() {
    return at < text.length() ? text.charAt(at) : -1;
  }

  private boolean accept(char c) {
    if (peek() == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) throws FormatException {
    if (!accept(c)) {
      throw wrong("'" + c + "'");
    }
  }

  private FormatException wrong(String expected) {
    String found =
        at < text.length()
            ? FormatException.quote(text.substring(at, Math.min(text.length(), at + 1)))
            : "the end";
    return new FormatException(
        "JSON needs %s at character %d but has %s".formatted(expected, at, found));
  }
}
