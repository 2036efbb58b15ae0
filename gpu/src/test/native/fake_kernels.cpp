// The kernels of one mode, compiled for the CPU, as a library for the driver in fake_cuda.cpp. FAST chooses the mode;
// kernels.inc, which the build writes, has a line KERNEL(name) for each __global__ function of the sources.
#include "kernels.cu"
#include "fake_kernels.h"

template <class... P> struct Bridge {
  static constexpr size_t sizes[] = {sizeof(P)...};
  template <void (*K)(P...), size_t... I>
  static const char* run(void** a, const unsigned g[3], const unsigned b[3], size_t shared, std::index_sequence<I...>) {
    static thread_local std::string error;
    unsigned workers = std::max(1u, std::thread::hardware_concurrency());
    error = cuda_cpu::launch(K, dim3(g[0], g[1], g[2]), dim3(b[0], b[1], b[2]), shared, workers, std::tuple<P...>(*(P*)a[I]...));
    return error.empty() ? nullptr : error.c_str();
  }
  template <void (*K)(P...)> static FakeKernel of(const char* name) {
    return {name, (int)sizeof...(P), sizes, [](void** a, const unsigned* g, const unsigned* b, size_t shared) {
              return run<K>(a, g, b, shared, std::index_sequence_for<P...>{});
            }};
  }
};
template <class... P> Bridge<P...> bridge(void (*)(P...));

extern "C" const FakeKernel* fake_kernels(int* count) {
#define KERNEL(name) decltype(bridge(name))::of<name>(#name),
  static const FakeKernel all[] = {
#include "kernels.inc"
  };
  *count = sizeof all / sizeof *all;
  return all;
}
extern "C" void fake_activation(int activation) { score4j_activation = activation; }
