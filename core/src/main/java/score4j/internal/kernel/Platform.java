package score4j.internal.kernel;

import java.lang.management.ManagementFactory;

/// What the running virtual machine offers to kernels.
final class Platform {
  private Platform() {}

  /// Whether [#fusedMultiplyAdd] could ask: not in a runtime image without `jdk.management`.
  static boolean knowsFusedMultiplyAdd() {
    return option("UseFMA") != null;
  }

  /// Whether `Math.fma` is one instruction here. Unknown counts as yes: all processors of the
  /// last ten years have it.
  static boolean fusedMultiplyAdd() {
    return !"false".equals(option("UseFMA"));
  }

  /// Whether C2 compiles hot methods: without it vector code is boxed.
  static boolean optimizingCompiler() {
    String name = System.getProperty("java.vm.name", "");
    String info = System.getProperty("java.vm.info", "");
    // emulated-client: -XX:TieredStopAtLevel=1 to 3 and -XX:CompilationMode=quick-only
    return (name.contains("HotSpot") || name.contains("OpenJDK"))
        && !info.contains("interpreted mode")
        && !info.contains("emulated-client")
        && !"true".equals(option("UseJVMCICompiler"));
  }

  /// The value of a HotSpot option; null where it or the management module does not exist.
  private static @org.jspecify.annotations.Nullable String option(String name) {
    try {
      return HotSpot.option(name);
    } catch (LinkageError | RuntimeException e) {
      return null;
    }
  }

  /// Apart, so that a runtime image without `jdk.management` only fails to link this class.
  private static final class HotSpot {
    static @org.jspecify.annotations.Nullable String option(String name) {
      var bean =
          ManagementFactory.getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class);
      return bean == null ? null : bean.getVMOption(name).getValue();
    }
  }
}
