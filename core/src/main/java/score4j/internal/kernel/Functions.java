package score4j.internal.kernel;

import static score4j.internal.kernel.Fma.fma;

/// Elementary functions in `float`, from multiply-adds, IEEE arithmetic and integer operations
/// alone, so that a vector lane or a GPU thread repeats them bit for bit. The coefficients are
/// minimax fits (Lawson's iteration, rounded to float).
final class Functions {
  static final float LOG2E = 1.442695f;
  // ln 2 in two parts; the first has so few bits that its product with an exponent is exact
  static final float LN2_HIGH = 0.6933594f;
  static final float LN2_LOW = -2.1219444e-4f;
  // adding it rounds to an integer, which then stands in the low bits
  static final float ROUND = 12582912f;
  // e^y is a normal number from here on, whatever the polynomial rounds to
  static final float EXP_LEAST = -86f;

  // e^r on |r| ≤ ln 2 / 2: 1 + r + r²·(E2 + E3·r + …), relative error 3.1e-9
  static final float E2 = 0.49999994f;
  static final float E3 = 0.16666521f;
  static final float E4 = 0.04166839f;
  static final float E5 = 0.008368745f;
  static final float E6 = 0.0013814539f;

  // log(1 + e) on [0, 1]: e + e²·(G2 + G3·e + …), relative error 5.1e-9
  static final float G2 = -0.4999993f;
  static final float G3 = 0.33330512f;
  static final float G4 = -0.24958587f;
  static final float G5 = 0.19695401f;
  static final float G6 = -0.15355396f;
  static final float G7 = 0.106805556f;
  static final float G8 = -0.057664443f;
  static final float G9 = 0.020204585f;
  static final float G10 = -0.0033184723f;

  // tanh z = z·(1 + T1·u + …)/(1 + U1·u + …), u = z², relative error 2.1e-8 up to |z| = 9.01,
  // where it rounds to 1
  static final float TANH_MOST = 9.01f;
  static final float T1 = 0.13379711f;
  static final float T2 = 0.0034940266f;
  static final float T3 = 2.0583353e-05f;
  static final float T4 = 1.3318897e-08f;
  static final float U1 = 0.46713027f;
  static final float U2 = 0.025871044f;
  static final float U3 = 0.000328308f;
  static final float U4 = 7.7619467e-07f;

  // Φ(−x) = e^(−x²/2)·(N1·t + N2·t² + …), t = 1/(1 + NT·x), relative error 3.2e-8
  static final float NT = 0.35f;
  static final float N1 = 0.1396213f;
  static final float N2 = 0.13986352f;
  static final float N3 = 0.11982129f;
  static final float N4 = 0.1055525f;
  static final float N5 = -0.023212353f;
  static final float N6 = 0.1593197f;
  static final float N7 = -0.255839f;
  static final float N8 = 0.14403091f;
  static final float N9 = -0.029157886f;
  static final float GELU_MOST = 40f;
  // beyond it, what silu multiplies with z counts as 0 or 1
  static final float SILU_MOST = 100f;
  static final float INV_SQRT_2PI = 0.3989423f;

  // log(1 + f) on [√½ − 1, √2 − 1]: f − f²/2 + f³·(L3 + L4·f + …), relative error 5.8e-9
  static final float L3 = 0.3333333f;
  static final float L4 = -0.2500082f;
  static final float L5 = 0.20001227f;
  static final float L6 = -0.16623357f;
  static final float L7 = 0.14201757f;
  static final float L8 = -0.13160183f;
  static final float L9 = 0.12761576f;
  static final float L10 = -0.07634497f;
  static final int SQRT_HALF_BITS = 0x3f3504f3;
  static final int ONE_BITS = 0x3f800000;

  // sin r = r + r³·(S3 + S5·u + S7·u²), relative error 4.2e-9, and cos r = 1 − u/2 + u²·(C4 +
  // C6·u + C8·u²), relative error 1.4e-10, u = r², on |r| ≤ π/4
  static final float S3 = -0.16666654f;
  static final float S5 = 0.008332106f;
  static final float S7 = -0.00019507846f;
  static final float C4 = 0.041666646f;
  static final float C6 = -0.0013887298f;
  static final float C8 = 2.4430088e-05f;
  static final float TWO_OVER_PI = 0.63661975f;
  // π/2 in three parts
  static final float PI_HALF_HIGH = 1.5707964f;
  static final float PI_HALF_MIDDLE = -4.371139e-08f;
  static final float PI_HALF_LOW = -1.7151245e-15f;
  // beyond it the parts of π/2 do not reach
  static final float TRIGONOMETRIC_MOST = 30_000f;

  // erf x = x + x·(W0 + W1·u + …), u = x², relative error 1.4e-9 on |x| ≤ 1
  static final float W0 = 0.12837917f;
  static final float W1 = -0.37612626f;
  static final float W2 = 0.11283579f;
  static final float W3 = -0.026853347f;
  static final float W4 = 0.005187162f;
  static final float W5 = -0.0007997853f;
  static final float W6 = 7.806903e-05f;
  static final float SQRT_2 = 1.4142135f;
  // erf rounds to 1 from here on
  static final float ERF_MOST = 4f;

  private static final float LEAST_NORMAL = 0x1p-126f;

  private Functions() {}

  /// e^y for y ≤ 0; below −86 it stays at 4.5e-38.
  static float expNonPositive(float y) {
    y = y < EXP_LEAST ? EXP_LEAST : y;
    float t = fma(y, LOG2E, ROUND);
    float n = t - ROUND;
    float r = fma(n, -LN2_LOW, fma(n, -LN2_HIGH, y));
    return expPolynomial(r) * Float.intBitsToFloat((Float.floatToRawIntBits(t) << 23) + ONE_BITS);
  }

  private static float expPolynomial(float r) {
    float p = fma(E6, r, E5);
    p = fma(p, r, E4);
    p = fma(p, r, E3);
    p = fma(p, r, E2);
    p = fma(p, r, 1f);
    return fma(p, r, 1f);
  }

  /// 1/(1 + e) for e in [0, 1].
  static float reciprocalOnePlus(float e) {
    return 1f / (1f + e);
  }

  /// log(1 + e) for e in [0, 1].
  static float logOnePlus(float e) {
    float p = fma(G10, e, G9);
    p = fma(p, e, G8);
    p = fma(p, e, G7);
    p = fma(p, e, G6);
    p = fma(p, e, G5);
    p = fma(p, e, G4);
    p = fma(p, e, G3);
    p = fma(p, e, G2);
    return fma(p * e, e, e);
  }

  static float tanh(float z) {
    float x = z > TANH_MOST ? TANH_MOST : z;
    x = x < -TANH_MOST ? -TANH_MOST : x;
    float u = x * x;
    float p = fma(T4, u, T3);
    p = fma(p, u, T2);
    p = fma(p, u, T1);
    p = fma(p, u, 1f);
    float q = fma(U4, u, U3);
    q = fma(q, u, U2);
    q = fma(q, u, U1);
    q = fma(q, u, 1f);
    float a = x * p / q;
    a = a > 1f ? 1f : a;
    return a < -1f ? -1f : a;
  }

  /// Φ(−x)·e^(x²/2) for x ≥ 0.
  static float normalTail(float x) {
    float t = 1f / fma(NT, x, 1f);
    float p = fma(N9, t, N8);
    p = fma(p, t, N7);
    p = fma(p, t, N6);
    p = fma(p, t, N5);
    p = fma(p, t, N4);
    p = fma(p, t, N3);
    p = fma(p, t, N2);
    p = fma(p, t, N1);
    return p * t;
  }

  static float exp(float x) {
    float y = x < -104f ? -104f : x;
    y = y > 89f ? 89f : y;
    float t = fma(y, LOG2E, ROUND);
    float n = t - ROUND;
    float r = fma(n, -LN2_LOW, fma(n, -LN2_HIGH, y));
    int k = Float.floatToRawIntBits(t) - Float.floatToRawIntBits(ROUND);
    int half = k >> 1;
    // two factors, because 2^k itself may be no normal number
    return expPolynomial(r)
        * Float.intBitsToFloat(ONE_BITS + (half << 23))
        * Float.intBitsToFloat(ONE_BITS + ((k - half) << 23));
  }

  static float log1p(float x) {
    float u = 1f + x;
    int k = (Float.floatToRawIntBits(u) - SQRT_HALF_BITS) >> 23;
    // (1 + x)·2^−k − 1, of x itself so that a small x keeps its digits; by quarters, because
    // 2^−128 is no normal number
    float s = Float.intBitsToFloat(ONE_BITS + ((2 - k) << 23));
    float f = fma(x * 0.25f, s, fma(s, 0.25f, -1f));
    float p = fma(L10, f, L9);
    p = fma(p, f, L8);
    p = fma(p, f, L7);
    p = fma(p, f, L6);
    p = fma(p, f, L5);
    p = fma(p, f, L4);
    p = fma(p, f, L3);
    float y = f * f;
    float n = k;
    float r = fma(f * y, p, n * LN2_LOW);
    r = fma(y, -0.5f, r);
    r = fma(n, LN2_HIGH, r + f);
    r = x == -1f ? Float.NEGATIVE_INFINITY : r;
    r = x == Float.POSITIVE_INFINITY ? x : r;
    return x >= -1f ? r : Float.NaN;
  }

  static float log(float x) {
    boolean tiny = x < LEAST_NORMAL;
    float v = tiny ? x * 0x1p24f : x;
    int k = (Float.floatToRawIntBits(v) - SQRT_HALF_BITS) >> 23;
    float f = Float.intBitsToFloat(Float.floatToRawIntBits(v) - (k << 23)) - 1f;
    float p = fma(L10, f, L9);
    p = fma(p, f, L8);
    p = fma(p, f, L7);
    p = fma(p, f, L6);
    p = fma(p, f, L5);
    p = fma(p, f, L4);
    p = fma(p, f, L3);
    float y = f * f;
    float n = (float) k - (tiny ? 24f : 0f);
    float r = fma(f * y, p, n * LN2_LOW);
    r = fma(y, -0.5f, r);
    r = fma(n, LN2_HIGH, r + f);
    r = x == 0f ? Float.NEGATIVE_INFINITY : r;
    r = x == Float.POSITIVE_INFINITY ? x : r;
    return x >= 0f ? r : Float.NaN;
  }

  /// eˣ − 1 = 2ᵏ·(e^r − 1) + (2ᵏ − 1).
  static float expm1(float x) {
    float y = x < -18f ? -18f : x;
    y = y > 89f ? 89f : y;
    float t = fma(y, LOG2E, ROUND);
    float n = t - ROUND;
    float r = fma(n, -LN2_LOW, fma(n, -LN2_HIGH, y));
    int k = Float.floatToRawIntBits(t) - Float.floatToRawIntBits(ROUND);
    float p = fma(E6, r, E5);
    p = fma(p, r, E4);
    p = fma(p, r, E3);
    p = fma(p, r, E2);
    float q = fma(p, r * r, r);
    // by halves, because 2^128 is no float
    float s = Float.intBitsToFloat(ONE_BITS + ((k - 1) << 23));
    float e = fma(s, q, s - 0.5f);
    // −0 and the smallest numbers are their own
    return x == 0f ? x : e + e;
  }

  static float sin(float x) {
    if (!(Math.abs(x) <= TRIGONOMETRIC_MOST)) {
      return (float) StrictMath.sin(x);
    }
    float t = fma(x, TWO_OVER_PI, ROUND);
    float n = t - ROUND;
    float r = reduced(x, n);
    int quadrant = Float.floatToRawIntBits(t);
    float y = (quadrant & 1) == 0 ? sinPolynomial(r) : cosPolynomial(r);
    return (quadrant & 2) == 0 ? y : -y;
  }

  static float cos(float x) {
    if (!(Math.abs(x) <= TRIGONOMETRIC_MOST)) {
      return (float) StrictMath.cos(x);
    }
    float t = fma(x, TWO_OVER_PI, ROUND);
    float n = t - ROUND;
    float r = reduced(x, n);
    int quadrant = Float.floatToRawIntBits(t) + 1;
    float y = (quadrant & 1) == 0 ? sinPolynomial(r) : cosPolynomial(r);
    return (quadrant & 2) == 0 ? y : -y;
  }

  private static float reduced(float x, float n) {
    float r = fma(n, -PI_HALF_HIGH, x);
    r = fma(n, -PI_HALF_MIDDLE, r);
    return fma(n, -PI_HALF_LOW, r);
  }

  private static float sinPolynomial(float r) {
    float u = r * r;
    float p = fma(S7, u, S5);
    p = fma(p, u, S3);
    return fma(p * u, r, r);
  }

  private static float cosPolynomial(float r) {
    float u = r * r;
    float p = fma(C8, u, C6);
    p = fma(p, u, C4);
    return fma(p * u, u, fma(u, -0.5f, 1f));
  }

  static float erf(float x) {
    float z = Math.abs(x);
    float u = z * z;
    float p = fma(W6, u, W5);
    p = fma(p, u, W4);
    p = fma(p, u, W3);
    p = fma(p, u, W2);
    p = fma(p, u, W1);
    p = fma(p, u, W0);
    float near = fma(x, p, x);
    float w = z > ERF_MOST ? ERF_MOST : z;
    float tail = 2f * expNonPositive(w * -w) * normalTail(SQRT_2 * w);
    float far = x < 0 ? tail - 1f : 1f - tail;
    // a NaN stays one
    return z > 1f ? far : near;
  }

  static float power(float x, double p) {
    if (p != Math.rint(p) || Math.abs(p) > 64) {
      return (float) StrictMath.pow(x, p);
    }
    float square = x;
    float product = 1f;
    for (int n = Math.abs((int) p); n > 0; n >>= 1) {
      if ((n & 1) != 0) {
        product *= square;
      }
      square *= square;
    }
    return p < 0 ? 1f / product : product;
  }
}
