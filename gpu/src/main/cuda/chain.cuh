// What the chain kernels (score_chain.cu, shallow_chain.cu) have in common: their arguments and the update of a chain.
//
//   x ← fma(kick, z, fma(gain, s, keep·x))      s = c_skip·x + c_out·F([c_in·x, extra])
//
// reference: AffineSteps.update, Conditioner.row and score. With kick = 0 nothing is drawn and z is 0.
//
// All chain kernels have the same 22 arguments, in this order:
//   const float* params      for each layer W transposed [in][out padded to 4], then the bias [out padded to 4]; but a last layer
//                            of at most 4 outputs has W as it is, [out][in padded to 4]; padding is 0
//   int paramCount           how many floats that is, a multiple of 4
//   const int* sizes         layers + 1 of them: inputs, hidden widths, D
//   int layers               how many matrices
//   const float* x           [n][D]; read once
//   float* out               [n][D]: the state after the steps or, with steps = 0, the score; may be x
//   int n                    rows, 1 to 2³⁰
//   int steps                0: the score alone
//   const float* factors     rows of 6: keep gain kick c_in c_skip c_out; one for each step; with steps = 0 one, or one for
//                            each row of x where perRow; keep, gain and kick are then not read
//   const float* extra       rows of extraCount: features and context, inputs after x; as many rows as factors; may be null
//                            where extraCount is 0
//   int extraCount           sizes[0] − D
//   const float* bias0       null, or rows of sizes[1] padded to 4, one for each step (one with steps = 0): first layer's biases
//                            that take the extra inputs in, which then are not read. Another order of summation: for FAST.
//                            Not with perRow, nor with one layer
//   int perRow               1: with steps = 0, factors and extra have a row for each row of x
//   int plain                1: s is F; c_skip and c_out are not read (c_in is: pass 1)
//   unsigned keyLo, keyHi    of the noise
//   unsigned firstStep       the noise's number of the first step
//   unsigned sampleLo, sampleHi   the noise's number of the first row
//   int actFloats            64·(the most rows of a tile: the largest of the inputs and of sizes[l] padded to 4, the last one only
//                            if it is above 4); the shallow kernels do not read it
//   int firstFactor          reads factors, extra and bias0 from this row on
//   int lastFactor           and no row after this one: steps beyond are like the last
#pragma once
#include "normal.cuh"

#define CHAIN_ARGUMENTS                                                                                                  \
  const float *__restrict__ params, int paramCount, const int *__restrict__ sizes, int layers, const float *x, float *out, \
      int n, int steps, const float *__restrict__ factors, const float *__restrict__ extra, int extraCount,              \
      const float *__restrict__ bias0, int perRow, int plain, unsigned keyLo, unsigned keyHi, unsigned firstStep,        \
      unsigned sampleLo, unsigned sampleHi, int actFloats, int firstFactor, int lastFactor
#define CHAIN_PASS                                                                                                         \
  params, paramCount, sizes, layers, x, out, n, steps, factors, extra, extraCount, bias0, perRow, plain, keyLo, keyHi,    \
      firstStep, sampleLo, sampleHi, actFloats, firstFactor, lastFactor

// The row of factors, extra and bias0 of step k for the given row of x.
__device__ __forceinline__ int factor_row(int k, int row, int n, int perRow, int firstFactor, int lastFactor) {
  return perRow ? min(row, n - 1) : min(firstFactor + k, lastFactor);
}

// The score of F at x.
__device__ __forceinline__ float score_of(float F, float x, const float* factor, int plain) {
  return plain ? F : factor[4] * x + factor[5] * F;
}

__device__ __forceinline__ float updated(float x, float score, float z, const float* factor) {
  return fmaf(factor[2], z, fmaf(factor[1], score, factor[0] * x));
}

__device__ __forceinline__ int padded4(int n) { return (n + 3) & ~3; }
