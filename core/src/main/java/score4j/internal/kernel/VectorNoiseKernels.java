package score4j.internal.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;
import static score4j.internal.kernel.BoxMuller.*;
import static score4j.internal.kernel.RegisterBlocks.L;
import static score4j.internal.kernel.RegisterBlocks.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The noise on the Vector API, bit for bit equal to [ScalarNoiseKernels] at every lane width.
///
/// A lane is a block of Philox. A word stands in the low half of a 64-bit lane, with anything above
/// it: what is multiplied is masked right before, because C2 makes the one instruction for
/// 32 × 32 → 64 bits (`vpmuludq`) only of a product whose factors it sees masked, and not through a
/// variable that goes round a loop. So the loops carry products (`p` of word 0, `q` of word 2,
/// whose low halves are the next words 3 and 1) and not words. Four chains of blocks, `a` to `d`,
/// because a round is a chain of eight cycles of work for two.
///
/// Words become numbers two at a time in 32-bit lanes, by the expressions of [BoxMuller], repeated
/// in each kernel because a vector that crosses a call may be boxed. IEEE square roots are rounded
/// once in a lane, as the one through `double` is.
final class VectorNoiseKernels implements NoiseKernels {
  private static final VectorSpecies<Long> LONGS = S.withLanes(long.class);
  private static final int H = LONGS.length();

  /// What four chains make at a time.
  private static final int GROUP = 4 * H;

  /// Fewer blocks are made one by one: a group is made as a whole, and the last numbers of a call
  /// block by block anyway.
  private static final int FEW = 64;

  // x₀ y₀ x₁ y₁ …, first and second half
  private static final VectorShuffle<Float> ZIP_LOW = VectorShuffle.makeZip(S, 0);
  private static final VectorShuffle<Float> ZIP_HIGH = VectorShuffle.makeZip(S, 1);

  @Override
  public void fill(
      Law law, long key, int step, long firstSample, int rows, int cols, float[] out, int at) {
    assert rows >= 0 && cols > 0 && at >= 0 && (long) rows * cols <= out.length - at;
    int done = 0;
    if (law == Law.NORMAL && cols <= 2 && (firstSample & WORD) + rows <= 1L << 32) {
      done = rows - rows % GROUP;
      narrowNormals(cols == 2, key, step, firstSample, done, out, at);
    }
    blocks(law, key, step, firstSample + done, rows - done, cols, out, at + done * cols);
  }

  /// Any number of columns, block after block; what a kernel leaves at the end is made one by one.
  private static void blocks(
      Law law, long key, int step, long firstSample, int rows, int cols, float[] out, int at) {
    int perRow = (cols + 3) >>> 2;
    int total = rows * perRow;
    int done = 0;
    if (total >= FEW) {
      done =
          law == Law.NORMAL
              ? normals(key, step, firstSample, rows, cols, out, at)
              : words(law == Law.SIGN, key, step, firstSample, rows, cols, out, at);
    }
    for (int j = done; j < total; j++) {
      int row = j / perRow;
      int c = 4 * (j - row * perRow);
      ScalarNoiseKernels.block(
          law, key, step, firstSample + row, c, out, at + row * cols + c, cols - c);
    }
  }

  // z[i] or (z[2i], z[2i+1]) for the samples i of one or two coordinates
  // lanes: samples, whose high words are the same; so rounds 1 and 2 work on scalars where they can
  // cost: 17 multiplications of a vector for H samples, and half of Box–Muller where there are
  // pairs
  // tail: rows is a multiple of GROUP                            modified: out
  private static void narrowNormals(
      boolean pairs, long key, int step, long first, int rows, float[] out, int at) {
    LongVector word = LongVector.broadcast(LONGS, WORD);
    LongVector m0 = LongVector.broadcast(LONGS, M0).and(word);
    LongVector m1 = LongVector.broadcast(LONGS, M1).and(word);
    // single numbers: chain a the even samples and b the odd ones, so that their halves fit
    // together
    LongVector lanes = LongVector.zero(LONGS).addIndex(pairs ? 1 : 2);
    int apart = pairs ? H : 1;
    // word 0 of the counter is 0, so word 2 after the first round is the same for all
    long key0 = key & WORD;
    long key1 = key >>> 32;
    long q2 = (((first >>> 32) ^ key1) & WORD) * M1;
    long x0 = step ^ key0;
    for (int i = 0; i < rows; i += GROUP) {
      LongVector a1 = lanes.add((first & WORD) + i).and(word).mul(m1);
      LongVector b1 = lanes.add((first & WORD) + i + apart).and(word).mul(m1);
      LongVector c1 = lanes.add((first & WORD) + i + L).and(word).mul(m1);
      LongVector d1 = lanes.add((first & WORD) + i + L + apart).and(word).mul(m1);
      LongVector ap = a1.lanewise(LSHR, 32).lanewise(XOR, x0).and(word).mul(m0);
      LongVector bp = b1.lanewise(LSHR, 32).lanewise(XOR, x0).and(word).mul(m0);
      LongVector cp = c1.lanewise(LSHR, 32).lanewise(XOR, x0).and(word).mul(m0);
      LongVector dp = d1.lanewise(LSHR, 32).lanewise(XOR, x0).and(word).mul(m0);
      LongVector aq = LongVector.broadcast(LONGS, q2);
      LongVector bq = LongVector.broadcast(LONGS, q2);
      LongVector cq = LongVector.broadcast(LONGS, q2);
      LongVector dq = LongVector.broadcast(LONGS, q2);
      LongVector a3 = LongVector.zero(LONGS);
      LongVector b3 = LongVector.zero(LONGS);
      LongVector c3 = LongVector.zero(LONGS);
      LongVector d3 = LongVector.zero(LONGS);
      LongVector k0 = LongVector.broadcast(LONGS, key0 + W0);
      LongVector k1 = LongVector.broadcast(LONGS, key1 + W1);
      for (int round = 2; round < ROUNDS - 1; round++) {
        LongVector a0 = aq.lanewise(LSHR, 32).lanewise(XOR, a1).lanewise(XOR, k0);
        LongVector a2 = ap.lanewise(LSHR, 32).lanewise(XOR, a3).lanewise(XOR, k1);
        a1 = aq;
        a3 = ap;
        ap = a0.and(word).mul(m0);
        aq = a2.and(word).mul(m1);
        LongVector b0 = bq.lanewise(LSHR, 32).lanewise(XOR, b1).lanewise(XOR, k0);
        LongVector b2 = bp.lanewise(LSHR, 32).lanewise(XOR, b3).lanewise(XOR, k1);
        b1 = bq;
        b3 = bp;
        bp = b0.and(word).mul(m0);
        bq = b2.and(word).mul(m1);
        LongVector c0 = cq.lanewise(LSHR, 32).lanewise(XOR, c1).lanewise(XOR, k0);
        LongVector c2 = cp.lanewise(LSHR, 32).lanewise(XOR, c3).lanewise(XOR, k1);
        c1 = cq;
        c3 = cp;
        cp = c0.and(word).mul(m0);
        cq = c2.and(word).mul(m1);
        LongVector d0 = dq.lanewise(LSHR, 32).lanewise(XOR, d1).lanewise(XOR, k0);
        LongVector d2 = dp.lanewise(LSHR, 32).lanewise(XOR, d3).lanewise(XOR, k1);
        d1 = dq;
        d3 = dp;
        dp = d0.and(word).mul(m0);
        dq = d2.and(word).mul(m1);
        k0 = k0.add(W0);
        k1 = k1.add(W1);
      }
      k0 = k0.add(W0);
      ap = ap.lanewise(LSHR, 32).lanewise(XOR, a3).lanewise(XOR, k1).and(word).mul(m1);
      bp = bp.lanewise(LSHR, 32).lanewise(XOR, b3).lanewise(XOR, k1).and(word).mul(m1);
      cp = cp.lanewise(LSHR, 32).lanewise(XOR, c3).lanewise(XOR, k1).and(word).mul(m1);
      dp = dp.lanewise(LSHR, 32).lanewise(XOR, d3).lanewise(XOR, k1).and(word).mul(m1);
      aq = ap.lanewise(LSHR, 32).lanewise(XOR, aq).lanewise(XOR, k0);
      bq = bp.lanewise(LSHR, 32).lanewise(XOR, bq).lanewise(XOR, k0);
      cq = cp.lanewise(LSHR, 32).lanewise(XOR, cq).lanewise(XOR, k0);
      dq = dp.lanewise(LSHR, 32).lanewise(XOR, dq).lanewise(XOR, k0);
      // words 0 are in q, words 1 in p
      for (int half = 0; half < 2; half++) {
        IntVector u = aq.and(word).or(bq.lanewise(LSHL, 32)).reinterpretAsInts();
        IntVector v = ap.and(word).or(bp.lanewise(LSHL, 32)).reinterpretAsInts();
        aq = cq;
        ap = cp;
        bq = dq;
        bp = dp;

        // √(−2 ln u)
        IntVector bits =
            ((FloatVector) u.lanewise(LSHR, 1).convert(I2F, 0))
                .fma(0x1p-31f, 0x1p-32f)
                .reinterpretAsInts();
        IntVector e = bits.sub(SQRT_HALF).lanewise(ASHR, 23);
        FloatVector t = bits.sub(e.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
        FloatVector log = FloatVector.broadcast(S, LOG11);
        log = log.fma(t, FloatVector.broadcast(S, LOG10));
        log = log.fma(t, FloatVector.broadcast(S, LOG9));
        log = log.fma(t, FloatVector.broadcast(S, LOG8));
        log = log.fma(t, FloatVector.broadcast(S, LOG7));
        log = log.fma(t, FloatVector.broadcast(S, LOG6));
        log = log.fma(t, FloatVector.broadcast(S, LOG5));
        log = log.fma(t, FloatVector.broadcast(S, LOG4));
        log = log.fma(t, FloatVector.broadcast(S, LOG3));
        FloatVector tt = t.mul(t);
        FloatVector scale = (FloatVector) e.convert(I2F, 0);
        log = scale.fma(FloatVector.broadcast(S, LN2_LOW), tt.mul(t).mul(log));
        log = tt.fma(FloatVector.broadcast(S, -0.5f), log);
        log = scale.fma(FloatVector.broadcast(S, LN2_HIGH), t.add(log));
        FloatVector r = log.mul(-2f).sqrt();
        // sine and cosine within the quadrant, then swapped and signed
        FloatVector f = ((FloatVector) v.lanewise(LSHL, 2).lanewise(ASHR, 8).convert(I2F, 0));
        f = f.mul(0x1p-24f);
        FloatVector g = f.mul(f);
        FloatVector p = FloatVector.broadcast(S, SIN7).fma(g, FloatVector.broadcast(S, SIN5));
        p = p.fma(g, FloatVector.broadcast(S, SIN3));
        IntVector sine = p.mul(g).fma(f, f.mul(HALF_PI)).reinterpretAsInts();
        p = FloatVector.broadcast(S, COS8).fma(g, FloatVector.broadcast(S, COS6));
        p = p.fma(g, FloatVector.broadcast(S, COS4));
        p = p.fma(g, FloatVector.broadcast(S, COS2));
        IntVector cosine = p.fma(g, FloatVector.broadcast(S, 1f)).reinterpretAsInts();
        IntVector next = v.lanewise(LSHL, 1);
        IntVector swap = sine.lanewise(XOR, cosine).and(next.lanewise(ASHR, 31));
        IntVector sign = v.lanewise(XOR, next).and(0x80000000);
        FloatVector x = cosine.lanewise(XOR, swap).lanewise(XOR, sign).reinterpretAsFloats().mul(r);
        int to = i + half * L;
        if (pairs) {
          FloatVector y =
              sine.lanewise(XOR, swap)
                  .lanewise(XOR, v.and(0x80000000))
                  .reinterpretAsFloats()
                  .mul(r);
          LongVector even = x.reinterpretAsLongs();
          LongVector odd = y.reinterpretAsLongs();
          even.and(word)
              .or(odd.lanewise(LSHL, 32))
              .reinterpretAsFloats()
              .intoArray(out, at + 2 * to);
          even.lanewise(LSHR, 32)
              .or(odd.lanewise(LSHR, 32).lanewise(LSHL, 32))
              .reinterpretAsFloats()
              .intoArray(out, at + 2 * to + L);
        } else {
          x.intoArray(out, at + to);
        }
      }
    }
  }

  // four normals a block
  // lanes: blocks, row by row, so that short rows leave none empty
  // cost: 20 multiplications of a vector and one Box–Muller for H blocks
  // tail: returns how many blocks it made                                       modified: out
  private static int normals(
      long key, int step, long first, int rows, int cols, float[] out, int at) {
    int perRow = (cols + 3) >>> 2;
    int whole = wholeGroups(rows, cols);
    LongVector word = LongVector.broadcast(LONGS, WORD);
    LongVector m0 = LongVector.broadcast(LONGS, M0).and(word);
    LongVector m1 = LongVector.broadcast(LONGS, M1).and(word);
    // the coordinate/4 and the sample of each lane, and by how much a vector moves them on
    LongVector c = LongVector.zero(LONGS).addIndex(1);
    LongVector s = LongVector.broadcast(LONGS, first);
    for (int i = perRow; i < H; i += perRow) {
      LongVector over = c.sub(perRow);
      LongVector under = over.lanewise(LSHR, 63);
      c = over.add(under.neg().and(perRow));
      s = s.add(1).sub(under);
    }
    LongVector moveC = LongVector.broadcast(LONGS, H % perRow - perRow);
    LongVector moveS = LongVector.broadcast(LONGS, H / perRow + 1);
    boolean together = cols % 4 == 0;
    int to = at;
    int inRow = 0;
    for (int n = 0; n < whole; n += GROUP) {
      LongVector ap = c.and(word).mul(m0);
      LongVector aq = s.and(word).mul(m1);
      LongVector a1 = LongVector.broadcast(LONGS, step);
      LongVector a3 = s.lanewise(LSHR, 32);
      c = c.add(moveC);
      LongVector underA = c.lanewise(LSHR, 63);
      c = c.add(underA.neg().and(perRow));
      s = s.add(moveS).sub(underA);
      LongVector bp = c.and(word).mul(m0);
      LongVector bq = s.and(word).mul(m1);
      LongVector b1 = LongVector.broadcast(LONGS, step);
      LongVector b3 = s.lanewise(LSHR, 32);
      c = c.add(moveC);
      LongVector underB = c.lanewise(LSHR, 63);
      c = c.add(underB.neg().and(perRow));
      s = s.add(moveS).sub(underB);
      LongVector cp = c.and(word).mul(m0);
      LongVector cq = s.and(word).mul(m1);
      LongVector c1 = LongVector.broadcast(LONGS, step);
      LongVector c3 = s.lanewise(LSHR, 32);
      c = c.add(moveC);
      LongVector underC = c.lanewise(LSHR, 63);
      c = c.add(underC.neg().and(perRow));
      s = s.add(moveS).sub(underC);
      LongVector dp = c.and(word).mul(m0);
      LongVector dq = s.and(word).mul(m1);
      LongVector d1 = LongVector.broadcast(LONGS, step);
      LongVector d3 = s.lanewise(LSHR, 32);
      c = c.add(moveC);
      LongVector underD = c.lanewise(LSHR, 63);
      c = c.add(underD.neg().and(perRow));
      s = s.add(moveS).sub(underD);
      LongVector k0 = LongVector.broadcast(LONGS, key);
      LongVector k1 = LongVector.broadcast(LONGS, key >>> 32);
      for (int round = 1; round < ROUNDS; round++) {
        LongVector a0 = aq.lanewise(LSHR, 32).lanewise(XOR, a1).lanewise(XOR, k0);
        LongVector a2 = ap.lanewise(LSHR, 32).lanewise(XOR, a3).lanewise(XOR, k1);
        a1 = aq;
        a3 = ap;
        ap = a0.and(word).mul(m0);
        aq = a2.and(word).mul(m1);
        LongVector b0 = bq.lanewise(LSHR, 32).lanewise(XOR, b1).lanewise(XOR, k0);
        LongVector b2 = bp.lanewise(LSHR, 32).lanewise(XOR, b3).lanewise(XOR, k1);
        b1 = bq;
        b3 = bp;
        bp = b0.and(word).mul(m0);
        bq = b2.and(word).mul(m1);
        LongVector c0 = cq.lanewise(LSHR, 32).lanewise(XOR, c1).lanewise(XOR, k0);
        LongVector c2 = cp.lanewise(LSHR, 32).lanewise(XOR, c3).lanewise(XOR, k1);
        c1 = cq;
        c3 = cp;
        cp = c0.and(word).mul(m0);
        cq = c2.and(word).mul(m1);
        LongVector d0 = dq.lanewise(LSHR, 32).lanewise(XOR, d1).lanewise(XOR, k0);
        LongVector d2 = dp.lanewise(LSHR, 32).lanewise(XOR, d3).lanewise(XOR, k1);
        d1 = dq;
        d3 = dp;
        dp = d0.and(word).mul(m0);
        dq = d2.and(word).mul(m1);
        k0 = k0.add(W0);
        k1 = k1.add(W1);
      }
      // even lanes: words 0 and 1, odd lanes: words 2 and 3
      a1 = aq.lanewise(LSHR, 32).lanewise(XOR, a1).lanewise(XOR, k0).and(word);
      a3 = ap.lanewise(LSHR, 32).lanewise(XOR, a3).lanewise(XOR, k1).lanewise(LSHL, 32);
      b1 = bq.lanewise(LSHR, 32).lanewise(XOR, b1).lanewise(XOR, k0).and(word);
      b3 = bp.lanewise(LSHR, 32).lanewise(XOR, b3).lanewise(XOR, k1).lanewise(LSHL, 32);
      c1 = cq.lanewise(LSHR, 32).lanewise(XOR, c1).lanewise(XOR, k0).and(word);
      c3 = cp.lanewise(LSHR, 32).lanewise(XOR, c3).lanewise(XOR, k1).lanewise(LSHL, 32);
      d1 = dq.lanewise(LSHR, 32).lanewise(XOR, d1).lanewise(XOR, k0).and(word);
      d3 = dp.lanewise(LSHR, 32).lanewise(XOR, d3).lanewise(XOR, k1).lanewise(LSHL, 32);
      for (int j = n; j < n + GROUP; j += H) {
        IntVector u = a1.or(a3).reinterpretAsInts();
        IntVector v = aq.and(word).or(ap.lanewise(LSHL, 32)).reinterpretAsInts();
        a1 = b1;
        a3 = b3;
        aq = bq;
        ap = bp;
        b1 = c1;
        b3 = c3;
        bq = cq;
        bp = cp;
        c1 = d1;
        c3 = d3;
        cq = dq;
        cp = dp;

        // √(−2 ln u)
        IntVector bits =
            ((FloatVector) u.lanewise(LSHR, 1).convert(I2F, 0))
                .fma(0x1p-31f, 0x1p-32f)
                .reinterpretAsInts();
        IntVector e = bits.sub(SQRT_HALF).lanewise(ASHR, 23);
        FloatVector t = bits.sub(e.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
        FloatVector log = FloatVector.broadcast(S, LOG11);
        log = log.fma(t, FloatVector.broadcast(S, LOG10));
        log = log.fma(t, FloatVector.broadcast(S, LOG9));
        log = log.fma(t, FloatVector.broadcast(S, LOG8));
        log = log.fma(t, FloatVector.broadcast(S, LOG7));
        log = log.fma(t, FloatVector.broadcast(S, LOG6));
        log = log.fma(t, FloatVector.broadcast(S, LOG5));
        log = log.fma(t, FloatVector.broadcast(S, LOG4));
        log = log.fma(t, FloatVector.broadcast(S, LOG3));
        FloatVector tt = t.mul(t);
        FloatVector scale = (FloatVector) e.convert(I2F, 0);
        log = scale.fma(FloatVector.broadcast(S, LN2_LOW), tt.mul(t).mul(log));
        log = tt.fma(FloatVector.broadcast(S, -0.5f), log);
        log = scale.fma(FloatVector.broadcast(S, LN2_HIGH), t.add(log));
        FloatVector r = log.mul(-2f).sqrt();
        // sine and cosine within the quadrant, then swapped and signed
        FloatVector f = ((FloatVector) v.lanewise(LSHL, 2).lanewise(ASHR, 8).convert(I2F, 0));
        f = f.mul(0x1p-24f);
        FloatVector g = f.mul(f);
        FloatVector p = FloatVector.broadcast(S, SIN7).fma(g, FloatVector.broadcast(S, SIN5));
        p = p.fma(g, FloatVector.broadcast(S, SIN3));
        IntVector sine = p.mul(g).fma(f, f.mul(HALF_PI)).reinterpretAsInts();
        p = FloatVector.broadcast(S, COS8).fma(g, FloatVector.broadcast(S, COS6));
        p = p.fma(g, FloatVector.broadcast(S, COS4));
        p = p.fma(g, FloatVector.broadcast(S, COS2));
        IntVector cosine = p.fma(g, FloatVector.broadcast(S, 1f)).reinterpretAsInts();
        IntVector next = v.lanewise(LSHL, 1);
        IntVector swap = sine.lanewise(XOR, cosine).and(next.lanewise(ASHR, 31));
        IntVector sign = v.lanewise(XOR, next).and(0x80000000);
        FloatVector x = cosine.lanewise(XOR, swap).lanewise(XOR, sign).reinterpretAsFloats().mul(r);
        FloatVector y =
            sine.lanewise(XOR, swap).lanewise(XOR, v.and(0x80000000)).reinterpretAsFloats().mul(r);
        FloatVector low = x.rearrange(ZIP_LOW, y);
        FloatVector high = x.rearrange(ZIP_HIGH, y);
        low.intoArray(out, to);
        high.intoArray(out, to + L);
        if (together) {
          to += 2 * L;
          continue;
        }
        // move each block down to where it belongs
        for (int i = 0, from = to; i < H; i++, from += 4) {
          if (to < from) {
            out[to] = out[from];
            out[to + 1] = out[from + 1];
            out[to + 2] = out[from + 2];
            out[to + 3] = out[from + 3];
          }
          to += 4;
          if (++inRow == perRow) {
            inRow = 0;
            to += cols - 4 * perRow;
          }
        }
      }
    }
    return whole;
  }

  /// How many blocks, in whole groups, can be made by vectors that take 2·L places each until short
  /// rows have moved together. Known before the loop, so that short calls and long ones leave it
  /// the same way: C2 compiles what it has seen.
  private static int wholeGroups(int rows, int cols) {
    int perRow = (cols + 3) >>> 2;
    int blocks = rows * perRow;
    blocks -= blocks % GROUP;
    while (blocks > 0 && place(blocks - H, perRow, cols) + 2 * L > rows * cols) {
      blocks -= GROUP;
    }
    return blocks;
  }

  private static int place(int block, int perRow, int cols) {
    int row = block / perRow;
    return row * cols + 4 * (block - row * perRow);
  }

  // four uniform numbers or signs a block, in the same order
  private static int words(
      boolean signs, long key, int step, long first, int rows, int cols, float[] out, int at) {
    int perRow = (cols + 3) >>> 2;
    int whole = wholeGroups(rows, cols);
    LongVector word = LongVector.broadcast(LONGS, WORD);
    LongVector m0 = LongVector.broadcast(LONGS, M0).and(word);
    LongVector m1 = LongVector.broadcast(LONGS, M1).and(word);
    // the coordinate/4 and the sample of each lane, and by how much a vector moves them on
    LongVector c = LongVector.zero(LONGS).addIndex(1);
    LongVector s = LongVector.broadcast(LONGS, first);
    for (int i = perRow; i < H; i += perRow) {
      LongVector over = c.sub(perRow);
      LongVector under = over.lanewise(LSHR, 63);
      c = over.add(under.neg().and(perRow));
      s = s.add(1).sub(under);
    }
    LongVector moveC = LongVector.broadcast(LONGS, H % perRow - perRow);
    LongVector moveS = LongVector.broadcast(LONGS, H / perRow + 1);
    boolean together = cols % 4 == 0;
    int to = at;
    int inRow = 0;
    for (int n = 0; n < whole; n += GROUP) {
      LongVector ap = c.and(word).mul(m0);
      LongVector aq = s.and(word).mul(m1);
      LongVector a1 = LongVector.broadcast(LONGS, step);
      LongVector a3 = s.lanewise(LSHR, 32);
      c = c.add(moveC);
      LongVector underA = c.lanewise(LSHR, 63);
      c = c.add(underA.neg().and(perRow));
      s = s.add(moveS).sub(underA);
      LongVector bp = c.and(word).mul(m0);
      LongVector bq = s.and(word).mul(m1);
      LongVector b1 = LongVector.broadcast(LONGS, step);
      LongVector b3 = s.lanewise(LSHR, 32);
      c = c.add(moveC);
      LongVector underB = c.lanewise(LSHR, 63);
      c = c.add(underB.neg().and(perRow));
      s = s.add(moveS).sub(underB);
      LongVector cp = c.and(word).mul(m0);
      LongVector cq = s.and(word).mul(m1);
      LongVector c1 = LongVector.broadcast(LONGS, step);
      LongVector c3 = s.lanewise(LSHR, 32);
      c = c.add(moveC);
      LongVector underC = c.lanewise(LSHR, 63);
      c = c.add(underC.neg().and(perRow));
      s = s.add(moveS).sub(underC);
      LongVector dp = c.and(word).mul(m0);
      LongVector dq = s.and(word).mul(m1);
      LongVector d1 = LongVector.broadcast(LONGS, step);
      LongVector d3 = s.lanewise(LSHR, 32);
      c = c.add(moveC);
      LongVector underD = c.lanewise(LSHR, 63);
      c = c.add(underD.neg().and(perRow));
      s = s.add(moveS).sub(underD);
      LongVector k0 = LongVector.broadcast(LONGS, key);
      LongVector k1 = LongVector.broadcast(LONGS, key >>> 32);
      for (int round = 1; round < ROUNDS; round++) {
        LongVector a0 = aq.lanewise(LSHR, 32).lanewise(XOR, a1).lanewise(XOR, k0);
        LongVector a2 = ap.lanewise(LSHR, 32).lanewise(XOR, a3).lanewise(XOR, k1);
        a1 = aq;
        a3 = ap;
        ap = a0.and(word).mul(m0);
        aq = a2.and(word).mul(m1);
        LongVector b0 = bq.lanewise(LSHR, 32).lanewise(XOR, b1).lanewise(XOR, k0);
        LongVector b2 = bp.lanewise(LSHR, 32).lanewise(XOR, b3).lanewise(XOR, k1);
        b1 = bq;
        b3 = bp;
        bp = b0.and(word).mul(m0);
        bq = b2.and(word).mul(m1);
        LongVector c0 = cq.lanewise(LSHR, 32).lanewise(XOR, c1).lanewise(XOR, k0);
        LongVector c2 = cp.lanewise(LSHR, 32).lanewise(XOR, c3).lanewise(XOR, k1);
        c1 = cq;
        c3 = cp;
        cp = c0.and(word).mul(m0);
        cq = c2.and(word).mul(m1);
        LongVector d0 = dq.lanewise(LSHR, 32).lanewise(XOR, d1).lanewise(XOR, k0);
        LongVector d2 = dp.lanewise(LSHR, 32).lanewise(XOR, d3).lanewise(XOR, k1);
        d1 = dq;
        d3 = dp;
        dp = d0.and(word).mul(m0);
        dq = d2.and(word).mul(m1);
        k0 = k0.add(W0);
        k1 = k1.add(W1);
      }
      // even lanes: words 0 and 1, odd lanes: words 2 and 3
      a1 = aq.lanewise(LSHR, 32).lanewise(XOR, a1).lanewise(XOR, k0).and(word);
      a3 = ap.lanewise(LSHR, 32).lanewise(XOR, a3).lanewise(XOR, k1).lanewise(LSHL, 32);
      b1 = bq.lanewise(LSHR, 32).lanewise(XOR, b1).lanewise(XOR, k0).and(word);
      b3 = bp.lanewise(LSHR, 32).lanewise(XOR, b3).lanewise(XOR, k1).lanewise(LSHL, 32);
      c1 = cq.lanewise(LSHR, 32).lanewise(XOR, c1).lanewise(XOR, k0).and(word);
      c3 = cp.lanewise(LSHR, 32).lanewise(XOR, c3).lanewise(XOR, k1).lanewise(LSHL, 32);
      d1 = dq.lanewise(LSHR, 32).lanewise(XOR, d1).lanewise(XOR, k0).and(word);
      d3 = dp.lanewise(LSHR, 32).lanewise(XOR, d3).lanewise(XOR, k1).lanewise(LSHL, 32);
      for (int j = n; j < n + GROUP; j += H) {
        IntVector u = a1.or(a3).reinterpretAsInts();
        IntVector v = aq.and(word).or(ap.lanewise(LSHL, 32)).reinterpretAsInts();
        a1 = b1;
        a3 = b3;
        aq = bq;
        ap = bp;
        b1 = c1;
        b3 = c3;
        bq = cq;
        bp = cp;
        c1 = d1;
        c3 = d3;
        cq = dq;
        cp = dp;
        FloatVector x = ((FloatVector) u.lanewise(LSHR, 8).convert(I2F, 0)).mul(0x1p-24f);
        FloatVector y = ((FloatVector) v.lanewise(LSHR, 8).convert(I2F, 0)).mul(0x1p-24f);
        if (signs) {
          x = u.and(0x80000000).or(0x3F800000).reinterpretAsFloats();
          y = v.and(0x80000000).or(0x3F800000).reinterpretAsFloats();
        }
        FloatVector low = x.rearrange(ZIP_LOW, y);
        FloatVector high = x.rearrange(ZIP_HIGH, y);
        low.intoArray(out, to);
        high.intoArray(out, to + L);
        if (together) {
          to += 2 * L;
          continue;
        }
        // move each block down to where it belongs
        for (int i = 0, from = to; i < H; i++, from += 4) {
          if (to < from) {
            out[to] = out[from];
            out[to + 1] = out[from + 1];
            out[to + 2] = out[from + 2];
            out[to + 3] = out[from + 3];
          }
          to += 4;
          if (++inRow == perRow) {
            inRow = 0;
            to += cols - 4 * perRow;
          }
        }
      }
    }
    return whole;
  }
}
