// Parameters in the kernels' two orientations of those in core's flat layout.                        layout: jet.cuh
// reference: score4j.nn.UnitPacking.pack. cost: a pass over both; one thread a number, packed in order.
#include "jet.cuh"
#include "device.cuh"

extern "C" __global__ void __launch_bounds__(256) jet_pack(
    float* __restrict__ packed, const float* __restrict__ flat, const int* __restrict__ sizes, int layers) {
  const int stride = gridDim.x * blockDim.x;
  float* to = packed;
  const float* w = flat;
  for (int l = 1; l <= layers; l++) {            // Wᵀ [in][out⁴] and b [out⁴]
    int in = sizes[l - 1], out = sizes[l], ld = jet_pad(out);
    for (int e = blockIdx.x * blockDim.x + threadIdx.x; e < (in + 1) * ld; e += stride) {
      int k = e / ld, o = e - k * ld;
      to[e] = o < out ? w[k < in ? (size_t)o * in + k : (size_t)out * in + o] : 0.0f;
    }
    to += (size_t)(in + 1) * ld;
    w += (size_t)out * (in + 1);
  }
  w = flat;
  for (int l = 1; l <= layers; l++) {            // W [out][in⁴]
    int in = sizes[l - 1], out = sizes[l], ld = jet_pad(in);
    for (int e = blockIdx.x * blockDim.x + threadIdx.x; e < out * ld; e += stride) {
      int o = e / ld, i = e - o * ld;
      to[e] = i < in ? w[(size_t)o * in + i] : 0.0f;
    }
    to += (size_t)out * ld;
    w += (size_t)out * (in + 1);
  }
}
