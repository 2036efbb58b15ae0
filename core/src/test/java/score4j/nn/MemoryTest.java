package score4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class MemoryTest {
  @Test
  void spansBeginAtLinesAndDoNotOverlap() {
    Memory memory = new Memory();
    int end = 0;
    for (int n : new int[] {1, 16, 0, 17, 100_000}) {
      int start = memory.reserve(n);
      assertEquals(12, start % 16); // with 16 bytes of header, 64 bytes into a line
      assertTrue(start >= end);
      end = start + n;
    }
    memory.allocate();
    assertTrue(memory.floats().length >= end);
  }

  @Test
  void refusesToGrowOnceUsed() {
    Memory memory = new Memory();
    memory.reserve(3);
    memory.allocate();
    assertThrows(IllegalStateException.class, () -> memory.reserve(3));
  }

  @Test
  void refusesMoreThanAnArrayHolds() {
    Memory memory = new Memory();
    memory.reserve(Integer.MAX_VALUE / 2);
    memory.reserve(1 << 20);
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> memory.reserve(Integer.MAX_VALUE / 2));
    assertTrue(String.valueOf(refusal.getMessage()).contains("more than an array holds"));
  }
}
