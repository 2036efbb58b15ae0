package score4j.io;

import java.util.List;
import java.util.Map;

/// A JSON value (RFC 8259). Its `toString` is its text.
sealed interface Json {
  /// A string.
  record Text(String value) implements Json {
    @Override
    public String toString() {
      return quote(value);
    }
  }

  /// A number without fraction or exponent.
  record Whole(long value) implements Json {
    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  /// Any other number; finite.
  record Real(double value) implements Json {
    @Override
    public String toString() {
      return Double.toString(value);
    }
  }

  /// True or false.
  record Truth(boolean value) implements Json {
    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /// null.
  record Nothing() implements Json {
    @Override
    public String toString() {
      return "null";
    }
  }

  /// An array.
  record Sequence(List<Json> values) implements Json {
    @Override
    public String toString() {
      StringBuilder out = new StringBuilder();
      String before = "[";
      for (Json value : values) {
        out.append(before).append(value);
        before = ",";
      }
      return values.isEmpty() ? "[]" : out.append(']').toString();
    }
  }

  /// An object, in the order of the text.
  record Table(Map<String, Json> members) implements Json {
    @Override
    public String toString() {
      StringBuilder out = new StringBuilder("{");
      String before = "";
      for (Map.Entry<String, Json> member : members.entrySet()) {
        out.append(before).append(quote(member.getKey())).append(':').append(member.getValue());
        before = ",";
      }
      return out.append('}').toString();
    }
  }

  /// A string in quotes, with everything escaped that has to be or would not show on one line.
  static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"', '\\' -> out.append('\\').append((char) c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                  switch (Character.getType(c)) {
                    case Character.CONTROL,
                        Character.SURROGATE, // half a pair
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR ->
                        out.append("\\u%04x".formatted(c));
                    default -> out.appendCodePoint(c);
                  }
                }
              }
            });
    return out.append('"').toString();
  }
}
