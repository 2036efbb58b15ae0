package score4j.examples.command;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import score4j.examples.fit.SavedModel;
import score4j.process.LinearSde;

/// The network, for every command that uses one.
final class ModelOption {
  static final String NAME = "--model";

  @Option(
      names = NAME,
      required = true,
      paramLabel = "FILE",
      description = "the network, a file that 'score4j train' wrote")
  private Path file = Path.of("");

  ModelOption() {}

  Path file() {
    return file;
  }

  SavedModel read() throws IOException {
    return SavedModel.read(file);
  }

  /// The process that the network knows, which some commands cannot do without.
  LinearSde process(SavedModel saved) {
    LinearSde process = saved.process();
    if (process == null) {
      throw new OptionException(
          "%s %s was trained without --process: train it with one, such as --process vp"
              .formatted(NAME, file));
    }
    return process;
  }
}
