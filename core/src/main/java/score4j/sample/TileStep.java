package score4j.sample;

/// How the samples of a tile make one step. What needs memory of its own is made once a thread.
@FunctionalInterface
interface TileStep {
  /// Makes step number `step`, from 0, of all samples of a tile.
  void step(Tile tile, long step);

  /// Called when a tile has taken other samples, or the same ones again after a look.
  default void loaded(Tile tile) {}
}
