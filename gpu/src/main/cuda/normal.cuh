// Two words into two standard normals by Box and Muller's transform.
// reference: BoxMuller (radius, pair), bit for bit, in both modes: noise is a percent of a chain's cost, and so a fast
//   chain has the noise of a reproducible one. No sum here has a product as a term, so contraction changes nothing.
// The CPU rounds a square root in double; that is the correctly rounded one of float, which sqrtf is.
#pragma once
#include "philox.cuh"

// √(−2 ln u) of the first word.
__device__ __forceinline__ float normal_radius(unsigned w0) {
  float u = fmaf((float)(w0 >> 1), 0x1p-31f, 0x1p-32f);
  // u = 2^e·m with m in [√½, √2)
  int bits = __float_as_int(u);
  int e = (bits - 0x3F3504F3) >> 23;
  float t = __int_as_float(bits - (int)((unsigned)e << 23)) - 1.0f;
  float p = 0x1.1d8ea6p-4f;
  p = fmaf(p, t, -0x1.d635bcp-4f);
  p = fmaf(p, t, 0x1.dea282p-4f);
  p = fmaf(p, t, -0x1.fcf4c6p-4f);
  p = fmaf(p, t, 0x1.23d21ap-3f);
  p = fmaf(p, t, -0x1.555b4ap-3f);
  p = fmaf(p, t, 0x1.999d5ap-3f);
  p = fmaf(p, t, -0x1.fffffcp-3f);
  p = fmaf(p, t, 0x1.555554p-2f);
  float tt = t * t;
  float scale = (float)e;
  float y = fmaf(scale, -0x1.bd0106p-13f, tt * t * p);
  y = fmaf(-0.5f, tt, y);
  return sqrtf(-2.0f * fmaf(scale, 0x1.63p-1f, t + y));
}

// r·cos and r·sin of the second word's angle.
__device__ __forceinline__ float2 normal_pair(unsigned w0, unsigned w1) {
  float r = normal_radius(w0);
  float f = (float)((int)(w1 << 2) >> 8) * 0x1p-24f;
  float g = f * f;
  float p = fmaf(-0x1.2ee7bcp-8f, g, 0x1.4665e8p-4f);
  p = fmaf(p, g, -0x1.4abbccp-1f);
  unsigned sine = __float_as_uint(fmaf(p * g, f, f * 0x1.921fb6p0f));
  p = fmaf(0x1.db6492p-11f, g, -0x1.55cb98p-6f);
  p = fmaf(p, g, 0x1.03c1eap-2f);
  p = fmaf(p, g, -0x1.3bd3ccp0f);
  unsigned cosine = __float_as_uint(fmaf(p, g, 1.0f));
  // in odd quadrants they change places; the signs are those of the quadrant
  unsigned swap = (sine ^ cosine) & (unsigned)((int)(w1 << 1) >> 31);
  return make_float2(r * __uint_as_float(cosine ^ swap ^ ((w1 ^ (w1 << 1)) & 0x80000000u)),
                     r * __uint_as_float(sine ^ swap ^ (w1 & 0x80000000u)));
}

// The normals of coordinates 4·quad to 4·quad + 3.
__device__ __forceinline__ float4 normal4(unsigned quad, unsigned step, unsigned long long sample, unsigned keyLo, unsigned keyHi) {
  uint4 w = noise_words(quad, step, sample, keyLo, keyHi);
  float2 a = normal_pair(w.x, w.y), b = normal_pair(w.z, w.w);
  return make_float4(a.x, a.y, b.x, b.y);
}

__device__ __forceinline__ float component(float4 v, int i) {
  float low = (i & 1) ? v.y : v.x, high = (i & 1) ? v.w : v.z;
  return (i & 2) ? high : low;
}
