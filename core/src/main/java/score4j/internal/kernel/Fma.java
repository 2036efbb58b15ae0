package score4j.internal.kernel;

/// One multiply-add, as the whole library computes it: a·b + c rounded once.
public final class Fma {
  private Fma() {}

  /// a·b + c.
  public static float fma(float a, float b, float c) {
    return Math.fma(a, b, c);
  }

  /// a·b + c.
  public static double fma(double a, double b, double c) {
    return Math.fma(a, b, c);
  }
}
