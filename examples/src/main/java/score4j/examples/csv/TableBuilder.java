package score4j.examples.csv;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import score4j.array.Batch;

/// Turns the records of one file into a table, and says what is wrong with the first that does not
/// fit.
final class TableBuilder {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?");
  private static final Pattern NOT_FINITE = Pattern.compile("(?i)[+-]?(nan|inf|infinity)");

  private static final Pattern DECIMAL_COMMA = Pattern.compile("[+-]?[0-9]+,[0-9]+");
  // of a file that is no text, or text in another encoding than UTF-8
  private static final Pattern NO_TEXT = Pattern.compile("[\\p{Cntrl}&&[^\t\r\n]]|\uFFFD");

  /// What a table is read for.
  enum Use {
    /// To learn from: at least two rows, and every column varies and has a name of its own.
    LEARNING(2, "give a number, or leave out the row, or the column by --columns"),
    /// As it is: at least one row.
    ROWS(1, "give a number, or leave out the row, or the column by --columns"),
    /// As it is, with the columns of another table.
    LIKE(1, "give a number, or leave out the row"),
    /// Likewise, and numbers may be missing.
    GAPS(1, "give a number, or nothing for a gap");

    private final int least;
    private final String remedy;

    Use(int least, String remedy) {
      this.least = least;
      this.remedy = remedy;
    }
  }

  /// How to find the columns.
  @FunctionalInterface
  interface Wanted {
    int[] among(ColumnChoice choice) throws CsvException;
  }

  private final String file;
  private final CsvFormat format;
  private final Use use;
  private final Wanted wanted;

  private List<String> names = List.of();
  private final List<List<String>> cells = new ArrayList<>();
  private boolean header;
  private int[] columns = {};
  private double[] numbers = new double[1024];
  private int size;
  private long firstLine;
  private long lastLine;

  TableBuilder(String file, CsvFormat format, Use use, Wanted wanted) {
    this.file = file;
    this.format = format;
    this.use = use;
    this.wanted = wanted;
  }

  Table build(Iterator<CsvRecord> records) throws CsvException {
    int rows = read(records);
    return new Table(
        Arrays.stream(columns).mapToObj(names::get).toList(), batch(rows, columns.length));
  }

  GapTable buildWithGaps(Iterator<CsvRecord> records) throws CsvException {
    int rows = read(records);
    return new GapTable(
        header ? names : List.of(),
        cells,
        Arrays.stream(columns).boxed().toList(),
        batch(rows, columns.length));
  }

  private int read(Iterator<CsvRecord> records) throws CsvException {
    if (!records.hasNext()) {
      throw new CsvException(
          "%s: the file is empty where %s of numbers should be"
              .formatted(file, count(use.least, "row")));
    }
    CsvRecord first = records.next();
    requireText(first);
    header = hasHeader(first);
    names = header ? first.getFields().stream().map(String::strip).toList() : numbered(first);
    columns = wanted.among(new ColumnChoice(file, names, header));
    if (use == Use.LEARNING) {
      requireOwnNames(first);
    }
    int fields = first.getFieldCount();
    long shapeLine = first.getStartingLineNumber();
    if (!header) {
      add(first);
    }
    while (records.hasNext()) {
      CsvRecord record = records.next();
      if (record.getFieldCount() != fields) {
        throw new CsvException(
            "%s, line %d: %s but line %d has %d%s"
                .formatted(
                    file,
                    record.getStartingLineNumber(),
                    count(record.getFieldCount(), "column"),
                    shapeLine,
                    fields,
                    separatorHint(String.join("", record.getFields()), "give every line as many")));
      }
      add(record);
    }
    int rows = size / columns.length;
    if (rows < use.least) {
      throw new CsvException(
          "%s: %s of numbers%s, at least %d %s needed"
              .formatted(
                  file,
                  count(rows, "row"),
                  header ? " after the header in line 1" : "",
                  use.least,
                  use.least == 1 ? "is" : "are"));
    }
    return rows;
  }

  private void requireText(CsvRecord record) throws CsvException {
    for (String field : record.getFields()) {
      if (NO_TEXT.matcher(field).find()) {
        throw new CsvException(
            "%s, line %d: this is no text in UTF-8: save the table as a CSV file in UTF-8"
                .formatted(file, record.getStartingLineNumber()));
      }
    }
  }

  // two columns of one name could not be told apart in any other table
  private void requireOwnNames(CsvRecord first) throws CsvException {
    for (int c = 0; c < columns.length; c++) {
      for (int other = 0; other < c; other++) {
        if (names.get(columns[c]).equals(names.get(columns[other]))) {
          throw new CsvException(
              "%s, line %d: columns %d and %d are both called %s: rename one, or leave one out by"
                      .formatted(
                          file,
                          first.getStartingLineNumber(),
                          Math.min(columns[c], columns[other]) + 1,
                          Math.max(columns[c], columns[other]) + 1,
                          names.get(columns[c]))
                  + " --columns");
        }
      }
    }
  }

  private static List<String> numbered(CsvRecord first) {
    return IntStream.rangeClosed(1, first.getFieldCount()).mapToObj(i -> "column " + i).toList();
  }

  private boolean hasHeader(CsvRecord first) throws CsvException {
    if (format.header() != CsvFormat.Header.AUTOMATIC) {
      return format.header() == CsvFormat.Header.PRESENT;
    }
    long numeric = first.getFields().stream().filter(TableBuilder::isNumber).count();
    long missing =
        use == Use.GAPS
            ? first.getFields().stream()
                .filter(text -> GapTable.isGap(text) && !isNumber(text))
                .count()
            : 0;
    if (numeric > 0 && numeric + missing < first.getFieldCount()) {
      throw new CsvException(
          "%s, line %d: numbers and text are mixed, so it is unclear whether this is a header: say"
                  .formatted(file, first.getStartingLineNumber())
              + " --header or --no-header");
    }
    return numeric == 0;
  }

  private void add(CsvRecord record) throws CsvException {
    if (firstLine == 0) {
      firstLine = record.getStartingLineNumber();
    }
    lastLine = record.getStartingLineNumber();
    if (use == Use.GAPS) { // all of it is written again
      requireText(record);
      cells.add(List.copyOf(record.getFields()));
    }
    for (int column : columns) {
      double value = number(record, column);
      if (size == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * size);
      }
      numbers[size++] = value;
    }
  }

  private double number(CsvRecord record, int column) throws CsvException {
    String text = record.getField(column).strip();
    if (use == Use.GAPS && GapTable.isGap(text)) {
      return Double.NaN;
    }
    double value;
    try {
      value = parse(text);
    } catch (NumberFormatException e) {
      throw new CsvException("%s: %s".formatted(place(record, column), notANumber(text)));
    }
    if (!Float.isFinite((float) value)) {
      throw new CsvException(
          "%s: %s is not a finite number of single precision: %s"
              .formatted(
                  place(record, column),
                  text,
                  NOT_FINITE.matcher(text).matches() ? use.remedy : "rescale the column"));
    }
    return value;
  }

  private String notANumber(String text) {
    if (text.isEmpty()) {
      return "the field is empty where a number should be: " + use.remedy;
    }
    String hint =
        DECIMAL_COMMA.matcher(text).matches()
            ? ": write decimals with a point"
            : separatorHint(text, use.remedy);
    String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
    return "'%s' is not a number%s".formatted(shown.replaceAll("\\p{Cntrl}", " "), hint);
  }

  /// Another separator, where a line that should have been several fields is one.
  private String separatorHint(String text, String otherwise) {
    if (text.contains(";") && format.separator() != ';') {
      return ", try --separator ';'";
    }
    if (text.contains("\t") && format.separator() != '\t') {
      return ", try --separator tab";
    }
    if (text.contains(" ") && Arrays.stream(text.split(" +")).allMatch(TableBuilder::isNumber)) {
      return ", try --separator ' '";
    }
    return ": " + otherwise;
  }

  private String place(CsvRecord record, int column) {
    return "%s, line %d, column %d%s"
        .formatted(file, record.getStartingLineNumber(), column + 1, called(column));
  }

  private String called(int column) {
    String name = names.get(column);
    return name.equals("column " + (column + 1)) ? "" : " (%s)".formatted(name);
  }

  private Batch batch(int rows, int cols) throws CsvException {
    Batch batch = Batch.zeros(rows, cols);
    for (int i = 0; i < size; i++) {
      batch.data()[i] = (float) numbers[i];
    }
    if (use == Use.LEARNING) {
      requireVaried(batch);
    }
    return batch;
  }

  private void requireVaried(Batch batch) throws CsvException {
    int rows = batch.rows();
    int cols = batch.cols();
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
