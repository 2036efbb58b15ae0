package score4j.examples.command;

import java.util.List;
import picocli.CommandLine.Option;

/// Which columns of the table count.
final class ColumnsOption {
  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "COLUMN",
      description = "names or numbers (from 1) of the columns of --data to take; all unless given")
  private List<String> names = List.of();

  ColumnsOption() {}

  List<String> names() {
    return names;
  }
}
