package score4j.internal.kernel;

import static score4j.internal.kernel.Fma.fma;

/// The Box–Muller transform of two random words into two standard normals, in `float`.
///
/// ```text
/// u = fl(fl(⌊w₀/2⌋)·2⁻³¹ + 2⁻³²) ∈ (0, 1], fl rounds to float        r = √(−2 ln u)
/// angle = (π/2)(q + f), q = top two bits of w₁, f = the next 24 bits as a fraction in [−½, ½)
/// z₀ = r·cos(angle)    z₁ = r·sin(angle)
/// ```
/// Made of fused multiply-adds, IEEE sums, products and square roots and integer operations alone,
/// in a fixed order: vector lanes ([VectorNoiseKernels]) and GPU threads that repeat them get the
/// same bits. The
/// polynomials were fitted at Chebyshev nodes and then rounded; relative errors of the rounded
/// polynomials: logarithm 3.4e-9 on [√½, √2], sine 3.9e-8; absolute error of the cosine 9.1e-9,
/// both on |angle| ≤ π/4.
public final class BoxMuller {
  static final float LN2_HIGH = 0x1.63p-1f; // ten bits, so that e·LN2_HIGH is exact
  static final float LN2_LOW = -0x1.bd0106p-13f;
  static final float HALF_PI = 0x1.921fb6p0f;
  static final int SQRT_HALF = 0x3F3504F3; // the bits of √½

  // ln(1 + t) = t − t²/2 + t³·(LOG3 + LOG4·t + …)
  static final float LOG3 = 0x1.555554p-2f;
  static final float LOG4 = -0x1.fffffcp-3f;
  static final float LOG5 = 0x1.999d5ap-3f;
  static final float LOG6 = -0x1.555b4ap-3f;
  static final float LOG7 = 0x1.23d21ap-3f;
  static final float LOG8 = -0x1.fcf4c6p-4f;
  static final float LOG9 = 0x1.dea282p-4f;
  static final float LOG10 = -0x1.d635bcp-4f;
  static final float LOG11 = 0x1.1d8ea6p-4f;

  // sin(π/2·f) = π/2·f + f³·(SIN3 + SIN5·g + …), cos(π/2·f) = 1 + g·(COS2 + COS4·g + …), g = f²
  static final float SIN3 = -0x1.4abbccp-1f;
  static final float SIN5 = 0x1.4665e8p-4f;
  static final float SIN7 = -0x1.2ee7bcp-8f;
  static final float COS2 = -0x1.3bd3ccp0f;
  static final float COS4 = 0x1.03c1eap-2f;
  static final float COS6 = -0x1.55cb98p-6f;
  static final float COS8 = 0x1.db6492p-11f;

  private BoxMuller() {}

  /// √(−2 ln u) of the first word; from 0 (u = 1, one word in 2²⁵) to 6.66 (u = 2⁻³²).
  public static float radius(int w0) {
    float u = fma((float) (w0 >>> 1), 0x1p-31f, 0x1p-32f);
    // u = 2^e·m with m in [√½, √2)
    int bits = Float.floatToRawIntBits(u);
    int e = (bits - SQRT_HALF) >> 23;
    float t = Float.intBitsToFloat(bits - (e << 23)) - 1f;
    float p = LOG11;
    p = fma(p, t, LOG10);
    p = fma(p, t, LOG9);
    p = fma(p, t, LOG8);
    p = fma(p, t, LOG7);
    p = fma(p, t, LOG6);
    p = fma(p, t, LOG5);
    p = fma(p, t, LOG4);
    p = fma(p, t, LOG3);
    // ln u = e·ln 2 + t − t²/2 + t³·p, small terms first
    float tt = t * t;
    float scale = (float) e;
    float y = fma(scale, LN2_LOW, tt * t * p);
    y = fma(-0.5f, tt, y);
    float log = fma(scale, LN2_HIGH, t + y);
    // √ in double, rounded: the correctly rounded root, because 53 ≥ 2·24 + 2 bits (Figueroa 1995)
    return (float) Math.sqrt(-2f * log);
  }

  /// Writes r·cos(angle) and r·sin(angle), the angle that of the second word. No branches: a
  /// quadrant is as likely as the next, so a processor that guesses is wrong half the time.
  public static void pair(float r, int w1, float[] out, int at) {
    float f = fraction(w1);
    float g = f * f;
    int sine = Float.floatToRawIntBits(sine(f, g));
    int cosine = Float.floatToRawIntBits(cosine(g));
    int swap = (sine ^ cosine) & odd(w1);
    out[at] = r * Float.intBitsToFloat(cosine ^ swap ^ cosineSign(w1));
    out[at + 1] = r * Float.intBitsToFloat(sine ^ swap ^ sineSign(w1));
  }

  /// The first number of [#pair] alone.
  public static float first(float r, int w1) {
    float f = fraction(w1);
    float g = f * f;
    int sine = Float.floatToRawIntBits(sine(f, g));
    int cosine = Float.floatToRawIntBits(cosine(g));
    int swap = (sine ^ cosine) & odd(w1);
    return r * Float.intBitsToFloat(cosine ^ swap ^ cosineSign(w1));
  }

  /// f: 24 bits below the quadrant, as a fraction in [−½, ½).
  private static float fraction(int w1) {
    return (float) ((w1 << 2) >> 8) * 0x1p-24f;
  }

  /// All ones in the odd quadrants, where sine and cosine change places.
  private static int odd(int w1) {
    return (w1 << 1) >> 31;
  }

  /// The sign bit of the cosine: set in the second and third quadrant.
  private static int cosineSign(int w1) {
    return (w1 ^ (w1 << 1)) & 0x80000000;
  }

  /// The sign bit of the sine: set in the third and fourth quadrant.
  private static int sineSign(int w1) {
    return w1 & 0x80000000;
  }

  /// sin(π/2·f), g = f².
  private static float sine(float f, float g) {
    float p = fma(SIN7, g, SIN5);
    p = fma(p, g, SIN3);
    return fma(p * g, f, f * HALF_PI);
  }

  /// cos(π/2·f), g = f².
  private static float cosine(float g) {
    float p = fma(COS8, g, COS6);
    p = fma(p, g, COS4);
    p = fma(p, g, COS2);
    return fma(p, g, 1f);
  }
}
