package score4j.examples.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import score4j.examples.csv.CsvFormat;

/// How a CSV file is written, for every command that reads one.
final class CsvOptions {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

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

  CsvOptions() {}

  CsvFormat format() {
    if (header && noHeader) {
      throw bad("--header and --no-header exclude each other");
    }
    CsvFormat.Header first =
        header
            ? CsvFormat.Header.PRESENT
            : noHeader ? CsvFormat.Header.ABSENT : CsvFormat.Header.AUTOMATIC;
    String character = separator.equals("tab") || separator.equals("\\t") ? "\t" : separator;
    if (character.length() != 1 || "\r\n\"".contains(character)) {
      throw bad(
          "--separator must be one character or the word tab but was '%s'".formatted(separator));
    }
    return new CsvFormat(first, character.charAt(0));
  }

  private ParameterException bad(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
