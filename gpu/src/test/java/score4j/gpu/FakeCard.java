package score4j.gpu;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What tests can do to the card that is the processor: take its memory away, make calls fail,
/// count what is alive.
@SuppressWarnings("restricted") // the tests may
final class FakeCard {
  static final int OUT_OF_MEMORY = 2;
  static final int ECC_UNCORRECTABLE = 214;
  static final int ILLEGAL_ADDRESS = 700;
  static final int LAUNCH_OUT_OF_RESOURCES = 701;
  static final int LAUNCH_FAILED = 719;

  /// What can be counted.
  enum Count {
    BLOCKS(0),
    PINNED(1),
    MODULES(2),
    CONTEXTS(3),
    EVENTS(4),
    STREAMS(5),
    LAUNCHES(6),
    COPIED(7),
    BYTES(8),
    FAULTS(9);

    private final int number;

    Count(int number) {
      this.number = number;
    }
  }

  private static final class Hooks {
    static final MethodHandle MEMORY;
    static final MethodHandle FAIL;
    static final MethodHandle RESET;
    static final MethodHandle COUNT;

    static {
      Path driver = NativeBuild.driver();
      // two at a time, because each takes its half minute
      Stream.of(Arithmetic.values()).parallel().forEach(NativeBuild::kernels);
      // JCuda's library finds it by its name
      System.load(driver.toString());
      SymbolLookup symbols = SymbolLookup.libraryLookup(driver, Arena.global());
      MEMORY = hook(symbols, "fake_memory", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));
      FAIL =
          hook(
              symbols,
              "fake_fail",
              FunctionDescriptor.ofVoid(
                  ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
      RESET = hook(symbols, "fake_reset", FunctionDescriptor.ofVoid());
      COUNT =
          hook(
              symbols,
              "fake_count",
              FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    }

    private static MethodHandle hook(
        SymbolLookup symbols, String name, FunctionDescriptor descriptor) {
      return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), descriptor);
    }
  }

  private FakeCard() {}

  /// Puts the driver in place, before anything asks for one.
  static void load() {
    reset();
  }

  /// How many bytes the card has.
  static void memory(long bytes) {
    try {
      Hooks.MEMORY.invokeExact(bytes);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Lets a driver's function succeed `pass` times more, then fail once.
  static void fail(String call, int pass, int code) {
    try (Arena arena = Arena.ofConfined()) {
      Hooks.FAIL.invokeExact(arena.allocateFrom(call), pass, code);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Takes back what was asked of the card.
  static void reset() {
    try {
      Hooks.RESET.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static long count(Count what) {
    try {
      return (long) Hooks.COUNT.invokeExact(what.number);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
