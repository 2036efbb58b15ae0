// Value plus K tangents of a network, quadratic forms of its Jacobian, and gradients by one sweep forward and one back.
//
//   forward    z = W·a + b;   ż_k = W·ȧ_k;   a′ = φ(z);   ȧ′_k = φ′(z)·ż_k        a₀ = inputs, ȧ₀ = (v_k, 0)
//   last       F = W·a + b;   q_k = v_kᵀ·W·ȧ_k
//   backward   ȳ = F̄, ẏ̄_k = q̄_k·v_k;   ā = Wᵀ·ȳ;   ǡ_k = Wᵀ·ẏ̄_k;   W̄ += ȳ·aᵀ + Σ_k ẏ̄_k·ȧ_kᵀ;   b̄ += ȳ
//              z̄ = φ′(z)·ā′ + φ″(z)·Σ_k ż_k·ǡ′_k;   ż̄_k = φ′(z)·ǡ′_k;           and so on with z̄, ż̄ for ȳ, ẏ̄
//
// reference: score4j.nn.UnitJet. F has its bits in reproducible mode (with `sampleOrder`, those of SampleJet); forms and
//   gradients agree within the bounds of test_jets.cpp, because their sums have another order.
// groups: z̄ is linear in what comes from each tangent. So K > 15 tangents are cut into groups, each with a copy of the value,
//   whose F̄ belongs to the first group: any K works, and a group of one particle is at most 16 columns.
//
// TWO WAYS, both for any depth; which one runs is a matter of sizes and of the card's shared memory:
//   by tiles    every size ≤ 128: jet_forward, jet_gradient. Nothing but inputs and results touches global memory.
//   by layers   any size: jet_inputs, dense, … one launch a layer, matrices in global memory (jet_layers.cu).
//
// PARAMETERS. The host uploads `flat`, core's Mlp layout: for each layer W [out][in] row-major, then b [out]. jet_pack makes
// `packed` of it:
//   for each layer  Wᵀ [in][out⁴], b [out⁴]     (n⁴: n rounded up to a multiple of 4; padding is 0)    as all kernels' params
//   for each layer  W [out][in⁴]                                                              for cotangents, and a last layer of D ≤ 4
// `sizes` (device, int[layers + 1]) are n_0..n_L; D = n_L; the first D of the n_0 inputs are x.
//   jet_pack(float* packed, const float* flat, const int* sizes, int layers)            grid any (256 is good), block 256
//
// ARRAYS, row-major as on the CPU: x [n][n_0]; directions [n][K][D] or null (unit vectors; then K = D); score F [n][D];
// forms q [n][K], or with trace != 0 their sum [n]; scoreBar [n][D]; formsBar [n][K], or with trace != 0 [n], for all k.
// K = 0 is allowed everywhere (forms, formsBar null): a plain network and its gradient.
//
// BY TILES.  group(K) and particles(K) are jet_group and jet_particles below.
//   jet_forward(packed, sizes, layers, x, n, directions, K, trace, sampleOrder, score, forms)
//     grid ⌈n / particles(K)⌉, block 128, shared 4·68·(widest + D⁴) bytes; widest = max(n_0 + 1, n_1⁴, …, n_{L−1}⁴)
//     score or forms may be null
//   jet_gradient(packed, sizes, layers, x, n, directions, K, trace, scoreBar, formsBar, weight, sampleOrder,
//                partials, parameters, losses)
//     grid B = min(⌈n / particles(K)⌉, 264), block 128,
//     shared 4·68·(widest + D⁴ + Σ_{l=1}^{L−1} n_l⁴) bytes (2-64-128-64-2: 105,536; two blocks an SM of an H100)
//     scoreBar given: cotangents as above, losses is not touched (may be null).
//     scoreBar null:  of the loss Σ ½‖F‖² + weight·Σ_k q_k, made here; losses[B] gets each block's part of it, in double
//     partials [B][parameters] is overwritten: each block's part of the gradient of the SUM over the n rows, flat layout;
//                     null:  losses alone, of the same bits
//   reduce(partials, parameters, B, scale, add, out)
//     out[i] = (add ? out[i] : 0) + scale·Σ_b partials[b][i]; grid ⌈parameters / 32⌉, block 256, shared 1024 bytes
//   `sampleOrder` is 1 where the CPU uses SampleJet (one hidden layer, n_0 = D ≤ 4, and D = 1 or n_1 ≤ 16), else 0.
//
// BY LAYERS.  C = n·(1 + K) columns: the n values, then those of tangent 0, …; ld = C⁴. A matrix of a layer is [n_l][ld].
// Scratch: a [widest][ld], c [widest][ld], y [D⁴][ld], z_l [n_l⁴][ld] for 1 ≤ l < L (forward alone: one z [widest][ld]).
// f_l and w_l are where Wᵀ and W of layer l begin in packed, b_l = f_l + n_{l−1}·n_l⁴, p_l where layer l begins in flat.
//   jet_inputs(x, n, n_0, D, directions, K, a, ld)                                grid ⌈ld/256⌉·(n_0 + 1), block 256
//   for l = 1..L−1:
//     dense(packed + f_l, packed + b_l, a, z_l, n_{l−1}, n_l, ld, n, 0)           grid (⌈n_l/128⌉, ⌈ld/128⌉), block 256, shared 32768
//     jet_activate(z_l, a, n, K, ld)                                              grid ⌈n/128⌉·n_l, block 128
//     with sampleOrder and l = 1:  dense(packed + f_1, null, a, z_1, n_0 + 1, n_1, ld, 0, 0): the bias follows Wᵀ, and a has a row of ones
//   dense(packed + f_L, packed + b_L, a, y, n_{L−1}, D, ld, n, 0)                 all columns of F and ∂F·v
//   D ≤ 4 and sampleOrder == 0: dense_narrow(packed + w_L, packed + b_L, a, y, n_{L−1}, ld, n)   grid (⌈n/128⌉, D), block 128
//   jet_outputs(y, n, D, directions, K, trace, ld, score, forms)                  grid ⌈n/128⌉, block 128
// and for the gradient, with a, y, z_l as they are now (K = 0: y as it is, too):
//   jet_cotangents(y, n, D, directions, K, trace, scoreBar, formsBar, weight, ld, losses)
//     grid B = min(⌈n/128⌉, 264), block 128, shared 1024 bytes; scoreBar null and losses[B] as above
//   for l = L..1, with g = (l == L ? y : z_l):
//     jet_weights(g, a, n_l, n_{l−1}, ld, span, partials + p_l, parameters)       grid (⌈n_{l−1}/128⌉, ⌈n_l/128⌉, splits), block 256, shared 33792
//     jet_biases(g, n, ld, span, partials + p_l + n_l·n_{l−1}, parameters)        grid (n_l, splits), block 128, shared 512
//     if l > 1:
//       dense(packed + w_l, null, g, c, n_l, n_{l−1}, ld, 0, 0)                   c = Wᵀ·g
//       jet_pullback(z_{l−1}, c, n, K, ld)                                         grid ⌈n/128⌉·n_{l−1}, block 128
//         z_{l−1} becomes its cotangents
//       l − 1 > 1: jet_activate(z_{l−2}, a, n, K, ld), else jet_inputs again
//   splits and span: jet_splits and jet_span below; partials [splits][parameters] is overwritten; then reduce.
// Limits: dense counts columns in a grid's second dimension and jet_weights outputs, so 65,535·128 = 8,388,480 of either are the
//   most; at the least number of rows of a launch, 64, those columns are those of 131,069 tangents. JetSizes refuses more.
// All pointers are 16-byte aligned where an offset above is a multiple of 4, as cuMemAlloc gives them.
//
// A result depends on sizes, K and the way, not on the card. F and forms of a row do not depend on other rows.
// On the host: score4j.nn.JetDevice. Chunks of a batch: a gradient each, then `reduce` with add.
#pragma once
#include "device.cuh"

enum {
  JET_COLUMNS = 64,    // columns of a tile: slot·particles + particle, slot 0 the values, slot 1 + k the tangents
  JET_STRIDE = 68,     // floats from row to row: eight rows' 16 bytes lie in different banks
  JET_THREADS = 128,
  JET_TANGENTS = 15,   // most tangents of a group
  JET_BLOCKS = 264     // most partial gradients: twice the SMs of an H100
};

__host__ __device__ __forceinline__ int jet_pad(int n) { return (n + 3) & ~3; }

// How many groups K tangents are cut into, tangents in a group, and particles in a tile.
__host__ __device__ __forceinline__ int jet_groups(int tangents) { return tangents == 0 ? 1 : (tangents + JET_TANGENTS - 1) / JET_TANGENTS; }
__host__ __device__ __forceinline__ int jet_group(int tangents) { int g = jet_groups(tangents); return (tangents + g - 1) / g; }
__host__ __device__ __forceinline__ int jet_particles(int tangents) { return JET_COLUMNS / (1 + jet_group(tangents)); }

// Coordinate d of direction k of a row; unit vectors where there are no directions; 0 beyond the D coordinates.
__device__ __forceinline__ float jet_direction(const float* __restrict__ directions, size_t row, int tangents, int dim, int k, int d) {
  return d >= dim ? 0.0f : directions ? directions[(row * tangents + k) * dim + d] : k == d ? 1.0f : 0.0f;
}

// Where W of the last layer begins in `packed`, behind which nothing comes.
__device__ __forceinline__ const float* jet_last(const float* packed, const int* __restrict__ sizes, int layers) {
  int at = 0;
  #pragma unroll 1
  for (int l = 1; l <= layers; l++) {
    at += (sizes[l - 1] + 1) * jet_pad(sizes[l]);
    if (l < layers) at += sizes[l] * jet_pad(sizes[l - 1]);
  }
  return packed + at;
}

// q_k of row p: v·(J·v), with J·v in column n·(1 + k) + p of y.
__device__ __forceinline__ float jet_form(const float* __restrict__ y, int p, int n, int dim, const float* __restrict__ directions, int tangents,
                    int k, int ld) {
  const size_t c = (size_t)n * (1 + k) + p;
  if (!directions) return y[(size_t)k * ld + c];
  float q = 0.0f;
  #pragma unroll 1
  for (int d = 0; d < dim; d++) q = fmaf(directions[((size_t)p * tangents + k) * dim + d], y[(size_t)d * ld + c], q);
  return q;
}

// By layers: how many ranges of columns have partial gradients of their own, and how many columns a range has.
// tiles: the most 128 × 128 tiles that a layer's W takes, max_l ⌈n_l/128⌉·⌈n_{l−1}/128⌉.
__host__ __device__ __forceinline__ int jet_span(int ld, int tiles) {
  int splits = (JET_BLOCKS + tiles - 1) / tiles, span = (ld + splits - 1) / splits;
  return span < 256 ? 256 : (span + 15) & ~15;
}
__host__ __device__ __forceinline__ int jet_splits(int ld, int tiles) { int span = jet_span(ld, tiles); return (ld + span - 1) / span; }
