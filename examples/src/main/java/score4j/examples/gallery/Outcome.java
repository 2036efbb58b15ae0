package score4j.examples.gallery;

import java.util.List;

/// What an experiment leaves behind.
///
/// @param checks its numbers
/// @param pictures its pictures, in the order of the page
public record Outcome(List<Check> checks, List<Picture> pictures) {
  /// Keeps lists of its own.
  public Outcome {
    checks = List.copyOf(checks);
    pictures = List.copyOf(pictures);
  }

  /// Whether every bound is met.
  public boolean passes() {
    return checks.stream().allMatch(Check::passes);
  }
}
