// The gradient of Σ (F̄·F + Σ_k q̄_k·q_k), or of a loss ½‖F‖² + w·Σ_k q_k, by tiles.      contract, shapes and launch: jet.cuh
// reference: score4j.nn.UnitJet.backward.
// cost: 6·(1 + K)·ΣW FLOP a row, without the cotangents of the inputs; φ thrice for each unit and row. Without partials
//   2·(1 + K)·(ΣW + D·n_{L−1}).
// shared memory: x holds activations of one layer or cotangents of the next one's inputs, y the last layer's cotangents, z_l
//   the pre-activations of layer l and, from its pullback on, their cotangents.
// sums: 64 columns in order, then tiles b, b + grid, … in order, then blocks by `reduce`: no atomics.
// registers: some 254, which matters to nobody: two blocks have 2·128·254 = 65,024 of a multiprocessor's 65,536, shared memory
//   has room for two (an H100, 2-64-128-64-2: 2·105,536 bytes of 233,472) or one, and a grid of 264 blocks is two for each of
//   132 multiprocessors. Bounds of (128, 3), which are 168 registers, spill up to 56 bytes for sm_75 and 86.
// tail: particles and tangents that a last tile or group lacks have cotangents 0.
#include "jet_tile.cuh"

extern "C" __global__ void __launch_bounds__(128, 2) jet_gradient(
    const float* __restrict__ packed, const int* __restrict__ sizes, int layers, const float* __restrict__ x, int n,
    const float* __restrict__ directions, int tangents, int trace, const float* __restrict__ scoreBar, const float* __restrict__ formsBar,
    float weight, int sampleOrder, float* __restrict__ partials, int parameters, double* __restrict__ losses) {
  int widest = sizes[0] + 1;
  for (int l = 1; l < layers; l++) widest = max(widest, jet_pad(sizes[l]));
  const int inputs = sizes[0], dim = sizes[layers], particles = jet_particles(tangents), group = jet_group(tangents), slots = 1 + group;
  float* a = (float*)dynamic_smem;               // [widest][68]
  float* y = a + widest * JET_STRIDE;             // [D⁴][68]
  float* z = y + jet_pad(dim) * JET_STRIDE;       // z_1 [n_1⁴][68], z_2, …
  float* partial = partials + (partials ? (size_t)blockIdx.x * parameters : 0);
  const TileColumn column(particles);
  const int c = threadIdx.x % JET_COLUMNS;
  double loss = 0.0;
  for (int i = threadIdx.x; partials && i < parameters; i += JET_THREADS) partial[i] = 0.0f;
  #pragma unroll 1
  for (int tile = blockIdx.x; tile * particles < n; tile += gridDim.x) {
    const int first = tile * particles, row = first + column.particle;
    #pragma unroll 1
    for (int g = 0; g < jet_groups(tangents); g++) {
      const int from = g * group, k = from + column.slot - 1;
      float part = 0.0f;
      tile_load(a, x, directions, column, first, n, inputs, dim, tangents, from, slots);
      __syncthreads();
      // forward: z_l, and a as the last hidden layer leaves it
      const float* w = packed;
      float* zl = z;
      #pragma unroll 1
      for (int l = 1; l <= layers; l++) {
        int in = sizes[l - 1], out = sizes[l];
        const float* bias = w + in * jet_pad(out);
        const int ones = sampleOrder && l == 1;         // SampleJet adds the bias last, as one more weight
        if (l == layers && (scoreBar || g > 0)) break;       // F is not needed
        if (l == layers && dim <= 4 && !sampleOrder) tile_narrow(y, a, jet_last(packed, sizes, layers), bias, in, out, particles, particles);
        else tile_product(l == layers ? y : zl, a, w, bias, in + ones, out, ones ? 0 : particles);
        __syncthreads();
        if (l < layers) {
          tile_activate(a, zl, out, particles, slots);
          __syncthreads();
          zl += jet_pad(out) * JET_STRIDE;
        }
        w = bias + jet_pad(out);
      }
      // the last layer's cotangents, each by the thread of its column
      const bool value = column.slot == 0 && row < n, tangent = column.slot > 0 && column.slot < slots && k < tangents && row < n;
      float bar = !tangent ? 0.0f : scoreBar ? formsBar[trace ? (size_t)row : (size_t)row * tangents + k] : weight;
      #pragma unroll 1
      for (int d = threadIdx.x / JET_COLUMNS; d < dim; d += JET_THREADS / JET_COLUMNS) {
        float e = 0.0f;
        if (value && g == 0) {
          e = scoreBar ? scoreBar[(size_t)row * dim + d] : y[d * JET_STRIDE + c];
          if (!scoreBar) part = fmaf(0.5f * e, e, part);
        }
        if (tangent) e = bar * jet_direction(directions, row, tangents, dim, k, d);
        y[d * JET_STRIDE + c] = e;
      }
      __syncthreads();
      // a network of one layer has no hidden units whose ż·ż̄ would give the forms
      if (layers == 1 && threadIdx.x < JET_COLUMNS && tangent) {
        for (int d = 0; d < dim; d++) {
          float s = 0.0f;
          for (int i = 0; i < dim; i++) s = fmaf(packed[i * jet_pad(dim) + d], a[i * JET_STRIDE + c], s);
          part = fmaf(y[d * JET_STRIDE + c], s, part);
        }
      }
      // backward
      const float* back = jet_last(packed, sizes, layers) + dim * jet_pad(sizes[layers - 1]);
      int at = parameters;
      float* bars = y;
      #pragma unroll 1
      for (int l = layers; l >= 1; l--) {
        int in = sizes[l - 1], out = sizes[l];
        back -= out * jet_pad(in);
        at -= out * (in + 1);
        if (partials) tile_outer(bars, out, a, in, partial + at);
        for (int o = threadIdx.x; partials && o < out; o += JET_THREADS) {
          float s = 0.0f;
          for (int p = 0; p < particles; p++) s += bars[o * JET_STRIDE + p];
          partial[at + out * in + o] += s;
        }
        if (l > 1) {
          tile_product(a, bars, back, packed, out, in, 0);
          __syncthreads();
          zl -= jet_pad(in) * JET_STRIDE;
          float forms = tile_pullback(zl, a, in, particles, slots);
          if (l == layers) part += forms;
          __syncthreads();
          if (!partials) break;                  // the loss is known
          bars = zl;
          if (l > 2) tile_activate(a, zl - jet_pad(sizes[l - 2]) * JET_STRIDE, sizes[l - 2], particles, slots);
          else tile_load(a, x, directions, column, first, n, inputs, dim, tangents, from, slots);
        }
        __syncthreads();
      }
      loss += part;
    }
  }
  if (!scoreBar) {
    double* sums = (double*)dynamic_smem;      // the last barrier has freed it
    sums[threadIdx.x] = loss;
    #pragma unroll 1
    for (int half = JET_THREADS / 2; half > 0; half >>= 1) {
      __syncthreads();
      if ((int)threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
    }
    if (threadIdx.x == 0) losses[blockIdx.x] = sums[0];
  }
}
