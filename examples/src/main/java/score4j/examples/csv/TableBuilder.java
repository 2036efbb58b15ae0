package score4j.examples.csv;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import score4j.array.Batch;

/// Turns the records of one file into a table, and says what is wrong with the first that does not
/// fit.
final class TableBuilder {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?");
  private static final Pattern NOT_FINITE = Pattern.compile("(?i)[+-]?(nan|inf|infinity)");

  private final String file;
  private final CsvFormat format;
  private final List<String> chosen;

  private List<String> names = List.of();
  private int[] columns = {};
  private double[] numbers = new double[1024];
  private int size;
  private long firstLine;
  private long lastLine;

  TableBuilder(String file, CsvFormat format, List<String> chosen) {
    this.file = file;
    this.format = format;
    this.chosen = chosen;
  }

  Table build(Iterator<CsvRecord> records) throws CsvException {
    if (!records.hasNext()) {
      throw new CsvException("%s: the file is empty".formatted(file));
    }
    CsvRecord first = records.next();
    boolean header = hasHeader(first);
    names = header ? first.getFields().stream().map(String::strip).toList() : numbered(first);
    columns = choose(header);
    int fields = first.getFieldCount();
    long shapeLine = first.getStartingLineNumber();
    if (!header) {
      add(first);
    }
    while (records.hasNext()) {
      CsvRecord record = records.next();
      if (record.getFieldCount() != fields) {
        throw new CsvException(
            "%s, line %d: %s but line %d has %d"
                .formatted(
                    file,
                    record.getStartingLineNumber(),
                    count(record.getFieldCount(), "column"),
                    shapeLine,
                    fields));
      }
      add(record);
    }
    int rows = size / columns.length;
    if (rows < 2) {
      throw new CsvException(
          "%s: %s of numbers%s, at least 2 are needed"
              .formatted(file, count(rows, "row"), header ? " after the header in line 1" : ""));
    }
    return new Table(
        Arrays.stream(columns).mapToObj(names::get).toList(), varied(rows, columns.length));
  }

  private static List<String> numbered(CsvRecord first) {
    return IntStream.rangeClosed(1, first.getFieldCount()).mapToObj(i -> "column " + i).toList();
  }

  private boolean hasHeader(CsvRecord first) throws CsvException {
    if (format.header() != CsvFormat.Header.AUTOMATIC) {
      return format.header() == CsvFormat.Header.PRESENT;
    }
    long numeric = first.getFields().stream().filter(TableBuilder::isNumber).count();
    if (numeric > 0 && numeric < first.getFieldCount()) {
      throw new CsvException(
          "%s, line %d: numbers and text are mixed, so it is unclear whether this is a header: say"
                  .formatted(file, first.getStartingLineNumber())
              + " --header or --no-header");
    }
    return numeric == 0;
  }

  private int[] choose(boolean header) throws CsvException {
    if (chosen.isEmpty()) {
      return IntStream.range(0, names.size()).toArray();
    }
    int[] found = new int[chosen.size()];
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < found.length; i++) {
      found[i] = find(chosen.get(i).strip(), header);
      if (!seen.add(found[i])) {
        throw new CsvException(
            "%s: column %s is chosen twice".formatted(file, chosen.get(i).strip()));
      }
    }
    return found;
  }

  private int find(String wanted, boolean header) throws CsvException {
    if (header) {
      int at = names.indexOf(wanted);
      if (at >= 0) {
        if (names.lastIndexOf(wanted) != at) {
          throw new CsvException(
              "%s, line 1: columns %d and %d are both called %s: choose one by its number"
                  .formatted(file, at + 1, names.lastIndexOf(wanted) + 1, wanted));
        }
        return at;
      }
    }
    if (wanted.matches("[0-9]{1,9}")) {
      int at = Integer.parseInt(wanted) - 1;
      if (at >= 0 && at < names.size()) {
        return at;
      }
    }
    throw new CsvException(
        "%s: there is no column %s, it has %s"
            .formatted(
                file,
                wanted,
                header ? String.join(", ", names) : "columns 1 to %d".formatted(names.size())));
  }

  private void add(CsvRecord record) throws CsvException {
    if (firstLine == 0) {
      firstLine = record.getStartingLineNumber();
    }
    lastLine = record.getStartingLineNumber();
    for (int column : columns) {
      String text = record.getField(column).strip();
      double value;
      try {
        value = parse(text);
      } catch (NumberFormatException e) {
        throw new CsvException("%s: %s".formatted(place(record, column), notANumber(text)));
      }
      if (!Float.isFinite((float) value)) {
        throw new CsvException(
            "%s: %s is not a finite number of single precision"
                .formatted(place(record, column), text));
      }
      if (size == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * size);
      }
      numbers[size++] = value;
    }
  }

  private String notANumber(String text) {
    if (text.isEmpty()) {
      return "the field is empty where a number should be";
    }
    String hint = "";
    for (char other : new char[] {';', '\t'}) {
      if (other != format.separator() && text.indexOf(other) >= 0) {
        hint = other == ';' ? ", try --separator ';'" : ", try --separator tab";
      }
    }
    String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
    return "'%s' is not a number%s".formatted(shown.replaceAll("\\p{Cntrl}", " "), hint);
  }

  private String place(CsvRecord record, int column) {
    return "%s, line %d, column %d%s"
        .formatted(file, record.getStartingLineNumber(), column + 1, called(column));
  }

  private String called(int column) {
    String name = names.get(column);
    return name.equals("column " + (column + 1)) ? "" : " (%s)".formatted(name);
  }

  /// The numbers as floats, once every column is known to vary.
  private Batch varied(int rows, int cols) throws CsvException {
    Batch batch = Batch.zeros(rows, cols);
    for (int i = 0; i < size; i++) {
      batch.data()[i] = (float) numbers[i];
    }
    for (int c = 0; c < cols; c++) {
      boolean varies = false;
      boolean variesInDouble = false;
      for (int r = 1; r < rows; r++) {
        varies |= batch.get(r, c) != batch.get(0, c);
        variesInDouble |= numbers[r * cols + c] != numbers[c];
      }
      if (!varies) {
        throw new CsvException(
            "%s, lines %d to %d, column %d%s: every row has %s%s"
                .formatted(
                    file,
                    firstLine,
                    lastLine,
                    columns[c] + 1,
                    called(columns[c]),
                    variesInDouble ? "the same number in single precision, " : "the number ",
                    variesInDouble
                        ? "subtract an offset first"
                        : "%s, so there is nothing to learn: leave this column out"
                            .formatted(Float.toString(batch.get(0, c)))));
      }
    }
    return batch;
  }

  private static boolean isNumber(String text) {
    try {
      parse(text.strip());
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  // Double.parseDouble alone would also take 1f, 1d and hexadecimal, and not "nan" or "inf"
  private static double parse(String text) {
    if (NUMBER.matcher(text).matches()) {
      return Double.parseDouble(text);
    }
    if (NOT_FINITE.matcher(text).matches()) {
      return Double.NaN;
    }
    throw new NumberFormatException(text);
  }

  private static String count(int n, String noun) {
    return n == 1 ? "1 " + noun : "%d %ss".formatted(n, noun);
  }
}
