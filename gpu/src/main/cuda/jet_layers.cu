// Value, tangents and forms by layers, for any width: matrices [units][ld] in global memory, one column for each value and
// each tangent.                                                                        contract, order of launches: jet.cuh
// reference: score4j.nn.UnitJet.forward, score, forms.
// cost: jet_dense 2·in·out FLOP a column, reading each operand ⌈other/128⌉ times; the others a pass over their matrices.
// tail: columns from n·(1 + K) to ld are 0 everywhere.
#include "jet_multiply.cuh"

// a[i][c]: the inputs' rows in value columns, directions in tangents' columns; and a row of ones for the values.
extern "C" __global__ void __launch_bounds__(256) jet_inputs(
    const float* __restrict__ x, int n, int inputs, int dim, const float* __restrict__ directions, int tangents, float* __restrict__ a, int ld) {
  const int c = blockIdx.x * 256 + threadIdx.x, i = blockIdx.y;
  if (c < ld) {
    const int slot = c / n, row = c - slot * n;
    a[(size_t)i * ld + c] = slot == 0 ? (i < inputs ? x[(size_t)row * inputs + i] : 1.0f)
      : slot <= tangents ? jet_direction(directions, row, tangents, dim, slot - 1, i) : 0.0f;
  }
}

// dst[o][c] = init + Σ_k m[k·out⁴ + o]·src[k][c], k in order, one fma a term, for c < columns (a multiple of 4); init is bias[o]
// for c < biased, else 0; 128 × 128 a block, 8 × 8 a thread, two buffers of 16 terms.
extern "C" __global__ void __launch_bounds__(256, 2) jet_dense(
    const float* __restrict__ m, const float* __restrict__ bias, const float* __restrict__ src, float* __restrict__ dst,
    int inner, int out, int ld, int columns, int biased) {
  float* ms = (float*)dynamic_smem;              // [2][16][128]
  float* xs = ms + 2 * JET_DEPTH * 128;          // [2][16][128]
  const int tid = threadIdx.x, r = jet_tile_row(tid), c = jet_tile_column(tid), pad = jet_pad(out);
  const int o0 = blockIdx.y * 128, c0 = blockIdx.x * 128, lr = tid >> 5, lc = (tid & 31) * 4;
  const float4 zero = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
  float acc[8][8];
  #pragma unroll
  for (int i = 0; i < 8; i++) {
    int o = o0 + r + (i & 3) + (i < 4 ? 0 : 16);
    float b = biased > 0 && o < out ? bias[o] : 0.0f;
    #pragma unroll
    for (int j = 0; j < 8; j++) acc[i][j] = c0 + c + (j & 3) + (j < 4 ? 0 : 32) < biased ? b : 0.0f;
  }
  const bool some = o0 + (r & ~31) < out && c0 + (c & ~63) < columns;   // whether the warp has outputs
  const int tiles = (inner + JET_DEPTH - 1) / JET_DEPTH;
  #pragma unroll 1
  for (int t = 0; t <= tiles; t++) {
    float4 mn[2], xn[2];
    if (t < tiles) {                           // fetch tile t while tile t − 1 is multiplied
      #pragma unroll
      for (int h = 0; h < 2; h++) {
        int k = t * JET_DEPTH + lr + 8 * h;
        mn[h] = k < inner && o0 + lc < pad ? *(const float4*)(m + (size_t)k * pad + o0 + lc) : zero;
        xn[h] = k < inner && c0 + lc < columns ? *(const float4*)(src + (size_t)k * ld + c0 + lc) : zero;
      }
    }
    if (t > 0) {
      int buffer = ((t - 1) & 1) * JET_DEPTH * 128, depth = min(JET_DEPTH, inner - (t - 1) * JET_DEPTH);
      if (some) jet_multiply(acc, ms + buffer + r, 128, xs + buffer + c, 128, depth);
    }
    if (t < tiles) {
      #pragma unroll
      for (int h = 0; h < 2; h++) {
        int e = ((t & 1) * JET_DEPTH + lr + 8 * h) * 128 + lc;
        *(float4*)(ms + e) = mn[h];
        *(float4*)(xs + e) = xn[h];
      }
    }
    __syncthreads();
  }
  #pragma unroll
  for (int i = 0; i < 8; i++) {
    int o = o0 + r + (i & 3) + (i < 4 ? 0 : 16);
    #pragma unroll
    for (int h = 0; h < 2; h++) {
      int at = c0 + c + 32 * h;
      if (o < out && at < columns)
        *(float4*)(dst + (size_t)o * ld + at) = make_float4(acc[i][4 * h], acc[i][4 * h + 1], acc[i][4 * h + 2], acc[i][4 * h + 3]);
    }
  }
}

// dst[o][p] = b[o] + Σ_k m[k·4 + o]·src[k][p] for out ≤ 4 and values p < n, on 16 virtual lanes.   reference: ScalarKernels.dot
extern "C" __global__ void __launch_bounds__(128) jet_narrow(
    const float* __restrict__ m, const float* __restrict__ bias, const float* __restrict__ src, float* __restrict__ dst,
    int inner, int n, int ld) {
  const int p = blockIdx.x * 128 + threadIdx.x, o = blockIdx.y;
  if (p < n) {
    float s[16];
    #pragma unroll
    for (int i = 0; i < 16; i++) s[i] = 0.0f;
    #pragma unroll 1
    for (int k = 0; k < inner; k += 16) {
      #pragma unroll
      for (int i = 0; i < 16; i++) if (k + i < inner) s[i] = fmaf(m[(k + i) * 4 + o], src[(size_t)(k + i) * ld + p], s[i]);
    }
    float even = ((s[0] + s[8]) + (s[4] + s[12])) + ((s[2] + s[10]) + (s[6] + s[14]));
    float odd = ((s[1] + s[9]) + (s[5] + s[13])) + ((s[3] + s[11]) + (s[7] + s[15]));
    dst[(size_t)o * ld + p] = bias[o] + (even + odd);
  }
}

// a[u] = φ(z[u]) in value columns and φ′(z)·ż in tangents' columns.              reference: Kernels.activate, Kernels.tangents
extern "C" __global__ void __launch_bounds__(128) jet_activate(
    const float* __restrict__ z, float* __restrict__ a, int n, int tangents, int ld) {
  const int p = blockIdx.x * 128 + threadIdx.x;
  const size_t row = (size_t)blockIdx.y * ld;
  if (p < n) {
    float slope;
    a[row + p] = activate(z[row + p], slope);
    size_t at = row + p;
    #pragma unroll 1
    for (int k = 0; k < tangents; k++) {
      at += n;
      a[at] = slope * z[at];
    }
    for (int c = n * (1 + tangents) + p; c < ld; c += n) a[row + c] = 0.0f;
  }
}

// Rows of F, and forms or their sum, of the columns of F and J·v in y. Either may be null.
extern "C" __global__ void __launch_bounds__(128) jet_outputs(
    const float* __restrict__ y, int n, int dim, const float* __restrict__ directions, int tangents, int trace, int ld,
    float* __restrict__ score, float* __restrict__ forms) {
  const int p = blockIdx.x * 128 + threadIdx.x;
  if (p < n) {
    if (score)
      #pragma unroll 1
      for (int d = 0; d < dim; d++) score[(size_t)p * dim + d] = y[(size_t)d * ld + p];
    if (forms) {
      float sum = 0.0f;
      #pragma unroll 1
      for (int k = 0; k < tangents; k++) {
        float q = jet_form(y, p, n, dim, directions, tangents, k, ld);
        sum += q;
        if (!trace) forms[(size_t)p * tangents + k] = q;
      }
      if (trace) forms[p] = sum;
    }
  }
}
