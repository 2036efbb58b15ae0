// The activation φ and its derivatives: activate(z), activate(z, d1), activate(z, d1, d2) give φ and write φ′ and φ″.
// reference: ScalarKernels.activate and Functions, bit for bit in reproducible mode. Where a test and a choice stand in
//   another form here (clamps of tanh, a maximum in the place of a choice) the results are the same for every float, NaN
//   included up to its payload; the test goes through them.
// FAST: the special function unit in four places (exponential, reciprocal, logarithm, division). Errors by CUDA's tables:
//   ex2.approx 2 ulp and the rounding of its argument, rcp.approx 1 ulp, lg2.approx 2⁻²²; so φ is within 1e-6·max(1, |z|)
//   and derivatives within 2e-6·max(1, |z|), absolute.
// cost: fmas or other instructions for φ: tanh 20 and a division, sigmoid 14 and a division, softplus 26, silu 18 and a
//   division, gelu 26 and a division, relu 2.
#pragma once
#include "device.cuh"

// e^y for y ≤ 0; below −86 it stays at 4.5e-38.
__device__ __forceinline__ float exp_non_positive(float y) {
#ifdef FAST
  return __expf(y);
#else
  y = y < -86.0f ? -86.0f : y;
  float t = fmaf(y, 1.442695f, 12582912.0f);
  float n = t - 12582912.0f;
  float r = fmaf(n, 2.1219444e-4f, fmaf(n, -0.6933594f, y));
  float p = fmaf(0.0013814539f, r, 0.008368745f);
  p = fmaf(p, r, 0.04166839f);
  p = fmaf(p, r, 0.16666521f);
  p = fmaf(p, r, 0.49999994f);
  p = fmaf(p, r, 1.0f);
  p = fmaf(p, r, 1.0f);
  return p * __uint_as_float((__float_as_uint(t) << 23) + 0x3f800000u);
#endif
}

// 1/x for x ≥ 1.
__device__ __forceinline__ float reciprocal(float x) {
#ifdef FAST
  return __fdividef(1.0f, x);
#else
  return 1.0f / x;
#endif
}

// log(1 + e) for e in [0, 1].
__device__ __forceinline__ float log_one_plus(float e) {
#ifdef FAST
  return __logf(1.0f + e);
#else
  float p = fmaf(-0.0033184723f, e, 0.020204585f);
  p = fmaf(p, e, -0.057664443f);
  p = fmaf(p, e, 0.106805556f);
  p = fmaf(p, e, -0.15355396f);
  p = fmaf(p, e, 0.19695401f);
  p = fmaf(p, e, -0.24958587f);
  p = fmaf(p, e, 0.33330512f);
  p = fmaf(p, e, -0.4999993f);
  return fmaf(p * e, e, e);
#endif
}

__device__ __forceinline__ float tanh_of(float z) {
#ifdef FAST
  // |error| 2e-7: near 0 the digits that cancel are those of 1
  float e = __expf(-2.0f * fabsf(z));
  float y = __fdividef(1.0f - e, 1.0f + e);
  return __uint_as_float(__float_as_uint(y) | (__float_as_uint(z) & 0x80000000u));
#else
  float u = z * z;
  float p = fmaf(1.3318897e-08f, u, 2.0583353e-05f);
  p = fmaf(p, u, 0.0034940266f);
  p = fmaf(p, u, 0.13379711f);
  p = fmaf(p, u, 1.0f);
  float q = fmaf(7.7619467e-07f, u, 0.000328308f);
  q = fmaf(q, u, 0.025871044f);
  q = fmaf(q, u, 0.46713027f);
  q = fmaf(q, u, 1.0f);
  float a = z * p / q;
  // beyond 9.01 the CPU takes the value there, which is 1
  float one = __uint_as_float(0x3f800000u | (__float_as_uint(z) & 0x80000000u));
  return fabsf(z) > 9.01f || fabsf(a) > 1.0f ? one : a;
#endif
}

// Φ(−x)·e^(x²/2) for x ≥ 0.
__device__ __forceinline__ float normal_tail(float x) {
  float t = reciprocal(fmaf(0.35f, x, 1.0f));
  float p = fmaf(-0.029157886f, t, 0.14403091f);
  p = fmaf(p, t, -0.255839f);
  p = fmaf(p, t, 0.1593197f);
  p = fmaf(p, t, -0.023212353f);
  p = fmaf(p, t, 0.1055525f);
  p = fmaf(p, t, 0.11982129f);
  p = fmaf(p, t, 0.13986352f);
  p = fmaf(p, t, 0.1396213f);
  return p * t;
}

// φ(z), with ORDER 1 also φ′ and with 2 also φ″.
template <int ORDER> __device__ __forceinline__ float activation(float z, float& d1, float& d2) {
  if (ACT == 0) {
    float y = tanh_of(z);
    if (ORDER > 0) d1 = fmaf(-y, y, 1.0f);
    if (ORDER > 1) d2 = -2.0f * y * d1;
    return y;
  }
  if (ACT == 4) {
    float w = z > 40.0f ? 40.0f : z;
    w = w < -40.0f ? -40.0f : w;
    float g = exp_non_positive(w * w * -0.5f);
    float tail = g * normal_tail(fabsf(w));
    float cdf = z < 0.0f ? tail : 1.0f - tail;
    if (ORDER > 0) {
      float pdf = g * 0.3989423f;
      d1 = fmaf(w, pdf, cdf);
      if (ORDER > 1) d2 = pdf * fmaf(-w, w, 2.0f);
    }
    return (z < 0.0f ? w : z) * cdf;
  }
  if (ACT == 5) {
    float y = z <= 0.0f ? 0.0f : z;
    if (ORDER > 0) d1 = z > 0.0f ? 1.0f : y;
    if (ORDER > 1) d2 = 0.0f;
    return y;
  }
  float e = exp_non_positive(-fabsf(z));
  if (ACT == 2) {
    if (ORDER > 0) {
      float r = reciprocal(1.0f + e);
      float er = e * r;
      d1 = z < 0.0f ? er : r;
      if (ORDER > 1) d2 = er * r;
    }
    return (z < 0.0f ? 0.0f : z) + log_one_plus(e);
  }
  float r = reciprocal(1.0f + e);
  float er = e * r;
  float s = z < 0.0f ? er : r;
  float slope = er * r;
  float h = (1.0f - e) * r;
  if (ACT == 1) {
    if (ORDER > 0) d1 = slope;
    if (ORDER > 1) d2 = slope * (z < 0.0f ? h : -h);
    return s;
  }
  float w = z > 100.0f ? 100.0f : z;
  w = w < -100.0f ? -100.0f : w;
  if (ORDER > 0) d1 = fmaf(w, slope, s);
  if (ORDER > 1) d2 = slope * fmaf(w, z < 0.0f ? h : -h, 2.0f);
  return (z < 0.0f ? w : z) * s;
}

__device__ __forceinline__ float activate(float z) {
  float d1, d2;
  return activation<0>(z, d1, d2);
}
__device__ __forceinline__ float activate(float z, float& d1) {
  float d2;
  return activation<1>(z, d1, d2);
}
__device__ __forceinline__ float activate(float z, float& d1, float& d2) { return activation<2>(z, d1, d2); }
