package score4j.internal.kernel;

import static score4j.internal.kernel.Fma.fma;

/// The kernels as plain Java: the definition that the vector twin is held to.
final class ScalarKernels implements Kernels {
  private static final LaneKernels LANES = new ScalarLaneKernels();
  private static final NoiseKernels NOISE = new ScalarNoiseKernels();

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public LaneKernels lanes() {
    return LANES;
  }

  @Override
  public NoiseKernels noise() {
    return NOISE;
  }

  @Override
  public void gemm(
      float[] c,
      int co,
      int ldc,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ar,
      int ac,
      float[] b,
      int bo,
      int ldb,
      int m,
      int n,
      int k) {
    assert n % ALIGN == 0;
    ScalarGemm.gemm(c, co, ldc, init, io, is, a, ao, ar, ac, b, bo, ldb, m, n, k);
  }

  @Override
  public void dot(
      float[] y,
      int yo,
      int ys,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int as,
      float[] b,
      int bo,
      int bs,
      int rows,
      int n) {
    assert n % ALIGN == 0;
    for (int i = 0; i < rows; i++) {
      y[yo + i * ys] = init[io + i * is] + dot(a, ao + i * as, b, bo + i * bs, n);
    }
  }

  static float dot(float[] a, int ao, float[] b, int bo, int n) {
    float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
    float s8 = 0, s9 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0, s14 = 0, s15 = 0;
    for (int j = 0; j < n; j += 16) {
      int i = ao + j;
      int k = bo + j;
      s0 = fma(a[i], b[k], s0);
      s1 = fma(a[i + 1], b[k + 1], s1);
      s2 = fma(a[i + 2], b[k + 2], s2);
      s3 = fma(a[i + 3], b[k + 3], s3);
      s4 = fma(a[i + 4], b[k + 4], s4);
      s5 = fma(a[i + 5], b[k + 5], s5);
      s6 = fma(a[i + 6], b[k + 6], s6);
      s7 = fma(a[i + 7], b[k + 7], s7);
      s8 = fma(a[i + 8], b[k + 8], s8);
      s9 = fma(a[i + 9], b[k + 9], s9);
      s10 = fma(a[i + 10], b[k + 10], s10);
      s11 = fma(a[i + 11], b[k + 11], s11);
      s12 = fma(a[i + 12], b[k + 12], s12);
      s13 = fma(a[i + 13], b[k + 13], s13);
      s14 = fma(a[i + 14], b[k + 14], s14);
      s15 = fma(a[i + 15], b[k + 15], s15);
    }
    float even = ((s0 + s8) + (s4 + s12)) + ((s2 + s10) + (s6 + s14));
    float odd = ((s1 + s9) + (s5 + s13)) + ((s3 + s11) + (s7 + s15));
    return even + odd;
  }

  @Override
  public void activate(
      Function function,
      int order,
      float[] z,
      int zo,
      float[] a,
      int ao,
      int as,
      float[] d1,
      int d1o,
      float[] d2,
      int d2o,
      int ds,
      int rows,
      int n) {
    for (int t = 0; t < rows; t++) {
      int zi = zo + t * as;
      int ai = ao + t * as;
      int d1i = d1o + t * ds;
      int d2i = d2o + t * ds;
      switch (function) {
        case TANH -> tanh(order, z, zi, a, ai, d1, d1i, d2, d2i, n);
        case SIGMOID -> sigmoid(order, z, zi, a, ai, d1, d1i, d2, d2i, n);
        case SOFTPLUS -> softplus(order, z, zi, a, ai, d1, d1i, d2, d2i, n);
        case SILU -> silu(order, z, zi, a, ai, d1, d1i, d2, d2i, n);
        case GELU -> gelu(order, z, zi, a, ai, d1, d1i, d2, d2i, n);
        case RELU -> relu(order, z, zi, a, ai, d1, d1i, d2, d2i, n);
      }
    }
  }

  private static void tanh(
      int order,
      float[] z,
      int zi,
      float[] a,
      int ai,
      float[] d1,
      int d1i,
      float[] d2,
      int d2i,
      int n) {
    for (int j = 0; j < n; j++) {
      float y = Functions.tanh(z[zi + j]);
      a[ai + j] = y;
      if (order > 0) {
        float slope = fma(-y, y, 1f);
        d1[d1i + j] = slope;
        if (order > 1) {
          d2[d2i + j] = -2f * y * slope;
        }
      }
    }
  }

  private static void sigmoid(
      int order,
      float[] z,
      int zi,
      float[] a,
      int ai,
      float[] d1,
      int d1i,
      float[] d2,
      int d2i,
      int n) {
    for (int j = 0; j < n; j++) {
      float x = z[zi + j];
      float e = Functions.expNonPositive(-Math.abs(x));
      float r = Functions.reciprocalOnePlus(e);
      float er = e * r;
      a[ai + j] = x < 0 ? er : r;
      if (order > 0) {
        float slope = er * r;
        d1[d1i + j] = slope;
        if (order > 1) {
          float h = (1f - e) * r;
          d2[d2i + j] = slope * (x < 0 ? h : -h);
        }
      }
    }
  }

  private static void softplus(
      int order,
      float[] z,
      int zi,
      float[] a,
      int ai,
      float[] d1,
      int d1i,
      float[] d2,
      int d2i,
      int n) {
    for (int j = 0; j < n; j++) {
      float x = z[zi + j];
      float e = Functions.expNonPositive(-Math.abs(x));
      a[ai + j] = (x < 0 ? 0f : x) + Functions.logOnePlus(e);
      if (order > 0) {
        float r = Functions.reciprocalOnePlus(e);
        float er = e * r;
        d1[d1i + j] = x < 0 ? er : r;
        if (order > 1) {
          d2[d2i + j] = er * r;
        }
      }
    }
  }

  private static void silu(
      int order,
      float[] z,
      int zi,
      float[] a,
      int ai,
      float[] d1,
      int d1i,
      float[] d2,
      int d2i,
      int n) {
    for (int j = 0; j < n; j++) {
      float x = z[zi + j];
      float e = Functions.expNonPositive(-Math.abs(x));
      float r = Functions.reciprocalOnePlus(e);
      float er = e * r;
      float s = x < 0 ? er : r;
      float w = x > Functions.SILU_MOST ? Functions.SILU_MOST : x;
      w = w < -Functions.SILU_MOST ? -Functions.SILU_MOST : w;
      a[ai + j] = (x < 0 ? w : x) * s;
      if (order > 0) {
        float slope = er * r;
        d1[d1i + j] = fma(w, slope, s);
        if (order > 1) {
          float h = (1f - e) * r;
          d2[d2i + j] = slope * fma(w, x < 0 ? h : -h, 2f);
        }
      }
    }
  }

  private static void gelu(
      int order,
      float[] z,
      int zi,
      float[] a,
      int ai,
      float[] d1,
      int d1i,
      float[] d2,
      int d2i,
      int n) {
    for (int j = 0; j < n; j++) {
      float x = z[zi + j];
      float w = x > Functions.GELU_MOST ? Functions.GELU_MOST : x;
      w = w < -Functions.GELU_MOST ? -Functions.GELU_MOST : w;
      float g = Functions.expNonPositive(w * w * -0.5f);
      float tail = g * Functions.normalTail(Math.abs(w));
      float cdf = x < 0 ? tail : 1f - tail;
      a[ai + j] = (x < 0 ? w : x) * cdf;
      if (order > 0) {
        float pdf = g * Functions.INV_SQRT_2PI;
        d1[d1i + j] = fma(w, pdf, cdf);
        if (order > 1) {
          d2[d2i + j] = pdf * fma(-w, w, 2f);
        }
      }
    }
  }

  private static void relu(
      int order,
      float[] z,
      int zi,
      float[] a,
      int ai,
      float[] d1,
      int d1i,
      float[] d2,
      int d2i,
      int n) {
    for (int j = 0; j < n; j++) {
      float x = z[zi + j];
      a[ai + j] = x <= 0 ? 0f : x;
      if (order > 0) {
        float slope = x <= 0 ? 0f : x;
        d1[d1i + j] = x > 0 ? 1f : slope;
        if (order > 1) {
          d2[d2i + j] = 0f;
        }
      }
    }
  }

  @Override
  public void tangents(
      float[] aDot,
      int ao,
      int as,
      int ak,
      float[] zDot,
      int zo,
      int zs,
      int zk,
      float[] d1,
      int dOff,
      int ds,
      int samples,
      int k,
      int n) {
    for (int t = 0; t < samples; t++) {
      int di = dOff + t * ds;
      for (int i = 0; i < k; i++) {
        int ai = ao + t * as + i * ak;
        int zi = zo + t * zs + i * zk;
        for (int j = 0; j < n; j++) {
          aDot[ai + j] = d1[di + j] * zDot[zi + j];
        }
      }
    }
  }

  @Override
  public void pullback(
      float[] g,
      int go,
      int gs,
      int gt,
      int gts,
      int gtk,
      float[] zDot,
      int zo,
      int zs,
      int zk,
      float[] d1,
      int d1o,
      float[] d2,
      int d2o,
      int ds,
      int samples,
      int k,
      int n) {
    for (int t = 0; t < samples; t++) {
      int d1i = d1o + t * ds;
      int d2i = d2o + t * ds;
      int gi = go + t * gs;
      int zi = zo + t * zs;
      for (int j = 0; j < n; j++) {
        float slope = d1[d1i + j];
        float value = slope * g[gi + j];
        if (k > 0) {
          float sum = 0;
          for (int i = 0; i < k; i++) {
            int ti = gt + t * gts + i * gtk + j;
            float cotangent = g[ti];
            sum = fma(zDot[zi + i * zk + j], cotangent, sum);
            g[ti] = slope * cotangent;
          }
          value = fma(d2[d2i + j], sum, value);
        }
        g[gi + j] = value;
      }
    }
  }

  @Override
  public void scaleRows(
      float[] y,
      int yo,
      int ys,
      int yk,
      float[] x,
      int xo,
      int xs,
      int xk,
      float[] scale,
      int so,
      int samples,
      int k,
      int n) {
    for (int t = 0; t < samples; t++) {
      for (int i = 0; i < k; i++) {
        float factor = scale[so + t * k + i];
        int yi = yo + t * ys + i * yk;
        int xi = xo + t * xs + i * xk;
        for (int j = 0; j < n; j++) {
          y[yi + j] = factor * x[xi + j];
        }
      }
    }
  }

  @Override
  public void sumRows(float[] y, int yo, float[] x, int xo, int xs, int rows, int n) {
    for (int t = 0; t < rows; t++) {
      add(y, yo, x, xo + t * xs, n);
    }
  }

  @Override
  public void sumScaledRows(
      float[] y,
      int yo,
      float[] x,
      int xo,
      int xs,
      float[] scale,
      int so,
      int ss,
      int rows,
      int n) {
    for (int t = 0; t < rows; t++) {
      float factor = scale[so + t * ss];
      for (int j = 0; j < n; j++) {
        y[yo + j] = fma(factor, x[xo + t * xs + j], y[yo + j]);
      }
    }
  }

  @Override
  public void sumOfProducts(
      float[] y,
      int yo,
      float[] a,
      int ao,
      float[] b,
      int bo,
      float[] c,
      int co,
      float[] d,
      int dOff,
      int stride,
      int rows,
      int n) {
    assert n % ALIGN == 0;
    for (int i = 0; i < rows; i++) {
      int at = i * stride;
      for (int j = at; j < at + n; j++) {
        y[yo + j] = fma(c[co + j], d[dOff + j], a[ao + j] * b[bo + j]);
      }
    }
  }

  @Override
  public void multiplyAdd(
      float[] y,
      int yo,
      int ys,
      float[] a,
      int ao,
      int as,
      float[] b,
      int bo,
      int bs,
      int rows,
      int n) {
    assert n % ALIGN == 0;
    for (int i = 0; i < rows; i++) {
      int yi = yo + i * ys;
      for (int j = 0; j < n; j++) {
        y[yi + j] = fma(a[ao + i * as + j], b[bo + i * bs + j], y[yi + j]);
      }
    }
  }

  @Override
  public void slopePullback(
      float[] g,
      int go,
      float[] d1,
      int d1o,
      float[] d2,
      int d2o,
      int ds,
      float[] e,
      int eo,
      int es,
      float[] scale,
      int so,
      int rows,
      int n) {
    assert n % ALIGN == 0;
    for (int t = 0; t < rows; t++) {
      int at = t * ds;
      for (int j = 0; j < n; j++) {
        g[go + at + j] =
            fma(
                d2[d2o + at + j],
                scale[so + t] * e[eo + t * es + j],
                d1[d1o + at + j] * g[go + at + j]);
      }
    }
  }

  @Override
  public void shallowPullback(
      float[] m,
      int a,
      int d1,
      int d2,
      int ld,
      int x,
      int sBar,
      int qBar,
      int w,
      int c,
      int scratch,
      float[] gradient,
      int first,
      int second,
      int product,
      int units,
      int n) {
    assert n % ALIGN == 0;
    for (int j = 0; j < units; j++) {
      int row = j * ld;
      for (int t = 0; t < n; t++) {
        float value = fma(m[w + j], m[sBar + t], 0f);
        float slope = fma(m[c + j], m[qBar + t], 0f);
        m[scratch + t] = fma(m[d2 + row + t], slope, m[d1 + row + t] * value);
      }
      gradient[first + 2 * j] += dot(m, scratch, m, x, n);
      gradient[first + 2 * j + 1] += dot(m, scratch, m, x + ld, n);
      gradient[second + j] += dot(m, a + row, m, sBar, n);
      gradient[product + j] += dot(m, d1 + row, m, qBar, n);
    }
  }

  @Override
  public void add(float[] y, int yo, float[] x, int xo, int n) {
    for (int j = 0; j < n; j++) {
      y[yo + j] += x[xo + j];
    }
  }
}
