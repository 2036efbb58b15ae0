// out[i] = (add ? out[i] : 0) + scale·Σ_b partials[b][i]: one gradient of the blocks' parts.
// order: thread row r of 8 adds parts r, r + 8, … in order, then a tree over the rows: a function of `parts` alone.
//   Error: at most (⌈parts/8⌉ + 4)·2⁻²⁴·Σ_b |partials[b][i]|.                       reference: UnitPacking.unpack
// cost: reads 4·parts·count bytes once, neighbouring threads neighbouring numbers.     launch: jet.cuh
#include "device.cuh"

extern "C" __global__ void __launch_bounds__(256) reduce(
    const float* __restrict__ partials, int count, int parts, float scale, int add, float* __restrict__ out) {
  float* sums = (float*)dynamic_smem;            // [8][32]
  const int i = blockIdx.x * 32 + (threadIdx.x & 31), r = threadIdx.x >> 5;
  float s = 0.0f;
  if (i < count) {
    #pragma unroll 8
    for (int b = r; b < parts; b += 8) s += partials[(size_t)b * count + i];
  }
  sums[threadIdx.x] = s;
  __syncthreads();
  if (r == 0 && i < count) {
    const float* e = sums + threadIdx.x;
    float total = ((e[0] + e[32]) + (e[64] + e[96])) + ((e[128] + e[160]) + (e[192] + e[224]));
    out[i] = add ? fmaf(scale, total, out[i]) : scale * total;
  }
}
