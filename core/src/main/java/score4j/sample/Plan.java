package score4j.sample;

import java.util.function.Function;

/// What a sampler makes of its settings before a run.
///
/// @param steps how many steps to make
/// @param body what makes the steps of a tile; asked for once a thread
/// @param remedy what to do about a chain that is no longer finite, for the message
record Plan(long steps, Function<Tile, TileStep> body, String remedy) {
  /// Makes every step of a list once.
  static Plan of(AffineSteps steps, String remedy) {
    return new Plan(steps.size(), tile -> steps, remedy);
  }
}
