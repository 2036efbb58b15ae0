// Scores and steps of networks of any size, one launch a layer. Between layers a matrix has a row for each unit and a column
// for each particle: [unit][ld], ld = n padded to a multiple of 4.
//
//   assemble → dense for every layer, or dense_narrow for a last one of at most 4 outputs (dense.cu) → finish, or step
//
// reference: Conditioner.row, UnitJet (forward, output), Conditioner.score, AffineSteps.update: the same bits in reproducible
//   mode. Weights as in chain.cuh.
#include "chain.cuh"

// inputs[i][p] = c_in·x[p][i]; below them extra[e] of the row, or of row p where perRow; 0 in columns from n to ld.
// factors and extra: the row in use or, where perRow, the first of n.
// grid ⌈ld/32⌉·⌈D/32⌉, block 256, shared memory 4224 bytes
extern "C" __global__ void __launch_bounds__(256) assemble(const float* __restrict__ x, const float* __restrict__ factors,
                                                           const float* __restrict__ extra, int extraCount, int perRow,
                                                           float* __restrict__ inputs, int n, int d, int ld) {
  float* tile = (float*)dynamic_smem;  // [32 coordinates][33]
  const int tid = threadIdx.x, lane = tid & 31, warp = tid >> 5;
  const Place block((ld + 31) / 32);
  const int p0 = block.column * 32, i0 = block.row * 32;
  for (int p = warp; p < 32; p += 8)
    tile[lane * 33 + p] = p0 + p < n && i0 + lane < d ? x[(size_t)(p0 + p) * d + i0 + lane] : 0.0f;
  __syncthreads();
  const int row = p0 + lane;
  const size_t at = perRow ? min(row, n - 1) : 0;
  if (row < ld) {
    for (int i = warp; i < 32 && i0 + i < d; i += 8)
      inputs[(size_t)(i0 + i) * ld + row] = row < n ? factors[6 * at + 3] * tile[i * 33 + lane] : 0.0f;
    if (i0 == 0)
      for (int e = warp; e < extraCount; e += 8)
        inputs[(size_t)(d + e) * ld + row] = row < n ? extra[at * extraCount + e] : 0.0f;
  }
}

// A tile of 32 coordinates × 32 particles of F, so that both F [D][ld] and a batch [n][D] are read along their rows: thread
// tid has coordinates 4·(tid & 7) on of particle tid >> 3.
__device__ __forceinline__ void load_tile(const float* F, float* tile, const Place& block, int n, int d, int ld) {
  const int lane = threadIdx.x & 31, p0 = block.column * 32, i0 = block.row * 32;
  for (int i = threadIdx.x >> 5; i < 32; i += 8)
    tile[i * 33 + lane] = i0 + i < d && p0 + lane < n ? F[(size_t)(i0 + i) * ld + p0 + lane] : 0.0f;
  __syncthreads();
}

// out[p][i] = c_skip·x + c_out·F, or F where plain. factors as in assemble.
// grid ⌈n/32⌉·⌈D/32⌉, block 256, shared memory 4224 bytes
extern "C" __global__ void __launch_bounds__(256) finish(const float* __restrict__ F, const float* __restrict__ x,
                                                         const float* __restrict__ factors, int perRow, int plain,
                                                         float* __restrict__ out, int n, int d, int ld) {
  float* tile = (float*)dynamic_smem;
  const Place block((n + 31) / 32);
  load_tile(F, tile, block, n, d, ld);
  const int q = threadIdx.x & 7, p = threadIdx.x >> 3, row = block.column * 32 + p, i0 = block.row * 32 + 4 * q;
  for (int i = i0; i < i0 + 4 && i < d && row < n; i++) {
    const size_t at = (size_t)row * d + i;
    out[at] = score_of(tile[(4 * q + i - i0) * 33 + p], x[at], factors + (perRow ? 6 * (size_t)row : 0), plain);
  }
}

// x[p][i] ← fma(kick, z, fma(gain, s, keep·x)) with s as in finish; factor is the step's row, step the noise's number of it.
// grid ⌈n/32⌉·⌈D/32⌉, block 256, shared memory 4224 bytes
extern "C" __global__ void __launch_bounds__(256) step(const float* __restrict__ F, float* __restrict__ x,
                                                       const float* __restrict__ factor, int plain, unsigned keyLo,
                                                       unsigned keyHi, unsigned step, unsigned sampleLo, unsigned sampleHi,
                                                       int n, int d, int ld) {
  float* tile = (float*)dynamic_smem;
  const Place block((n + 31) / 32);
  load_tile(F, tile, block, n, d, ld);
  const int q = threadIdx.x & 7, p = threadIdx.x >> 3, row = block.column * 32 + p, i0 = block.row * 32 + 4 * q;
  if (row < n && i0 < d) {
    float4 z = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    if (factor[2] != 0.0f) z = normal4(i0 >> 2, step, sample_of(sampleLo, sampleHi, row), keyLo, keyHi);
    for (int i = i0; i < i0 + 4 && i < d; i++) {
      const size_t at = (size_t)row * d + i;
      const float old = x[at];
      x[at] = updated(old, score_of(tile[(4 * q + i - i0) * 33 + p], old, factor, plain), component(z, i - i0), factor);
    }
  }
}
