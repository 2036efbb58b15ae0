package score4j.internal.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which kernels this process uses, decided once when first asked and logged in one line.
///
/// `-Dscore4j.kernels=scalar|vector|auto` (default `auto`). `auto` takes the vector twin where
/// the module `jdk.incubator.vector` is present, C2 compiles and multiply-adds are hardware
/// instructions; `vector` throws where that is not so.
public final class KernelChoice {
  private static final String PROPERTY = "score4j.kernels";
  private static final String MODULE = "jdk.incubator.vector";
  private static final String LOGGER = "score4j";

  private KernelChoice() {}

  /// Kernels, or why there are none.
  private record Choice(@Nullable Kernels kernels, String refusal) {}

  private static final class Chosen {
    static final Choice CHOICE = choose();
  }

  /// The kernels of this process.
  ///
  /// @throws IllegalStateException if the vector twin was forced and cannot run here
  public static Kernels kernels() {
    Kernels kernels = Chosen.CHOICE.kernels();
    if (kernels == null) {
      throw new IllegalStateException(Chosen.CHOICE.refusal());
    }
    return kernels;
  }

  /// The scalar twin, for comparison.
  public static Kernels scalar() {
    return new ScalarKernels();
  }

  private static Choice choose() {
    String wanted = System.getProperty(PROPERTY, "auto").toLowerCase(Locale.ROOT);
    if (!wanted.equals("auto") && !wanted.equals("scalar") && !wanted.equals("vector")) {
      return new Choice(
          null,
          "-D%s must be auto, scalar or vector but was %s: leave it out for auto"
              .formatted(PROPERTY, wanted));
    }
    String obstacle =
        wanted.equals("scalar") ? "-D" + PROPERTY + "=scalar asks for them" : obstacle();
    Kernels kernels = null;
    if (obstacle == null) {
      try {
        kernels = vector();
      } catch (Throwable t) {
        // the incubating API may change under us: a LinkageError then, or an error out of its
        // initialiser
        obstacle = "the Vector API of this Java does not fit: " + t;
      }
    }
    if (kernels == null && wanted.equals("vector")) {
      return new Choice(
          null,
          "-D%s=vector cannot be met: %s. Leave it out for scalar kernels"
              .formatted(PROPERTY, obstacle));
    }
    System.Logger log = System.getLogger(LOGGER);
    if (!Fma.FUSED) {
      log.log(
          System.Logger.Level.WARNING,
          "kernels: scalar, because this processor has no fused multiply-add: results differ in"
              + " the last bits from those of other machines");
    } else {
      log.log(
          System.Logger.Level.INFO,
          (kernels == null ? "kernels: scalar, because " + obstacle : "kernels: " + kernels.name())
              + (Platform.knowsFusedMultiplyAdd()
                  ? ""
                  : " (taking fused multiply-add for granted: add the module jdk.management to"
                      + " have it checked)"));
    }
    return new Choice(kernels == null ? scalar() : kernels, "");
  }

  private static @Nullable String obstacle() {
    if (!Fma.FUSED) {
      return "this processor has no fused multiply-add";
    }
    if (!Platform.optimizingCompiler()) {
      return "the C2 compiler is off, without which vector code is slower than scalar code";
    }
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return "the module is absent: start Java with --add-modules "
          + MODULE
          + " to run several times faster";
    }
    return null;
  }

  // by name, so that this class links where the incubating module is absent
  private static Kernels vector() throws Throwable {
    Module module = ModuleLayer.boot().findModule(MODULE).orElseThrow();
    KernelChoice.class.getModule().addReads(module);
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    Class<?> twin = lookup.findClass("score4j.internal.kernel.VectorKernels");
    return (Kernels) lookup.findConstructor(twin, MethodType.methodType(void.class)).invoke();
  }
}
