// A layer of any size for many columns, which are particles or their tangents: matrices [unit][ld] in global memory.
// reference: UnitJet.forward, ScalarGemm: the same bits in reproducible mode.
// cost: dense 2·nIn·nOut FLOP a column, reading each operand ⌈other/128⌉ times.
#include "activation.cuh"
#include "narrow.cuh"
#include "product.cuh"

// y[o][c] = φ(fma(w[k][o], x[k][c], ·) for k = 0, 1, … from init on), or without φ where activated is 0; init is bias[o] in
// columns c < biased and 0 in others. w [nIn][nOut⁴], bias [nOut⁴] or null where biased is 0; all ld columns, a multiple of 4.
// 128 outputs × 128 columns a block, 8 × 8 a thread; 16 terms at a time go to shared memory, one group while the one before
// is being multiplied. Terms beyond nIn are 0·−0, which leaves every sum as it is, −0 too.
// grid (⌈nOut/128⌉, ⌈ld/128⌉), block 256, shared memory 32,768 bytes. Neighbouring blocks share their columns, of which there
//   are more than weights, and ld ≤ 8,388,480.
extern "C" __global__ void __launch_bounds__(256, 2) dense(const float* __restrict__ w, const float* __restrict__ bias,
                                                           const float* __restrict__ x, float* __restrict__ y, int nIn,
                                                           int nOut, int ld, int biased, int activated) {
  const int DEPTH = PRODUCT_DEPTH, SIDE = PRODUCT_SIDE;
  float* ws = (float*)dynamic_smem;    // [2][DEPTH][SIDE]
  float* xs = ws + 2 * DEPTH * SIDE;   // [2][DEPTH][SIDE]
  const int tid = threadIdx.x, r = product_row(tid), c = product_column(tid), stride = (nOut + 3) & ~3;
  const int o0 = blockIdx.x * SIDE, c0 = blockIdx.y * SIDE, lr = tid >> 5, lc = (tid & 31) * 4;
  const float4 zero = make_float4(0.0f, 0.0f, 0.0f, 0.0f), minus = make_float4(-0.0f, -0.0f, -0.0f, -0.0f);
  float acc[8][8];
#pragma unroll
  for (int h = 0; h < 2; h++) {
    const int o = o0 + r + 16 * h;
    float4 b = biased > 0 && o < stride ? *(const float4*)(bias + o) : zero;
#pragma unroll
    for (int j = 0; j < 8; j++) {
      const bool on = c0 + c + (j & 3) + (j < 4 ? 0 : 32) < biased;
      acc[4 * h][j] = on ? b.x : 0.0f;
      acc[4 * h + 1][j] = on ? b.y : 0.0f;
      acc[4 * h + 2][j] = on ? b.z : 0.0f;
      acc[4 * h + 3][j] = on ? b.w : 0.0f;
    }
  }
  const bool some = o0 + (r & ~31) < nOut && c0 + (c & ~63) < ld;   // whether the warp has outputs
  float4 wn[2], xn[2];
  const int groups = (nIn + DEPTH - 1) / DEPTH;
#pragma unroll 1
  for (int t = 0; t <= groups; t++) {
    if (t < groups) {
#pragma unroll
      for (int h = 0; h < 2; h++) {
        const int k = t * DEPTH + lr + 8 * h;
        wn[h] = k < nIn && o0 + lc < stride ? __ldg((const float4*)(w + (size_t)k * stride + o0 + lc)) : zero;
        xn[h] = k < nIn && c0 + lc < ld ? __ldg((const float4*)(x + (size_t)k * ld + c0 + lc)) : minus;
      }
    }
    if (t > 0 && some) {
      const int buffer = ((t - 1) & 1) * DEPTH * SIDE;
      product_terms(acc, ws + buffer + r, xs + buffer + c, SIDE);
    }
    if (t < groups) {
#pragma unroll
      for (int h = 0; h < 2; h++) {
        *(float4*)(ws + (t & 1) * DEPTH * SIDE + (lr + 8 * h) * SIDE + lc) = wn[h];
        *(float4*)(xs + (t & 1) * DEPTH * SIDE + (lr + 8 * h) * SIDE + lc) = xn[h];
      }
    }
    __syncthreads();
  }
  // half of a thread's sums at a time go through shared memory, [8][thread] of float4, to a loop that is not unrolled
  float4* mine = dynamic_smem + tid;
#pragma unroll
  for (int h = 0; h < 2; h++) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float* v = acc[4 * h + i];
      mine[(2 * i) * 256] = make_float4(v[0], v[1], v[2], v[3]);
      mine[(2 * i + 1) * 256] = make_float4(v[4], v[5], v[6], v[7]);
    }
#pragma unroll 1
    for (int i = 0; i < 8; i++) {
      const int o = o0 + r + 16 * h + (i >> 1), p = c0 + c + 32 * (i & 1);
      if (o < nOut && p < ld) {
        float4 v = mine[i * 256];
        if (activated) v = make_float4(activate(v.x), activate(v.y), activate(v.z), activate(v.w));
        *(float4*)(y + (size_t)o * ld + p) = v;
      }
    }
  }
}

// y[o][c] = bias[o] + Σ w[o][k]·x[k][c] for c < columns, where a last layer has at most 4 outputs (narrow.cuh); w [nOut][nIn⁴].
// grid (⌈columns/128⌉, nOut), block 128, no shared memory
extern "C" __global__ void __launch_bounds__(128) dense_narrow(const float* __restrict__ w, const float* __restrict__ bias,
                                                               const float* __restrict__ x, float* __restrict__ y, int nIn,
                                                               int ld, int columns) {
  const int c = blockIdx.x * 128 + threadIdx.x, o = blockIdx.y;
  if (c < columns) y[(size_t)o * ld + c] = narrow_output<false>(x + c, ld, w + (size_t)o * ((nIn + 3) & ~3), bias[o], nIn);
}
