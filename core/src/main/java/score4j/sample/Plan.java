package score4j.sample;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What a sampler makes of its settings before a run.
///
/// @param steps how many steps to make
/// @param body what makes the steps of a tile; asked for once a thread
/// @param affine the same as a list, where all steps are affine
/// @param remedy what to do about a chain that is no longer finite, for the message
record Plan(
    long steps, Function<Tile, TileStep> body, @Nullable AffineSteps affine, String remedy) {
  /// Makes steps that are not affine.
  static Plan of(long steps, Function<Tile, TileStep> body, String remedy) {
    return new Plan(steps, body, null, remedy);
  }

  /// Makes the first steps of a list.
  static Plan of(long steps, AffineSteps list, String remedy) {
    AffineStep step = new AffineStep(list);
    return new Plan(steps, tile -> step, list, remedy);
  }

  /// Makes every step of a list once.
  static Plan of(AffineSteps list, String remedy) {
    return of(list.size(), list, remedy);
  }
}
