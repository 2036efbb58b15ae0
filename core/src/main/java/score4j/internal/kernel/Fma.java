package score4j.internal.kernel;

/// One multiply-add, as the whole library computes it: a·b + c rounded once where the processor
/// can, rounded twice where it cannot.
///
/// `Math.fma` without hardware support goes through `BigDecimal` and is some 350 times slower, so
/// such a machine gets a product and a sum. Its results then differ from those of all other
/// machines, and the log says so once.
public final class Fma {
  /// Whether this machine rounds a multiply-add once. A constant to the compiler.
  public static final boolean FUSED = Platform.fusedMultiplyAdd();

  private Fma() {}

  /// a·b + c.
  public static float fma(float a, float b, float c) {
    return FUSED ? Math.fma(a, b, c) : a * b + c;
  }

  /// a·b + c.
  public static double fma(double a, double b, double c) {
    return FUSED ? Math.fma(a, b, c) : a * b + c;
  }
}
