// The product that dense.cu and gradient_layers.cu share: 128 × 128 numbers a block of 256 threads, 8 × 8 a thread.
#pragma once
#include "device.cuh"

enum {
  PRODUCT_SIDE = 128,
  PRODUCT_DEPTH = 16   // terms of a product in shared memory at a time
};

// The first of a thread's eight rows and columns: rows r..r+3 and r+16..r+19, columns c..c+3 and c+32..c+35.
__device__ __forceinline__ int product_row(int tid) { return (tid >> 6) * 32 + ((tid >> 4 & 1) << 1 | (tid & 1)) * 4; }
__device__ __forceinline__ int product_column(int tid) { return (tid >> 5 & 1) * 64 + (tid >> 1 & 7) * 4; }

// acc[i][j] += Σ_k m[k][i]·x[k][j] for k < PRODUCT_DEPTH, in order.
__device__ __forceinline__ void product_terms(float (&acc)[8][8], const float* m, const float* x, int stride) {
  #pragma unroll 4
  for (int k = 0; k < PRODUCT_DEPTH; k++) {
    float4 m0 = *(const float4*)(m + k * stride), m1 = *(const float4*)(m + k * stride + 16);
    float4 x0 = *(const float4*)(x + k * stride), x1 = *(const float4*)(x + k * stride + 32);
    float v[8] = {m0.x, m0.y, m0.z, m0.w, m1.x, m1.y, m1.z, m1.w};
    float w[8] = {x0.x, x0.y, x0.z, x0.w, x1.x, x1.y, x1.z, x1.w};
    #pragma unroll
    for (int i = 0; i < 8; i++) {
      #pragma unroll
      for (int j = 0; j < 8; j++) acc[i][j] = fmaf(v[i], w[j], acc[i][j]);
    }
  }
}
