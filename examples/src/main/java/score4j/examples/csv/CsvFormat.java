package score4j.examples.csv;

/// How to read a CSV file.
///
/// @param header whether the first line names the columns
/// @param separator what stands between columns
public record CsvFormat(Header header, char separator) {
  /// A comma between columns, and a header where the first line holds no number.
  public static final CsvFormat AUTOMATIC = new CsvFormat(Header.AUTOMATIC, ',');

  /// Whether the first line names the columns.
  public enum Header {
    /// It does if none of its fields is a number.
    AUTOMATIC,
    /// It does.
    PRESENT,
    /// It does not: it holds the first row of numbers.
    ABSENT
  }
}
