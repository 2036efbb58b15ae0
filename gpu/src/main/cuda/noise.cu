// The random numbers alone, for tests.
// reference: score4j.rng.Noise, bit for bit in both modes.
#include "activation.cuh"
#include "normal.cuh"

// out[4·i …] = the words of counter (i, c1, c2, c3).        grid ⌈n/128⌉, block 128, no shared memory
extern "C" __global__ void __launch_bounds__(128) philox_words(unsigned* __restrict__ out, int n, unsigned c1, unsigned c2,
                                                               unsigned c3, unsigned keyLo, unsigned keyHi) {
  const int i = blockIdx.x * 128 + threadIdx.x;
  if (i < n) {
    uint4 w = philox(i, c1, c2, c3, keyLo, keyHi);
    out[4 * (size_t)i] = w.x;
    out[4 * (size_t)i + 1] = w.y;
    out[4 * (size_t)i + 2] = w.z;
    out[4 * (size_t)i + 3] = w.w;
  }
}

// out [n][d] = the normals of n samples from the given one on, at a step.
// grid ⌈n/128⌉·⌈d/4⌉, block 128, no shared memory
extern "C" __global__ void __launch_bounds__(128) normals(float* __restrict__ out, int n, int d, unsigned keyLo, unsigned keyHi,
                                                          unsigned step, unsigned sampleLo, unsigned sampleHi) {
  const Place block((n + 127) / 128);
  const int row = block.column * 128 + threadIdx.x;
  if (row < n) {
    const int c = 4 * block.row;
    float4 z = normal4(block.row, step, sample_of(sampleLo, sampleHi, row), keyLo, keyHi);
    for (int i = 0; i < 4 && c + i < d; i++) out[(size_t)row * d + c + i] = component(z, i);
  }
}

// a, d1, d2 [n] = φ, φ′, φ″ of z [n].        grid ⌈n/128⌉, block 128, no shared memory
extern "C" __global__ void __launch_bounds__(128) activations(const float* __restrict__ z, float* __restrict__ a,
                                                              float* __restrict__ d1, float* __restrict__ d2, int n) {
  const int i = blockIdx.x * 128 + threadIdx.x;
  if (i < n) a[i] = activate(z[i], d1[i], d2[i]);
}
