// Scores and steps of networks of any size, one launch a layer. Between layers a matrix has a row for each unit and a column
// for each particle: [unit][ld], ld = n padded to a multiple of 4.
//
//   assemble → dense for every layer (dense_narrow for a last one of at most 4 outputs) → finish, or step
//
// reference: Conditioner.row, UnitJet (forward, output), Conditioner.score, AffineSteps.update: the same bits in reproducible
//   mode. Weights as in chain.cuh: transposed [in][out padded to 4], bias [out padded to 4].
#include "chain.cuh"
#include "dense_tile.cuh"

// inputs[i][p] = c_in·x[p][i]; below them extra[e] of the row, or of row p where perRow; 0 in columns from n to ld.
// factors and extra: the row in use or, where perRow, the first of n.
// grid (⌈ld/32⌉, ⌈D/32⌉), block 256, shared memory 4224 bytes
extern "C" __global__ void __launch_bounds__(256) assemble(const float* __restrict__ x, const float* __restrict__ factors,
                                                           const float* __restrict__ extra, int extraCount, int perRow,
                                                           float* __restrict__ inputs, int n, int d, int ld) {
  float* tile = (float*)dynamic_smem;  // [32 coordinates][33]
  const int tid = threadIdx.x, lane = tid & 31, warp = tid >> 5;
  const int p0 = blockIdx.x * 32, i0 = blockIdx.y * 32;
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

// y[o][p] = φ(fma(w[k][o], x[k][p], ·) for k = 0, 1, … from bias[o] on), or without φ where activated is 0; from 0 on where
// bias is null. 128 outputs × 128 particles a block, 8 × 8 a thread; 16 terms at a time go to shared memory, one group while
// the one before is being multiplied. Terms beyond nIn are 0·−0, which leaves every sum as it is, −0 too.
// grid (⌈ld/128⌉, ⌈nOut/128⌉), block 256, shared memory 32,768 bytes
extern "C" __global__ void __launch_bounds__(256, 2) dense(const float* __restrict__ w, const float* __restrict__ bias,
                                                           const float* __restrict__ x, float* __restrict__ y, int nIn,
                                                           int nOut, int ld, int activated) {
  const int DEPTH = 16, SIDE = 128;
  float* ws = (float*)dynamic_smem;    // [2][DEPTH][SIDE]
  float* xs = ws + 2 * DEPTH * SIDE;   // [2][DEPTH][SIDE]
  const int tid = threadIdx.x, lane = tid & 31, warp = tid >> 5, stride = (nOut + 3) & ~3;
  const int r = (warp >> 1) * 32 + ((lane >> 4) << 1 | (lane & 1)) * 4;  // outputs r to r + 3, r + 16 to r + 19
  const int c = (warp & 1) * 64 + (lane >> 1 & 7) * 4;                   // particles c to c + 3, c + 32 to c + 35
  const int o0 = blockIdx.y * SIDE, p0 = blockIdx.x * SIDE, lr = tid >> 5, lc = (tid & 31) * 4;
  const float4 zero = make_float4(0.0f, 0.0f, 0.0f, 0.0f), minus = make_float4(-0.0f, -0.0f, -0.0f, -0.0f);
  float acc[8][8];
#pragma unroll
  for (int h = 0; h < 2; h++) {
    const int o = o0 + r + 16 * h;
    float4 b = bias && o < stride ? *(const float4*)(bias + o) : zero;
#pragma unroll
    for (int j = 0; j < 8; j++) {
      acc[4 * h][j] = b.x;
      acc[4 * h + 1][j] = b.y;
      acc[4 * h + 2][j] = b.z;
      acc[4 * h + 3][j] = b.w;
    }
  }
  float4 wn[2], xn[2];
  const int groups = (nIn + DEPTH - 1) / DEPTH;
#pragma unroll 1
  for (int t = 0; t <= groups; t++) {
    if (t < groups) {
#pragma unroll
      for (int h = 0; h < 2; h++) {
        const int k = t * DEPTH + lr + 8 * h;
        wn[h] = k < nIn && o0 + lc < stride ? __ldg((const float4*)(w + (size_t)k * stride + o0 + lc)) : zero;
        xn[h] = k < nIn && p0 + lc < ld ? __ldg((const float4*)(x + (size_t)k * ld + p0 + lc)) : minus;
      }
    }
    if (t > 0) {
      const float* wb = ws + ((t - 1) & 1) * DEPTH * SIDE + r;
      const float* xb = xs + ((t - 1) & 1) * DEPTH * SIDE + c;
#pragma unroll 4
      for (int k = 0; k < DEPTH; k++) {
        float4 w0 = *(const float4*)(wb + k * SIDE), w1 = *(const float4*)(wb + k * SIDE + 16);
        float4 a0 = *(const float4*)(xb + k * SIDE), a1 = *(const float4*)(xb + k * SIDE + 32);
        float ww[8] = {w0.x, w0.y, w0.z, w0.w, w1.x, w1.y, w1.z, w1.w};
        float a[8] = {a0.x, a0.y, a0.z, a0.w, a1.x, a1.y, a1.z, a1.w};
#pragma unroll
        for (int i = 0; i < 8; i++) {
#pragma unroll
          for (int j = 0; j < 8; j++) acc[i][j] = fmaf(ww[i], a[j], acc[i][j]);
        }
      }
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
      const int o = o0 + r + 16 * h + (i >> 1), p = p0 + c + 32 * (i & 1);
      if (o < nOut && p < ld) {
        float4 v = mine[i * 256];
        if (activated) v = make_float4(activate(v.x), activate(v.y), activate(v.z), activate(v.w));
        *(float4*)(y + (size_t)o * ld + p) = v;
      }
    }
  }
}

// The last layer where it has at most 4 outputs: sixteen sums and their tree (dense_tile.cuh).
// grid (⌈ld/128⌉, nOut), block 128, no shared memory
extern "C" __global__ void __launch_bounds__(128) dense_narrow(const float* __restrict__ w, const float* __restrict__ bias,
                                                               const float* __restrict__ x, float* __restrict__ y, int nIn,
                                                               int nOut, int ld) {
  const int p = blockIdx.x * 128 + threadIdx.x, o = blockIdx.y;
  if (p < ld && o < nOut) y[(size_t)o * ld + p] = narrow_output<false>(x + p, ld, w + o, bias[o], nIn);
}

// A tile of 32 coordinates × 32 particles of F, so that both F [D][ld] and a batch [n][D] are read along their rows: thread
// tid has coordinates 4·(tid & 7) on of particle tid >> 3.
__device__ __forceinline__ void load_tile(const float* F, float* tile, int n, int d, int ld) {
  const int lane = threadIdx.x & 31, p0 = blockIdx.x * 32, i0 = blockIdx.y * 32;
  for (int i = threadIdx.x >> 5; i < 32; i += 8)
    tile[i * 33 + lane] = i0 + i < d && p0 + lane < n ? F[(size_t)(i0 + i) * ld + p0 + lane] : 0.0f;
  __syncthreads();
}

// out[p][i] = c_skip·x + c_out·F, or F where plain. factors as in assemble.
// grid (⌈n/32⌉, ⌈D/32⌉), block 256, shared memory 4224 bytes
extern "C" __global__ void __launch_bounds__(256) finish(const float* __restrict__ F, const float* __restrict__ x,
                                                         const float* __restrict__ factors, int perRow, int plain,
                                                         float* __restrict__ out, int n, int d, int ld) {
  float* tile = (float*)dynamic_smem;
  load_tile(F, tile, n, d, ld);
  const int q = threadIdx.x & 7, p = threadIdx.x >> 3, row = blockIdx.x * 32 + p, i0 = blockIdx.y * 32 + 4 * q;
  for (int i = i0; i < i0 + 4 && i < d && row < n; i++) {
    const size_t at = (size_t)row * d + i;
    out[at] = score_of(tile[(4 * q + i - i0) * 33 + p], x[at], factors + (perRow ? 6 * (size_t)row : 0), plain);
  }
}

// x[p][i] ← fma(kick, z, fma(gain, s, keep·x)) with s as in finish; factor is the step's row, step the noise's number of it.
// grid (⌈n/32⌉, ⌈D/32⌉), block 256, shared memory 4224 bytes
extern "C" __global__ void __launch_bounds__(256) step(const float* __restrict__ F, float* __restrict__ x,
                                                       const float* __restrict__ factor, int plain, unsigned keyLo,
                                                       unsigned keyHi, unsigned step, unsigned sampleLo, unsigned sampleHi,
                                                       int n, int d, int ld) {
  float* tile = (float*)dynamic_smem;
  load_tile(F, tile, n, d, ld);
  const int q = threadIdx.x & 7, p = threadIdx.x >> 3, row = blockIdx.x * 32 + p, i0 = blockIdx.y * 32 + 4 * q;
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
