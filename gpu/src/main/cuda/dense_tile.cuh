// One layer for the 64 particles of a block, in place: act[unit][particle] in shared memory is its input and then its output.
//
//   z[o][p] = fma(w[k][o], a[k][p], ·) for k = 0, 1, … from the bias on          reference: UnitJet.forward, ScalarGemm
//
// A thread has RO outputs for 8 particles in registers: 8·RO fmas for 2 + RO/4 loads of 16 bytes.
// Outputs beyond nOut, up to a multiple of 4, have weights 0 and become φ(0); nobody reads them.
// NT threads take nOut ≤ NT, with RO = 4 nOut ≤ NT/2. SHARED: the weights lie in shared memory.
#pragma once
#include "activation.cuh"
#include "narrow.cuh"

#define TILE 64

// Lanes are numbered in a zigzag, so that lanes i and i^1 share columns and i and i^2 share outputs: a warp's 16-byte loads from
// shared memory take two passes in the place of four.
__device__ __forceinline__ int tile_quad(int lane) { return (lane >> 4) << 1 | (lane & 1); }   // 0..3
__device__ __forceinline__ int tile_eighth(int lane) { return lane >> 1 & 7; }                 // 0..7

// One term of every sum.
template <int RO, bool SHARED> __device__ __forceinline__ void multiply(float (&acc)[RO][8], const float* act, const float* w, int second) {
  float4 a0 = *(const float4*)act, a1 = *(const float4*)(act + 32);
  float4 w0 = weights4<SHARED>(w), w1 = RO == 8 ? weights4<SHARED>(w + second) : w0;
  float a[8] = {a0.x, a0.y, a0.z, a0.w, a1.x, a1.y, a1.z, a1.w};
  float ww[8] = {w0.x, w0.y, w0.z, w0.w, w1.x, w1.y, w1.z, w1.w};
#pragma unroll
  for (int i = 0; i < RO; i++) {
#pragma unroll
    for (int j = 0; j < 8; j++) acc[i][j] = fmaf(ww[i], a[j], acc[i][j]);
  }
}

template <int RO, int NT, bool SHARED>
__device__ __forceinline__ void dense_tile(float* act, const float* w, const float* bias, int nIn, int nOut, bool activated) {
  const int HALF = NT / 2;  // outputs r to r + 3 and, with RO = 8, HALF + r to HALF + r + 3
  const int lane = threadIdx.x & 31;
  const int r = ((threadIdx.x >> 5) * 4 + tile_quad(lane)) * 4;
  const int c = tile_eighth(lane) * 4;  // particles c to c + 3 and 32 + c to 32 + c + 3
  const int stride = (nOut + 3) & ~3;
  const bool on = r < nOut, on2 = RO == 8 && HALF + r < nOut;
  const float4 zero = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
  float acc[RO][8];
  {
    float4 b0 = on ? *(const float4*)(bias + r) : zero;  // of any memory
    float4 b1 = on2 ? *(const float4*)(bias + HALF + r) : zero;
    float b[8] = {b0.x, b0.y, b0.z, b0.w, b1.x, b1.y, b1.z, b1.w};
#pragma unroll
    for (int i = 0; i < RO; i++) {
#pragma unroll
      for (int j = 0; j < 8; j++) acc[i][j] = b[i];
    }
  }
  if (on) {
    const float* wr = w + r;
    const int second = on2 ? HALF : 0;  // without a second half the first is read again, for sums that go nowhere
    const float* ac = act + c;
    int k = 0;
#pragma unroll 1
    for (; k + 4 <= nIn; k += 4) {
#pragma unroll
      for (int i = 0; i < 4; i++) multiply<RO, SHARED>(acc, ac + (k + i) * TILE, wr + (k + i) * stride, second);
    }
#pragma unroll 1
    for (; k < nIn; k++) multiply<RO, SHARED>(acc, ac + k * TILE, wr + k * stride, second);
  }
  __syncthreads();  // every thread has read the layer's input
#pragma unroll
  for (int h = 0; h < RO / 4; h++) {
    if (h == 0 ? on : on2) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        float* row = act + (h * HALF + r + i) * TILE + c;
        const float* v = acc[4 * h + i];
        *(float4*)row = make_float4(v[0], v[1], v[2], v[3]);
        *(float4*)(row + 32) = make_float4(v[4], v[5], v[6], v[7]);
      }
    }
  }
  // each thread goes over its own outputs again in a loop that is not unrolled: 64 copies of the activation would make the
  // PTX several times larger and slow to load
  const int mine = !activated ? 0 : on2 ? 16 : on ? 8 : 0;
#pragma unroll 1
  for (int i = 0; i < mine; i++) {
    float4* e = (float4*)(act + ((i >> 3) * HALF + r + (i >> 1 & 3)) * TILE + (i & 1) * 32 + c);
    float4 v = *e;
    *e = make_float4(activate(v.x), activate(v.y), activate(v.z), activate(v.w));
  }
  __syncthreads();
}

template <int NT, bool SHARED>
__device__ __forceinline__ void dense_layer(float* act, const float* w, const float* bias, int nIn, int nOut, bool activated) {
  if (2 * nOut <= NT) dense_tile<4, NT, SHARED>(act, w, bias, nIn, nOut, activated);
  else dense_tile<8, NT, SHARED>(act, w, bias, nIn, nOut, activated);
}
