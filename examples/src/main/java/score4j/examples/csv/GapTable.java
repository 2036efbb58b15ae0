package score4j.examples.csv;

import java.util.List;
import java.util.Set;
import score4j.array.Batch;

/// A table with gaps, as it was typed: all of its cells as text, and some columns as numbers.
///
/// @param header the names of all columns as they were typed; empty if the file has none
/// @param cells the text of every cell, row by row
/// @param columns which columns are numbers, counted from 0
/// @param values those numbers, one row a line; NaN where there is a gap
public record GapTable(
    List<String> header, List<List<String>> cells, List<Integer> columns, Batch values) {
  private static final Set<String> GAPS = Set.of("", "?", "na", "n/a", "nan", "null");

  /// Keeps lists of its own.
  public GapTable {
    header = List.copyOf(header);
    cells = List.copyOf(cells);
    columns = List.copyOf(columns);
    values.requireShape("values", cells.size(), columns.size());
  }

  /// Whether the text of a cell says that there is no number: nothing, `?`, `NA`, `N/A`, `NaN` or
  /// `null`.
  static boolean isGap(String text) {
    return GAPS.contains(text.strip().toLowerCase(java.util.Locale.ROOT));
  }

  /// Whether a number is missing.
  ///
  /// @param column counted in [#columns]
  public boolean gap(int row, int column) {
    return Float.isNaN(values.get(row, column));
  }

  /// How many numbers are missing.
  public int gaps() {
    int count = 0;
    for (float value : values.data()) {
      count += Float.isNaN(value) ? 1 : 0;
    }
    return count;
  }

  /// The cells of a row with its gaps filled; all others as they were typed.
  ///
  /// @param filled a number for each gap, of the shape of [#values]
  List<String> completed(int row, Batch filled) {
    List<String> record = new java.util.ArrayList<>(cells.get(row));
    for (int c = 0; c < columns.size(); c++) {
      if (gap(row, c)) {
        record.set(columns.get(c), Float.toString(filled.get(row, c)));
      }
    }
    return record;
  }
}
