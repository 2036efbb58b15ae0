// What the kernels by layers share: the 128 × 128 product of a block of 256 threads, and forms.
#pragma once
#include "activation.cuh"
#include "jet.cuh"

enum { JET_DEPTH = 16 };   // terms of a product in shared memory at a time

// q_k of row p: v·(J·v), with J·v in column n·(1 + k) + p of y.
__device__ __forceinline__ float jet_form(const float* __restrict__ y, int p, int n, int dim, const float* __restrict__ directions, int tangents,
                    int k, int ld) {
  const size_t c = (size_t)n * (1 + k) + p;
  if (!directions) return y[(size_t)k * ld + c];
  float q = 0.0f;
  #pragma unroll 1
  for (int d = 0; d < dim; d++) q = fmaf(directions[((size_t)p * tangents + k) * dim + d], y[(size_t)d * ld + c], q);
  return q;
}

// The first of a thread's eight rows and columns: rows r..r+3 and r+16..r+19, columns c..c+3 and c+32..c+35.
__device__ __forceinline__ int jet_tile_row(int tid) { return (tid >> 6) * 32 + ((tid >> 4 & 1) << 1 | (tid & 1)) * 4; }
__device__ __forceinline__ int jet_tile_column(int tid) { return (tid >> 5 & 1) * 64 + (tid >> 1 & 7) * 4; }

// acc[i][j] += Σ_{k < depth} m[k][i]·x[k][j], k in order.
__device__ __forceinline__ void jet_multiply(float (&acc)[8][8], const float* m, int mStride, const float* x, int xStride, int depth) {
  #pragma unroll 4
  for (int k = 0; k < depth; k++) {
    float4 m0 = *(const float4*)(m + k * mStride), m1 = *(const float4*)(m + k * mStride + 16);
    float4 x0 = *(const float4*)(x + k * xStride), x1 = *(const float4*)(x + k * xStride + 32);
    float v[8] = {m0.x, m0.y, m0.z, m0.w, m1.x, m1.y, m1.z, m1.w};
    float w[8] = {x0.x, x0.y, x0.z, x0.w, x1.x, x1.y, x1.z, x1.w};
    #pragma unroll
    for (int i = 0; i < 8; i++) {
      #pragma unroll
      for (int j = 0; j < 8; j++) acc[i][j] = fmaf(v[i], w[j], acc[i][j]);
    }
  }
}
