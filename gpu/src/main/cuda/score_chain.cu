// Scores, and whole chains in one launch, of any network whose widths fit a block: 64 particles a block, whose state never
// leaves the multiprocessor.
//
//   score_chain_s   128 threads, sizes[1..layers] ≤ 128, weights in shared memory for the whole chain
//   score_chain_g   128 threads, sizes[1..layers] ≤ 128, weights through the first-level cache
//   score_chain_w   256 threads, sizes[1..layers] ≤ 256, the same
//
// arguments: chain.cuh.   reference: UnitJet (forward, score), Conditioner, AffineSteps: the same bits in reproducible mode.
// launch: grid ⌈n/64⌉, block 128 or 256; bytes of shared memory, with state = 65·D padded to a multiple of 4,
//   s   4·(actFloats + state + paramCount)          g, w   4·(actFloats + state)
// The inputs may be as many as shared memory holds. A network that SamplePacking would take (one hidden layer, as many inputs
//   as outputs, D = 1, or D ≤ 4 and at most 16 units) is another sum on the CPU: shallow_chain.cu.
// Bits agree for finite activations. With an infinite one below a narrow last layer the CPU's padded units make NaN of a score
//   that is infinite here; neither is a number to go on with.
#include "chain.cuh"
#include "dense_tile.cuh"

// The state is [D][65]: rows of 64 would make all lanes that copy a row of x write to one bank.
#define STATE 65

template <int NT, bool SHARED> __device__ __forceinline__ void score_chain(CHAIN_ARGUMENTS) {
  const int d = sizes[layers], tid = threadIdx.x, p = tid % TILE, o0 = tid / TILE;
  const size_t first = (size_t)blockIdx.x * TILE;
  const int row = (int)first + p;
  float* act = (float*)dynamic_smem;
  float* state = act + actFloats;
  const float* w0 = params;
  if (SHARED) {
    float* copy = state + padded4(STATE * d);
    for (int i = 4 * tid; i < paramCount; i += 4 * NT) *(float4*)(copy + i) = *(const float4*)(params + i);
    w0 = copy;
  }
  const int count = min(TILE, n - (int)first) * d;
  for (int i = tid; i < TILE * d; i += NT) state[i % d * STATE + i / d] = i < count ? x[first * d + i] : 0.0f;
  __syncthreads();
#pragma unroll 1
  for (int k = 0; k == 0 || k < steps; k++) {
    const size_t at = factor_row(k, row, n, perRow, firstFactor, lastFactor);
    const float* factor = factors + 6 * at;
    for (int o = o0; o < d; o += NT / TILE) act[o * TILE + p] = factor[3] * state[o * STATE + p];
    int inputs = d;
    if (!bias0) {
      inputs = sizes[0];
      for (int e = o0; e < extraCount; e += NT / TILE) act[(d + e) * TILE + p] = extra[at * extraCount + e];
    }
    __syncthreads();
    const float* w = w0;
#pragma unroll 1
    for (int l = 1; l < layers + (d > 4); l++) {
      const int stride = padded4(sizes[l]), in = sizes[l - 1];
      const float* own = w + in * stride;
      dense_layer<NT, SHARED>(act, w, l == 1 && bias0 ? bias0 + at * stride : own, l == 1 ? inputs : in, sizes[l], l < layers);
      w = own + stride;
    }
    if (d <= 4) {
      const int below = sizes[layers - 1], ld = padded4(below);
      for (int o = o0; o < d; o += NT / TILE) {
        float F = narrow_output<SHARED>(act + p, TILE, w + o * ld, w[d * ld + o], below);
        float s = score_of(F, state[o * STATE + p], factor, plain);
        if (steps > 0) {
          float z = factor[2] == 0.0f ? 0.0f : component(normal4(0, firstStep + k, sample_of(sampleLo, sampleHi, row), keyLo, keyHi), o);
          s = updated(state[o * STATE + p], s, z, factor);
        }
        state[o * STATE + p] = s;
      }
    } else {
      for (int q = o0; 4 * q < d; q += NT / TILE) {
        float4 z = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        if (steps > 0 && factor[2] != 0.0f) z = normal4(q, firstStep + k, sample_of(sampleLo, sampleHi, row), keyLo, keyHi);
#pragma unroll 1
        for (int i = 0; i < 4 && 4 * q + i < d; i++) {
          const int o = 4 * q + i;
          float s = score_of(act[o * TILE + p], state[o * STATE + p], factor, plain);
          state[o * STATE + p] = steps > 0 ? updated(state[o * STATE + p], s, component(z, i), factor) : s;
        }
      }
    }
    __syncthreads();
  }
  for (int i = tid; i < count; i += NT) out[first * d + i] = state[i % d * STATE + i / d];
}

extern "C" __global__ void __launch_bounds__(128, 2) score_chain_s(CHAIN_ARGUMENTS) { score_chain<128, true>(CHAIN_PASS); }
extern "C" __global__ void __launch_bounds__(128, 2) score_chain_g(CHAIN_ARGUMENTS) { score_chain<128, false>(CHAIN_PASS); }
extern "C" __global__ void __launch_bounds__(256, 1) score_chain_w(CHAIN_ARGUMENTS) { score_chain<256, false>(CHAIN_PASS); }
