package score4j.examples.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import score4j.examples.csv.CsvFormat;

/// The table and how its file is written, for every command that reads one.
final class TableOptions {
  static final String NAME = "--data";

  @Option(names = NAME, required = true, paramLabel = "FILE", description = "the table, a CSV file")
  private Path file = Path.of("");

  @Option(
      names = "--header",
      description = "the first line names the columns; unless said, it does if it has no number")
  private boolean header;

  @Option(names = "--no-header", description = "the first line is a row like the others")
  private boolean noHeader;

  @Option(
      names = "--separator",
      paramLabel = "CHARACTER",
      description = "what stands between columns, or the word tab (default: comma)")
  private String separator = ",";

  TableOptions() {}

  Path file() {
    return file;
  }

  CsvFormat format() {
    if (header && noHeader) {
      throw new OptionException("--header and --no-header exclude each other: leave one out");
    }
    CsvFormat.Header first =
        header
            ? CsvFormat.Header.PRESENT
            : noHeader ? CsvFormat.Header.ABSENT : CsvFormat.Header.AUTOMATIC;
    String character = separator.equals("tab") || separator.equals("\\t") ? "\t" : separator;
    if (character.length() != 1 || "\r\n\"".contains(character)) {
      throw new OptionException(
          "--separator must be one character or the word tab but was '%s'".formatted(separator));
    }
    return new CsvFormat(first, character.charAt(0));
  }
}
