package score4j.examples.command;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import score4j.examples.output.OutputFile;

/// The file that a command leaves behind.
final class OutOption {
  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "the file to write; it is replaced as a whole or not at all")
  private Path file = Path.of("");

  OutOption() {}

  Path file() {
    return file;
  }

  /// Checks that the file can be written and is not that of the table.
  ///
  /// @throws IOException if not; says why
  void spare(TableOptions table) throws IOException {
    OutputFile.checked(file, TableOptions.NAME, table.file());
  }

  /// The same for the file of the network.
  void spare(ModelOption model) throws IOException {
    OutputFile.checked(file, ModelOption.NAME, model.file());
  }
}
