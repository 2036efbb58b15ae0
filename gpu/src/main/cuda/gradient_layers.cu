// The gradient by layers, for any width.                                               contract, order of launches: jet.cuh
// reference: score4j.nn.UnitJet.backward.
// cost: jet_weights 2·in·out FLOP a column, reading each operand ⌈other/128⌉ times; the others a pass over their matrices.
// sums: `span` columns in order, then spans by `reduce`: no atomics.
#include "activation.cuh"
#include "jet.cuh"
#include "product.cuh"

// The last layer's cotangents in y: F̄ in value columns, q̄_k·v_k in tangents' columns. Without scoreBar those of
// ½‖F‖² + weight·Σ q, of F and J·v that are in y, and each block's sum of it.
extern "C" __global__ void __launch_bounds__(128) jet_cotangents(
    float* __restrict__ y, int n, int dim, const float* __restrict__ directions, int tangents, int trace, const float* __restrict__ scoreBar,
    const float* __restrict__ formsBar, float weight, int ld, double* __restrict__ losses) {
  double loss = 0.0;
  #pragma unroll 1
  for (int p = blockIdx.x * 128 + threadIdx.x; p < n; p += gridDim.x * 128) {
    float part = 0.0f;
    #pragma unroll 1
    for (int d = 0; d < dim; d++) {
      float* e = y + (size_t)d * ld + p;
      if (scoreBar) *e = scoreBar[(size_t)p * dim + d];
      else part = fmaf(0.5f * *e, *e, part);
    }
    #pragma unroll 1
    for (int k = 0; k < tangents; k++) {
      float bar = scoreBar ? formsBar[trace ? (size_t)p : (size_t)p * tangents + k] : weight;
      if (!scoreBar) part = fmaf(weight, jet_form(y, p, n, dim, directions, tangents, k, ld), part);
      #pragma unroll 1
      for (int d = 0; d < dim; d++)
        y[(size_t)d * ld + (size_t)n * (1 + k) + p] = bar * jet_direction(directions, p, tangents, dim, k, d);
    }
    loss += part;
  }
  if (!scoreBar) {
    double* sums = (double*)dynamic_smem;
    sums[threadIdx.x] = loss;
    #pragma unroll 1
    for (int half = 64; half > 0; half >>= 1) {
      __syncthreads();
      if ((int)threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
    }
    if (threadIdx.x == 0) losses[blockIdx.x] = sums[0];
  }
}

// z[u] becomes its cotangents: ż̄ = φ′(z)·ǡ, z̄ = φ′(z)·ā + φ″(z)·Σ_k ż_k·ǡ_k, of ā, ǡ in bar.          reference: Kernels.pullback
extern "C" __global__ void __launch_bounds__(128) jet_pullback(
    float* __restrict__ z, const float* __restrict__ bar, int n, int tangents, int ld) {
  const Place block((n + 127) / 128);
  const int p = block.column * 128 + threadIdx.x;
  const size_t row = (size_t)block.row * ld;
  if (p < n) {
    float slope, curvature, sum = 0.0f;
    activate(z[row + p], slope, curvature);
    size_t at = row + p;
    #pragma unroll 1
    for (int k = 0; k < tangents; k++) {
      at += n;
      float g = bar[at];
      sum = fmaf(z[at], g, sum);
      z[at] = slope * g;
    }
    z[row + p] = fmaf(curvature, sum, slope * bar[row + p]);
  }
}

// partials[split][o·in + i] = Σ_c y[o][c]·x[i][c] over `span` columns from split·span on, in order. 128 × 128 a block, 8 × 8 a
// thread; columns go through shared memory 16 at a time, transposed, in two buffers.
extern "C" __global__ void __launch_bounds__(256, 2) jet_weights(
    const float* __restrict__ y, const float* __restrict__ x, int out, int in, int ld, int span, float* __restrict__ partials, int parameters) {
  const int DEPTH = PRODUCT_DEPTH, SIDE = PRODUCT_SIDE;
  const int stride = 132;                        // eight rows' numbers of a column lie in different banks from the next column's
  float* ys = (float*)dynamic_smem;              // [2][16][132]
  float* xs = ys + 2 * DEPTH * stride;       // [2][16][132]
  const int tid = threadIdx.x, r = product_row(tid), c = product_column(tid);
  const int o0 = blockIdx.y * SIDE, i0 = blockIdx.x * SIDE, from = blockIdx.z * span, to = min(from + span, ld);
  const int lr = tid >> 2, lc = (tid & 3) * 4;
  const float4 zero = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
  float acc[8][8];
  #pragma unroll
  for (int i = 0; i < 8; i++) {
    #pragma unroll
    for (int j = 0; j < 8; j++) acc[i][j] = 0.0f;
  }
  const bool some = o0 + (r & ~31) < out && i0 + (c & ~63) < in;        // whether the warp has outputs
  const int tiles = (to - from + DEPTH - 1) / DEPTH;
  #pragma unroll 1
  for (int t = 0; t <= tiles; t++) {
    float4 yn[2], xn[2];
    if (t < tiles) {
      #pragma unroll
      for (int h = 0; h < 2; h++) {
        int e = lr + 64 * h, k = from + t * DEPTH + lc;
        yn[h] = o0 + e < out && k < to ? *(const float4*)(y + (size_t)(o0 + e) * ld + k) : zero;
        xn[h] = i0 + e < in && k < to ? *(const float4*)(x + (size_t)(i0 + e) * ld + k) : zero;
      }
    }
    if (t > 0) {
      int buffer = ((t - 1) & 1) * DEPTH * stride;
      if (some) product_terms(acc, ys + buffer + r, xs + buffer + c, stride);
    }
    if (t < tiles) {
      #pragma unroll
      for (int h = 0; h < 2; h++) {
        int e = ((t & 1) * DEPTH + lc) * stride + lr + 64 * h;
        ys[e] = yn[h].x;
        ys[e + stride] = yn[h].y;
        ys[e + 2 * stride] = yn[h].z;
        ys[e + 3 * stride] = yn[h].w;
        xs[e] = xn[h].x;
        xs[e + stride] = xn[h].y;
        xs[e + 2 * stride] = xn[h].z;
        xs[e + 3 * stride] = xn[h].w;
      }
    }
    __syncthreads();
  }
  float* partial = partials + (size_t)blockIdx.z * parameters;
  #pragma unroll
  for (int i = 0; i < 8; i++) {
    int o = o0 + r + (i & 3) + (i < 4 ? 0 : 16);
    #pragma unroll
    for (int j = 0; j < 8; j++) {
      int k = i0 + c + (j & 3) + (j < 4 ? 0 : 32);
      if (o < out && k < in) partial[(size_t)o * in + k] = acc[i][j];
    }
  }
}

// partials[split][o] = Σ_c y[o][c] over the values' columns c < n of a span: thread t adds t, t + 128, … in order, then a tree.
extern "C" __global__ void __launch_bounds__(128) jet_biases(
    const float* __restrict__ y, int n, int ld, int span, float* __restrict__ partials, int parameters) {
  float* sums = (float*)dynamic_smem;
  const int o = blockIdx.x, from = blockIdx.y * span, to = min(from + span, n);
  float s = 0.0f;
  for (int c = from + threadIdx.x; c < to; c += 128) s += y[(size_t)o * ld + c];
  sums[threadIdx.x] = s;
  #pragma unroll 1
  for (int half = 64; half > 0; half >>= 1) {
    __syncthreads();
    if ((int)threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
  }
  if (threadIdx.x == 0) partials[(size_t)blockIdx.y * parameters + o] = sums[0];
}
