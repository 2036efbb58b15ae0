// What every kernel file begins with, and the rules they keep.
//
// The same files are compiled by nvcc, to PTX, and by g++ with cuda_cpu_shim.h, to run where no card is.
//   - Kernels are extern "C", take numbers and pointers alone, and have no <<<>>>, no atomics, no wait for another block.
//   - Every thread of a block reaches every barrier: no early return. Blocks are whole warps; a warp's mask is full.
//   - Shared memory is the one dynamic array dynamic_smem; each kernel says how many bytes it needs.
//   - ACT, the activation (0 tanh, 1 sigmoid, 2 softplus, 3 silu, 4 gelu, 5 relu), is a macro in nvcc's build, one PTX each,
//     and a variable in the shim's, where one library holds all.
//   - Without FAST (reproducible mode) all arithmetic is fmaf in stated places, IEEE +, −, ·, / and √ and operations on
//     integers, in the CPU's order; nvcc gets -fmad=false and g++ -ffp-contract=off. With FAST the special function unit
//     computes the activations and contraction is allowed.
//   - A grid's second dimension ends at 65,535, so only what is known to be few is counted there (splits, outputs of a narrow
//     layer); units and coordinates go with the rows into the first, which ends at 2³¹ − 1: Place.
//   - Sizes and indices are int, offsets into global arrays size_t; a batch has at most 2³⁰ rows.
#pragma once
#ifdef __CUDACC__
extern __shared__ float4 dynamic_smem[];
#ifndef ACT
#error "ACT names the activation: 0 to 5"
#endif
#else
#include "cuda_cpu_shim.h"
inline int score4j_activation = 0;
#define ACT score4j_activation
#endif

// A block of a grid of one dimension, which counts rows of `across` blocks.
struct Place {
  int row, column;
  __device__ __forceinline__ explicit Place(int across) {
    row = (int)blockIdx.x / across;
    column = (int)blockIdx.x - row * across;
  }
};
