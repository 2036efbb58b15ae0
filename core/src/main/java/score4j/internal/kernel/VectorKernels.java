package score4j.internal.kernel;

import static score4j.internal.kernel.Functions.*;
import static score4j.internal.kernel.RegisterBlocks.L;
import static score4j.internal.kernel.RegisterBlocks.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/// The kernels on the Vector API, bit for bit equal to [ScalarKernels] at every lane width.
///
/// Lanes run over outputs and loops over the sum, in index order with one fma per term.
/// Expressions repeat those of [Functions] inside each loop, because a vector that crosses a call
/// may be boxed.
final class VectorKernels implements Kernels {
  private static final LaneKernels LANES = new VectorLaneKernels();
  private static final NoiseKernels NOISE = new VectorNoiseKernels();
  private static final VectorShuffle<Float> UP_8 = VectorShuffle.iota(S, 8 % L, 1, true);
  private static final VectorShuffle<Float> UP_4 = VectorShuffle.iota(S, 4 % L, 1, true);
  private static final VectorShuffle<Float> UP_2 = VectorShuffle.iota(S, 2 % L, 1, true);
  private static final VectorShuffle<Float> UP_1 = VectorShuffle.iota(S, 1 % L, 1, true);

  private static final int SIGN = 0x80000000;

  VectorKernels() {
    if (L != 4 && L != 8 && L != 16) {
      throw new UnsupportedOperationException(
          "vectors of %d floats: 4, 8 or 16 are known".formatted(L));
    }
  }

  @Override
  public String name() {
    return "vector-" + 32 * L;
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
    VectorGemm.gemm(c, co, ldc, init, io, is, a, ao, ar, ac, b, bo, ldb, m, n, k);
  }

  // The 16 virtual lanes are 1, 2 or 4 vectors. Lane 0 of the last sum is the tree of the
  // definition.
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
    if (L == 16) {
      dot16(y, yo, ys, init, io, is, a, ao, as, b, bo, bs, rows, n);
    } else if (L == 8) {
      dot8(y, yo, ys, init, io, is, a, ao, as, b, bo, bs, rows, n);
    } else {
      dot4(y, yo, ys, init, io, is, a, ao, as, b, bo, bs, rows, n);
    }
  }

  // four rows at a time, because one row alone waits for its own sum
  private static void dot16(
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
    int i = 0;
    for (; i + 4 <= rows; i += 4) {
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = FloatVector.zero(S);
      FloatVector s2 = FloatVector.zero(S);
      FloatVector s3 = FloatVector.zero(S);
      int ai = ao + i * as;
      int bi = bo + i * bs;
      for (int j = 0; j < n; j += 16) {
        s0 = FloatVector.fromArray(S, a, ai + j).fma(FloatVector.fromArray(S, b, bi + j), s0);
        s1 =
            FloatVector.fromArray(S, a, ai + as + j)
                .fma(FloatVector.fromArray(S, b, bi + bs + j), s1);
        s2 =
            FloatVector.fromArray(S, a, ai + 2 * as + j)
                .fma(FloatVector.fromArray(S, b, bi + 2 * bs + j), s2);
        s3 =
            FloatVector.fromArray(S, a, ai + 3 * as + j)
                .fma(FloatVector.fromArray(S, b, bi + 3 * bs + j), s3);
      }
      s0 = s0.add(s0.rearrange(UP_8));
      s1 = s1.add(s1.rearrange(UP_8));
      s2 = s2.add(s2.rearrange(UP_8));
      s3 = s3.add(s3.rearrange(UP_8));
      s0 = s0.add(s0.rearrange(UP_4));
      s1 = s1.add(s1.rearrange(UP_4));
      s2 = s2.add(s2.rearrange(UP_4));
      s3 = s3.add(s3.rearrange(UP_4));
      s0 = s0.add(s0.rearrange(UP_2));
      s1 = s1.add(s1.rearrange(UP_2));
      s2 = s2.add(s2.rearrange(UP_2));
      s3 = s3.add(s3.rearrange(UP_2));
      y[yo + i * ys] = init[io + i * is] + s0.add(s0.rearrange(UP_1)).lane(0);
      y[yo + (i + 1) * ys] = init[io + (i + 1) * is] + s1.add(s1.rearrange(UP_1)).lane(0);
      y[yo + (i + 2) * ys] = init[io + (i + 2) * is] + s2.add(s2.rearrange(UP_1)).lane(0);
      y[yo + (i + 3) * ys] = init[io + (i + 3) * is] + s3.add(s3.rearrange(UP_1)).lane(0);
    }
    for (; i < rows; i++) {
      FloatVector s0 = FloatVector.zero(S);
      int ai = ao + i * as;
      int bi = bo + i * bs;
      for (int j = 0; j < n; j += 16) {
        s0 = FloatVector.fromArray(S, a, ai + j).fma(FloatVector.fromArray(S, b, bi + j), s0);
      }
      s0 = s0.add(s0.rearrange(UP_8));
      s0 = s0.add(s0.rearrange(UP_4));
      s0 = s0.add(s0.rearrange(UP_2));
      y[yo + i * ys] = init[io + i * is] + s0.add(s0.rearrange(UP_1)).lane(0);
    }
  }

  private static void dot8(
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
    for (int i = 0; i < rows; i++) {
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s8 = FloatVector.zero(S);
      int ai = ao + i * as;
      int bi = bo + i * bs;
      for (int j = 0; j < n; j += 16) {
        s0 = FloatVector.fromArray(S, a, ai + j).fma(FloatVector.fromArray(S, b, bi + j), s0);
        s8 =
            FloatVector.fromArray(S, a, ai + j + 8)
                .fma(FloatVector.fromArray(S, b, bi + j + 8), s8);
      }
      s0 = s0.add(s8);
      s0 = s0.add(s0.rearrange(UP_4));
      s0 = s0.add(s0.rearrange(UP_2));
      y[yo + i * ys] = init[io + i * is] + s0.add(s0.rearrange(UP_1)).lane(0);
    }
  }

  private static void dot4(
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
    for (int i = 0; i < rows; i++) {
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s4 = FloatVector.zero(S);
      FloatVector s8 = FloatVector.zero(S);
      FloatVector s12 = FloatVector.zero(S);
      int ai = ao + i * as;
      int bi = bo + i * bs;
      for (int j = 0; j < n; j += 16) {
        s0 = FloatVector.fromArray(S, a, ai + j).fma(FloatVector.fromArray(S, b, bi + j), s0);
        s4 =
            FloatVector.fromArray(S, a, ai + j + 4)
                .fma(FloatVector.fromArray(S, b, bi + j + 4), s4);
        s8 =
            FloatVector.fromArray(S, a, ai + j + 8)
                .fma(FloatVector.fromArray(S, b, bi + j + 8), s8);
        s12 =
            FloatVector.fromArray(S, a, ai + j + 12)
                .fma(FloatVector.fromArray(S, b, bi + j + 12), s12);
      }
      s0 = s0.add(s8).add(s4.add(s12));
      s0 = s0.add(s0.rearrange(UP_2));
      y[yo + i * ys] = init[io + i * is] + s0.add(s0.rearrange(UP_1)).lane(0);
    }
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
    assert n % ALIGN == 0;
    if (as == n && (order == 0 || ds == n)) {
      // one long row: each vector is a long chain, and what hides it is the next ones
      n *= rows;
      rows = 1;
    }
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
    FloatVector one = FloatVector.broadcast(S, 1f);
    for (int j = 0; j < n; j += L) {
      FloatVector x = FloatVector.fromArray(S, z, zi + j);
      x = x.blend(TANH_MOST, x.compare(VectorOperators.GT, TANH_MOST));
      x = x.blend(-TANH_MOST, x.compare(VectorOperators.LT, -TANH_MOST));
      FloatVector u = x.mul(x);
      FloatVector p = FloatVector.broadcast(S, T4).fma(u, FloatVector.broadcast(S, T3));
      p = p.fma(u, FloatVector.broadcast(S, T2));
      p = p.fma(u, FloatVector.broadcast(S, T1));
      p = p.fma(u, one);
      FloatVector q = FloatVector.broadcast(S, U4).fma(u, FloatVector.broadcast(S, U3));
      q = q.fma(u, FloatVector.broadcast(S, U2));
      q = q.fma(u, FloatVector.broadcast(S, U1));
      q = q.fma(u, one);
      FloatVector y = x.mul(p).div(q);
      y = y.blend(1f, y.compare(VectorOperators.GT, 1f));
      y = y.blend(-1f, y.compare(VectorOperators.LT, -1f));
      y.intoArray(a, ai + j);
      if (order > 0) {
        FloatVector slope = y.neg().fma(y, one);
        slope.intoArray(d1, d1i + j);
        if (order > 1) {
          y.mul(-2f).mul(slope).intoArray(d2, d2i + j);
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
    FloatVector one = FloatVector.broadcast(S, 1f);
    for (int j = 0; j < n; j += L) {
      FloatVector x = FloatVector.fromArray(S, z, zi + j);
      FloatVector y = x.reinterpretAsInts().or(SIGN).reinterpretAsFloats();
      y = y.blend(EXP_LEAST, y.compare(VectorOperators.LT, EXP_LEAST));
      FloatVector t = y.fma(FloatVector.broadcast(S, LOG2E), FloatVector.broadcast(S, ROUND));
      FloatVector k = t.sub(ROUND);
      FloatVector f =
          k.fma(FloatVector.broadcast(S, -LN2_LOW), k.fma(FloatVector.broadcast(S, -LN2_HIGH), y));
      FloatVector p = FloatVector.broadcast(S, E6).fma(f, FloatVector.broadcast(S, E5));
      p = p.fma(f, FloatVector.broadcast(S, E4));
      p = p.fma(f, FloatVector.broadcast(S, E3));
      p = p.fma(f, FloatVector.broadcast(S, E2));
      p = p.fma(f, one);
      p = p.fma(f, one);
      IntVector power = t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(ONE_BITS);
      FloatVector e = p.mul(power.reinterpretAsFloats());
      FloatVector r = one.div(e.add(one));
      FloatVector er = e.mul(r);
      r.blend(er, x.compare(VectorOperators.LT, 0f)).intoArray(a, ai + j);
      if (order > 0) {
        FloatVector slope = er.mul(r);
        slope.intoArray(d1, d1i + j);
        if (order > 1) {
          FloatVector h = one.sub(e).mul(r);
          slope.mul(h.neg().blend(h, x.compare(VectorOperators.LT, 0f))).intoArray(d2, d2i + j);
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
    FloatVector one = FloatVector.broadcast(S, 1f);
    for (int j = 0; j < n; j += L) {
      FloatVector x = FloatVector.fromArray(S, z, zi + j);
      FloatVector y = x.reinterpretAsInts().or(SIGN).reinterpretAsFloats();
      y = y.blend(EXP_LEAST, y.compare(VectorOperators.LT, EXP_LEAST));
      FloatVector t = y.fma(FloatVector.broadcast(S, LOG2E), FloatVector.broadcast(S, ROUND));
      FloatVector k = t.sub(ROUND);
      FloatVector f =
          k.fma(FloatVector.broadcast(S, -LN2_LOW), k.fma(FloatVector.broadcast(S, -LN2_HIGH), y));
      FloatVector p = FloatVector.broadcast(S, E6).fma(f, FloatVector.broadcast(S, E5));
      p = p.fma(f, FloatVector.broadcast(S, E4));
      p = p.fma(f, FloatVector.broadcast(S, E3));
      p = p.fma(f, FloatVector.broadcast(S, E2));
      p = p.fma(f, one);
      p = p.fma(f, one);
      IntVector power = t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(ONE_BITS);
      FloatVector e = p.mul(power.reinterpretAsFloats());
      FloatVector g = FloatVector.broadcast(S, G10).fma(e, FloatVector.broadcast(S, G9));
      g = g.fma(e, FloatVector.broadcast(S, G8));
      g = g.fma(e, FloatVector.broadcast(S, G7));
      g = g.fma(e, FloatVector.broadcast(S, G6));
      g = g.fma(e, FloatVector.broadcast(S, G5));
      g = g.fma(e, FloatVector.broadcast(S, G4));
      g = g.fma(e, FloatVector.broadcast(S, G3));
      g = g.fma(e, FloatVector.broadcast(S, G2));
      g = g.mul(e).fma(e, e);
      x.blend(0f, x.compare(VectorOperators.LT, 0f)).add(g).intoArray(a, ai + j);
      if (order > 0) {
        FloatVector r = one.div(e.add(one));
        FloatVector er = e.mul(r);
        r.blend(er, x.compare(VectorOperators.LT, 0f)).intoArray(d1, d1i + j);
        if (order > 1) {
          er.mul(r).intoArray(d2, d2i + j);
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
    FloatVector one = FloatVector.broadcast(S, 1f);
    for (int j = 0; j < n; j += L) {
      FloatVector x = FloatVector.fromArray(S, z, zi + j);
      FloatVector y = x.reinterpretAsInts().or(SIGN).reinterpretAsFloats();
      y = y.blend(EXP_LEAST, y.compare(VectorOperators.LT, EXP_LEAST));
      FloatVector t = y.fma(FloatVector.broadcast(S, LOG2E), FloatVector.broadcast(S, ROUND));
      FloatVector k = t.sub(ROUND);
      FloatVector f =
          k.fma(FloatVector.broadcast(S, -LN2_LOW), k.fma(FloatVector.broadcast(S, -LN2_HIGH), y));
      FloatVector p = FloatVector.broadcast(S, E6).fma(f, FloatVector.broadcast(S, E5));
      p = p.fma(f, FloatVector.broadcast(S, E4));
      p = p.fma(f, FloatVector.broadcast(S, E3));
      p = p.fma(f, FloatVector.broadcast(S, E2));
      p = p.fma(f, one);
      p = p.fma(f, one);
      IntVector power = t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(ONE_BITS);
      FloatVector e = p.mul(power.reinterpretAsFloats());
      FloatVector r = one.div(e.add(one));
      FloatVector er = e.mul(r);
      FloatVector s = r.blend(er, x.compare(VectorOperators.LT, 0f));
      FloatVector w = x.blend(SILU_MOST, x.compare(VectorOperators.GT, SILU_MOST));
      w = w.blend(-SILU_MOST, w.compare(VectorOperators.LT, -SILU_MOST));
      x.blend(w, x.compare(VectorOperators.LT, 0f)).mul(s).intoArray(a, ai + j);
      if (order > 0) {
        FloatVector slope = er.mul(r);
        w.fma(slope, s).intoArray(d1, d1i + j);
        if (order > 1) {
          FloatVector h = one.sub(e).mul(r);
          h = h.neg().blend(h, x.compare(VectorOperators.LT, 0f));
          slope.mul(w.fma(h, FloatVector.broadcast(S, 2f))).intoArray(d2, d2i + j);
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
    FloatVector one = FloatVector.broadcast(S, 1f);
    for (int j = 0; j < n; j += L) {
      FloatVector x = FloatVector.fromArray(S, z, zi + j);
      FloatVector w = x.blend(GELU_MOST, x.compare(VectorOperators.GT, GELU_MOST));
      w = w.blend(-GELU_MOST, w.compare(VectorOperators.LT, -GELU_MOST));
      FloatVector y = w.mul(w).mul(-0.5f);
      y = y.blend(EXP_LEAST, y.compare(VectorOperators.LT, EXP_LEAST));
      FloatVector t = y.fma(FloatVector.broadcast(S, LOG2E), FloatVector.broadcast(S, ROUND));
      FloatVector k = t.sub(ROUND);
      FloatVector f =
          k.fma(FloatVector.broadcast(S, -LN2_LOW), k.fma(FloatVector.broadcast(S, -LN2_HIGH), y));
      FloatVector p = FloatVector.broadcast(S, E6).fma(f, FloatVector.broadcast(S, E5));
      p = p.fma(f, FloatVector.broadcast(S, E4));
      p = p.fma(f, FloatVector.broadcast(S, E3));
      p = p.fma(f, FloatVector.broadcast(S, E2));
      p = p.fma(f, one);
      p = p.fma(f, one);
      IntVector power = t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(ONE_BITS);
      FloatVector e = p.mul(power.reinterpretAsFloats());
      FloatVector v = one.div(w.abs().fma(FloatVector.broadcast(S, NT), one));
      FloatVector m = FloatVector.broadcast(S, N9).fma(v, FloatVector.broadcast(S, N8));
      m = m.fma(v, FloatVector.broadcast(S, N7));
      m = m.fma(v, FloatVector.broadcast(S, N6));
      m = m.fma(v, FloatVector.broadcast(S, N5));
      m = m.fma(v, FloatVector.broadcast(S, N4));
      m = m.fma(v, FloatVector.broadcast(S, N3));
      m = m.fma(v, FloatVector.broadcast(S, N2));
      m = m.fma(v, FloatVector.broadcast(S, N1));
      FloatVector tail = e.mul(m.mul(v));
      FloatVector cdf = one.sub(tail).blend(tail, x.compare(VectorOperators.LT, 0f));
      x.blend(w, x.compare(VectorOperators.LT, 0f)).mul(cdf).intoArray(a, ai + j);
      if (order > 0) {
        FloatVector pdf = e.mul(INV_SQRT_2PI);
        w.fma(pdf, cdf).intoArray(d1, d1i + j);
        if (order > 1) {
          pdf.mul(w.neg().fma(w, FloatVector.broadcast(S, 2f))).intoArray(d2, d2i + j);
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
    FloatVector zero = FloatVector.zero(S);
    for (int j = 0; j < n; j += L) {
      FloatVector x = FloatVector.fromArray(S, z, zi + j);
      x.blend(0f, x.compare(VectorOperators.LE, 0f)).intoArray(a, ai + j);
      if (order > 0) {
        zero.blend(1f, x.compare(VectorOperators.GT, 0f))
            .blend(x, x.compare(VectorOperators.NE, x))
            .intoArray(d1, d1i + j);
        if (order > 1) {
          zero.intoArray(d2, d2i + j);
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
    assert n % ALIGN == 0;
    for (int t = 0; t < samples; t++) {
      int di = dOff + t * ds;
      for (int i = 0; i < k; i++) {
        int ai = ao + t * as + i * ak;
        int zi = zo + t * zs + i * zk;
        for (int j = 0; j < n; j += L) {
          FloatVector.fromArray(S, d1, di + j)
              .mul(FloatVector.fromArray(S, zDot, zi + j))
              .intoArray(aDot, ai + j);
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
    assert n % ALIGN == 0;
    if (k == 0) {
      for (int t = 0; t < samples; t++) {
        int d1i = d1o + t * ds;
        int gi = go + t * gs;
        for (int j = 0; j < n; j += L) {
          FloatVector.fromArray(S, d1, d1i + j)
              .mul(FloatVector.fromArray(S, g, gi + j))
              .intoArray(g, gi + j);
        }
      }
      return;
    }
    for (int t = 0; t < samples; t++) {
      int d1i = d1o + t * ds;
      int d2i = d2o + t * ds;
      int gi = go + t * gs;
      int zt = zo + t * zs;
      int tt = gt + t * gts;
      int j = 0;
      // four vectors at once, because the loop over few tangents costs more than its body
      for (; j + 4 * L <= n; j += 4 * L) {
        FloatVector slope0 = FloatVector.fromArray(S, d1, d1i + j);
        FloatVector slope1 = FloatVector.fromArray(S, d1, d1i + j + L);
        FloatVector slope2 = FloatVector.fromArray(S, d1, d1i + j + 2 * L);
        FloatVector slope3 = FloatVector.fromArray(S, d1, d1i + j + 3 * L);
        FloatVector sum0 = FloatVector.zero(S);
        FloatVector sum1 = FloatVector.zero(S);
        FloatVector sum2 = FloatVector.zero(S);
        FloatVector sum3 = FloatVector.zero(S);
        int zi = zt + j;
        int ti = tt + j;
        for (int i = 0; i < k; i++) {
          FloatVector bar0 = FloatVector.fromArray(S, g, ti);
          FloatVector bar1 = FloatVector.fromArray(S, g, ti + L);
          FloatVector bar2 = FloatVector.fromArray(S, g, ti + 2 * L);
          FloatVector bar3 = FloatVector.fromArray(S, g, ti + 3 * L);
          sum0 = FloatVector.fromArray(S, zDot, zi).fma(bar0, sum0);
          sum1 = FloatVector.fromArray(S, zDot, zi + L).fma(bar1, sum1);
          sum2 = FloatVector.fromArray(S, zDot, zi + 2 * L).fma(bar2, sum2);
          sum3 = FloatVector.fromArray(S, zDot, zi + 3 * L).fma(bar3, sum3);
          slope0.mul(bar0).intoArray(g, ti);
          slope1.mul(bar1).intoArray(g, ti + L);
          slope2.mul(bar2).intoArray(g, ti + 2 * L);
          slope3.mul(bar3).intoArray(g, ti + 3 * L);
          ti += gtk;
          zi += zk;
        }
        int at = gi + j;
        FloatVector value0 = slope0.mul(FloatVector.fromArray(S, g, at));
        FloatVector value1 = slope1.mul(FloatVector.fromArray(S, g, at + L));
        FloatVector value2 = slope2.mul(FloatVector.fromArray(S, g, at + 2 * L));
        FloatVector value3 = slope3.mul(FloatVector.fromArray(S, g, at + 3 * L));
        FloatVector.fromArray(S, d2, d2i + j).fma(sum0, value0).intoArray(g, at);
        FloatVector.fromArray(S, d2, d2i + j + L).fma(sum1, value1).intoArray(g, at + L);
        FloatVector.fromArray(S, d2, d2i + j + 2 * L).fma(sum2, value2).intoArray(g, at + 2 * L);
        FloatVector.fromArray(S, d2, d2i + j + 3 * L).fma(sum3, value3).intoArray(g, at + 3 * L);
      }
      for (; j < n; j += L) {
        FloatVector slope = FloatVector.fromArray(S, d1, d1i + j);
        FloatVector sum = FloatVector.zero(S);
        int zi = zt + j;
        int ti = tt + j;
        for (int i = 0; i < k; i++) {
          FloatVector bar = FloatVector.fromArray(S, g, ti);
          sum = FloatVector.fromArray(S, zDot, zi).fma(bar, sum);
          slope.mul(bar).intoArray(g, ti);
          ti += gtk;
          zi += zk;
        }
        FloatVector value = slope.mul(FloatVector.fromArray(S, g, gi + j));
        FloatVector.fromArray(S, d2, d2i + j).fma(sum, value).intoArray(g, gi + j);
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
    assert n % ALIGN == 0;
    for (int t = 0; t < samples; t++) {
      for (int i = 0; i < k; i++) {
        float factor = scale[so + t * k + i];
        int yi = yo + t * ys + i * yk;
        int xi = xo + t * xs + i * xk;
        for (int j = 0; j < n; j += L) {
          FloatVector.fromArray(S, x, xi + j).mul(factor).intoArray(y, yi + j);
        }
      }
    }
  }

  @Override
  public void sumRows(float[] y, int yo, float[] x, int xo, int xs, int rows, int n) {
    assert n % ALIGN == 0;
    for (int j = 0; j < n; j += L) {
      FloatVector sum = FloatVector.fromArray(S, y, yo + j);
      int xi = xo + j;
      for (int t = 0; t < rows; t++) {
        sum = sum.add(FloatVector.fromArray(S, x, xi));
        xi += xs;
      }
      sum.intoArray(y, yo + j);
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
    assert n % ALIGN == 0;
    for (int j = 0; j < n; j += L) {
      FloatVector sum = FloatVector.fromArray(S, y, yo + j);
      int xi = xo + j;
      int si = so;
      for (int t = 0; t < rows; t++) {
        sum = FloatVector.broadcast(S, scale[si]).fma(FloatVector.fromArray(S, x, xi), sum);
        xi += xs;
        si += ss;
      }
      sum.intoArray(y, yo + j);
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
      for (int j = at; j < at + n; j += L) {
        FloatVector first =
            FloatVector.fromArray(S, a, ao + j).mul(FloatVector.fromArray(S, b, bo + j));
        FloatVector.fromArray(S, c, co + j)
            .fma(FloatVector.fromArray(S, d, dOff + j), first)
            .intoArray(y, yo + j);
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
      int ai = ao + i * as;
      int bi = bo + i * bs;
      for (int j = 0; j < n; j += L) {
        FloatVector.fromArray(S, a, ai + j)
            .fma(FloatVector.fromArray(S, b, bi + j), FloatVector.fromArray(S, y, yi + j))
            .intoArray(y, yi + j);
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
      float factor = scale[so + t];
      int gi = go + t * ds;
      int d1i = d1o + t * ds;
      int d2i = d2o + t * ds;
      int ei = eo + t * es;
      for (int j = 0; j < n; j += L) {
        FloatVector value =
            FloatVector.fromArray(S, d1, d1i + j).mul(FloatVector.fromArray(S, g, gi + j));
        FloatVector curve = FloatVector.fromArray(S, e, ei + j).mul(factor);
        FloatVector.fromArray(S, d2, d2i + j).fma(curve, value).intoArray(g, gi + j);
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
    if (L == 16) {
      shallowPullback16(
          m, a, d1, d2, ld, x, sBar, qBar, w, c, gradient, first, second, product, units, n);
      return;
    }
    FloatVector zero = FloatVector.zero(S);
    for (int j = 0; j < units; j++) {
      int row = j * ld;
      FloatVector weight = FloatVector.broadcast(S, m[w + j]);
      FloatVector curve = FloatVector.broadcast(S, m[c + j]);
      for (int t = 0; t < n; t += L) {
        FloatVector value = weight.fma(FloatVector.fromArray(S, m, sBar + t), zero);
        FloatVector slope = curve.fma(FloatVector.fromArray(S, m, qBar + t), zero);
        FloatVector.fromArray(S, m, d2 + row + t)
            .fma(slope, FloatVector.fromArray(S, m, d1 + row + t).mul(value))
            .intoArray(m, scratch + t);
      }
      int to = first + 2 * j;
      dot(gradient, to, 1, gradient, to, 1, m, scratch, 0, m, x, ld, 2, n);
      dot(gradient, second + j, 1, gradient, second + j, 1, m, a + row, 0, m, sBar, 0, 1, n);
      dot(gradient, product + j, 1, gradient, product + j, 1, m, d1 + row, 0, m, qBar, 0, 1, n);
    }
  }

  // one way through the samples for each unit
  private static void shallowPullback16(
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
      float[] gradient,
      int first,
      int second,
      int product,
      int units,
      int n) {
    FloatVector zero = FloatVector.zero(S);
    for (int j = 0; j < units; j++) {
      FloatVector weight = FloatVector.broadcast(S, m[w + j]);
      FloatVector curve = FloatVector.broadcast(S, m[c + j]);
      int ai = a + j * ld;
      int d1i = d1 + j * ld;
      int d2i = d2 + j * ld;
      FloatVector s0 = zero;
      FloatVector s1 = zero;
      FloatVector s2 = zero;
      FloatVector s3 = zero;
      for (int t = 0; t < n; t += 16) {
        FloatVector scoreBar = FloatVector.fromArray(S, m, sBar + t);
        FloatVector formBar = FloatVector.fromArray(S, m, qBar + t);
        FloatVector slope = FloatVector.fromArray(S, m, d1i + t);
        FloatVector value = slope.mul(weight.fma(scoreBar, zero));
        FloatVector bar = FloatVector.fromArray(S, m, d2i + t).fma(curve.fma(formBar, zero), value);
        s0 = bar.fma(FloatVector.fromArray(S, m, x + t), s0);
        s1 = s1.add(bar);
        s2 = FloatVector.fromArray(S, m, ai + t).fma(scoreBar, s2);
        s3 = slope.fma(formBar, s3);
      }
      s0 = s0.add(s0.rearrange(UP_8));
      s1 = s1.add(s1.rearrange(UP_8));
      s2 = s2.add(s2.rearrange(UP_8));
      s3 = s3.add(s3.rearrange(UP_8));
      s0 = s0.add(s0.rearrange(UP_4));
      s1 = s1.add(s1.rearrange(UP_4));
      s2 = s2.add(s2.rearrange(UP_4));
      s3 = s3.add(s3.rearrange(UP_4));
      s0 = s0.add(s0.rearrange(UP_2));
      s1 = s1.add(s1.rearrange(UP_2));
      s2 = s2.add(s2.rearrange(UP_2));
      s3 = s3.add(s3.rearrange(UP_2));
      s0 = s0.add(s0.rearrange(UP_1));
      s1 = s1.add(s1.rearrange(UP_1));
      s2 = s2.add(s2.rearrange(UP_1));
      s3 = s3.add(s3.rearrange(UP_1));
      gradient[first + 2 * j] += s0.lane(0);
      gradient[first + 2 * j + 1] += s1.lane(0);
      gradient[second + j] += s2.lane(0);
      gradient[product + j] += s3.lane(0);
    }
  }

  @Override
  public void add(float[] y, int yo, float[] x, int xo, int n) {
    int j = 0;
    for (; j + L <= n; j += L) {
      FloatVector.fromArray(S, y, yo + j)
          .add(FloatVector.fromArray(S, x, xo + j))
          .intoArray(y, yo + j);
    }
    for (; j < n; j++) {
      y[yo + j] += x[xo + j];
    }
  }
}
