package score4j.examples.csv;

import java.util.List;
import score4j.array.Batch;

/// Named columns of numbers.
///
/// @param columns a name for each column; a file without a header gives "column 1", "column 2", …
/// @param values one row a line of the file
public record Table(List<String> columns, Batch values) {
  /// Keeps a list of its own.
  ///
  /// @throws IllegalArgumentException if there is not one name a column
  public Table {
    columns = List.copyOf(columns);
    values.requireCols("values", columns.size());
  }
}
