// Philox4x32-10 (Salmon et al. 2011): a counter of four words and a key of two make four random words.
// reference: ScalarNoiseKernels.block; NoiseKernels has the constants.
#pragma once
#include "device.cuh"

__device__ __forceinline__ uint4 philox(unsigned c0, unsigned c1, unsigned c2, unsigned c3, unsigned k0, unsigned k1) {
#pragma unroll
  for (int round = 0; round < 10; round++) {
    unsigned high0 = __umulhi(0xD2511F53u, c0), low0 = 0xD2511F53u * c0;
    unsigned high1 = __umulhi(0xCD9E8D57u, c2), low1 = 0xCD9E8D57u * c2;
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return make_uint4(c0, c1, c2, c3);
}

// The words of coordinates 4·quad to 4·quad + 3 of a sample at a step: the address that score4j.rng.Noise documents.
__device__ __forceinline__ uint4 noise_words(unsigned quad, unsigned step, unsigned long long sample, unsigned keyLo, unsigned keyHi) {
  return philox(quad, step, (unsigned)sample, (unsigned)(sample >> 32), keyLo, keyHi);
}

// The number of the sample that a row is.
__device__ __forceinline__ unsigned long long sample_of(unsigned sampleLo, unsigned sampleHi, int row) {
  return ((unsigned long long)sampleHi << 32 | sampleLo) + (unsigned)row;
}
