package score4j.examples.command;

import picocli.CommandLine.Option;
import score4j.rng.Key;

/// Where all randomness of a command comes from.
final class SeedOption {
  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "where all randomness comes from: the same seed gives the same result, bit for bit,"
              + " on the same backend (default: ${DEFAULT-VALUE})")
  private long value;

  SeedOption() {}

  long value() {
    return value;
  }

  Key key() {
    return Key.of(value);
  }
}
