package score4j.internal.kernel;

import static score4j.internal.kernel.Functions.*;
import static score4j.internal.kernel.RegisterBlocks.L;
import static score4j.internal.kernel.RegisterBlocks.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// The lane kernels on the Vector API, bit for bit equal to [ScalarLaneKernels] at every lane
/// width.
///
/// Each function has a loop of its own and repeats the expressions of [Functions] in it, because a
/// vector that crosses a call may be boxed.
final class VectorLaneKernels implements LaneKernels {
  @Override
  public void map(Elementary f, float[] y, int yo, float[] x, int xo, int n) {
    assert n % Kernels.ALIGN == 0;
    switch (f) {
      case NEG -> neg(y, yo, x, xo, n);
      case EXP -> exp(y, yo, x, xo, n);
      case LOG -> log(y, yo, x, xo, n);
      case LOG1P -> log1p(y, yo, x, xo, n);
      case EXPM1 -> expm1(y, yo, x, xo, n);
      case SQRT -> sqrt(y, yo, x, xo, n);
      case RECIPROCAL -> reciprocal(y, yo, x, xo, n);
      case SIN -> sine(0, y, yo, x, xo, n);
      case COS -> sine(1, y, yo, x, xo, n);
      case ERF -> erf(y, yo, x, xo, n);
      case STEP -> step(y, yo, x, xo, n);
      case ABS -> abs(y, yo, x, xo, n);
      case SIGN -> sign(y, yo, x, xo, n);
    }
  }

  private static void neg(float[] y, int yo, float[] x, int xo, int n) {
    for (int j = 0; j < n; j += L) {
      FloatVector v = FloatVector.fromArray(S, x, xo + j);
      v.neg().intoArray(y, yo + j);
    }
  }

  private static void exp(float[] y, int yo, float[] x, int xo, int n) {
    for (int j = 0; j < n; j += L) {
      FloatVector v = FloatVector.fromArray(S, x, xo + j);
      FloatVector w = v.blend(-104f, v.compare(VectorOperators.LT, -104f));
      w = w.blend(89f, w.compare(VectorOperators.GT, 89f));
      FloatVector t = w.fma(FloatVector.broadcast(S, LOG2E), FloatVector.broadcast(S, ROUND));
      FloatVector n0 = t.sub(ROUND);
      FloatVector r =
          n0.fma(
              FloatVector.broadcast(S, -LN2_LOW), n0.fma(FloatVector.broadcast(S, -LN2_HIGH), w));
      FloatVector p = FloatVector.broadcast(S, E6).fma(r, FloatVector.broadcast(S, E5));
      p = p.fma(r, FloatVector.broadcast(S, E4));
      p = p.fma(r, FloatVector.broadcast(S, E3));
      p = p.fma(r, FloatVector.broadcast(S, E2));
      p = p.fma(r, FloatVector.broadcast(S, 1f));
      p = p.fma(r, FloatVector.broadcast(S, 1f));
      IntVector k = t.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND));
      IntVector half = k.lanewise(VectorOperators.ASHR, 1);
      IntVector rest = k.sub(half);
      FloatVector first =
          half.lanewise(VectorOperators.LSHL, 23).add(ONE_BITS).reinterpretAsFloats();
      FloatVector second =
          rest.lanewise(VectorOperators.LSHL, 23).add(ONE_BITS).reinterpretAsFloats();
      p.mul(first).mul(second).intoArray(y, yo + j);
    }
  }

  private static void log(float[] y, int yo, float[] x, int xo, int n) {
    for (int j = 0; j < n; j += L) {
      FloatVector v = FloatVector.fromArray(S, x, xo + j);
      VectorMask<Float> tiny = v.compare(VectorOperators.LT, 0x1p-126f);
      IntVector u = v.blend(v.mul(0x1p24f), tiny).reinterpretAsInts();
      IntVector k = u.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
      FloatVector f = u.sub(k.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1f);
      FloatVector p = FloatVector.broadcast(S, L10).fma(f, FloatVector.broadcast(S, L9));
      p = p.fma(f, FloatVector.broadcast(S, L8));
      p = p.fma(f, FloatVector.broadcast(S, L7));
      p = p.fma(f, FloatVector.broadcast(S, L6));
      p = p.fma(f, FloatVector.broadcast(S, L5));
      p = p.fma(f, FloatVector.broadcast(S, L4));
      p = p.fma(f, FloatVector.broadcast(S, L3));
      FloatVector w = f.mul(f);
      FloatVector n0 = (FloatVector) k.convert(VectorOperators.I2F, 0);
      n0 = n0.sub(FloatVector.zero(S).blend(24f, tiny));
      FloatVector r = f.mul(w).fma(p, n0.mul(LN2_LOW));
      r = w.fma(FloatVector.broadcast(S, -0.5f), r);
      r = n0.fma(FloatVector.broadcast(S, LN2_HIGH), r.add(f));
      r = r.blend(Float.NEGATIVE_INFINITY, v.compare(VectorOperators.EQ, 0f));
      r = r.blend(v, v.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
      FloatVector.broadcast(S, Float.NaN)
          .blend(r, v.compare(VectorOperators.GE, 0f))
          .intoArray(y, yo + j);
    }
  }

  private static void log1p(float[] y, int yo, float[] x, int xo, int n) {
    for (int j = 0; j < n; j += L) {
      FloatVector v = FloatVector.fromArray(S, x, xo + j);
      IntVector u = v.add(1f).reinterpretAsInts();
      IntVector k = u.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
      FloatVector s =
          k.neg().add(2).lanewise(VectorOperators.LSHL, 23).add(ONE_BITS).reinterpretAsFloats();
      FloatVector f =
          v.mul(0.25f)
              .fma(s, s.fma(FloatVector.broadcast(S, 0.25f), FloatVector.broadcast(S, -1f)));
      FloatVector p = FloatVector.broadcast(S, L10).fma(f, FloatVector.broadcast(S, L9));
      p = p.fma(f, FloatVector.broadcast(S, L8));
      p = p.fma(f, FloatVector.broadcast(S, L7));
      p = p.fma(f, FloatVector.broadcast(S, L6));
      p = p.fma(f, FloatVector.broadcast(S, L5));
      p = p.fma(f, FloatVector.broadcast(S, L4));
      p = p.fma(f, FloatVector.broadcast(S, L3));
      FloatVector w = f.mul(f);
      FloatVector n0 = (FloatVector) k.convert(VectorOperators.I2F, 0);
      FloatVector r = f.mul(w).fma(p, n0.mul(LN2_LOW));
      r = w.fma(FloatVector.broadcast(S, -0.5f), r);
      r = n0.fma(FloatVector.broadcast(S, LN2_HIGH), r.add(f));
      r = r.blend(Float.NEGATIVE_INFINITY, v.compare(VectorOperators.EQ, -1f));
      r = r.blend(v, v.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
      FloatVector.broadcast(S, Float.NaN)
          .blend(r, v.compare(VectorOperators.GE, -1f))
          .intoArray(y, yo + j);
    }
  }

  private static void expm1(float[] y, int yo, float[] x, int xo, int n) {
    for (int j = 0; j < n; j += L) {
      FloatVector v = FloatVector.fromArray(S, x, xo + j);
      FloatVector w = v.blend(-18f, v.compare(VectorOperators.LT, -18f));
      w = w.blend(89f, w.compare(VectorOperators.GT, 89f));
      FloatVector t = w.fma(FloatVector.broadcast(S, LOG2E), FloatVector.broadcast(S, ROUND));
      FloatVector n0 = t.sub(ROUND);
      FloatVector r =
          n0.fma(
              FloatVector.broadcast(S, -LN2_LOW), n0.fma(FloatVector.broadcast(S, -LN2_HIGH), w));
      IntVector k = t.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND));
      FloatVector p = FloatVector.broadcast(S, E6).fma(r, FloatVector.broadcast(S, E5));
      p = p.fma(r, FloatVector.broadcast(S, E4));
      p = p.fma(r, FloatVector.broadcast(S, E3));
      p = p.fma(r, FloatVector.broadcast(S, E2));
      FloatVector q = p.fma(r.mul(r), r);
      FloatVector s =
          k.sub(1).lanewise(VectorOperators.LSHL, 23).add(ONE_BITS).reinterpretAsFloats();
      FloatVector e = s.fma(q, s.sub(0.5f));
      e.add(e).blend(v, v.compare(VectorOperators.EQ, 0f)).intoArray(y, yo + j);
    }
  }

  private static void sqrt(float[] y, int yo, float[] x, int xo, int n) {
    for (int j = 0; j < n; j += L) {
      FloatVector v = FloatVector.fromArray(S, x, xo + j);
      v.sqrt().intoArray(y, yo + j);
    }
  }

  private static void reciprocal(float[] y, int yo, float[] x, int xo, int n) {
    for (int j = 0; j < n; j += L) {
      FloatVector v = FloatVector.fromArray(S, x, xo + j);
      FloatVector.broadcast(S, 1f).div(v).intoArray(y, yo + j);
    }
  }

  // the cosine is the sine a quarter turn on
  private static void sine(int quarters, float[] y, int yo, float[] x, int xo, int n) {
    for (int j = 0; j < n; j += L) {
      FloatVector v = FloatVector.fromArray(S, x, xo + j);
      if (!v.abs().compare(VectorOperators.LE, TRIGONOMETRIC_MOST).allTrue()) {
        for (int i = j; i < j + L; i++) {
          y[yo + i] = quarters == 0 ? Functions.sin(x[xo + i]) : Functions.cos(x[xo + i]);
        }
        continue;
      }
      FloatVector t = v.fma(FloatVector.broadcast(S, TWO_OVER_PI), FloatVector.broadcast(S, ROUND));
      FloatVector n0 = t.sub(ROUND);
      FloatVector r = n0.fma(FloatVector.broadcast(S, -PI_HALF_HIGH), v);
      r = n0.fma(FloatVector.broadcast(S, -PI_HALF_MIDDLE), r);
      r = n0.fma(FloatVector.broadcast(S, -PI_HALF_LOW), r);
      IntVector quadrant = t.reinterpretAsInts().add(quarters);
      FloatVector u = r.mul(r);
      FloatVector a = FloatVector.broadcast(S, S7).fma(u, FloatVector.broadcast(S, S5));
      a = a.fma(u, FloatVector.broadcast(S, S3));
      a = a.mul(u).fma(r, r);
      FloatVector b = FloatVector.broadcast(S, C8).fma(u, FloatVector.broadcast(S, C6));
      b = b.fma(u, FloatVector.broadcast(S, C4));
      b = b.mul(u).fma(u, u.fma(FloatVector.broadcast(S, -0.5f), FloatVector.broadcast(S, 1f)));
      IntVector parity = quadrant.lanewise(VectorOperators.LSHL, 31);
      FloatVector w = a.blend(b, parity.compare(VectorOperators.LT, 0).cast(S));
      IntVector sign = quadrant.lanewise(VectorOperators.LSHL, 30);
      w.blend(w.neg(), sign.compare(VectorOperators.LT, 0).cast(S)).intoArray(y, yo + j);
    }
  }

  private static void erf(float[] y, int yo, float[] x, int xo, int n) {
    for (int j = 0; j < n; j += L) {
      FloatVector v = FloatVector.fromArray(S, x, xo + j);
      FloatVector z = v.abs();
      FloatVector u = z.mul(z);
      FloatVector a = FloatVector.broadcast(S, W6).fma(u, FloatVector.broadcast(S, W5));
      a = a.fma(u, FloatVector.broadcast(S, W4));
      a = a.fma(u, FloatVector.broadcast(S, W3));
      a = a.fma(u, FloatVector.broadcast(S, W2));
      a = a.fma(u, FloatVector.broadcast(S, W1));
      a = a.fma(u, FloatVector.broadcast(S, W0));
      FloatVector near = v.fma(a, v);
      FloatVector c = z.blend(ERF_MOST, z.compare(VectorOperators.GT, ERF_MOST));
      FloatVector w = c.mul(c.neg());
      w = w.blend(EXP_LEAST, w.compare(VectorOperators.LT, EXP_LEAST));
      FloatVector t = w.fma(FloatVector.broadcast(S, LOG2E), FloatVector.broadcast(S, ROUND));
      FloatVector n0 = t.sub(ROUND);
      FloatVector r =
          n0.fma(
              FloatVector.broadcast(S, -LN2_LOW), n0.fma(FloatVector.broadcast(S, -LN2_HIGH), w));
      FloatVector p = FloatVector.broadcast(S, E6).fma(r, FloatVector.broadcast(S, E5));
      p = p.fma(r, FloatVector.broadcast(S, E4));
      p = p.fma(r, FloatVector.broadcast(S, E3));
      p = p.fma(r, FloatVector.broadcast(S, E2));
      p = p.fma(r, FloatVector.broadcast(S, 1f));
      p = p.fma(r, FloatVector.broadcast(S, 1f));
      IntVector bits = t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
      FloatVector e = p.reinterpretAsInts().add(bits).reinterpretAsFloats();
      FloatVector h =
          FloatVector.broadcast(S, 1f)
              .div(c.mul(SQRT_2).fma(FloatVector.broadcast(S, NT), FloatVector.broadcast(S, 1f)));
      FloatVector q = FloatVector.broadcast(S, N9).fma(h, FloatVector.broadcast(S, N8));
      q = q.fma(h, FloatVector.broadcast(S, N7));
      q = q.fma(h, FloatVector.broadcast(S, N6));
      q = q.fma(h, FloatVector.broadcast(S, N5));
      q = q.fma(h, FloatVector.broadcast(S, N4));
      q = q.fma(h, FloatVector.broadcast(S, N3));
      q = q.fma(h, FloatVector.broadcast(S, N2));
      q = q.fma(h, FloatVector.broadcast(S, N1));
      FloatVector tail = e.mul(2f).mul(q.mul(h));
      FloatVector far =
          FloatVector.broadcast(S, 1f)
              .sub(tail)
              .blend(tail.sub(1f), v.compare(VectorOperators.LT, 0f));
      near.blend(far, z.compare(VectorOperators.GT, 1f)).intoArray(y, yo + j);
    }
  }

  private static void step(float[] y, int yo, float[] x, int xo, int n) {
    for (int j = 0; j < n; j += L) {
      FloatVector v = FloatVector.fromArray(S, x, xo + j);
      FloatVector.zero(S).blend(1f, v.compare(VectorOperators.GT, 0f)).intoArray(y, yo + j);
    }
  }

  private static void abs(float[] y, int yo, float[] x, int xo, int n) {
    for (int j = 0; j < n; j += L) {
      FloatVector v = FloatVector.fromArray(S, x, xo + j);
      v.abs().intoArray(y, yo + j);
    }
  }

  private static void sign(float[] y, int yo, float[] x, int xo, int n) {
    for (int j = 0; j < n; j += L) {
      FloatVector v = FloatVector.fromArray(S, x, xo + j);
      FloatVector w = FloatVector.zero(S).blend(1f, v.compare(VectorOperators.GT, 0f));
      w.blend(-1f, v.compare(VectorOperators.LT, 0f)).intoArray(y, yo + j);
    }
  }

  @Override
  public void zip(
      Pair f, float[] y, int yo, float[] a, int ao, int am, float[] b, int bo, int bm, int n) {
    assert n % Kernels.ALIGN == 0;
    switch (f) {
      case ADD -> add(y, yo, a, ao, am, b, bo, bm, n);
      case SUB -> sub(y, yo, a, ao, am, b, bo, bm, n);
      case MUL -> mul(y, yo, a, ao, am, b, bo, bm, n);
      case DIV -> div(y, yo, a, ao, am, b, bo, bm, n);
      case SCALE -> scale(y, yo, a, ao, am, b, bo, bm, n);
      case MIN -> min(y, yo, a, ao, am, b, bo, bm, n);
      case MAX -> max(y, yo, a, ao, am, b, bo, bm, n);
      case GREATER -> greater(y, yo, a, ao, am, b, bo, bm, n);
    }
  }

  private static void add(
      float[] y, int yo, float[] a, int ao, int am, float[] b, int bo, int bm, int n) {
    if ((am & bm) == -1) {
      for (int j = 0; j < n; j += L) {
        FloatVector u = FloatVector.fromArray(S, a, ao + j);
        FloatVector v = FloatVector.fromArray(S, b, bo + j);
        u.add(v).intoArray(y, yo + j);
      }
      return;
    }
    for (int j = 0; j < n; j += L) {
      FloatVector u = FloatVector.fromArray(S, a, ao + (j & am));
      FloatVector v = FloatVector.fromArray(S, b, bo + (j & bm));
      u.add(v).intoArray(y, yo + j);
    }
  }

  private static void sub(
      float[] y, int yo, float[] a, int ao, int am, float[] b, int bo, int bm, int n) {
    if ((am & bm) == -1) {
      for (int j = 0; j < n; j += L) {
        FloatVector u = FloatVector.fromArray(S, a, ao + j);
        FloatVector v = FloatVector.fromArray(S, b, bo + j);
        u.sub(v).intoArray(y, yo + j);
      }
      return;
    }
    for (int j = 0; j < n; j += L) {
      FloatVector u = FloatVector.fromArray(S, a, ao + (j & am));
      FloatVector v = FloatVector.fromArray(S, b, bo + (j & bm));
      u.sub(v).intoArray(y, yo + j);
    }
  }

  private static void mul(
      float[] y, int yo, float[] a, int ao, int am, float[] b, int bo, int bm, int n) {
    if ((am & bm) == -1) {
      for (int j = 0; j < n; j += L) {
        FloatVector u = FloatVector.fromArray(S, a, ao + j);
        FloatVector v = FloatVector.fromArray(S, b, bo + j);
        u.mul(v).intoArray(y, yo + j);
      }
      return;
    }
    for (int j = 0; j < n; j += L) {
      FloatVector u = FloatVector.fromArray(S, a, ao + (j & am));
      FloatVector v = FloatVector.fromArray(S, b, bo + (j & bm));
      u.mul(v).intoArray(y, yo + j);
    }
  }

  private static void div(
      float[] y, int yo, float[] a, int ao, int am, float[] b, int bo, int bm, int n) {
    if ((am & bm) == -1) {
      for (int j = 0; j < n; j += L) {
        FloatVector u = FloatVector.fromArray(S, a, ao + j);
        FloatVector v = FloatVector.fromArray(S, b, bo + j);
        u.div(v).intoArray(y, yo + j);
      }
      return;
    }
    for (int j = 0; j < n; j += L) {
      FloatVector u = FloatVector.fromArray(S, a, ao + (j & am));
      FloatVector v = FloatVector.fromArray(S, b, bo + (j & bm));
      u.div(v).intoArray(y, yo + j);
    }
  }

  private static void scale(
      float[] y, int yo, float[] a, int ao, int am, float[] b, int bo, int bm, int n) {
    if ((am & bm) == -1) {
      for (int j = 0; j < n; j += L) {
        FloatVector u = FloatVector.fromArray(S, a, ao + j);
        FloatVector v = FloatVector.fromArray(S, b, bo + j);
        u.mul(v).blend(0f, u.compare(VectorOperators.EQ, 0f)).intoArray(y, yo + j);
      }
      return;
    }
    for (int j = 0; j < n; j += L) {
      FloatVector u = FloatVector.fromArray(S, a, ao + (j & am));
      FloatVector v = FloatVector.fromArray(S, b, bo + (j & bm));
      u.mul(v).blend(0f, u.compare(VectorOperators.EQ, 0f)).intoArray(y, yo + j);
    }
  }

  private static void min(
      float[] y, int yo, float[] a, int ao, int am, float[] b, int bo, int bm, int n) {
    if ((am & bm) == -1) {
      for (int j = 0; j < n; j += L) {
        FloatVector u = FloatVector.fromArray(S, a, ao + j);
        FloatVector v = FloatVector.fromArray(S, b, bo + j);
        u.min(v).intoArray(y, yo + j);
      }
      return;
    }
    for (int j = 0; j < n; j += L) {
      FloatVector u = FloatVector.fromArray(S, a, ao + (j & am));
      FloatVector v = FloatVector.fromArray(S, b, bo + (j & bm));
      u.min(v).intoArray(y, yo + j);
    }
  }

  private static void max(
      float[] y, int yo, float[] a, int ao, int am, float[] b, int bo, int bm, int n) {
    if ((am & bm) == -1) {
      for (int j = 0; j < n; j += L) {
        FloatVector u = FloatVector.fromArray(S, a, ao + j);
        FloatVector v = FloatVector.fromArray(S, b, bo + j);
        u.max(v).intoArray(y, yo + j);
      }
      return;
    }
    for (int j = 0; j < n; j += L) {
      FloatVector u = FloatVector.fromArray(S, a, ao + (j & am));
      FloatVector v = FloatVector.fromArray(S, b, bo + (j & bm));
      u.max(v).intoArray(y, yo + j);
    }
  }

  private static void greater(
      float[] y, int yo, float[] a, int ao, int am, float[] b, int bo, int bm, int n) {
    if ((am & bm) == -1) {
      for (int j = 0; j < n; j += L) {
        FloatVector u = FloatVector.fromArray(S, a, ao + j);
        FloatVector v = FloatVector.fromArray(S, b, bo + j);
        FloatVector.zero(S).blend(1f, u.compare(VectorOperators.GT, v)).intoArray(y, yo + j);
      }
      return;
    }
    for (int j = 0; j < n; j += L) {
      FloatVector u = FloatVector.fromArray(S, a, ao + (j & am));
      FloatVector v = FloatVector.fromArray(S, b, bo + (j & bm));
      FloatVector.zero(S).blend(1f, u.compare(VectorOperators.GT, v)).intoArray(y, yo + j);
    }
  }

  @Override
  public void multiplyAdd(
      boolean negated,
      float[] y,
      int yo,
      float[] a,
      int ao,
      int am,
      float[] b,
      int bo,
      int bm,
      float[] c,
      int co,
      int cm,
      int n) {
    assert n % Kernels.ALIGN == 0;
    boolean runs = (am & bm & cm) == -1;
    if (runs && negated) {
      for (int j = 0; j < n; j += L) {
        FloatVector.fromArray(S, a, ao + j)
            .neg()
            .fma(FloatVector.fromArray(S, b, bo + j), FloatVector.fromArray(S, c, co + j))
            .intoArray(y, yo + j);
      }
    } else if (runs) {
      for (int j = 0; j < n; j += L) {
        FloatVector.fromArray(S, a, ao + j)
            .fma(FloatVector.fromArray(S, b, bo + j), FloatVector.fromArray(S, c, co + j))
            .intoArray(y, yo + j);
      }
    } else if (negated) {
      for (int j = 0; j < n; j += L) {
        FloatVector.fromArray(S, a, ao + (j & am))
            .neg()
            .fma(
                FloatVector.fromArray(S, b, bo + (j & bm)),
                FloatVector.fromArray(S, c, co + (j & cm)))
            .intoArray(y, yo + j);
      }
    } else {
      for (int j = 0; j < n; j += L) {
        FloatVector.fromArray(S, a, ao + (j & am))
            .fma(
                FloatVector.fromArray(S, b, bo + (j & bm)),
                FloatVector.fromArray(S, c, co + (j & cm)))
            .intoArray(y, yo + j);
      }
    }
  }

  @Override
  public void select(
      float[] y,
      int yo,
      float[] c,
      int co,
      int cm,
      float[] a,
      int ao,
      int am,
      float[] b,
      int bo,
      int bm,
      int n) {
    assert n % Kernels.ALIGN == 0;
    for (int j = 0; j < n; j += L) {
      VectorMask<Float> taken =
          FloatVector.fromArray(S, c, co + (j & cm)).compare(VectorOperators.NE, 0f);
      FloatVector.fromArray(S, b, bo + (j & bm))
          .blend(FloatVector.fromArray(S, a, ao + (j & am)), taken)
          .intoArray(y, yo + j);
    }
  }

  // four vectors of lanes at a time, because one alone waits for its own sum
  @Override
  public void products(
      boolean accumulate,
      float[] y,
      int yo,
      int yr,
      int yc,
      float[] a,
      int ao,
      int ar,
      int ac,
      int am,
      float[] b,
      int bo,
      int br,
      int bc,
      int bm,
      int m,
      int n,
      int k,
      int lanes) {
    assert lanes % Kernels.ALIGN == 0;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        int to = yo + i * yr + j * yc;
        int left = ao + i * ar;
        int right = bo + j * bc;
        int l = 0;
        for (; l + 4 * L <= lanes; l += 4 * L) {
          FloatVector s0 = FloatVector.zero(S);
          FloatVector s1 = FloatVector.zero(S);
          FloatVector s2 = FloatVector.zero(S);
          FloatVector s3 = FloatVector.zero(S);
          if (accumulate) {
            s0 = FloatVector.fromArray(S, y, to + l);
            s1 = FloatVector.fromArray(S, y, to + l + L);
            s2 = FloatVector.fromArray(S, y, to + l + 2 * L);
            s3 = FloatVector.fromArray(S, y, to + l + 3 * L);
          }
          int a0 = left + (l & am);
          int a1 = left + ((l + L) & am);
          int a2 = left + ((l + 2 * L) & am);
          int a3 = left + ((l + 3 * L) & am);
          int b0 = right + (l & bm);
          int b1 = right + ((l + L) & bm);
          int b2 = right + ((l + 2 * L) & bm);
          int b3 = right + ((l + 3 * L) & bm);
          for (int p = 0; p < k; p++) {
            int ap = p * ac;
            int bp = p * br;
            s0 = FloatVector.fromArray(S, a, a0 + ap).fma(FloatVector.fromArray(S, b, b0 + bp), s0);
            s1 = FloatVector.fromArray(S, a, a1 + ap).fma(FloatVector.fromArray(S, b, b1 + bp), s1);
            s2 = FloatVector.fromArray(S, a, a2 + ap).fma(FloatVector.fromArray(S, b, b2 + bp), s2);
            s3 = FloatVector.fromArray(S, a, a3 + ap).fma(FloatVector.fromArray(S, b, b3 + bp), s3);
          }
          s0.intoArray(y, to + l);
          s1.intoArray(y, to + l + L);
          s2.intoArray(y, to + l + 2 * L);
          s3.intoArray(y, to + l + 3 * L);
        }
        for (; l < lanes; l += L) {
          FloatVector s0 = FloatVector.zero(S);
          if (accumulate) {
            s0 = FloatVector.fromArray(S, y, to + l);
          }
          int a0 = left + (l & am);
          int b0 = right + (l & bm);
          for (int p = 0; p < k; p++) {
            s0 =
                FloatVector.fromArray(S, a, a0 + p * ac)
                    .fma(FloatVector.fromArray(S, b, b0 + p * br), s0);
          }
          s0.intoArray(y, to + l);
        }
      }
    }
  }

  // plain loads and stores: blocks of 8 columns keep the lines of y in reach
  @Override
  public void transpose(float[] y, int yo, int ys, float[] x, int xo, int xs, int rows, int cols) {
    int j = 0;
    for (; j + 8 <= cols; j += 8) {
      for (int i = 0; i < rows; i++) {
        int from = xo + i * xs + j;
        int to = yo + j * ys + i;
        y[to] = x[from];
        y[to + ys] = x[from + 1];
        y[to + 2 * ys] = x[from + 2];
        y[to + 3 * ys] = x[from + 3];
        y[to + 4 * ys] = x[from + 4];
        y[to + 5 * ys] = x[from + 5];
        y[to + 6 * ys] = x[from + 6];
        y[to + 7 * ys] = x[from + 7];
      }
    }
    for (; j < cols; j++) {
      for (int i = 0; i < rows; i++) {
        y[yo + j * ys + i] = x[xo + i * xs + j];
      }
    }
  }
}
