// One number of a last layer of at most four outputs, for all kernels.                          reference: ScalarKernels.dot
//
//   F = b + Σ w[k]·a[k]: sixteen sums, sum l over k ≡ l (mod 16), added as a tree and to the bias last
//
// a[k] lies at act[k·stride]; the output's weights are a row w[nIn⁴], padded with 0 and aligned to 16 bytes. The CPU's rows are
// padded with zeros to whole groups of 16, which turns a sum of −0 into +0; so does this.
#pragma once
#include "device.cuh"

// Four weights, from shared memory or through the first-level cache.
template <bool SHARED> __device__ __forceinline__ float4 weights4(const float* w) {
  return SHARED ? *(const float4*)w : __ldg((const float4*)w);
}

template <bool SHARED> __device__ __forceinline__ float narrow_output(const float* act, size_t stride, const float* w, float bias, int nIn) {
  float s[16];
#pragma unroll
  for (int l = 0; l < 16; l++) s[l] = 0.0f;
  int k = 0;
#pragma unroll 1
  for (; k + 16 <= nIn; k += 16) {
#pragma unroll
    for (int l = 0; l < 16; l += 4) {
      const float4 v = weights4<SHARED>(w + k + l);
      const float* a = act + (k + l) * stride;
      s[l] = fmaf(a[0], v.x, s[l]);
      s[l + 1] = fmaf(a[stride], v.y, s[l + 1]);
      s[l + 2] = fmaf(a[2 * stride], v.z, s[l + 2]);
      s[l + 3] = fmaf(a[3 * stride], v.w, s[l + 3]);
    }
  }
  if (k < nIn) {
#pragma unroll
    for (int l = 0; l < 16; l++) {
      const bool in = k + l < nIn;
      s[l] = fmaf(in ? act[(k + l) * stride] : 0.0f, in ? w[k + l] : 0.0f, s[l]);
    }
  }
  float even = ((s[0] + s[8]) + (s[4] + s[12])) + ((s[2] + s[10]) + (s[6] + s[14]));
  float odd = ((s[1] + s[9]) + (s[5] + s[13])) + ((s[3] + s[11]) + (s[7] + s[15]));
  return bias + (even + odd);
}
