package score4j.examples.csv;

import java.io.IOException;

/// A CSV file that cannot be used; the message is one line that names the file and, where there is
/// one, the line and the column.
public final class CsvException extends IOException {
  private static final long serialVersionUID = 1;

  CsvException(String message) {
    super(message);
  }
}
