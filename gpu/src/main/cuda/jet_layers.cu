// Value, tangents and forms by layers, for any width: matrices [units][ld] in global memory, one column for each value and
// each tangent.                                                                        contract, order of launches: jet.cuh
// reference: score4j.nn.UnitJet.forward, score, forms.
// cost: a pass over their matrices; the products are dense.cu's.
// tail: columns from n·(1 + K) to ld are 0 everywhere.
#include "activation.cuh"
#include "jet.cuh"

// a[i][c]: the inputs' rows in value columns, directions in tangents' columns; and a row of ones for the values.
extern "C" __global__ void __launch_bounds__(256) jet_inputs(
    const float* __restrict__ x, int n, int inputs, int dim, const float* __restrict__ directions, int tangents, float* __restrict__ a, int ld) {
  const Place block((ld + 255) / 256);
  const int c = block.column * 256 + threadIdx.x, i = block.row;
  if (c < ld) {
    const int slot = c / n, row = c - slot * n;
    a[(size_t)i * ld + c] = slot == 0 ? (i < inputs ? x[(size_t)row * inputs + i] : 1.0f)
      : slot <= tangents ? jet_direction(directions, row, tangents, dim, slot - 1, i) : 0.0f;
  }
}

// a[u] = φ(z[u]) in value columns and φ′(z)·ż in tangents' columns.              reference: Kernels.activate, Kernels.tangents
extern "C" __global__ void __launch_bounds__(128) jet_activate(
    const float* __restrict__ z, float* __restrict__ a, int n, int tangents, int ld) {
  const Place block((n + 127) / 128);
  const int p = block.column * 128 + threadIdx.x;
  const size_t row = (size_t)block.row * ld;
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
