package score4j.autodiff;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The steps of a pass, and where in a tile each block lies: a block whose last reader has run
/// makes room for another.
final class Tiles {
  private record Life(Block block, int from, int to) {}

  private final List<Step> steps = new ArrayList<>();
  private final Map<Block, Life> lives = new LinkedHashMap<>();

  /// A block that is filled before the first step.
  Block input(int size) {
    Block block = block(size);
    lives.put(block, new Life(block, -1, -1));
    return block;
  }

  /// A block that steps will write and read.
  Block block(int size) {
    return new Block(Block.Kind.TILE, size);
  }

  /// Adds a step that writes or reads some blocks.
  void add(Step step, Block... blocks) {
    int now = steps.size();
    steps.add(step);
    for (Block block : blocks) {
      if (block.isTile()) {
        lives.merge(
            block,
            new Life(block, now, now),
            (old, next) -> new Life(block, old.from(), next.to()));
      }
    }
  }

  List<Step> steps() {
    return List.copyOf(steps);
  }

  /// Gives each block its place.
  ///
  /// @return the number of rows of all
  int place() {
    List<Life> placed = new ArrayList<>();
    int rows = 0;
    for (Life life : lives.values()) {
      // those alive at the same time, in the order of their places
      List<Life> others =
          placed.stream()
              .filter(other -> other.to() >= life.from() && other.from() <= life.to())
              .sorted(Comparator.comparingInt(other -> other.block().offset()))
              .toList();
      int offset = 0;
      for (Life other : others) {
        if (offset + life.block().size() <= other.block().offset()) {
          break;
        }
        offset = Math.max(offset, other.block().offset() + other.block().size());
      }
      life.block().place(offset);
      placed.add(life);
      rows = Math.max(rows, Math.addExact(offset, life.block().size()));
    }
    return rows;
  }
}
