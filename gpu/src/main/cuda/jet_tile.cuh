// The steps of jet_forward and jet_gradient on a tile of 64 columns in shared memory: a matrix has a row of JET_STRIDE floats
// for each unit. Column slot·P + p belongs to particle p: slot 0 is its value, slot 1 + k its tangent k. Columns from
// slots·P on are 0 everywhere.
#pragma once
#include "activation.cuh"
#include "dense_tile.cuh"
#include "jet.cuh"
#include "narrow.cuh"

// The column that a thread fills: threads t and t + 64 have column t.
struct TileColumn {
  int slot, particle;                            // of the column, in the tile
  __device__ __forceinline__ TileColumn(int particles) {
    int c = threadIdx.x % JET_COLUMNS;
    slot = c / particles;
    particle = c - slot * particles;
  }
};

// a[i][c] and a row of ones for the values (a bias may be one more weight), for a tile that begins at row `first` and a group that begins at tangent `from` and has `slots` − 1 of them.
__device__ __forceinline__ void tile_load(float* a, const float* __restrict__ x, const float* __restrict__ directions, const TileColumn& column,
                    int first, int n, int inputs, int dim, int tangents, int from, int slots) {
  const int row = first + column.particle, k = from + column.slot - 1;
  const bool value = column.slot == 0 && row < n, tangent = column.slot > 0 && column.slot < slots && k < tangents && row < n;
  #pragma unroll 1
  for (int i = threadIdx.x / JET_COLUMNS; i <= inputs; i += JET_THREADS / JET_COLUMNS)
    a[i * JET_STRIDE + threadIdx.x % JET_COLUMNS] = value ? (i < inputs ? x[(size_t)row * inputs + i] : 1.0f)
      : tangent ? jet_direction(directions, row, tangents, dim, k, i) : 0.0f;
}

// dst[o][c] = init + Σ_k m[k·out⁴ + o]·src[k][c], k in order, one fma a term; init is the bias in the first `biased` columns
//   and 0 in the others.                                             reference: UnitJet's gemm, SampleJet's multiply
// A thread has RO outputs (4: out ≤ 64; 8: out ≤ 128) of 8 columns in registers. dst may be src: everything has been read when
// the first number is written. Rows out..out⁴−1 become 0. Before: src is complete. After: a barrier is needed.
template <int RO>
__device__ __forceinline__ void tile_product_rows(float* dst, const float* src, const float* __restrict__ m, const float* __restrict__ bias,
                       int inner, int out, int biased) {
  const int lane = threadIdx.x & 31, r = ((threadIdx.x >> 5) * 4 + tile_quad(lane)) * 4, c = tile_eighth(lane) * 4, ld = jet_pad(out);
  const bool on = r < out, on2 = RO == 8 && 64 + r < out;
  float acc[RO][8];
  #pragma unroll
  for (int i = 0; i < RO; i++) {
    int o = (i < 4 ? 0 : 64) + r + (i & 3);
    float b = o < out && biased > 0 ? bias[o] : 0.0f;
    #pragma unroll
    for (int j = 0; j < 8; j++) acc[i][j] = (j < 4 ? 0 : 32) + c + (j & 3) < biased ? b : 0.0f;
  }
  if (on) {
    const float* w = m + r;
    const float* a = src + c;
    const int second = on2 ? 64 : 0;             // as in dense_tile
    #pragma unroll (16 / RO)
    for (int k = 0; k < inner; k++) multiply<RO, false>(acc, a + k * JET_STRIDE, w + k * ld, second);
  }
  __syncthreads();                               // src has been read
  #pragma unroll
  for (int i = 0; i < RO; i++) {
    if (i < 4 ? on : on2) {
      float* row = dst + ((i < 4 ? 0 : 64) + r + (i & 3)) * JET_STRIDE + c;
      *(float4*)row = make_float4(acc[i][0], acc[i][1], acc[i][2], acc[i][3]);
      *(float4*)(row + 32) = make_float4(acc[i][4], acc[i][5], acc[i][6], acc[i][7]);
    }
  }
}

__device__ __forceinline__ void tile_product(float* dst, const float* src, const float* __restrict__ m, const float* __restrict__ bias,
                     int inner, int out, int biased) {
  if (out <= 64) tile_product_rows<4>(dst, src, m, bias, inner, out, biased);
  else tile_product_rows<8>(dst, src, m, bias, inner, out, biased);
}

// dst[o][c] = b[o] + Σ_k w[o][k]·src[k][c] for out ≤ 4 and columns c < columns (narrow.cuh), w [out][inner⁴]; the bias belongs
//   to the first `biased` columns. A thread a number. After: a barrier is needed.
__device__ __forceinline__ void tile_narrow(float* dst, const float* src, const float* __restrict__ w, const float* __restrict__ bias,
                     int inner, int out, int columns, int biased) {
  #pragma unroll 1
  for (int e = threadIdx.x; e < out * columns; e += JET_THREADS) {
    const int o = e / columns, c = e - o * columns;
    dst[o * JET_STRIDE + c] = narrow_output<false>(src + c, JET_STRIDE, w + o * jet_pad(inner), c < biased ? bias[o] : 0.0f, inner);
  }
}

// a[u][·] = φ(z) in value columns, φ′(z)·ż in tangents' columns, 0 in columns of nobody. a may be z.
//   reference: Kernels.activate, Kernels.tangents. A thread has all columns of a unit and a particle: one φ, φ′ for all.
__device__ __forceinline__ void tile_activate(float* a, const float* z, int units, int particles, int slots) {
  const int stepRows = JET_THREADS / particles, step = JET_THREADS - stepRows * particles;
  int u = threadIdx.x / particles, p = threadIdx.x - u * particles;
  #pragma unroll 1
  while (u < units) {
    int at = u * JET_STRIDE + p;
    float h, slope;
    h = activate(z[at], slope);
    a[at] = h;
    #pragma unroll 1
    for (int j = 1; j < slots; j++) a[at + j * particles] = slope * z[at + j * particles];
    if (p == 0) for (int c = slots * particles; c < JET_COLUMNS; c++) a[at + c] = 0.0f;
    u += stepRows;
    p += step;
    if (p >= particles) { p -= particles; u++; }
  }
}

// z[u][·] becomes its cotangents: ż̄ = φ′(z)·ǡ, z̄ = φ′(z)·ā + φ″(z)·Σ ż·ǡ, of ā, ǡ in bar.           reference: Kernels.pullback
// Returns this thread's part of Σ ż·ż̄, which at the last hidden layer is Σ q̄·q, because ż·φ′·ǡ = ȧ·ǡ.
__device__ __forceinline__ float tile_pullback(float* z, const float* bar, int units, int particles, int slots) {
  const int stepRows = JET_THREADS / particles, step = JET_THREADS - stepRows * particles;
  int u = threadIdx.x / particles, p = threadIdx.x - u * particles;
  float part = 0.0f;
  #pragma unroll 1
  while (u < units) {
    int at = u * JET_STRIDE + p;
    float slope, curvature, sum = 0.0f;
    activate(z[at], slope, curvature);
    #pragma unroll 1
    for (int j = 1; j < slots; j++) {
      int t = at + j * particles;
      float dot = z[t], g = bar[t], back = slope * g;
      sum = fmaf(dot, g, sum);
      part = fmaf(dot, back, part);
      z[t] = back;
    }
    z[at] = fmaf(curvature, sum, slope * bar[at]);
    u += stepRows;
    p += step;
    if (p >= particles) { p -= particles; u++; }
  }
  return part;
}

// g[o·in + i] += Σ_c y[o][c]·x[i][c] over all 64 columns, in order.
// 128 rows of one matrix by 64 of the other at a time, 8 × 8 a thread, four columns a read; which matrix is which is chosen so
// that the least is computed in vain. Neighbouring lanes have neighbouring rows.
__device__ __forceinline__ void tile_outer(const float* y, int out, const float* x, int in, float* __restrict__ g) {
  const int lane = threadIdx.x & 31, ra = (threadIdx.x >> 5) * 4 + tile_quad(lane), rb = tile_eighth(lane);
  const bool swap = ((in + 15) & ~15) * ((out + 63) & ~63) < ((out + 15) & ~15) * ((in + 63) & ~63);
  const float* a = swap ? x : y;
  const float* b = swap ? y : x;
  const int rows = swap ? in : out, others = swap ? out : in, sa = swap ? 1 : in, sb = swap ? in : 1;
  #pragma unroll 1
  for (int from = 0; from < others; from += 64) {
    float acc[8][8];
    #pragma unroll
    for (int i = 0; i < 8; i++) {
      #pragma unroll
      for (int j = 0; j < 8; j++) acc[i][j] = 0.0f;
    }
    #pragma unroll 1
    for (int c = 0; c < JET_COLUMNS; c += 4) {
      float4 v[8];
      #pragma unroll
      for (int j = 0; j < 8; j++) v[j] = *(const float4*)(b + min(from + rb + 8 * j, others - 1) * JET_STRIDE + c);
      #pragma unroll
      for (int i = 0; i < 8; i++) {
        if (16 * i < rows) {               // the same for all threads
          float4 w = *(const float4*)(a + min(ra + 16 * i, rows - 1) * JET_STRIDE + c);
          #pragma unroll
          for (int j = 0; j < 8; j++) {
            acc[i][j] = fmaf(w.x, v[j].x, acc[i][j]);
            acc[i][j] = fmaf(w.y, v[j].y, acc[i][j]);
            acc[i][j] = fmaf(w.z, v[j].z, acc[i][j]);
            acc[i][j] = fmaf(w.w, v[j].w, acc[i][j]);
          }
        }
      }
    }
    // reads in two heaps before writes, so that the card waits for memory twice and not 64 times
    #pragma unroll
    for (int h = 0; h < 8; h += 4) {
      float old[4][8];
      #pragma unroll
      for (int i = h; i < h + 4; i++) {
        const float* e = g + min(ra + 16 * i, rows - 1) * sa;
        #pragma unroll
        for (int j = 0; j < 8; j++) old[i - h][j] = 16 * i < rows ? e[min(from + rb + 8 * j, others - 1) * sb] : 0.0f;
      }
      #pragma unroll
      for (int i = h; i < h + 4; i++) {
        if (ra + 16 * i < rows) {
          float* e = g + (ra + 16 * i) * sa;
          #pragma unroll
          for (int j = 0; j < 8; j++) if (from + rb + 8 * j < others) e[(from + rb + 8 * j) * sb] = old[i - h][j] + acc[i][j];
        }
      }
    }
  }
}
