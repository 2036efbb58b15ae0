package score4j.examples.csv;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Finds the columns that are wanted among those of a file.
///
/// @param file what messages call the table
/// @param names a name for each column of the file
/// @param header whether the file names them, or they are numbered
record ColumnChoice(String file, List<String> names, boolean header) {
  // what a column is called where the file has no header
  private static final Pattern NUMBERED = Pattern.compile("column ([1-9][0-9]{0,8})");

  /// Names from the header, or numbers counted from 1; empty for all columns.
  int[] chosen(List<String> wanted) throws CsvException {
    if (wanted.isEmpty()) {
      return IntStream.range(0, names.size()).toArray();
    }
    int[] found = new int[wanted.size()];
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < found.length; i++) {
      found[i] = find(wanted.get(i).strip());
      if (!seen.add(found[i])) {
        throw new CsvException(
            "%s: column %s is chosen twice".formatted(file, wanted.get(i).strip()));
      }
    }
    return found;
  }

  private int find(String wanted) throws CsvException {
    if (header && names.contains(wanted)) {
      return named(wanted);
    }
    if (wanted.matches("[0-9]{1,9}")) {
      int at = Integer.parseInt(wanted) - 1;
      if (at >= 0 && at < names.size()) {
        return at;
      }
    }
    throw missing(wanted);
  }

  private int named(String name) throws CsvException {
    int at = names.indexOf(name);
    if (names.lastIndexOf(name) != at) {
      throw new CsvException(
          "%s, line 1: columns %d and %d are both called %s: choose one by its number"
              .formatted(file, at + 1, names.lastIndexOf(name) + 1, name));
    }
    return at;
  }

  /// The columns of another table: by name; by place where that table had no header; all in their
  /// order where this one has none and as many.
  ///
  /// @param wanted the names that the other table gave to its columns
  int[] like(List<String> wanted) throws CsvException {
    boolean byName = header && wanted.stream().anyMatch(names::contains);
    boolean byPlace = wanted.stream().allMatch(name -> NUMBERED.matcher(name).matches());
    int[] found = new int[wanted.size()];
    for (int i = 0; i < found.length; i++) {
      if (byName) {
        if (!names.contains(wanted.get(i))) {
          throw missing(wanted.get(i));
        }
        found[i] = named(wanted.get(i));
      } else if (byPlace) {
        Matcher number = NUMBERED.matcher(wanted.get(i));
        found[i] = number.matches() ? Integer.parseInt(number.group(1)) - 1 : -1;
        if (found[i] >= names.size()) {
          throw missing(wanted.get(i));
        }
      } else if (!header && wanted.size() == names.size()) {
        found[i] = i;
      } else {
        throw missing(wanted.get(i));
      }
    }
    if (Arrays.stream(found).distinct().count() < found.length) {
      throw new CsvException(
          "%s: two of the columns %s are one".formatted(file, String.join(", ", wanted)));
    }
    return found;
  }

  private CsvException missing(String wanted) {
    return new CsvException(
        "%s: there is no column %s, it has %s"
            .formatted(
                file,
                wanted,
                header ? String.join(", ", names) : "columns 1 to %d".formatted(names.size())));
  }
}
