// F and the quadratic forms of its Jacobian for each row, by tiles.                    contract, shapes and launch: jet.cuh
// reference: score4j.nn.UnitJet.forward, score, forms.
// cost: 2·(1 + K)·ΣW multiply-adds' FLOP a row; reads x and directions once, the weights through L1 for each tile.
// tail: particles and tangents that a last tile or group lacks are columns of 0.
#include "jet_tile.cuh"

extern "C" __global__ void __launch_bounds__(128, 2) jet_forward(
    const float* __restrict__ packed, const int* __restrict__ sizes, int layers, const float* __restrict__ x, int n,
    const float* __restrict__ directions, int tangents, int trace, int sampleOrder, float* __restrict__ score, float* __restrict__ forms) {
  int widest = sizes[0] + 1;
  for (int l = 1; l < layers; l++) widest = max(widest, jet_pad(sizes[l]));
  float* a = (float*)dynamic_smem;               // [widest][68]
  float* y = a + widest * JET_STRIDE;             // [D⁴][68]: F and J·v
  const int inputs = sizes[0], dim = sizes[layers], particles = jet_particles(tangents), group = jet_group(tangents), slots = 1 + group;
  const int first = blockIdx.x * particles;
  const TileColumn column(particles);
  float sum = 0.0f;                              // thread p < particles: the trace of particle p so far
  #pragma unroll 1
  for (int g = 0; g < jet_groups(tangents); g++) {
    const int from = g * group;
    tile_load(a, x, directions, column, first, n, inputs, dim, tangents, from, slots);
    __syncthreads();
    const float* w = packed;
    for (int l = 1; l <= layers; l++) {
      int in = sizes[l - 1], out = sizes[l];
      const float* bias = w + in * jet_pad(out);
      const int ones = sampleOrder && l == 1;         // SampleJet adds the bias last, as one more weight
      if (l == layers && dim <= 4 && !sampleOrder) tile_narrow(y, a, jet_last(packed, sizes, layers), bias, in, out, particles * slots, particles);
      else tile_product(l == layers ? y : a, a, w, bias, in + ones, out, ones ? 0 : particles);
      __syncthreads();
      if (l < layers) {
        tile_activate(a, a, out, particles, slots);
        __syncthreads();
      }
      w = bias + jet_pad(out);
    }
    if (score && g == 0) {                  // neighbouring threads write neighbouring numbers
      int count = min(particles, n - first) * dim;
      for (int e = threadIdx.x; e < count; e += JET_THREADS) score[(size_t)first * dim + e] = y[e % dim * JET_STRIDE + e / dim];
    }
    if (forms) {
      for (int e = threadIdx.x; e < particles; e += JET_THREADS) {
        int row = first + e;
        #pragma unroll 1
        for (int k = from; k < min(from + group, tangents) && row < n; k++) {
          int c = (1 + k - from) * particles + e;
          float q = 0.0f;
          if (!directions) q = y[k * JET_STRIDE + c];
          else for (int d = 0; d < dim; d++) q = fmaf(directions[((size_t)row * tangents + k) * dim + d], y[d * JET_STRIDE + c], q);
          sum += q;
          if (!trace) forms[(size_t)row * tangents + k] = q;
        }
      }
    }
    __syncthreads();                           // y and a have been read
  }
  if (forms && trace && (int)threadIdx.x < particles && first + (int)threadIdx.x < n) forms[first + threadIdx.x] = sum;
}
