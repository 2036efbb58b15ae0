// Scores and whole chains of networks with one hidden layer between D ≤ 4 coordinates: another order of summation.
//
//   z_j = fma(1, b_j, fma(w_jD, x_D, … fma(w_j1, x_1, 0)))      F_d = fma(v_dj, φ(z_j), ·) for j = 0, 1, … from b_d on
//
//   shallow_chain_1 … _4   D = 1 … 4; a thread a particle, weights in shared memory
//   shallow_chain_units    D = 1, for wide layers and batches that do not fill the card: 16 particles a block; 128 threads
//                          compute φ of 256 units at a time, then 16 lanes add them in their order. The warp that adds
//                          changes from turn to turn, because a warp keeps its scheduler. Worth it, by an estimate, from
//                          some 64 units on up to 50,000 particles, beyond which a thread each fills an H100
//
// arguments: chain.cuh; extraCount is 0, layers 2, bias0 null; actFloats is not read.
// reference: SampleJet (forward, score), Conditioner, AffineSteps: the same bits in reproducible mode.
// launch: _1 … _4: grid ⌈n/128⌉, block 128, shared memory 4·(H·(2D + 1 padded to 4) + 4) bytes for H units;
//   _units: grid ⌈n/16⌉, block 128, shared memory 4·(17·260 + 11·16) = 18,384 bytes, whatever H.
#include "activation.cuh"
#include "chain.cuh"

template <int D> __device__ __forceinline__ void shallow_chain(CHAIN_ARGUMENTS) {
  const int R = (2 * D + 4) & ~3;  // a unit's row: D weights of the input, the bias, D weights of the output
  const int hidden = sizes[1], stride = padded4(hidden);
  float* rows = (float*)dynamic_smem;
  for (int i = threadIdx.x; i < hidden * R; i += 128) {
    const int j = i / R, e = i % R;
    // W₁ᵀ [D][stride], b₁ [stride] and W₂ [D][stride]; then b₂
    rows[i] = e <= 2 * D ? params[e * stride + j] : 0.0f;
  }
  if (threadIdx.x < 4) rows[hidden * R + threadIdx.x] = params[(2 * D + 1) * stride + threadIdx.x];
  __syncthreads();
  const int row = blockIdx.x * 128 + threadIdx.x;
  float state[D], in[D], F[D];
#pragma unroll
  for (int i = 0; i < D; i++) state[i] = row < n ? x[(size_t)row * D + i] : 0.0f;
#pragma unroll 1
  for (int k = 0; k == 0 || k < steps; k++) {
    const float* factor = factors + 6 * (size_t)factor_row(k, row, n, perRow, firstFactor, lastFactor);
#pragma unroll
    for (int i = 0; i < D; i++) {
      in[i] = factor[3] * state[i];
      F[i] = rows[hidden * R + i];
    }
#pragma unroll(D == 1 ? 4 : 2)
    for (int j = 0; j < hidden; j++) {
      float u[R];
#pragma unroll
      for (int i = 0; i < R; i += 4) {
        float4 v = *(const float4*)(rows + j * R + i);
        u[i] = v.x;
        u[i + 1] = v.y;
        u[i + 2] = v.z;
        u[i + 3] = v.w;
      }
      float z = 0.0f;
#pragma unroll
      for (int i = 0; i < D; i++) z = fmaf(u[i], in[i], z);
      float a = activate(z + u[D]);
#pragma unroll
      for (int i = 0; i < D; i++) F[i] = fmaf(u[D + 1 + i], a, F[i]);
    }
    float z[4] = {0.0f, 0.0f, 0.0f, 0.0f};
    if (steps > 0 && factor[2] != 0.0f) {
      uint4 words = noise_words(0, firstStep + k, sample_of(sampleLo, sampleHi, row), keyLo, keyHi);
      float2 pair = normal_pair(words.x, words.y);
      z[0] = pair.x;
      z[1] = pair.y;
      if (D > 2) {
        pair = normal_pair(words.z, words.w);
        z[2] = pair.x;
        z[3] = pair.y;
      }
    }
#pragma unroll
    for (int i = 0; i < D; i++) {
      float s = score_of(F[i], state[i], factor, plain);
      state[i] = steps > 0 ? updated(state[i], s, z[i], factor) : s;
    }
  }
  if (row < n) {
#pragma unroll
    for (int i = 0; i < D; i++) out[(size_t)row * D + i] = state[i];
  }
}

extern "C" __global__ void __launch_bounds__(128) shallow_chain_1(CHAIN_ARGUMENTS) { shallow_chain<1>(CHAIN_PASS); }
extern "C" __global__ void __launch_bounds__(128) shallow_chain_2(CHAIN_ARGUMENTS) { shallow_chain<2>(CHAIN_PASS); }
extern "C" __global__ void __launch_bounds__(128) shallow_chain_3(CHAIN_ARGUMENTS) { shallow_chain<3>(CHAIN_PASS); }
extern "C" __global__ void __launch_bounds__(128, 8) shallow_chain_4(CHAIN_ARGUMENTS) { shallow_chain<4>(CHAIN_PASS); }

extern "C" __global__ void __launch_bounds__(128) shallow_chain_units(CHAIN_ARGUMENTS) {
  // φ of 256 units for each of 16 particles, and in a row of its own what they are multiplied with; rows of 260, so that
  // eight lanes that read 16 bytes each of their rows use all banks
  const int UNITS = 256, STRIDE = 260;
  const int hidden = sizes[1], stride = padded4(hidden), tid = threadIdx.x, lane = tid & 31, warp = tid >> 5;
  const int first = blockIdx.x * 16;
  float* a = (float*)dynamic_smem;
  float* v = a + 16 * STRIDE;
  float* in = v + STRIDE;        // what the network sees
  float* state = in + 16;
  float* sum = state + 16;       // F so far
  float* noise = sum + 16;       // 8 steps
  const float* w = params;
  const float* b = params + stride;
  const float* w2 = b + stride;
  const float b2 = w2[stride];
  if (tid < 16) {
    float s = first + tid < n ? x[first + tid] : 0.0f;
    state[tid] = s;
    in[tid] = factors[6 * (size_t)factor_row(0, first + tid, n, perRow, firstFactor, lastFactor) + 3] * s;
  }
  __syncthreads();
#pragma unroll 1
  for (int k = 0; k == 0 || k < steps; k++) {
    if ((k & 7) == 0 && steps > 0) {  // each thread draws for one of the next 8 steps, if there is one that is not without noise
      const int step = k + (tid >> 4);
      const int at = factor_row(step, 0, n, 0, firstFactor, lastFactor);
      float z = 0.0f;
      if (step < steps && factors[6 * (size_t)at + 2] != 0.0f) {
        uint4 words = noise_words(0, firstStep + step, sample_of(sampleLo, sampleHi, first + (tid & 15)), keyLo, keyHi);
        z = normal_pair(words.x, words.y).x;
      }
      noise[tid] = z;
    }
#pragma unroll 1
    for (int from = 0; from < hidden; from += UNITS) {
      const int units = min(UNITS, hidden - from);
#pragma unroll 1
      for (int j = tid; j < units; j += 128) {
        const float wj = __ldg(w + from + j), bj = __ldg(b + from + j);
        v[j] = __ldg(w2 + from + j);
#pragma unroll 1
        for (int p = 0; p < 16; p += 4) {
          float4 xs = *(const float4*)(in + p);
          a[p * STRIDE + j] = activate(fmaf(wj, xs.x, 0.0f) + bj);
          a[(p + 1) * STRIDE + j] = activate(fmaf(wj, xs.y, 0.0f) + bj);
          a[(p + 2) * STRIDE + j] = activate(fmaf(wj, xs.z, 0.0f) + bj);
          a[(p + 3) * STRIDE + j] = activate(fmaf(wj, xs.w, 0.0f) + bj);
        }
      }
      __syncthreads();
      if (warp == ((from / UNITS + (int)blockIdx.x + k) & 3) && lane < 16) {
        float F = from == 0 ? b2 : sum[lane];
        const float* own = a + lane * STRIDE;
        int j = 0;
#pragma unroll 4
        for (; j + 4 <= units; j += 4) {
          float4 aj = *(const float4*)(own + j), vj = *(const float4*)(v + j);
          F = fmaf(vj.x, aj.x, F);
          F = fmaf(vj.y, aj.y, F);
          F = fmaf(vj.z, aj.z, F);
          F = fmaf(vj.w, aj.w, F);
        }
        for (; j < units; j++) F = fmaf(v[j], own[j], F);
        sum[lane] = F;
        if (from + UNITS >= hidden) {
          const float* factor = factors + 6 * (size_t)factor_row(k, first + lane, n, perRow, firstFactor, lastFactor);
          const float* next = factors + 6 * (size_t)factor_row(k + 1, first + lane, n, perRow, firstFactor, lastFactor);
          float s = score_of(F, state[lane], factor, plain);
          if (steps > 0) s = updated(state[lane], s, noise[16 * (k & 7) + lane], factor);
          state[lane] = s;
          in[lane] = next[3] * s;
        }
      }
      __syncthreads();
    }
  }
  if (tid < 16 && first + tid < n) out[first + tid] = state[tid];
}
